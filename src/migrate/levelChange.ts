import {appArmorContainerPrefix} from '../kube/annotations.ts';
import type {Edit} from '../kube/edits.ts';
import type {Pod} from '../kube/pod.ts';
import {
  levelOfPod,
  type PodSecurityLevel,
  type StandardRefusal,
  standardRefusals,
} from '../podSecurity/judge.ts';
import type {StandardVersion} from '../podSecurity/version.ts';

/** What a policy's changes to a pod mean for Pod Security Admission, which sees the changed pod. */
export interface LevelChange {
  /** The level of the pod as it is submitted: what counts once PSP is gone. */
  readonly submitted: PodSecurityLevel;
  /** The level of the pod that the policy makes of it: what counts while PSP is there. */
  readonly admitted: PodSecurityLevel;
  /** What restricted has against the submitted pod and no longer has, by check, after the changes. */
  readonly repaired: readonly StandardRefusal[];
  /** What restricted has against the changed pod only: a default of the policy asks for more. */
  readonly spoiled: readonly StandardRefusal[];
}

/** Compares a pod as submitted with what a policy makes of it, both with the server's defaults. */
export function levelChange(submitted: Pod, admitted: Pod, version: StandardVersion): LevelChange {
  const before = standardRefusals(submitted, 'restricted', version);
  const after = standardRefusals(admitted, 'restricted', version);
  return {
    submitted: levelOfPod(submitted, version),
    admitted: levelOfPod(admitted, version),
    repaired: without(before, after),
    spoiled: without(after, before),
  };
}

function without(refusals: readonly StandardRefusal[], others: readonly StandardRefusal[]) {
  const checks = new Set(others.map(({check}) => check));
  return refusals.filter(({check}) => !checks.has(check));
}

/** Fields of which Pod Security Admission has no opinion, whatever policies write into them. */
const unseenFields: ReadonlySet<string | number> = new Set([
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'supplementalGroups',
  'runtimeClassName',
  'readOnlyRootFilesystem',
  'level',
]);

/**
 * Of a policy's changes (editsOf), those that no level asks for. Without them a pod is let in all the
 * same and may fail when it runs: other users own its files, volumes have other groups. A user of 0 is
 * left out: restricted refuses it. Of SELinux options those are told that have a level.
 */
export function unseenEdits(edits: readonly Edit[]): readonly Edit[] {
  return edits.filter(({at, value}) => {
    const key = at.at(-1) ?? '';
    if (typeof key === 'string' && key.startsWith(appArmorContainerPrefix)) return true;
    if (key === 'seLinuxOptions') return Boolean((value as {readonly level?: string}).level);
    return unseenFields.has(key) && !(key === 'runAsUser' && Number(value) === 0);
  });
}
