import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  allOf,
  always,
  anyOf,
  cel,
  celName,
  firstWhere,
  mapOf,
  never,
  not,
} from '../../src/cel/cel.ts';
import {celTokens, unquoteCel} from '../support/builders/celTokens.ts';

const anyText = fc.oneof(
  fc.string({unit: 'binary'}),
  fc.string({unit: fc.constantFrom("'", '\\', '\n', '"', '`', '\u2028', '\u202e', '\ud800', 'a')}),
);

describe('literals', () => {
  test('any text is one token that stands for that text', () => {
    fc.assert(
      fc.property(anyText, text => {
        const tokens = celTokens(cel`f(${text})`.toString());
        expect(tokens).toHaveLength(4);
        expect(unquoteCel(tokens[2] ?? '')).toBe(text.toWellFormed());
      }),
    );
  });

  test('what a reader would not see is written as its number', () => {
    expect(`${cel`${"it's \\ a\n\u202e\u00a0\u{e0001}b"}`}`).toBe(
      "'it\\'s \\\\ a\\n\\u202e\\u00a0\\U000e0001b'",
    );
  });

  test('lists and maps quote what is in them', () => {
    expect(`${cel`x in ${["a'", 'b']} || ${{"k'": 'v'}}`}`).toBe(
      "x in ['a\\'', 'b'] || {'k\\'': 'v'}",
    );
    expect(
      `${mapOf([
        ["a'", cel`1`],
        ['b', cel`x ? 1 : 2`],
      ])}`,
    ).toBe("{'a\\'': 1, 'b': (x ? 1 : 2)}");
  });

  test('integers are exact, and of 64 bits', () => {
    expect(`${cel`${9223372036854775807n} ${-5}`}`).toBe('9223372036854775807 -5');
    expect(() => String(cel`${9223372036854775808n}`)).toThrow(RangeError);
    expect(() => String(cel`${1.5}`)).toThrow(RangeError);
  });

  test('names are names', () => {
    expect(`${cel`v.${celName('hostPath')}`}`).toBe('v.hostPath');
    for (const name of ['', 'a.b', "a'", '1a', 'a b'])
      expect(() => celName(name)).toThrow(TypeError);
  });
});

describe('brackets', () => {
  const either = cel`a || b`;
  const when = cel`a ? b : c`;

  test('are set where the parts of an expression would come apart', () => {
    expect(`${cel`!${either}`}`).toBe('!(a || b)');
    expect(`${cel`${when} == 1`}`).toBe('(a ? b : c) == 1');
    expect(`${cel`${cel`!x`}.y`}`).toBe('(!x).y');
    expect(`${allOf([either, cel`c`])}`).toBe('(a || b) && c');
    expect(`${anyOf([cel`a && b`, cel`c`])}`).toBe('(a && b) || c');
    expect(`${firstWhere([[when, cel`1`]], when)}`).toBe('(a ? b : c)\n? 1\n: a ? b : c');
  });

  test('and not where they stand already, or nothing can come apart', () => {
    expect(`${cel`f(${either}, [${when}])`}`).toBe('f(a || b, [a ? b : c])');
    expect(`${cel`!${cel`x.all(y, y || z)`}`}`).toBe('!x.all(y, y || z)');
    expect(`${cel`${'a || b'} == ${cel`'c || d'`}`}`).toBe("'a || b' == 'c || d'");
  });

  test('what is always or never so says nothing', () => {
    expect(`${allOf([always, cel`a`])} ${anyOf([never, cel`a`])}`).toBe('a a');
    expect([allOf([cel`a`, never]), anyOf([cel`a`, always]), allOf([]), anyOf([])]).toEqual([
      never,
      always,
      always,
      never,
    ]);
    expect(`${not(cel`a == b`)}`).toBe('!(a == b)');
  });
});
