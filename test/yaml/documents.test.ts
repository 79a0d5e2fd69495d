import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {UserError} from '../../src/errors.ts';
import {isObject, type Json, parseJson} from '../../src/kube/json.ts';
import {decodeText, maxFileSize, maxJsonSize, readDocuments} from '../../src/yaml/documents.ts';
import {cases} from './cases.ts';
import {difference} from './compare.ts';
import {read, refused} from './differences.ts';

function values(text: string): readonly Json[] {
  return readDocuments(text, 'f.yaml').map(({value}) => value);
}

function errorOf(text: string): string {
  try {
    return `no error, but ${JSON.stringify(readDocuments(text, 'f.yaml'))}`;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.exitCode).toBe(3);
    return error.message;
  }
}

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

describe('an error', () => {
  test.each([
    [
      'a: 1\n---\nb: 1\nc: d: e',
      'document 2, line 4: a key or a list item is expected; look at the indentation and for a value that needs quotes',
    ],
    ['a:\n\tb: 1', 'document 1, line 2: a tab indents a line; use spaces'],
    [
      'a: b\n  \tc: 1',
      'document 1, line 2: a key or a list item is expected; look at the indentation and for a value that needs quotes',
    ],
    [
      'a: @x',
      'document 1, line 1: a key or a list item is expected; look at the indentation and for a value that needs quotes',
    ],
    ['x: 1\na: "b\nc', 'document 1, line 3: the document ends within a quoted string'],
    ['a: 1\nb\nc: 2', 'document 1, line 3: a key has no ":" after it, here or in the line above'],
    ['a: [1,\n2', 'document 1, line 2: "," or the closing bracket is expected'],
    [
      '- a\nb: 1',
      'document 1, line 2: a key or a list item is expected; look at the indentation and for a value that needs quotes',
    ],
    [
      'a:\n  b: 1\n c: 2',
      'document 1, line 3: a key or a list item is expected; look at the indentation and for a value that needs quotes',
    ],
    [
      'a: 1\nb: 2\na: 3',
      'document 1, line 3: the key "a" comes twice in a mapping; remove one (kubectl takes the last)',
    ],
    [
      '1: a\n"1": b',
      'document 1, line 2: the key "1" comes twice in a mapping; remove one (kubectl takes the last)',
    ],
    ['a: *b', 'document 1, line 1: there is no anchor "&b"'],
    ['a: &a [*a]', 'document 1, line 1: the anchor "&a" contains itself'],
    ['<<: [1]', 'document 1, line 1: the value of << is no mapping and no list of mappings'],
    [
      '"a\\e\\x9b": 1\n"a\\e\\x9b": 2',
      'document 1, line 2: the key "a\\u001b\\u009b" comes twice in a mapping; remove one (kubectl takes the last)',
    ],
    ['a: "\\q"', 'document 1, line 1: an escape is none of YAML; write \\\\ for a backslash'],
    ['a: "\\\\\\/"', 'document 1, line 1: "\\\\/" is no escape that kubectl reads'],
    [
      'x: 1\na: {b:}',
      'document 1, line 2: a ":" has no blank after it, so kubectl takes it for part of the text; put one there',
    ],
    [
      'x: 1\na: [b?c]',
      'document 1, line 2: a value within brackets has a ? in it, which ends it for kubectl; put it in quotes',
    ],
    [
      'a: &b.c 1',
      'document 1, line 1: the name of an anchor is made of letters, digits, - and _, unlike "b.c"',
    ],
    ['- a\n- : b', 'document 1, line 2: a key is empty; put it in quotes'],
    ['- a\n- b: !!\n', 'document 1, line 2: a tag has no name after !!'],
    [
      'a: "x\u2028y"',
      'document 1, line 1: the character U+2028 can\'t stand in YAML; write it as "\\u2028"',
    ],
    ['a: !!int x', 'document 1, line 1: a value is not of the type of its tag !!int'],
    ['a: .inf', 'document 1, line 1: JSON has no .inf and .nan'],
    ['a: 1\n~: b', 'document 1, line 2: a key is empty; put it in quotes'],
    [
      'a: {{ .x }}',
      'document 1, line 1: a key is a list or a mapping (a {{ }} template must be rendered first)',
    ],
    [
      'a: 1\n--- b',
      'document 1, line 2: text follows --- on its line; kubectl wants it on the next line',
    ],
    [
      'a: 1\nb: \x07',
      'document 1, line 2: the character U+0007 can\'t stand in YAML; write it as "\\u0007"',
    ],
    [
      'a: |\n  x\n  \x00',
      'document 1, line 3: the character U+0000 can\'t stand in YAML; write it as "\\u0000"',
    ],
    [
      '{"a": 1}\n---\n{}',
      'document 2, line 2: a file that begins with { is JSON to kubectl, so no --- may follow; put --- first',
    ],
    [
      '{"a": [1,\n 2,\n]}',
      'document 1, line 3: not valid JSON: a value is expected, but "]" is found',
    ],
    ['{"a":\n "b\nc"}', 'document 1, line 2: not valid JSON: Bad control character'],
    [
      '{"a": 1,\n"a": 2}',
      'document 1, line 2: the key "a" comes twice in an object; remove one (kubectl takes the last)',
    ],
    [
      '{"a": 1,\n"\\u0061": 2}',
      'document 1, line 2: the key "a" comes twice in an object; remove one (kubectl takes the last)',
    ],
    ['{"a": {\n', 'document 1, line 2: the JSON ends within a value'],
    ['{"a": "b', 'document 1, line 1: a string has no closing quote'],
    [
      '{"a": 1e999}',
      'document 1, line 1: not valid JSON: a number is larger than a float can hold',
    ],
    [
      '{{ .Values.x }}',
      'document 1, line 1: not valid JSON: a template ({{ }}) must be rendered first',
    ],
  ])('of %j says where and what', (text, message) => {
    expect(errorOf(text)).toBe(`f.yaml: ${message}`);
  });

  test('is one line without control characters, whatever the text', () => {
    const noise = fc.string({unit: 'binary', maxLength: 20});
    const text = fc.array(
      fc.oneof(noise, fc.constantFrom('a: ', '\n', '"', '!!int ', '{"', '*', '&')),
    );
    fc.assert(
      fc.property(text, parts => {
        const message = errorOf(parts.join(''));
        expect(message).not.toMatch(/[\0-\x1f\x7f]/);
        expect(message.length).toBeLessThan(500);
      }),
    );
  });
});

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

  // Some 0.2 s; a time that grew with the square of the size would be minutes.
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
  ])('%s are read in time', {timeout: 10_000}, (_, text, count) => {
    expect(readDocuments(text, 'f')).toHaveLength(count);
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
    [Uint8Array.of(0xff, 0xfe, 0x61, 0), 'f: is UTF-16 text, which is not read; save it as UTF-8'],
    [Uint8Array.of(0xfe, 0xff, 0, 0x61), 'f: is UTF-16 text, which is not read; save it as UTF-8'],
    [
      Uint8Array.of(0x61, 0, 0x62),
      'f: holds NUL bytes, so it is no manifest (a binary file or UTF-16?)',
    ],
    [Uint8Array.of(0xc3, 0x28), 'f: is not UTF-8 text; save it as UTF-8'],
    [
      new Uint8Array(maxFileSize + 1),
      'f: has 65 MiB, more than the 64 MiB that are read; split it',
    ],
    [
      new Uint8Array(maxJsonSize + 1).fill(0x7b),
      'f: has 257 MiB, more than the 256 MiB that are read; split it',
    ],
  ])('refuses what is no UTF-8 text (%#)', (bytes, message) => {
    expect(() => decodeText(bytes, 'f')).toThrow(new UserError(message));
  });
});
