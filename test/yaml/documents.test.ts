import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {UserError} from '../../src/errors.ts';
import {isObject, parseJson} from '../../src/kube/json.ts';
import {decodeText, maxFileSize, maxJsonSize, readDocuments} from '../../src/yaml/documents.ts';
import {cases} from './cases.ts';
import {difference} from './compare.ts';
import {read, refused} from './differences.ts';
import {values} from './reading.ts';

const recorded = parseJson(
  readFileSync(new URL('../fixtures/yaml/recorded.json', import.meta.url), 'utf8'),
);

describe('what kubectl v1.24 makes of a stream, recorded', () => {
  if (!Array.isArray(recorded)) throw new Error('recorded.json holds no list');

  test('is there for every case', () => {
    expect(recorded.map(record => isObject(record) && record.input)).toEqual(cases);
  });

  test('is what we make of it, but for the differences that are known', () => {
    const found: {readonly [by: string]: string[]} = {us: [], kubectl: [], none: []};
    for (const record of recorded) {
      if (!isObject(record) || !Array.isArray(record.documents)) throw new Error('no record');
      const error = record.error === undefined ? {} : {error: String(record.error)};
      const input = String(record.input);
      const differs = difference(input, {documents: record.documents, ...error});
      if (differs !== undefined) {
        found[differs.refusedBy ?? 'none']?.push(differs.refusedBy ? input : differs.text);
      }
    }
    const inOrder = (known: readonly string[]) => cases.filter(input => known.includes(input));
    expect(found).toEqual({us: inOrder(refused), kubectl: inOrder(read), none: []});
  });

  test('has every difference that is known', () => {
    expect([...refused, ...read].filter(input => !cases.includes(input))).toEqual([]);
  });
});

describe('readDocuments', () => {
  test('numbers documents that hold something and says where they begin', () => {
    const text = '# license\n---\n\n# a pod\nkind: Pod\n---\n---\nkind: List\n';
    expect(readDocuments(text, 'a.yaml')).toEqual([
      {file: 'a.yaml', index: 1, line: 5, value: {kind: 'Pod'}},
      {file: 'a.yaml', index: 2, line: 8, value: {kind: 'List'}},
    ]);
    expect(readDocuments('{"a": 1}\n\n{"b": 2} {"c": 3}', 'a.json')).toEqual([
      {file: 'a.json', index: 1, line: 1, value: {a: 1}},
      {file: 'a.json', index: 2, line: 3, value: {b: 2}},
      {file: 'a.json', index: 3, line: 3, value: {c: 3}},
    ]);
  });

  test('reads integers exactly', () => {
    expect(values('a: 9007199254740993\nb: 0xffffffffffffffff\nc: 12')).toEqual([
      {a: 9007199254740993n, b: 18446744073709551615n, c: 12},
    ]);
    expect(values('{"a": 9007199254740993, "b": -9223372036854775808}')).toEqual([
      {a: 9007199254740993n, b: -9223372036854775808n},
    ]);
  });

  test.each([
    '{"__proto__": {"polluted": 1}}',
    '__proto__: {polluted: 1}',
    'a: &a {polluted: 1}\n__proto__: *a',
    '<<: {__proto__: {polluted: 1}}',
  ])('makes an own member of __proto__: %s', text => {
    const [value] = values(text);
    expect(Object.keys(value ?? {})).toContain('__proto__');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(value).not.toHaveProperty('polluted');
  });

  test.each([
    ['a:\n  b: [\n  1,\n  ]\n  c: {\nd: 2\n}\n', {a: {b: [1], c: {d: 2}}}],
    ['- a: "x\n\ny\\\nz"\n  b: \'x\ny\'\n', [{a: 'x\nyz', b: 'x y'}]],
    ['a: [\n\t1,\n\t2\n]', {a: [1, 2]}],
  ])('reads lines within brackets and quotes however they are indented: %j', (text, value) => {
    expect(values(text)).toEqual([value]);
    expect(readDocuments(`${text}\n---\nb: 1`, 'f')[1]?.line).toBe(
      text.trimEnd().split('\n').length + 2 + (text.endsWith('\n') ? 1 : 0),
    );
  });

  test('takes half a surrogate pair in JSON for U+FFFD, as Go does', () => {
    expect(values('{"a": "\\ud800", "b": "\\ud83d\\ude00", "c": "\\\\ud800\\udc00"}')).toEqual([
      {a: '\ufffd', b: '😀', c: '\\ud800\ufffd'},
    ]);
  });
});

describe('decodeText', () => {
  test('drops a byte order mark', () => {
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61), 'f')).toBe('a');
    expect(decodeText(new TextEncoder().encode('é😀'), 'f')).toBe('é😀');
  });

  test('reads JSON that is larger than YAML may be', () => {
    const bytes = new Uint8Array(maxFileSize + 10).fill(0x20);
    bytes.set(new TextEncoder().encode('\n {"a": 1}'));
    expect(decodeText(bytes, 'f')).toHaveLength(bytes.length);
  });

  test.each([
    [Uint8Array.of(0xff, 0xfe, 0x61, 0), "f: UTF-16 text can't be read; save it as UTF-8"],
    [Uint8Array.of(0xfe, 0xff, 0, 0x61), "f: UTF-16 text can't be read; save it as UTF-8"],
    [
      Uint8Array.of(0x61, 0, 0x62),
      'f: contains NUL bytes, so it is not a manifest (a binary file or UTF-16?)',
    ],
    [Uint8Array.of(0xc3, 0x28), 'f: is not UTF-8 text; save it as UTF-8'],
    [new Uint8Array(maxFileSize + 1), 'f: has 65 MiB, and at most 64 MiB are read; split it'],
    [
      new Uint8Array(maxJsonSize + 1).fill(0x7b),
      'f: has 257 MiB, and at most 256 MiB are read; split it',
    ],
  ])('refuses what is not UTF-8 text (%#)', (bytes, message) => {
    expect(() => decodeText(bytes, 'f')).toThrow(new UserError(message));
  });
});
