import type {StandardCheck} from '../check.ts';
import {allowPrivilegeEscalationCheck} from './allowPrivilegeEscalation.ts';
import {appArmorProfileCheck} from './appArmorProfile.ts';
import {capabilitiesBaselineCheck} from './capabilitiesBaseline.ts';
import {capabilitiesRestrictedCheck} from './capabilitiesRestricted.ts';
import {hostNamespacesCheck} from './hostNamespaces.ts';
import {hostPathVolumesCheck} from './hostPathVolumes.ts';
import {hostPortsCheck} from './hostPorts.ts';
import {hostProbesCheck} from './hostProbes.ts';
import {privilegedCheck} from './privileged.ts';
import {procMountCheck, procMountRestrictedCheck} from './procMount.ts';
import {restrictedVolumesCheck} from './restrictedVolumes.ts';
import {runAsNonRootCheck} from './runAsNonRoot.ts';
import {runAsUserCheck} from './runAsUser.ts';
import {seccompProfileBaselineCheck, seccompProfileRestrictedCheck} from './seccompProfile.ts';
import {seLinuxOptionsCheck} from './seLinuxOptions.ts';
import {sysctlsCheck} from './sysctls.ts';
import {windowsHostProcessCheck} from './windowsHostProcess.ts';

/** All checks of the Pod Security Standards up to v1.37. */
export const standardChecks: readonly StandardCheck[] = [
  allowPrivilegeEscalationCheck,
  appArmorProfileCheck,
  capabilitiesBaselineCheck,
  capabilitiesRestrictedCheck,
  hostNamespacesCheck,
  hostPathVolumesCheck,
  hostPortsCheck,
  hostProbesCheck,
  privilegedCheck,
  procMountCheck,
  procMountRestrictedCheck,
  restrictedVolumesCheck,
  runAsNonRootCheck,
  runAsUserCheck,
  seccompProfileBaselineCheck,
  seccompProfileRestrictedCheck,
  seLinuxOptionsCheck,
  sysctlsCheck,
  windowsHostProcessCheck,
];
