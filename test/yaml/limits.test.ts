import {describe, expect, test} from 'vitest';
import {readDocuments} from '../../src/yaml/documents.ts';
import {processorSeconds} from '../support/run/processorTime.ts';
import {errorOf, values} from './reading.ts';

describe('limits', () => {
  const bomb = [...'bcdefgh'].reduce(
    (text, key, index) =>
      `${text}${key}: &${key} [${'*'.concat('abcdefgh'[index] ?? '', ', ').repeat(10)}]\n`,
    'a: &a [x, x, x, x, x, x, x, x, x, x]\n',
  );

  test.each([
    ['aliases that multiply', bomb, 'aliases (*) repeat too much of the document; write it out'],
    ['open brackets', `a: ${'['.repeat(1e5)}`, 'lists and mappings are nested more than 500 deep'],
    ['open JSON', `{"a": ${'['.repeat(1e5)}`, 'lists and mappings are nested more than 500 deep'],
    ['nested dashes', '- '.repeat(1e5), 'lists and mappings are nested more than 500 deep'],
    [
      'brackets that an alias repeats',
      `a: &a ${'['.repeat(300)}${']'.repeat(300)}\nb: ${'['.repeat(300)}*a${' ]'.repeat(300)}`,
      'lists and mappings are nested more than 500 deep',
    ],
  ])('%s are refused at once', (_, text, reason) => {
    expect(errorOf(text).replace(/line \d+/, 'line N')).toBe(
      `f.yaml: document 1, line N: ${reason}`,
    );
  });

  test('a merge repeated many times is refused', () => {
    const many = Array.from({length: 2000}, (_, index) => `k${index}: 1`);
    const text = `x: &x {${many}}\n${many.map(key => `${key[0]}_${key}`.replace(': 1', ': {<<: *x}\n')).join('')}`;
    expect(errorOf(text)).toBe('f.yaml: document 1, line 502: << repeats too much; write it out');
  });

  test('500 levels are read', () => {
    expect(values(`${'- '.repeat(500)}x`)).toHaveLength(1);
    expect(values(`{"a": ${'['.repeat(499)}${']'.repeat(499)}}`)).toHaveLength(1);
  });

  const pod = `apiVersion: v1
kind: Pod
metadata: {name: p, annotations: {text: '${'x'.repeat(1500)}'}}
spec:
  containers:
${'  - name: c\n    image: "a/b:1"\n    securityContext: {runAsUser: 1000}\n'.repeat(12)}`;

  // About 0.2 s; if the time grew with the square of the size, it would be minutes.
  test.each([
    ['2,000 documents in 5 MB', `${pod}---\n`.repeat(2000), 2000],
    ['one string of 5 MB', `a: "${'x y\n '.repeat(1e6)}"`, 1],
    ['an unquoted string of 5 MB', `a: ${'x y\n '.repeat(1e6)}`, 1],
    ['a list of 400,000 items in one line', `a: [${'1, '.repeat(4e5)}]`, 1],
    ['a JSON string of 2 MB of backslashes', `{"a": "${'\\'.repeat(2e6)}"}`, 1],
    ['100,000 JSON values', '{"a": 1}\n'.repeat(1e5), 1e5],
    ['a million digits', `a: ${'9'.repeat(1e6)}`, 1],
    ['two million hexadecimal digits', `a: 0x${'f'.repeat(2e6)}`, 1],
    ['a million separators', '---\n'.repeat(1e6), 0],
  ])('%s are read in time', (_, text, count) => {
    const seconds = processorSeconds(() => {
      expect(readDocuments(text, 'f')).toHaveLength(count);
    });
    expect(seconds).toBeLessThan(10);
  });
});
