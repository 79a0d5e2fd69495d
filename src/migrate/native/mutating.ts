import {allOf, type Cel, cel, concatenated, firstWhere} from '../../cel/cel.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import type {JsonObject} from '../../kube/json.ts';
import {
  acceptance,
  acceptances,
  acceptingName,
  acceptingNames,
  byName,
  checkVariables,
  firstUsable,
  type NativePolicy,
  namesIf,
} from './chosen.ts';
import {type DefaultsPatch, defaultsPatch} from './defaultsPatch.ts';
import {
  again,
  againVariable,
  annotated,
  claimed,
  claimedVariable,
  forgotten,
  remembered,
  untriedKey,
  usableKey,
  without,
} from './podMarks.ts';
import {askRights, type RightsOptions} from './rights.ts';
import {type Variable, variable, variablesFor} from './variables.ts';

/** How policies are looked for. */
interface Search extends RightsOptions {
  readonly groupSize: number;
  /** Whether whoever asks does so again, once a policy has changed the pod. */
  readonly isRepeated: boolean;
}

/**
 * The spec of the policy that chooses and writes defaults. Up to `groupSize` policies, one mutation does
 * everything. Each mutation has a budget of its own, so for more there are several: each asks for the rights to
 * some of those that accept the pod, the choice goes along in the annotation, and the last one writes defaults.
 */
export function mutatingSpec(
  policies: readonly NativePolicy[],
  more: readonly Variable[],
  defaults: DefaultsPatch,
  how: Search,
): JsonObject {
  const isGrouped = policies.length > how.groupSize;
  const searches = isGrouped ? searchesFor(policies, how) : noSearches;
  const {isRepeated} = how;
  const own: Variable[] = [
    claimedVariable,
    againVariable,
    ...more,
    ...checkVariables(policies, ['asIs', 'filled']),
    ...acceptances(policies),
    ...policies.flatMap(one => one.rights),
    ...searches.variables,
    {name: 'kept', value: isGrouped ? searches.kept : keptBy(policies, ({mayUse}) => mayUse)},
    {name: 'chosen', value: isGrouped ? claimed : chosenOf(policies, isRepeated)},
    {name: 'usable', value: namesIf(policies, ({mayUse}) => mayUse)},
    ...defaults.variables,
  ];
  const refused = concatenated([...(isRepeated ? [forgotten] : []), defaultsPatch([]).patch]);
  const marked = isRepeated ? [remembered(variable('chosen'))] : [];
  const written = concatenated([...marked, defaults.patch]);
  const mutations = isGrouped
    ? [...searches.mutations, lastMutation(refused, written)]
    : [oneMutation(policies, refused, written)];
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

const noSearches: Searches = {kept: cel`false`, mutations: [], variables: []};

/** The second time, the choice of the first: unless something else has changed the pod since. */
function chosenOf(policies: readonly NativePolicy[], isRepeated: boolean): Cel {
  const first = firstUsable(policies);
  return isRepeated ? firstWhere([[variable('kept'), claimed]], first) : first;
}

/**
 * Whether the pod has been through this, and the policy that was chosen takes it as it is now. What that policy has written may
 * have another one take the pod before it, which v1.24 was never asked.
 */
function keptBy(policies: readonly NativePolicy[], mayUse: (policy: NativePolicy) => Cel): Cel {
  const isKept = byName(policies, one =>
    allOf([variable(acceptance(one, 'asIs').name), mayUse(one)]),
  );
  return allOf([cel`${again} != ''`, cel`${again} == ${claimed}`, isKept]);
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
  /** Whether what was chosen the first time still holds. */
  readonly kept: Cel;
  readonly mutations: readonly Cel[];
  readonly variables: readonly Variable[];
}

/**
 * The first one finds out who accepts the pod, which is most of the work, and takes away what the pod claims. The names
 * that it can't ask about go along in an annotation, for as many mutations as it takes if all policies accept it.
 */
function searchesFor(policies: readonly NativePolicy[], how: Search): Searches {
  // To know who accepts the pod, the right to all policies may have to be asked for.
  const others = [policies.some(({asksForAll}) => asksForAll), how.isRepeated];
  const size = how.groupSize - others.filter(Boolean).length;
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
  const allTried = without(untriedKey);
  const kept = askRights('again', claimed, how);
  const anew = search(
    firstOf(firsts),
    concatenated([without(validatedPolicyKey), leaving(variable('acceptedBy'), allTried)]),
    [allTried],
  );
  const first = how.isRepeated ? firstWhere([[variable('kept'), cel`[]`]], anew) : anew;
  const next = firstWhere(
    [[cel`size(${untried}) == 0`, cel`[]`]],
    search(firstOf(nexts), leaving(untried, allTried), [allTried]),
  );
  return {
    kept: keptBy(policies, () => kept.mayUse),
    mutations: [first, ...Array(Math.ceil(policies.length / size) - 1).fill(next)],
    variables: [
      ...kept.variables,
      ...acceptingNames(policies),
      {
        name: 'untried',
        value: cel`object.metadata.?annotations[?${untriedKey}].optMap(names, names.split(',')).orValue([])`,
      },
      ...[...firsts, ...nexts].flatMap(({variables}) => variables),
    ],
  };
}
