import {harmlessCapabilities} from '../controls/capabilities.ts';
import type {Level} from '../controls/control.ts';
import {allTypes, harmlessVolumes} from '../controls/volumes.ts';
import {
  appArmorAllowedKey,
  appArmorDefaultKey,
  seccompAllowedKey,
  seccompDefaultKey,
} from '../kube/annotations.ts';
import type {Policy, PolicySpec} from '../kube/objects.ts';

/** The built-in policies, from open to strict. */
export const builtinLevels = ['privileged', 'baseline', 'restricted'] as const satisfies Level[];

/** What the built-in policies depend on beside the standards. */
export interface BuiltinOptions {
  /**
   * Whether the nodes have AppArmor. A kubelet without it refuses pods that name a profile
   * (pkg/security/apparmor/validate.go, v1.24), and a policy can't allow one but by asking for it.
   */
  readonly appArmor: boolean;
}

/**
 * The name of a built-in policy. In the order of the names a policy that someone was granted comes
 * before `pss-restricted`, which everybody has: where all of them would change a pod, admission takes
 * the first, and the strictest would break pods whose owners were given more. The prefix keeps
 * `kubectl apply` from overwriting the `privileged` and `restricted` that many clusters have.
 */
export function builtinName(level: Level): string {
  return `pss-${level}`;
}

/**
 * The policy that holds its pods to a Pod Security Standard of v1.24 (k8s.io/pod-security-admission
 * v0.24, policy/check_*.go). What a policy can't say as the standard does, it says stricter; and it
 * changes pods so that they meet the standard. One thing it can't ask for: that a pod which names a
 * user other than root also says runAsNonRoot.
 */
export function builtinPolicy(level: Level, {appArmor}: BuiltinOptions): Policy {
  const confined = {
    [seccompAllowedKey]: runtimeDefault,
    [seccompDefaultKey]: runtimeDefault,
    ...(appArmor
      ? {[appArmorAllowedKey]: runtimeDefault, [appArmorDefaultKey]: runtimeDefault}
      : {}),
  };
  return {
    metadata: {
      name: builtinName(level),
      annotations: level === 'privileged' ? {[seccompAllowedKey]: '*'} : confined,
    },
    spec: specs[level],
  };
}

const runtimeDefault = 'runtime/default';
const any = {rule: 'RunAsAny', ranges: undefined};

/** No type, user or role of one's own; PodSecurityPolicy can't name several types that are fine. */
const noContext: PolicySpec['seLinux'] = {
  rule: 'MustRunAs',
  seLinuxOptions: {user: undefined, role: undefined, type: undefined, level: undefined},
};

const groups: PolicySpec = {supplementalGroups: any, fsGroup: any};

/**
 * Nothing is in them that the API server doesn't store, or each `kubectl apply` would find something to
 * configure: no false, and no allowedProcMountTypes, which is dropped while its alpha gate is off.
 */
const specs: Readonly<Record<Level, PolicySpec>> = {
  privileged: {
    privileged: true,
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    hostPorts: [{min: 0, max: 65535}],
    volumes: ['*'],
    runAsUser: any,
    ...groups,
    seLinux: {rule: 'RunAsAny', seLinuxOptions: undefined},
    allowedCapabilities: ['*'],
    allowPrivilegeEscalation: true,
    allowedUnsafeSysctls: ['*'],
  },
  baseline: {
    volumes: allTypes.filter(type => type !== 'hostPath'),
    runAsUser: any,
    ...groups,
    seLinux: noContext,
    allowedCapabilities: harmlessCapabilities,
    allowPrivilegeEscalation: true,
  },
  restricted: {
    volumes: harmlessVolumes,
    runAsUser: {rule: 'MustRunAsNonRoot', ranges: undefined},
    ...groups,
    seLinux: noContext,
    allowedCapabilities: ['NET_BIND_SERVICE'],
    requiredDropCapabilities: ['ALL'],
    allowPrivilegeEscalation: false,
  },
};
