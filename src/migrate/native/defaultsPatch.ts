import {allOf, anyOf, type Cel, cel, celName, concatenated, mapOf} from '../../cel/cel.ts';
import type {CelPatch} from '../../controls/celFacet.ts';
import {controls} from '../../controls/index.ts';
import {isRun, namesOfRun, type PolicyRun} from './runs.ts';
import {type RuledPolicy, writesOf} from './sharedChecks.ts';
import {type Variable, variable} from './variables.ts';

interface NamedPatch extends CelPatch {
  readonly name: string;
}

const patches: readonly NamedPatch[] = controls.flatMap(control =>
  Object.entries(control.cel.patches).map(([name, patch]) => ({...patch, name})),
);

/** The lists of containers that a new pod can have. */
const lists = ['initContainers', 'containers'] as const;

/** Writes what the chosen policy has defaults for: `chosen` is its name, or empty. */
export interface DefaultsPatch {
  readonly variables: readonly Variable[];
  /** A list of JSON patches. */
  readonly patch: Cel;
}

/** The defaults of the policies as tables by name, and one patch for all of them. */
export function defaultsPatch(policies: readonly (RuledPolicy | PolicyRun)[]): DefaultsPatch {
  const runs = policies.filter(isRun);
  const fixed = policies.flatMap(one =>
    isRun(one) ? [] : [{name: one.name, writes: writesOf(one.rules)}],
  );
  const tables = patches.flatMap(patch => {
    const rows = fixed.flatMap(({name, writes}) => {
      const value = writes[patch.name];
      return value === undefined ? [] : [[name, value] as const];
    });
    const ofRuns = runs.flatMap(run => defaultOfRun(run, patch.name) ?? []);
    const all = [
      ...(rows.length === 0 ? [] : [cel`${mapOf(rows)}[?${variable('chosen')}]`]),
      ...ofRuns,
    ];
    const [first, ...rest] = all;
    if (first === undefined && !patch.always) return [];
    const value = rest.reduce(
      (one, other) => cel`${one}.or(${other})`,
      first ?? cel`optional.none()`,
    );
    return [{patch, variable: {name: `default_${patch.name}`, value}}];
  });
  const ops = tables.map(({patch, variable: {name}}) => ({patch, given: variable(name)}));
  return {
    variables: tables.map(table => table.variable),
    patch: concatenated([
      ...ops.filter(({patch}) => patch.at[0] !== 'container').map(podPatch),
      ...lists.flatMap(list =>
        containerPatches(
          list,
          ops.filter(({patch}) => patch.at[0] === 'container'),
        ),
      ),
    ]),
  };
}

/** The default of the chosen one, if it is a member of the run. */
function defaultOfRun(run: PolicyRun, patch: string): Cel | undefined {
  const chosen = variable('chosen');
  const value = writesOf(run.rulesOf(chosen))[patch];
  if (value === undefined) return undefined;
  return cel`(${chosen} in ${variable(namesOfRun(run))} ? optional.of(${value}) : optional.none())`;
}

interface PatchOf {
  readonly patch: CelPatch;
  readonly given: Cel;
}

/** Adds a value to the pod, as a list of one JSON patch. */
export function adding(path: Cel, value: Cel): Cel {
  return cel`JSONPatch{op: 'add', path: ${path}, value: ${value}}`;
}

function podPatch({patch: {at, when, value}, given}: PatchOf): Cel {
  const path = at[0] === 'spec' ? `/spec/${at[1]}` : `/spec/securityContext/${at[1]}`;
  return cel`(${when(given)} ? [${adding(cel`${path}`, value(given))}] : [])`;
}

/** First a security context for each container that needs one, then what goes into it. */
function containerPatches(list: (typeof lists)[number], all: readonly PatchOf[]): readonly Cel[] {
  const containers =
    list === 'containers'
      ? cel`object.spec.containers`
      : cel`object.spec.?initContainers.orValue([])`;
  const each = (when: Cel, field: string, value: Cel) => {
    const at = cel`${`/spec/${list}/`} + string(i) + ${`/securityContext${field}`}`;
    return cel`${containers}.transformList(i, c, ${when}, ${adding(at, value)})`;
  };
  const wanted = anyOf(all.map(({patch, given}) => patch.when(given)));
  return [
    each(
      allOf([cel`!has(c.securityContext)`, wanted]),
      '',
      cel`Object.spec.${celName(list)}.securityContext{}`,
    ),
    ...all.map(({patch: {at, when, value}, given}) => each(when(given), `/${at[1]}`, value(given))),
  ];
}
