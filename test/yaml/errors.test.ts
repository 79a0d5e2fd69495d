import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {errorOf} from './reading.ts';

describe('an error', () => {
  test.each([
    [
      'a: 1\n---\nb: 1\nc: d: e',
      'document 2, line 4: a key or a list item is expected; check the indentation, and look for a value that needs quotes',
    ],
    ['a:\n\tb: 1', 'document 1, line 2: a tab indents a line; use spaces'],
    ['a: b\n  \tc: 1', 'document 1, line 2: a tab indents a line; use spaces'],
    [
      'a: @x',
      'document 1, line 1: a key or a list item is expected; check the indentation, and look for a value that needs quotes',
    ],
    ['x: 1\na: "b\nc', 'document 1, line 3: the document ends within a quoted string'],
    ['a: 1\nb\nc: 2', 'document 1, line 3: a key has no ":" after it, here or in the line above'],
    ['a: [1,\n2', 'document 1, line 2: "," or the closing bracket is expected'],
    [
      '- a\nb: 1',
      'document 1, line 2: a key or a list item is expected; check the indentation, and look for a value that needs quotes',
    ],
    [
      'a:\n  b: 1\n c: 2',
      'document 1, line 3: a key or a list item is expected; check the indentation, and look for a value that needs quotes',
    ],
    [
      '1: a\n"1": b',
      'document 1, line 2: a mapping has the key "1" twice, with and without quotes; remove one',
    ],
    ['a: *b', 'document 1, line 1: there is no anchor "&b"'],
    ['a: &a [*a]', 'document 1, line 1: the anchor "&a" contains itself'],
    ['<<: [1]', 'document 1, line 1: the value of << is neither a mapping nor a list of mappings'],
    ['a: "\\q"', 'document 1, line 1: YAML has no such escape; write \\\\ for a backslash'],
    ['a: "\\\\\\/"', 'document 1, line 1: "\\\\/" is not an escape that kubectl reads'],
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
      'document 1, line 1: the name of an anchor has only letters, digits, - and _, unlike "b.c"',
    ],
    ['- a\n- : b', 'document 1, line 2: a key is empty; put it in quotes'],
    ['- a\n- b: !!\n', 'document 1, line 2: a tag has no name after !!'],
    [
      'a: "x\u2028y"',
      'document 1, line 1: YAML can\'t contain the character U+2028; write it as "\\u2028"',
    ],
    ['a: !!int x', 'document 1, line 1: a value is not of the type of its tag !!int'],
    ['a: .inf', 'document 1, line 1: JSON has no .inf and .nan'],
    ['a: 1\n~: b', 'document 1, line 2: a key is empty; put it in quotes'],
    [
      'a: {{ .x }}',
      'document 1, line 1: a template ({{ }}) is not a manifest; render it first: helm template CHART | kubectl psp ... -f -',
    ],
    [
      'a: 1\n--- b',
      'document 1, line 2: text follows --- on its line; kubectl wants it on the next line',
    ],
    [
      'a: 1\nb: \x07',
      'document 1, line 2: YAML can\'t contain the character U+0007; write it as "\\u0007"',
    ],
    [
      'a: |\n  x\n  \x00',
      'document 1, line 3: YAML can\'t contain the character U+0000; write it as "\\u0000"',
    ],
    [
      '{"a": 1}\n---\n{}',
      'document 2, line 2: a file that begins with { is JSON to kubectl, so no --- may follow; put --- first',
    ],
    ['{"a": [1,\n 2,\n]}', 'document 1, line 3: not valid JSON: expected a value, found "]"'],
    ['{"a":\n "b\nc"}', 'document 1, line 2: not valid JSON: Bad control character'],
    ['{"a": {\n', 'document 1, line 2: the JSON ends within a value'],
    ['{"a": "b', 'document 1, line 1: a string has no closing quote'],
    [
      '{"a": 1e999}',
      'document 1, line 1: not valid JSON: a number is larger than a float can hold',
    ],
    [
      '{{ .Values.x }}',
      'document 1, line 1: a template ({{ }}) is not a manifest; render it first: helm template CHART | kubectl psp ... -f -',
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
