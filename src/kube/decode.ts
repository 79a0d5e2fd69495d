import {isObject, type Json, type JsonObject} from './json.ts';

/**
 * Reads one JSON value into its type, as Go's JSON decoder does for the API server: null and absent
 * are the same (undefined), unknown fields are dropped, a wrong type is an error.
 */
export type Decoder<T> = (value: Json) => T;

/** A value has the wrong type. `path` is where, from the decoded object down. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly path: string;
  readonly expected: string;
  readonly found: string;

  constructor(path: string, expected: string, found: string) {
    super(`${path}: expected ${expected}, found ${found}`);
    this.path = path;
    this.expected = expected;
    this.found = found;
  }

  /** The same error, seen from one level further out. */
  below(segment: string): DecodeError {
    const path =
      this.path === '' || this.path.startsWith('[')
        ? segment + this.path
        : `${segment}.${this.path}`;
    return new DecodeError(path, this.expected, this.found);
  }
}

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F extends Fields> = {readonly [K in keyof F]: ReturnType<F[K]> | undefined};

/** The type that a decoder gives. */
export type TypeOf<D extends Decoder<unknown>> = ReturnType<D>;

/** An object with these fields; all of them are in the result, unset ones as undefined. */
export function object<const F extends Fields>(fields: F): Decoder<Decoded<F>> {
  const entries = Object.entries(fields);
  return value => {
    if (!isObject(value)) throw mismatch('an object', value);
    const result: Record<string, unknown> = {};
    for (const [key, decode] of entries) {
      const item = value[key];
      result[key] = item === undefined || item === null ? undefined : decodeAt(key, decode, item);
    }
    return result as Decoded<F>;
  };
}

/** A list; a null in it becomes what `empty` decodes to, as Go's zero value. */
export function list<T>(decode: Decoder<T>, empty: Json = {}): Decoder<readonly T[]> {
  return value => {
    if (!Array.isArray(value)) throw mismatch('a list', value);
    return value.map((item: Json, index) => decodeAt(`[${index}]`, decode, item ?? empty));
  };
}

/** A map of strings; `keep` chooses the keys that matter. */
export function stringMap(keep: (key: string) => boolean = () => true) {
  return (value: Json): Readonly<Record<string, string>> => {
    if (!isObject(value)) throw mismatch('a map of strings', value);
    const result: Record<string, string> = {};
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__' || !keep(key)) continue;
      result[key] = decodeAt(key, string, item ?? '');
    }
    return result;
  };
}

export const string: Decoder<string> = value => {
  if (typeof value !== 'string') throw mismatch('a string', value);
  return value;
};

export const boolean: Decoder<boolean> = value => {
  if (typeof value !== 'boolean') throw mismatch('true or false', value);
  return value;
};

function integer(bits: 32 | 64): Decoder<number | bigint> {
  const limit = 2n ** BigInt(bits - 1);
  return value => {
    const isInteger =
      typeof value === 'bigint' || (typeof value === 'number' && Number.isInteger(value));
    if (!isInteger || value >= limit || value < -limit) {
      throw mismatch(`an integer of ${bits} bits`, value);
    }
    return value;
  };
}

export const int64 = integer(64);
export const int32 = integer(32) as Decoder<number>;

/** Text of which only what the API server refuses matters; what it takes is not kept, and not read of a cluster either. */
export function refusedText(isTaken: (text: string) => boolean): Decoder<string | undefined> {
  return value => {
    const text = string(value);
    return isTaken(text) ? undefined : text;
  };
}

/** An object whose mere presence matters; its contents are not kept. */
export const presence: Decoder<JsonObject> = value => {
  if (!isObject(value)) throw mismatch('an object', value);
  return {};
};

/** An object that is kept as it is. */
export const rawObject: Decoder<JsonObject> = value => {
  if (!isObject(value)) throw mismatch('an object', value);
  return value;
};

/** Runs `decode` and puts `segment` before the path of its error. */
export function decodeAt<T>(segment: string, decode: Decoder<T>, value: Json): T {
  try {
    return decode(value);
  } catch (error) {
    throw error instanceof DecodeError ? error.below(segment) : error;
  }
}

export function mismatch(expected: string, found: Json): DecodeError {
  return new DecodeError('', expected, nameOf(found));
}

function nameOf(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'string':
      return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
    case 'boolean':
      return String(value);
    default:
      return `the number ${value}`;
  }
}
