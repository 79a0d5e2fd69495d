import {describe, expect, test} from 'vitest';
import {readDocuments} from '../../src/yaml/documents.ts';

function read(text: string) {
  return readDocuments(text, 'f').map(({value, repeated}) => ({value, repeated}));
}

describe('of a key that comes twice the last one counts, and it is told where it is', () => {
  test.each<[string, string, unknown, readonly [path: string, line: number][]]>([
    ['at the root', 'a: 1\nb: 2\na: 3', {a: 3, b: 2}, [['a', 3]]],
    [
      'three times',
      'a: 1\n"a": 2\n\'a\': 3',
      {a: 3},
      [
        ['a', 2],
        ['a', 3],
      ],
    ],
    [
      'deep, in lists',
      'l:\n- {}\n- s: {r: 1,\n    r: {x: 1}}\n  t: 0\n  t: 1',
      {l: [{}, {s: {r: {x: 1}}, t: 1}]},
      [
        ['l[1].s.r', 4],
        ['l[1].t', 6],
      ],
    ],
    [
      'a label',
      'metadata:\n  labels:\n    app.kubernetes.io/name: a\n    app.kubernetes.io/name: b',
      {metadata: {labels: {'app.kubernetes.io/name': 'b'}}},
      [['metadata.labels["app.kubernetes.io/name"]', 4]],
    ],
    ['a number', '1: a\n1: b', {1: 'b'}, [['["1"]', 2]]],
    ['what a terminal obeys', '"a\\e": 1\n"a\\e": 2', {'a\x1b': 2}, [['["a\\u001b"]', 2]]],
    [
      'beside a merge',
      'x: &x {a: 1}\nz:\n  <<: *x\n  a: 2\n  a: 3',
      {x: {a: 1}, z: {a: 3}},
      [['z.a', 5]],
    ],
    [
      'in JSON',
      '{"a": 1,\n"b": [0, {"c": 1, "c": {"d": 2}}],\n"\\u0061": 2}',
      {a: 2, b: [0, {c: {d: 2}}]},
      [
        ['b[1].c', 2],
        ['a', 3],
      ],
    ],
  ])('%s', (_, text, value, repeated) => {
    expect(read(text)).toEqual([{value, repeated: repeated.map(([path, line]) => ({path, line}))}]);
  });

  test('of a later document too, with the line in the file', () => {
    expect(read('a: 1\n---\nb: 1\nb: 2').map(({repeated}) => repeated)).toEqual([
      undefined,
      [{path: 'b', line: 4}],
    ]);
  });
});

test('a merged key that is written as well is no repetition', () => {
  expect(read('x: &x {a: 1}\nz:\n  <<: *x\n  a: 2')).toEqual([
    {value: {x: {a: 1}, z: {a: 2}}, repeated: undefined},
  ]);
});
