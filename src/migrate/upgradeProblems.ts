import {laterErrors} from '../admission/laterValidation.ts';
import {seccompContainerPrefix, seccompPodKey} from '../kube/annotations.ts';
import type {Pod} from '../kube/pod.ts';
import {containersOf} from '../podSecurity/check.ts';

/** What a new version does with a workload, whatever policies and labels say. */
export interface UpgradeProblem {
  /** `unknown`: it may, and that depends on what is not known. */
  readonly state: 'breaks' | 'unknown';
  readonly says: string;
}

/** The first minor version that does not serve an apiVersion of a workload, in manifests. */
const removedIn: Readonly<Record<string, number>> = {
  'batch/v2alpha1': 21,
  'batch/v1beta1': 25,
  'apps/v1beta1': 16,
  'apps/v1beta2': 16,
  'extensions/v1beta1': 16,
};

/** The words of kubectl for manifests whose version the server does not serve; undefined if it does. */
export function removedApi(apiVersion: string, kind: string, to: number): string | undefined {
  const since = removedIn[apiVersion];
  if (since === undefined || to < since) return undefined;
  return `no matches for kind "${kind}" in version "${apiVersion}"`;
}

/** What the server of a minor version does with a pod as it is submitted. */
export function upgradeProblems(pod: Pod, to: number): readonly UpgradeProblem[] {
  const own = laterErrors(pod, to).map(
    ({isKnown, says}): UpgradeProblem =>
      isKnown ? {state: 'breaks', says: `invalid: ${says}`} : {state: 'unknown', says},
  );
  return [...own, ...seccompProblems(pod, to)];
}

/** From v1.27 on nobody reads the old annotations any more. */
function seccompProblems(pod: Pod, to: number): readonly UpgradeProblem[] {
  if (to < 27) return [];
  const {annotations = {}} = pod.metadata;
  const context = pod.spec.securityContext;
  const isOfPod = annotations[seccompPodKey] !== undefined && context?.seccompProfile === undefined;
  const isOfContainer = containersOf(pod).some(
    ({name, securityContext}) =>
      annotations[`${seccompContainerPrefix}${name}`] !== undefined &&
      securityContext?.seccompProfile === undefined,
  );
  if (!isOfPod && !isOfContainer) return [];
  const says = 'its seccomp annotation means nothing from v1.27 on: set seccompProfile';
  return [{state: 'unknown', says}];
}
