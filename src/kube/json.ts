/**
 * A JSON value whose integers are exact: a number where that is safe, else a bigint. So two equal
 * integers are always `===`, and `<`, `>` and printing work across both.
 */
export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** An integer of up to 64 bits: a bigint only where a number would lose digits. */
export type Integer = number | bigint;

/** The integer that decimal `digits` (with an optional sign) stand for. */
export function integerOf(digits: string): Integer {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : BigInt(digits);
}

/** Where JSON may have a number of 16 or more digits; a string that looks like one only costs time. */
const longNumber = /(?:^|[:,[\s])-?\d{16,}/;

/** JSON.parse, but with exact integers (Go's int64 goes through JSON unharmed). */
export function parseJson(text: string): Json {
  if (!longNumber.test(text)) return JSON.parse(text);
  // biome-ignore lint/suspicious/noExplicitAny: the third argument is newer than the library's types
  const parse = JSON.parse as (text: string, reviver: (...args: any[]) => unknown) => Json;
  return parse(text, (_key, value, context: {readonly source?: string}) =>
    typeof value === 'number' &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(context.source ?? '')
      ? integerOf(context.source ?? '')
      : value,
  );
}

/** JSON.stringify, but with exact integers. `indent` spaces a level; 0 for one line. */
export function printJson(value: unknown, indent = 0): string {
  try {
    // Without a function to ask about each value it takes a third of the time.
    return JSON.stringify(value, undefined, indent);
  } catch (error) {
    // A bigint is all that JSON.stringify does not print here.
    if (!(error instanceof TypeError)) throw error;
    return JSON.stringify(
      value,
      // JSON.rawJSON prints the digits as they are (ECMAScript 2026, in Node since 21).
      (_key, item) => (typeof item === 'bigint' ? rawJson(item.toString()) : item),
      indent,
    );
  }
}

const rawJson = (JSON as unknown as {rawJSON(text: string): unknown}).rawJSON;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
