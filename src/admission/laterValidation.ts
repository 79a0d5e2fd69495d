import type {Pod} from '../kube/pod.ts';
import {containersOf} from '../podSecurity/check.ts';

/** What is wrong with a pod to servers from some minor version on, which is fine with v1.24. */
export interface LaterError {
  readonly says: string;
  /** Whether the server of that version is known to refuse it. */
  readonly isKnown: boolean;
}

/** What later servers have against pods by themselves, as far as it concerns what policies decide about. */
export function laterErrors(pod: Pod, minor: number): readonly LaterError[] {
  return [...procMountErrors(pod, minor), ...sysctlErrors(pod, minor)];
}

/** pkg/apis/core/validation, v1.37; the field means something from v1.33 on by default. */
function procMountErrors(pod: Pod, minor: number): readonly LaterError[] {
  const isUnmasked = containersOf(pod).some(
    ({securityContext}) => securityContext?.procMount === 'Unmasked',
  );
  if (minor < 33 || !isUnmasked || pod.spec.hostUsers === false) return [];
  return [{isKnown: true, says: 'procMount Unmasked needs hostUsers: false'}];
}

/** v1.37 refuses these, and v1.24 does not; for the versions between that is not known here. */
function sysctlErrors({spec}: Pod, minor: number): readonly LaterError[] {
  const names = spec.securityContext?.sysctls?.map(({name = ''}) => name) ?? [];
  const found = [
    ...(spec.hostNetwork === true ? names.filter(name => /^net[./]/.test(name)) : []),
    ...(spec.hostIPC === true ? names.filter(name => /^(kernel|fs[./]mqueue)[./]/.test(name)) : []),
  ];
  if (found.length === 0) return [];
  const says = `sysctl ${found.join(', ')} may not be set on the host's own`;
  return [{isKnown: minor >= 37, says}];
}
