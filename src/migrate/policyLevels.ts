import {podErrors} from '../admission/podValidation.ts';
import {prepareForCreate} from '../admission/prepare.ts';
import {applyEdits} from '../kube/edits.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import type {Pod} from '../kube/pod.ts';
import {defaultPod} from '../kube/podDefaults.ts';
import {viewOf} from '../kube/podView.ts';
import type {CheckedLevel} from '../podSecurity/check.ts';
import {standardRefusals} from '../podSecurity/judge.ts';
import type {StandardVersion} from '../podSecurity/version.ts';
import {editsOf, evaluate, preparePolicy} from '../policy/evaluate.ts';
import {boundaryPods, laxPods} from './trialPods.ts';

/** Whether something holds for all pods; if not, one of which it does not, and why in Kubernetes' words. */
export type ForAllPods =
  | {readonly holds: true}
  | {readonly holds: false; readonly witness: Pod; readonly reasons: readonly string[]};

/** How what a policy lets in compares with what a level of a version lets in. */
export interface PolicyFit {
  readonly level: CheckedLevel;
  /** Whether the level refuses nothing of what the policy lets in, as the policy leaves it. */
  readonly inside: ForAllPods;
  /** Whether the policy refuses nothing of what the level lets in. */
  readonly contains: ForAllPods;
}

const all: ForAllPods = {holds: true};

/**
 * Holds a policy against baseline and restricted. Each check of a level reads a few fields that a few
 * controls of a policy rule, one by one; so it is enough to try each field with the values that either
 * names, and with one that neither does. Every witness is a pod of v1.24 that its API accepts.
 */
export function policyFits(policy: Policy, version: StandardVersion): readonly PolicyFit[] {
  return (['baseline', 'restricted'] as const).map(level => ({
    level,
    inside: insideOf(policy, level, version),
    contains: containing(policy, level, version),
  }));
}

function insideOf(policy: Policy, level: CheckedLevel, version: StandardVersion): ForAllPods {
  const prepared = preparePolicy(policy);
  if (prepared.unusable !== undefined) return all; // it lets nothing in
  for (const trial of laxPods(policy)) {
    const pod = defaultPod(trial);
    const view = viewOf(pod);
    if (evaluate(prepared, view).errors.length > 0) continue;
    const admitted = prepareForCreate(applyEdits(pod, editsOf(prepared, view)), false);
    const refusals = standardRefusals(admitted, level, version);
    if (refusals.length === 0 || podErrors(admitted).length > 0) continue;
    const reasons = refusals.map(({reason, detail}) => `${reason} (${detail})`);
    return {holds: false, witness: trial, reasons};
  }
  return all;
}

function containing(policy: Policy, level: CheckedLevel, version: StandardVersion): ForAllPods {
  const prepared = preparePolicy(policy);
  for (const trial of boundaryPods(policy)) {
    const pod = defaultPod(trial);
    const stored = prepareForCreate(pod, false);
    if (standardRefusals(stored, level, version).length > 0) continue;
    if (podErrors(stored).length > 0) continue;
    const reasons =
      prepared.unusable === undefined
        ? evaluate(prepared, viewOf(pod)).errors.map(fieldErrorText)
        : [prepared.unusable];
    if (reasons.length > 0) return {holds: false, witness: trial, reasons};
  }
  return all;
}
