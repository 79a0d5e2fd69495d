import {type Cel, cel, concatenated} from '../../cel/cel.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import {adding} from './defaultsPatch.ts';
import {type Variable, variable} from './variables.ts';

/**
 * Where a refused pod carries to the validating policy, which can't ask for rights in its messages, what
 * policies could have been used: their names with commas, or `*` if that was too much to ask.
 */
export const usableKey = 'psp.kubectl/usable';

/** From one mutation to the next: the names of policies that accept the pod and were not asked about, with commas. */
export const untriedKey = 'psp.kubectl/untried';

/**
 * From the first time that the mutating policy is asked about a pod to the second, as the server asks again whoever has
 * changed it (mutating/dispatcher.go, v1.37): the policy that was chosen. It is taken away then. Who writes it into a pod can
 * choose among policies that they may use and that change nothing, and is left with it.
 */
const againKey = 'psp.kubectl/again';

/** What the API server has stored as the chosen policy, or what a user claims. */
export const claimed: Cel = variable('claimed');
export const claimedVariable: Variable = {
  name: 'claimed',
  value: cel`object.metadata.?annotations[?${validatedPolicyKey}].orValue('')`,
};

/** What was chosen the first time; empty if this is the first time. */
export const again: Cel = variable('again');
export const againVariable: Variable = {
  name: 'again',
  value: cel`object.metadata.?annotations[?${againKey}].orValue('')`,
};

/** Remembers the choice, or forgets it the second time; the choice itself is an annotation already. */
export function remembered(chosen: Cel): Cel {
  return cel`(${again} == '' ? [${adding(annotationPath(againKey), chosen)}] : ${forgotten})`;
}

/** Takes the choice away. */
export const forgotten: Cel = without(againKey);

/** Takes an annotation away. */
export function without(key: string): Cel {
  const path = annotationPath(key);
  return cel`(object.metadata.?annotations[?${key}].hasValue() ? [JSONPatch{op: 'remove', path: ${path}}] : [])`;
}

/** Writes an annotation. */
export function annotated(key: string, value: Cel): Cel {
  const withAnnotations = cel`(object.metadata.?annotations.hasValue() ? [] : [${adding(cel`'/metadata/annotations'`, cel`Object.metadata.annotations{}`)}])`;
  return concatenated([withAnnotations, cel`[${adding(annotationPath(key), value)}]`]);
}

/** The place of an annotation in a JSON patch, as a literal. */
function annotationPath(key: string): Cel {
  return cel`${`/metadata/annotations/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`}`;
}
