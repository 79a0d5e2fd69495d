import {
  type Cel,
  type CelValue,
  cel,
  isSame,
  literalsOf,
  mapOf,
  withLiterals,
} from '../../cel/cel.ts';
import type {CelCheck, CelRules} from '../../controls/celFacet.ts';
import type {ControlRules, RuledPolicy} from './sharedChecks.ts';
import {type Variable, variable} from './variables.ts';

/** From so many policies on that differ in nothing but values, they become one with tables. */
const leastRun = 20;

/** Policies next to each other in the order of names, whose rules differ in nothing but literals. */
export interface PolicyRun {
  readonly members: readonly RuledPolicy[];
  readonly prefix: string;
  /** The values that differ, as tables by the policy's name. */
  readonly tables: readonly Variable[];
  /** The rules of the member that an expression names. */
  rulesOf(name: Cel): readonly ControlRules[];
  /** Whether a control asks the same of all members. */
  isShared(id: string): boolean;
}

/** The policies, and runs of them in their place. */
export function runsIn(policies: readonly RuledPolicy[]): readonly (RuledPolicy | PolicyRun)[] {
  const groups: RuledPolicy[][] = [];
  let last = '';
  for (const policy of policies) {
    const shape = shapeOf(policy);
    if (shape === last) groups.at(-1)?.push(policy);
    else groups.push([policy]);
    last = shape;
  }
  let count = 0;
  return groups.flatMap((members): readonly (RuledPolicy | PolicyRun)[] => {
    if (members.length < leastRun) return members;
    count += 1;
    return [runOf(members, `run_${count}`)];
  });
}

export function isRun(one: RuledPolicy | PolicyRun): one is PolicyRun {
  return 'members' in one;
}

/** The variable with the names of its members. */
export function namesOfRun({prefix}: PolicyRun): string {
  return `${prefix}_names`;
}

/** The rules without their values. */
function shapeOf({rules}: RuledPolicy): string {
  return JSON.stringify(
    rules.map(({id, rules: own}) => [
      id,
      expressionsIn(own).map(([place, one]) => [
        place,
        String(withLiterals(one, value => cel`${kindOf(value)}`)),
      ]),
    ]),
  );
}

function kindOf(value: CelValue): string {
  return Array.isArray(value) ? 'list' : typeof value === 'bigint' ? 'number' : typeof value;
}

type Place =
  | readonly ['pod' | 'volume' | 'container', keyof CelCheck]
  | readonly ['writes', string];

function expressionsIn(rules: CelRules): readonly (readonly [Place, Cel])[] {
  const checks = (['pod', 'volume', 'container'] as const).flatMap(scope => {
    const check = rules[scope];
    return (['unchanged', 'filled', 'fault'] as const).flatMap(part => {
      const one = check?.[part];
      return one === undefined ? [] : [[[scope, part] as const, one] as const];
    });
  });
  const writes = Object.entries(rules.writes ?? {}).map(
    ([name, one]) => [['writes', name] as const, one] as const,
  );
  return [...checks, ...writes];
}

function runOf(members: readonly RuledPolicy[], prefix: string): PolicyRun {
  const tables = new Map<string, CelTable>();
  const columns = new Map<string, readonly (Cel | CelTable)[]>();
  const key = (id: string, place: Place) => `${id} ${place.join(' ')}`;
  const differing = new Set<string>();
  const [first] = members;
  const expressions = members.map(one => one.rules.map(({rules}) => expressionsIn(rules)));
  for (const [row, {id}] of (first?.rules ?? []).entries()) {
    for (const [index, [place]] of (expressions[0]?.[row] ?? []).entries()) {
      const values = expressions.map(own => literalsOf(own[row]?.[index]?.[1]));
      const holes = (values[0] ?? []).map((_, hole) => {
        const column = values.map(own => own[hole] ?? '');
        const texts = column.map(value => String(cel`${value}`));
        if (new Set(texts).size === 1) return cel`${column[0] ?? ''}`;
        differing.add(id);
        const known = tables.get(texts.join('\n'));
        const rows = members.map(({name}, at) => [name, cel`${column[at] ?? ''}`] as const);
        const table = known ?? celTable(`${prefix}_table_${tables.size + 1}`, rows);
        tables.set(texts.join('\n'), table);
        return table;
      });
      columns.set(key(id, place), holes);
    }
  }
  const at = (id: string, place: Place, one: Cel, name: Cel) =>
    withLiterals(one, (_, index) => {
      const hole = columns.get(key(id, place))?.[index] ?? cel`''`;
      return 'rows' in hole ? valueIn(hole, name) : hole;
    });
  return {
    members,
    prefix,
    tables: [...tables.values()].flatMap(({parts}) => parts),
    isShared: id => !differing.has(id),
    rulesOf: name =>
      (first?.rules ?? []).map(({id, rules}) => ({
        id,
        rules: rebuilt(rules, (place, one) => at(id, place, one, name)),
      })),
  };
}

/** A map as variables: an expression may have 100,000 characters (cel-go, parser/options.go). */
export interface CelTable {
  /** How many keys it has. */
  readonly rows: number;
  readonly parts: readonly Variable[];
}

const longestPart = 60_000;

export function celTable(
  name: string,
  rows: readonly (readonly [key: string, value: Cel])[],
): CelTable {
  const parts = partsOf(rows, ([key, value]) => key.length + String(value).length + 6);
  return {
    rows: rows.length,
    parts: parts.map((part, index) => ({
      name: parts.length === 1 ? name : `${name}_${index + 1}`,
      value: mapOf(part),
    })),
  };
}

/** Pieces of a list, none of which is too long for an expression. */
export function partsOf<T>(
  all: readonly T[],
  lengthOf: (one: T) => number,
): readonly (readonly T[])[] {
  const parts: T[][] = [[]];
  let length = 0;
  for (const one of all) {
    length += lengthOf(one);
    if (length > longestPart) {
      parts.push([]);
      length = lengthOf(one);
    }
    parts.at(-1)?.push(one);
  }
  return parts;
}

/** The value of a key as an optional value. */
export function rowOf({parts}: CelTable, key: Cel): Cel {
  const [first = cel`optional.none()`, ...rest] = parts.map(
    ({name}) => cel`${variable(name)}[?${key}]`,
  );
  return rest.reduce((one, other) => cel`${one}.or(${other})`, first);
}

/** The value of a key that is there. */
function valueIn(table: CelTable, key: Cel): Cel {
  const [only] = table.parts;
  return table.parts.length === 1 && only !== undefined
    ? cel`${variable(only.name)}[${key}]`
    : cel`${rowOf(table, key)}.value()`;
}

function rebuilt(rules: CelRules, change: (place: Place, one: Cel) => Cel): CelRules {
  const check = (scope: 'pod' | 'volume' | 'container') => {
    const own = rules[scope];
    if (own === undefined) return undefined;
    const {unchanged, filled = unchanged, fault} = own;
    return {
      unchanged: change([scope, 'unchanged'], unchanged),
      ...(isSame(filled, unchanged) ? {} : {filled: change([scope, 'filled'], filled)}),
      fault: change([scope, 'fault'], fault),
    };
  };
  return {
    pod: check('pod'),
    volume: check('volume'),
    container: check('container'),
    writes: Object.fromEntries(
      Object.entries(rules.writes ?? {}).map(([name, one]) => [
        name,
        change(['writes', name], one),
      ]),
    ),
  };
}
