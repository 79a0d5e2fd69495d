import type {Judge} from '../../admission/judge.ts';
import {prepareForCreate} from '../../admission/prepare.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import {applyEdits} from '../../kube/edits.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../kube/json.ts';
import {decodePod, type Pod} from '../../kube/pod.ts';
import {type FieldDifference, securityDifferences, securityOf} from './securityOf.ts';
import type {PodToTry} from './trials.ts';

/** What a server said to a pod that it only tried. */
export type TrialAnswer =
  /** The pod as it would be stored. */
  | {readonly kind: 'stored'; readonly pod: Json}
  | {readonly kind: 'refused'; readonly status: number; readonly message: string};

/** What became of a pod that was tried. */
export type Outcome =
  /** The server and the program agree. */
  | {readonly kind: 'same'; readonly allowed: boolean}
  | {readonly kind: 'differs'; readonly differences: readonly FieldDifference[]}
  /** Nothing is known: whoever sends it may not create pods, or may not be impersonated. */
  | {readonly kind: 'untried'; readonly says: string}
  /** The server refuses the pod before the policies are done with it: as invalid, or by another plugin. */
  | {readonly kind: 'beside'; readonly says: string};

/** Compares the answer of a server with what the judge of the same policies and rights says. */
export function outcomeOf(trial: PodToTry, answer: TrialAnswer, judge: Judge): Outcome {
  const {allowed, chosen, edits, decision} = judge.judgement(trial.submission);
  if (allowed === undefined) return {kind: 'untried', says: 'the answer is not known beforehand'};
  if (answer.kind === 'stored') {
    if (!allowed || chosen === undefined) {
      return {kind: 'differs', differences: [verdictDifference('denied', 'admitted')]};
    }
    const {name} = chosen.policy;
    const key = ['metadata', 'annotations', validatedPolicyKey];
    const {pod, release} = trial.submission.view;
    const changed = applyEdits(pod, [...edits, {at: key, value: name}]);
    const expected = prepareForCreate(changed, release, true);
    const found = isObject(answer.pod) ? answer.pod : {};
    const differences = securityDifferences(
      securityOf(plainPod(expected)),
      securityOf(plainPod(decodePod(found))),
    );
    return differences.length === 0 ? {kind: 'same', allowed} : {kind: 'differs', differences};
  }
  const {status, message} = answer;
  if (/AdmissionPolicy .*(cost budget|cost limit|resulted in error|expression ')/.test(message)) {
    return {kind: 'differs', differences: [{field: 'policy', expected: 'decides', found: message}]};
  }
  if (status === 422) {
    return decision.kind === 'invalid'
      ? {kind: 'same', allowed: false}
      : {kind: 'beside', says: message};
  }
  if (/ cannot \w+ resource |error looking up service account/.test(message)) {
    return {kind: 'untried', says: message};
  }
  if (!isRefusalOfPolicies(message)) return {kind: 'beside', says: message};
  if (!allowed) return {kind: 'same', allowed: false};
  return {kind: 'differs', differences: [verdictDifference('admitted', `denied: ${message}`)]};
}

/** Whether policies refused the pod, rather than the authorizer or another plugin. */
function isRefusalOfPolicies(message: string): boolean {
  return /is forbidden: (\w+AdmissionPolicy|PodSecurityPolicy: )/.test(message);
}

function verdictDifference(expected: string, found: string): FieldDifference {
  return {field: 'verdict', expected, found};
}

function plainPod(pod: Pod): JsonObject {
  const value = parseJson(printJson(pod));
  return isObject(value) ? value : {};
}
