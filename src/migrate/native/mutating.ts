import {type Cel, cel, concatenated, firstWhere} from '../../cel/cel.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import type {JsonObject} from '../../kube/json.ts';
import {
  acceptances,
  checkVariables,
  firstUsable,
  type NativePolicy,
  namesIf,
  policiesFor,
} from './chosen.ts';
import {adding, type DefaultsPatch, defaultsPatch} from './defaultsPatch.ts';
import {type Variable, variable, variablesFor} from './variables.ts';

/**
 * Where a refused pod carries to the validating policy, which can't ask for rights in its messages, what
 * policies could have been used: their names with commas, or `*` if that was too much to ask.
 */
export const usableKey = 'psp.kubectl/usable';

/** What the API server has stored as the chosen policy, or what a user claims. */
export const claimed = cel`object.metadata.?annotations[?${validatedPolicyKey}].orValue('')`;

/**
 * The spec of the policy that chooses and writes defaults. Up to `groupSize` policies, one mutation does
 * everything; each mutation has a budget of its own, so for more there is one for each group of policies, and
 * the choice goes from one to the next in the annotation.
 */
export function mutatingSpec(
  policies: readonly NativePolicy[],
  more: readonly Variable[],
  defaults: DefaultsPatch,
  groupSize: number,
): JsonObject {
  const without = defaultsPatch([]);
  const isGrouped = policies.length > groupSize;
  const refused = concatenated([
    cel`(${claimed} == '' ? [] : [JSONPatch{op: 'remove', path: ${annotationPath(validatedPolicyKey)}}])`,
    without.patch,
  ]);
  const own: Variable[] = [
    ...more,
    ...checkVariables(policies, ['asIs', 'filled']),
    ...acceptances(policies),
    ...policies.flatMap(one => one.rights),
    {
      name: 'chosen',
      value: isGrouped ? claimed : firstUsable(policies, ['asIs', 'filled']),
    },
    {name: 'usable', value: namesIf(policies, ({mayUse}) => mayUse)},
    ...defaults.variables,
  ];
  const mutations = isGrouped
    ? groupedMutations(policies, groupSize, refused, defaults.patch)
    : [{json: oneMutation(policies, refused, defaults.patch)}];
  return {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'IfNeeded',
    variables: variablesFor('mutating', own, mutations.map(expressionOf)),
    mutations: mutations.map(mutation =>
      'json' in mutation
        ? {patchType: 'JSONPatch', jsonPatch: {expression: String(mutation.json)}}
        : {
            patchType: 'ApplyConfiguration',
            applyConfiguration: {expression: String(mutation.apply)},
          },
    ),
  };
}

type Mutation = {readonly json: Cel} | {readonly apply: Cel};

function expressionOf(mutation: Mutation): Cel {
  return 'json' in mutation ? mutation.json : mutation.apply;
}

function oneMutation(policies: readonly NativePolicy[], refused: Cel, patch: Cel): Cel {
  const annotated = (key: string, value: Cel) =>
    concatenated([withAnnotations, cel`[${adding(annotationPath(key), value)}]`]);
  const chosen = variable('chosen');
  const denied =
    policies.length === 0
      ? refused
      : concatenated([refused, annotated(usableKey, cel`${variable('usable')}.join(',')`)]);
  return firstWhere(
    [[cel`${chosen} == ''`, denied]],
    concatenated([annotated(validatedPolicyKey, chosen), patch]),
  );
}

/** First a claim goes; then the groups look for a policy, first for one that changes nothing; then defaults are written. */
function groupedMutations(
  policies: readonly NativePolicy[],
  size: number,
  refused: Cel,
  patch: Cel,
): readonly Mutation[] {
  const chosen = variable('chosen');
  const named = cel`Object{metadata: Object.metadata{annotations: {${validatedPolicyKey}: n}}}`;
  const searches = (['asIs', 'filled'] as const).flatMap(way =>
    groupsOf(policiesFor(way, policies), size).map(group => {
      const found = cel`[${firstUsable(group, [way])}].map(n, n == '' ? Object{} : ${named})[0]`;
      return {apply: cel`${chosen} != '' ? Object{} : ${found}`};
    }),
  );
  const unknown = cel`[${adding(annotationPath(usableKey), cel`'*'`)}]`;
  const denied = concatenated([withAnnotations, unknown]);
  return [{json: refused}, ...searches, {json: cel`${chosen} == '' ? ${denied} : ${patch}`}];
}

function groupsOf<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({length: Math.ceil(all.length / size)}, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}

const withAnnotations = cel`(object.metadata.?annotations.hasValue() ? [] : [${adding(cel`'/metadata/annotations'`, cel`Object.metadata.annotations{}`)}])`;

/** The place of an annotation in a JSON patch, as a literal. */
function annotationPath(key: string): Cel {
  return cel`${`/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`}`;
}
