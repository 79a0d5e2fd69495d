import fc from 'fast-check';
import {isObject, type Json} from '../../src/kube/json.ts';

/** Where in a tree of JSON: keys and indexes from the root. */
type Path = readonly (string | number)[];

/** All places in a value, its own included, parents before children. */
function pathsOf(value: Json, at: Path = []): readonly Path[] {
  const children = Array.isArray(value)
    ? [...value.entries()]
    : isObject(value)
      ? Object.entries(value)
      : [];
  return [at, ...children.flatMap(([key, child]) => pathsOf(child as Json, [...at, key]))];
}

function replaced(value: Json, [key, ...rest]: Path, by: Json): Json {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === key ? replaced(item, rest, by) : item));
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      name === key ? replaced(child as Json, rest, by) : (child as Json),
    ]),
  );
}

/** What a person, a broken template or somebody with bad intent writes where a field is expected. */
const surprise: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    2 ** 31,
    -(2 ** 31) - 1,
    65536,
    9007199254740993n,
    '',
    '*',
    'x'.repeat(300),
    '\u001B[2J\u0007',
    '\u202Egnp.exe',
    'a\u200Bb',
    '\uD800',
    '`"\'$(){}',
    'true',
    '0777',
    '1e3',
    '~',
    '<script>',
    ']]>',
    '/../',
    'kubernetes.io/psp',
    [],
    {},
    [[]],
    [null],
    {'': null},
    [{}],
    {a: {b: {c: []}}},
  ),
  fc.string({unit: 'binary', maxLength: 12}).map((text): Json => text),
  fc.jsonValue({maxDepth: 2}).map(value => value as Json),
);

/** A value with one or two of its nodes replaced by something unexpected. */
export function mutated(value: Json): fc.Arbitrary<Json> {
  return fc.array(fc.tuple(fc.nat(), surprise), {minLength: 1, maxLength: 2}).map(changes =>
    changes.reduce<Json>((tree, [place, by]) => {
      const paths = pathsOf(tree);
      return replaced(tree, paths[place % paths.length] ?? [], by);
    }, value),
  );
}
