import {podErrors} from '../admission/podValidation.ts';
import {prepareForCreate} from '../admission/prepare.ts';
import {applyEdits} from '../kube/edits.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {Policy} from '../kube/objects.ts';
import type {Pod} from '../kube/pod.ts';
import {defaultPod} from '../kube/podDefaults.ts';
import {viewOf} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import type {CheckedLevel} from '../podSecurity/check.ts';
import {standardRefusals} from '../podSecurity/judge.ts';
import type {StandardVersion} from '../podSecurity/version.ts';
import {editsOf, evaluate, type PreparedPolicy, preparePolicy} from '../policy/evaluate.ts';
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
export function policyFits(
  policy: Policy,
  version: StandardVersion,
  release: Release,
): readonly PolicyFit[] {
  const prepared = preparePolicy(policy, release);
  return (['baseline', 'restricted'] as const).map(level => ({
    level,
    inside: insideOf(prepared, level, version),
    contains: containing(prepared, level, version),
  }));
}

function insideOf(
  prepared: PreparedPolicy,
  level: CheckedLevel,
  version: StandardVersion,
): ForAllPods {
  const {policy, release} = prepared;
  if (prepared.unusable !== undefined) return all; // it lets nothing in
  for (const trial of laxPods(policy)) {
    const pod = defaultPod(trial, release);
    const view = viewOf(pod, release);
    if (evaluate(prepared, view).errors.length > 0) continue;
    const admitted = prepareForCreate(applyEdits(pod, editsOf(prepared, view)), release);
    const refusals = standardRefusals(admitted, level, version);
    if (refusals.length === 0 || podErrors(admitted, release).length > 0) continue;
    const reasons = refusals.map(({reason, detail}) => `${reason} (${detail})`);
    return {holds: false, witness: trial, reasons};
  }
  return all;
}

function containing(
  prepared: PreparedPolicy,
  level: CheckedLevel,
  version: StandardVersion,
): ForAllPods {
  const {policy, release} = prepared;
  for (const trial of boundaryPods(policy)) {
    const pod = defaultPod(trial, release);
    const stored = prepareForCreate(pod, release);
    if (standardRefusals(stored, level, version).length > 0) continue;
    if (podErrors(stored, release).length > 0) continue;
    const reasons =
      prepared.unusable === undefined
        ? evaluate(prepared, viewOf(pod, release)).errors.map(fieldErrorText)
        : [prepared.unusable];
    if (reasons.length > 0) return {holds: false, witness: trial, reasons};
  }
  return all;
}
