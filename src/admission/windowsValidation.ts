import {type FieldError, forbidden, notSupported, required} from '../kube/fieldError.ts';
import {containerLists, type PodSpec} from '../kube/pod.ts';

/** validateOS, validateLinux and validateWindows. */
export function osErrors(spec: PodSpec): readonly FieldError[] {
  const {os} = spec;
  if (os === undefined) return [];
  const {name = ''} = os;
  if (name === '') return [required('spec.os.name', 'cannot be empty')];
  if (name === 'windows') return windowsErrors(spec);
  return name === 'linux' ? [] : [notSupported('spec.os', name, ['linux', 'windows'])];
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
    ...set((context?.sysctls ?? []).length > 0, `${at}.sysctls`),
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
