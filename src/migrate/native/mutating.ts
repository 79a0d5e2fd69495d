import {allOf, type Cel, cel, concatenated, firstWhere} from '../../cel/cel.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import type {JsonObject} from '../../kube/json.ts';
import {
  acceptances,
  acceptingName,
  acceptingNames,
  checkVariables,
  firstUsable,
  type NativePolicy,
  namesIf,
} from './chosen.ts';
import {adding, type DefaultsPatch, defaultsPatch} from './defaultsPatch.ts';
import {askRights, type RightsOptions} from './rights.ts';
import {type Variable, variable, variablesFor} from './variables.ts';

/**
 * Where a refused pod carries to the validating policy, which can't ask for rights in its messages, what
 * policies could have been used: their names with commas, or `*` if that was too much to ask.
 */
export const usableKey = 'psp.kubectl/usable';

/** From one mutation to the next: the names of policies that accept the pod and were not asked about, with commas. */
const untriedKey = 'psp.kubectl/untried';

/** What the API server has stored as the chosen policy, or what a user claims. */
export const claimed: Cel = variable('claimed');
export const claimedVariable: Variable = {
  name: 'claimed',
  value: cel`object.metadata.?annotations[?${validatedPolicyKey}].orValue('')`,
};

/**
 * The spec of the policy that chooses and writes defaults. Up to `groupSize` policies, one mutation does
 * everything. Each mutation has a budget of its own, so for more there are several: each asks for the rights to
 * some of those that accept the pod, the choice goes along in the annotation, and the last one writes defaults.
 */
export function mutatingSpec(
  policies: readonly NativePolicy[],
  more: readonly Variable[],
  defaults: DefaultsPatch,
  how: RightsOptions & {readonly groupSize: number},
): JsonObject {
  const isGrouped = policies.length > how.groupSize;
  const searches = isGrouped ? searchesFor(policies, how) : {mutations: [], variables: []};
  const own: Variable[] = [
    claimedVariable,
    ...more,
    ...checkVariables(policies, ['asIs', 'filled']),
    ...acceptances(policies),
    ...policies.flatMap(one => one.rights),
    ...searches.variables,
    {name: 'chosen', value: isGrouped ? claimed : firstUsable(policies)},
    {name: 'usable', value: namesIf(policies, ({mayUse}) => mayUse)},
    ...defaults.variables,
  ];
  const refused = defaultsPatch([]).patch;
  const mutations = isGrouped
    ? [...searches.mutations, lastMutation(refused, defaults.patch)]
    : [oneMutation(policies, refused, defaults.patch)];
  return {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'IfNeeded',
    variables: variablesFor('mutating', own, mutations),
    mutations: mutations.map(mutation => ({
      patchType: 'JSONPatch',
      jsonPatch: {expression: String(mutation)},
    })),
  };
}

function oneMutation(policies: readonly NativePolicy[], refused: Cel, patch: Cel): Cel {
  const chosen = variable('chosen');
  const unnamed = [without(validatedPolicyKey), refused];
  const denied =
    policies.length === 0
      ? unnamed
      : [...unnamed, annotated(usableKey, cel`${variable('usable')}.join(',')`)];
  return firstWhere(
    [[cel`${chosen} == ''`, concatenated(denied)]],
    concatenated([annotated(validatedPolicyKey, chosen), patch]),
  );
}

/** After the searches, the annotation says what they have found. */
function lastMutation(refused: Cel, patch: Cel): Cel {
  const denied = concatenated([refused, annotated(usableKey, cel`'*'`)]);
  return firstWhere([[cel`${variable('chosen')} == ''`, denied]], patch);
}

/** A policy that accepts the pod, as a variable with its name, and whether it may be used. */
interface Try {
  readonly name: Cel;
  readonly mayUse: Cel;
  readonly variables: readonly Variable[];
}

function tryOf(variableName: string, value: Cel, options: RightsOptions): Try {
  const name = variable(variableName);
  const {mayUse, variables} = askRights(variableName, name, options);
  return {name, mayUse, variables: [{name: variableName, value}, ...variables]};
}

/** The first of them that may be used; else no name. */
function firstOf(tries: readonly Try[]): Cel {
  return firstWhere(
    tries.map(({name, mayUse}) => [allOf([cel`${name} != ''`, mayUse]), name]),
    cel`''`,
  );
}

/** The mutations that look for a policy, each with a budget of its own. */
interface Searches {
  readonly mutations: readonly Cel[];
  readonly variables: readonly Variable[];
}

/**
 * The first one finds out who accepts the pod, which is most of the work, and takes away what the pod claims. The names
 * that it can't ask about go along in an annotation, for as many mutations as it takes if all policies accept it.
 */
function searchesFor(
  policies: readonly NativePolicy[],
  how: RightsOptions & {readonly groupSize: number},
): Searches {
  // To know who accepts the pod, the right to all policies may have to be asked for.
  const size = policies.some(({asksForAll}) => asksForAll) ? how.groupSize - 1 : how.groupSize;
  const numbers = Array.from({length: size}, (_, index) => index);
  const untried = variable('untried');
  const firsts = numbers.map(index => tryOf(`try_${index + 1}`, acceptingName(index), how));
  const nexts = numbers.map(index =>
    tryOf(`next_${index + 1}`, cel`${untried}[?${index}].orValue('')`, how),
  );
  const search = (found: Cel, none: Cel, clearing: readonly Cel[]) => {
    const named = concatenated([annotated(validatedPolicyKey, cel`n`), ...clearing]);
    return cel`[${found}].map(n, n != '' ? ${named} : ${none})[0]`;
  };
  const leaving = (names: Cel, otherwise: Cel) => {
    const rest = cel`${names}.transformList(i, n, i >= ${size}, n).join(',')`;
    return firstWhere([[cel`size(${names}) > ${size}`, annotated(untriedKey, rest)]], otherwise);
  };
  const forgotten = without(untriedKey);
  const first = search(
    firstOf(firsts),
    concatenated([without(validatedPolicyKey), leaving(variable('acceptedBy'), forgotten)]),
    [forgotten],
  );
  const next = firstWhere(
    [[cel`size(${untried}) == 0`, cel`[]`]],
    search(firstOf(nexts), leaving(untried, forgotten), [forgotten]),
  );
  return {
    mutations: [first, ...Array(Math.ceil(policies.length / size) - 1).fill(next)],
    variables: [
      ...acceptingNames(policies),
      {
        name: 'untried',
        value: cel`object.metadata.?annotations[?${untriedKey}].optMap(names, names.split(',')).orValue([])`,
      },
      ...[...firsts, ...nexts].flatMap(({variables}) => variables),
    ],
  };
}

/** Takes an annotation away. */
function without(key: string): Cel {
  const path = annotationPath(key);
  return cel`(object.metadata.?annotations[?${key}].hasValue() ? [JSONPatch{op: 'remove', path: ${path}}] : [])`;
}

/** Writes an annotation. */
function annotated(key: string, value: Cel): Cel {
  return concatenated([withAnnotations, cel`[${adding(annotationPath(key), value)}]`]);
}

const withAnnotations = cel`(object.metadata.?annotations.hasValue() ? [] : [${adding(cel`'/metadata/annotations'`, cel`Object.metadata.annotations{}`)}])`;

/** The place of an annotation in a JSON patch, as a literal. */
function annotationPath(key: string): Cel {
  return cel`${`/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`}`;
}
