import {appArmorContainerPrefix} from '../kube/annotations.ts';
import type {Pod, SeccompProfile} from '../kube/pod.ts';
import {seccompFieldText} from '../kube/podView.ts';
import {containersOf} from '../podSecurity/check.ts';

/** What is wrong with a pod to servers from some minor version on, which is fine with v1.24. */
export interface LaterError {
  readonly says: string;
  /** Whether the server of that version is known to refuse it. */
  readonly isKnown: boolean;
}

/**
 * What later servers have against pods by themselves, as far as it concerns what policies decide about:
 * pkg/apis/core/validation of v1.30, v1.35 and v1.37, with their default feature gates.
 */
export function laterErrors(pod: Pod, minor: number): readonly LaterError[] {
  return [
    ...procMountErrors(pod, minor),
    ...hostUsersErrors(pod, minor),
    ...sysctlErrors(pod, minor),
    ...appArmorErrors(pod, minor),
  ];
}

/** UserNamespacesSupport, on by default: before, the server drops `hostUsers`. */
const firstHostUsers = 33;

/** ValidateSecurityContext of v1.37; the field means something with user namespaces. */
function procMountErrors(pod: Pod, minor: number): readonly LaterError[] {
  const isUnmasked = containersOf(pod).some(
    ({securityContext}) => securityContext?.procMount === 'Unmasked',
  );
  if (minor < firstHostUsers || !isUnmasked || pod.spec.hostUsers === false) return [];
  return [{isKnown: true, says: 'procMount Unmasked needs hostUsers: false'}];
}

/** validateHostUsers of v1.37; the gate UserNamespacesHostNetworkSupport is off by default. */
function hostUsersErrors({spec}: Pod, minor: number): readonly LaterError[] {
  if (minor < firstHostUsers || spec.hostUsers === undefined) return [];
  const isWindows = spec.os?.name === 'windows';
  if (isWindows) return [{isKnown: true, says: 'hostUsers may not be set for a Windows pod'}];
  if (spec.hostUsers) return [];
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(name => spec[name]);
  if (shared.length === 0) return [];
  return [{isKnown: true, says: `${shared.join(', ')} may not be true with hostUsers: false`}];
}

/** ValidateHostSysctl. v1.30 has it and v1.24 does not; for the versions between that is not known here. */
function sysctlErrors({spec}: Pod, minor: number): readonly LaterError[] {
  const names = spec.securityContext?.sysctls?.map(({name = ''}) => name) ?? [];
  const found = [
    ...(spec.hostNetwork === true ? names.filter(name => /^net[./]/.test(name)) : []),
    ...(spec.hostIPC === true ? names.filter(name => /^(kernel|fs[./]mqueue)[./]/.test(name)) : []),
  ];
  if (found.length === 0) return [];
  const says = `sysctl ${found.join(', ')} may not be set on the host's own`;
  return [{isKnown: minor >= 30, says}];
}

/** The release in which pods have fields for AppArmor by default. */
const firstAppArmor = 30;

/** ValidateAppArmorProfileField and validateAppArmorAnnotationsAndFieldsMatchOnCreate. */
function appArmorErrors(pod: Pod, minor: number): readonly LaterError[] {
  if (minor < firstAppArmor) return [];
  const {metadata, spec} = pod;
  const isWindows = spec.os?.name === 'windows';
  const ofPod = spec.securityContext?.appArmorProfile;
  const own = containersOf(pod).map(({name = '', securityContext}) => ({
    name,
    profile: securityContext?.appArmorProfile,
  }));
  const all = [ofPod, ...own.map(({profile}) => profile)].filter(one => one !== undefined);
  if (isWindows && all.length > 0) {
    return [{isKnown: true, says: 'appArmorProfile may not be set for a Windows pod'}];
  }
  const faults = all.flatMap(profile => appArmorFault(profile) ?? []);
  const differing = own.flatMap(({name, profile = ofPod}) => {
    const annotation = metadata.annotations?.[appArmorContainerPrefix + name];
    const isSame = annotation === undefined || !profile || seccompFieldText(profile) === annotation;
    return isSame ? [] : [`appArmorProfile of container ${name} differs from its annotation`];
  });
  return [...faults, ...differing].map(says => ({isKnown: true, says}));
}

/** PATH_MAX - 1. */
const longestProfile = 4095;

function appArmorFault({type = '', localhostProfile}: SeccompProfile): string | undefined {
  switch (type) {
    case 'Localhost': {
      const name = localhostProfile ?? '';
      const isSound = name !== '' && name.trim() === name && name.length <= longestProfile;
      return isSound ? undefined : 'appArmorProfile of type Localhost needs a localhostProfile';
    }
    case 'RuntimeDefault':
    case 'Unconfined':
      return localhostProfile === undefined
        ? undefined
        : `appArmorProfile of type ${type} may have no localhostProfile`;
    default:
      return `appArmorProfile has no valid type: ${JSON.stringify(type)}`;
  }
}
