import {describe, expect, test} from 'vitest';
import {
  fieldErrorText,
  GoLiteral,
  invalid,
  notSupported,
  required,
} from '../../src/kube/fieldError.ts';
import {goQuote} from '../../src/kube/goQuote.ts';

describe("a string in Go's quotes", () => {
  test.each([
    ['', '""'],
    ['runtime/default', '"runtime/default"'],
    ['a "b" \\c', '"a \\"b\\" \\\\c"'],
    ['\u0007\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\u0000\u0001\u001b\u007f', '"\\x00\\x01\\x1b\\x7f"'],
    ["<a>&'", '"<a>&\'"'],
    ['äß€', '"äß€"'],
    ['日本', '"日本"'],
    ['😀', '"😀"'],
    ['\u200b', '"\\u200b"'],
    ['\u00a0', '"\\u00a0"'],
    ['\u2028', '"\\u2028"'],
    ['\u00ad', '"\\u00ad"'],
    ['\ue000', '"\\ue000"'],
    ['\u{e0001}', '"\\U000e0001"'],
  ])('%j', (text, quoted) => {
    expect(goQuote(text)).toBe(quoted);
  });
});

describe('a field error', () => {
  test.each([
    [invalid('f', 'x<"y">', 'no'), 'f: Invalid value: "x<\\"y\\">": no'],
    [invalid('f', 'x', ''), 'f: Invalid value: "x"'],
    [invalid('f', true, 'no'), 'f: Invalid value: true: no'],
    [invalid('f', 8080, 'no'), 'f: Invalid value: 8080: no'],
    [invalid('f', new GoLiteral('[]int64{}'), 'no'), 'f: Invalid value: []int64{}: no'],
    [required('f', ''), 'f: Required value'],
    [notSupported('f', '', ['A', 'B']), 'f: Unsupported value: "": supported values: "A", "B"'],
  ])('%#', (error, text) => {
    expect(fieldErrorText(error)).toBe(text);
  });
});
