import {type FieldError, forbidden, invalid, notSupported, required} from '../kube/fieldError.ts';
import {containerLists, type PodSpec} from '../kube/pod.ts';
import {type Release, sinceRelease} from '../kube/release.ts';

/** validateOS, validateLinux and validateWindows. */
export function osErrors(spec: PodSpec): readonly FieldError[] {
  const {os} = spec;
  if (os === undefined) return [];
  const {name = ''} = os;
  if (name === '') return [required('spec.os.name', 'cannot be empty')];
  if (name === 'windows') return windowsErrors(spec);
  return name === 'linux'
    ? linuxErrors(spec)
    : [notSupported('spec.os', name, ['linux', 'windows'])];
}

/** What a pod that says it is for Linux may not have. */
function linuxErrors(spec: PodSpec): readonly FieldError[] {
  const set = (options: unknown, field: string) =>
    options === undefined
      ? []
      : [forbidden(field, 'windows options cannot be set for a linux pod')];
  const field = 'securityContext.windowsOptions';
  return [
    ...set(spec.securityContext?.windowsOptions, `spec.${field}`),
    ...containerLists.flatMap(list =>
      (spec[list] ?? []).flatMap(({securityContext}, index) =>
        set(securityContext?.windowsOptions, `spec.${list}[${index}].${field}`),
      ),
    ),
  ];
}

/** What a pod that says it is for Windows may not have. */
function windowsErrors(spec: PodSpec): readonly FieldError[] {
  const {securityContext: context} = spec;
  const set = (isSet: boolean, field: string) =>
    isSet ? [forbidden(field, 'cannot be set for a windows pod')] : [];
  const has = (value: unknown, field: string) => set(value !== undefined, field);
  const at = 'spec.securityContext';
  return [
    ...has(context?.seLinuxOptions, `${at}.seLinuxOptions`),
    ...set(spec.hostPID === true, 'spec.hostPID'),
    ...set(spec.hostIPC === true, 'spec.hostIPC'),
    ...has(context?.seccompProfile, `${at}.seccompProfile`),
    ...has(context?.fsGroup, `${at}.fsGroup`),
    ...has(context?.fsGroupChangePolicy, `${at}.fsGroupChangePolicy`),
    ...set((context?.sysctls ?? []).length > 0, `${at}.sysctls`),
    ...has(spec.shareProcessNamespace, 'spec.shareProcessNamespace'),
    ...has(context?.runAsUser, `${at}.runAsUser`),
    ...has(context?.runAsGroup, `${at}.runAsGroup`),
    ...has(context?.supplementalGroups, `${at}.supplementalGroups`),
    ...containerLists.flatMap(list =>
      (spec[list] ?? []).flatMap(({securityContext}, index) =>
        windowsContainerFields.flatMap(field =>
          has(securityContext?.[field], `spec.${list}[${index}].securityContext.${field}`),
        ),
      ),
    ),
  ];
}

const windowsContainerFields = [
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

/** The feature gate WindowsHostProcessContainers; up to v1.21 the API does not have the field. */
const allowsHostProcess = sinceRelease<boolean>({16: false, 23: true});

/** validateWindowsHostProcessPod. */
export function hostProcessErrors(spec: PodSpec, release: Release): readonly FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const field = 'securityContext.windowsOptions.hostProcess';
  const isAllowed = allowsHostProcess(release);
  if (!isAllowed && ofPod !== undefined) return [forbidden(`spec.${field}`, notEnabled)];
  const containers = containerLists.flatMap(list =>
    (spec[list] ?? []).map(({securityContext}, index) => ({
      at: `spec.${list}[${index}].${field}`,
      own: securityContext?.windowsOptions?.hostProcess,
    })),
  );
  const ofContainers = containers.flatMap(({at, own}) => {
    if (own === undefined) return [];
    return [
      ...(isAllowed ? [] : [forbidden(at, notEnabled)]),
      ...(ofPod === undefined || ofPod === own
        ? []
        : [
            invalid(
              at,
              own,
              `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
            ),
          ]),
    ];
  });
  const {length} = containers.filter(({own}) => (own ?? ofPod) === true);
  if (length === 0) return ofContainers;
  if (!isAllowed) {
    const detail =
      "pod must not contain Windows hostProcess containers when feature gate 'WindowsHostProcessContainers' is not enabled";
    return [...ofContainers, forbidden('spec', detail)];
  }
  return [
    ...ofContainers,
    ...(length === containers.length ? [] : [invalid('spec', '', allOrNone)]),
    ...(spec.hostNetwork === true ? [] : [invalid('spec.hostNetwork', false, needsNetwork)]),
  ];
}

const notEnabled = "not allowed when feature gate 'WindowsHostProcessContainers' is not enabled";
const allOrNone =
  'If pod contains any hostProcess containers then all containers must be HostProcess containers';
const needsNetwork = 'hostNetwork must be true if pod contains any hostProcess containers';
