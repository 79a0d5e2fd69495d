import {allowedCSIDrivers} from './allowedCSIDrivers.ts';
import {allowedFlexVolumes} from './allowedFlexVolumes.ts';
import {allowedHostPaths} from './allowedHostPaths.ts';
import {allowedProcMountTypes} from './allowedProcMountTypes.ts';
import {allowPrivilegeEscalation} from './allowPrivilegeEscalation.ts';
import {appArmor} from './appArmor.ts';
import {capabilities} from './capabilities.ts';
import type {Control, ControlId} from './control.ts';
import {fsGroup} from './fsGroup.ts';
import {hostIPC} from './hostIPC.ts';
import {hostNetwork} from './hostNetwork.ts';
import {hostPID} from './hostPID.ts';
import {hostPorts} from './hostPorts.ts';
import {privileged} from './privileged.ts';
import {readOnlyRootFilesystem} from './readOnlyRootFilesystem.ts';
import {runAsGroup} from './runAsGroup.ts';
import {runAsUser} from './runAsUser.ts';
import {runtimeClass} from './runtimeClass.ts';
import {seccomp} from './seccomp.ts';
import {seLinux} from './seLinux.ts';
import {supplementalGroups} from './supplementalGroups.ts';
import {sysctls} from './sysctls.ts';
import {volumes} from './volumes.ts';

/** The one place where a control is registered. Leaving one out does not compile. */
export const controlById: {readonly [Id in ControlId]: Control} = {
  privileged,
  hostNetwork,
  hostPID,
  hostIPC,
  hostPorts,
  volumes,
  allowedHostPaths,
  allowedFlexVolumes,
  allowedCSIDrivers,
  runAsUser,
  runAsGroup,
  supplementalGroups,
  fsGroup,
  seLinux,
  capabilities,
  allowPrivilegeEscalation,
  readOnlyRootFilesystem,
  allowedProcMountTypes,
  seccomp,
  appArmor,
  sysctls,
  runtimeClass,
};

/** In the order in which people see them: roughly that of PodSecurityPolicySpec. */
export const controls: readonly Control[] = Object.values(controlById);

export function isControlId(text: string): text is ControlId {
  return Object.hasOwn(controlById, text);
}
