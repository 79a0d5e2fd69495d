import {dnsSubdomainProblems} from '../controls/shared/names.ts';
import {mirrorPodKey} from '../kube/annotations.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../kube/fieldError.ts';
import type {Container, Pod, PodSpec} from '../kube/pod.ts';
import {lastRelease, type Release} from '../kube/release.ts';
import {annotationKeyErrors, labelErrors} from '../policy/labelErrors.ts';
import {containerErrors, idErrors, initNameErrors} from './containerValidation.ts';
import {annotationErrors, seccompFieldErrors, seccompMatchErrors} from './profileValidation.ts';
import {checkVolumes} from './volumeValidation.ts';
import {windowsOptionErrors} from './windowsOptionsValidation.ts';
import {hostProcessErrors, osErrors} from './windowsValidation.ts';

/**
 * What the API server says about a pod that is created, in the order of its own validation: the 422 that
 * follows after admission (pkg/apis/core/validation/validation.go, ValidatePodCreate). Between v1.16 and v1.24
 * fields were added, and a release that does not know one has dropped it before. It covers
 * every field that a PodSecurityPolicy can write or that decides about one; a pod without errors here may
 * still be invalid in fields that were not read (images, probes, resources, ...).
 *
 * `pod` is defaulted and prepared for storage, as admission leaves it.
 */
export function podErrors(pod: Pod, release: Release): readonly FieldError[] {
  return errorsOf(pod, {release, sources: 'all', sysctlFormat});
}

/**
 * Those errors that every server from v1.25 to v1.37 has, in other words here and there: these parts of its validation
 * are the same in v1.24, v1.30, v1.35 and v1.37. A volume without a source that v1.24 knows may have a later one.
 */
export function lastingErrors(pod: Pod): readonly FieldError[] {
  return errorsOf(pod, {release: lastRelease, sources: 'known', sysctlFormat: laterSysctlFormat});
}

/** By what a server judges, where that differs. */
interface Rules {
  readonly release: Release;
  /** Whether all sources that a volume may have are known. */
  readonly sources: 'all' | 'known';
  readonly sysctlFormat: string;
}

function errorsOf(pod: Pod, rules: Rules): readonly FieldError[] {
  const {spec} = pod;
  const {containers = [], initContainers = [], ephemeralContainers = []} = spec;
  const {release} = rules;
  const {errors, names} = checkVolumes(spec, rules);
  return [
    ...metadataErrors(pod, release),
    ...annotationErrors(pod),
    ...errors,
    ...containerErrors(containers, {list: 'spec.containers', isNeeded: true, release, names}),
    ...containerErrors(initContainers, {
      list: 'spec.initContainers',
      isNeeded: false,
      release,
      names,
    }),
    ...initNameErrors(spec),
    ...podContextErrors(spec, rules),
    ...hostProcessErrors(spec, release),
    ...runtimeClassErrors(spec, release),
    ...osErrors(spec),
    ...tokenErrors(spec),
    ...(ephemeralContainers.length === 0
      ? []
      : [forbidden('spec.ephemeralContainers', 'cannot be set on create')]),
    ...seccompMatchErrors(pod),
  ];
}

/** ValidateObjectMeta, and what a mirror pod needs (ValidatePodSpecificAnnotations). */
function metadataErrors({metadata, spec}: Pod, release: Release): readonly FieldError[] {
  const {name = '', annotations, labels} = metadata;
  const mirror = annotations?.[mirrorPodKey];
  return [
    ...(name === '' ? [] : dnsSubdomainProblems(name, release)).map(problem =>
      invalid('metadata.name', name, problem),
    ),
    ...labelErrors(labels ?? {}, release),
    ...annotationKeyErrors(annotations ?? {}, release),
    ...(mirror === undefined || spec.nodeName
      ? []
      : [
          invalid(
            `metadata.annotations[${mirrorPodKey}]`,
            mirror,
            'must set spec.nodeName if mirror pod annotation is set',
          ),
        ]),
  ];
}

/** The token of an account that a pod does not have (validatePodMetadataAndSpec). */
function tokenErrors({serviceAccountName, serviceAccount, volumes = []}: PodSpec) {
  if (serviceAccountName || serviceAccount) return [];
  return volumes.flatMap(({projected}, volume) =>
    (projected?.sources ?? []).flatMap(({serviceAccountToken}, source) =>
      serviceAccountToken === undefined
        ? []
        : [
            forbidden(
              `spec.volumes[${volume}].projected.sources[${source}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          ],
    ),
  );
}

function runtimeClassErrors({runtimeClassName}: PodSpec, release: Release): readonly FieldError[] {
  if (runtimeClassName === undefined) return [];
  return dnsSubdomainProblems(runtimeClassName, release).map(problem =>
    invalid('spec.runtimeClassName', runtimeClassName, problem),
  );
}

/** ValidatePodSecurityContext. */
function podContextErrors(
  spec: PodSpec,
  {release, sysctlFormat: format}: Rules,
): readonly FieldError[] {
  const {securityContext: context, hostNetwork, hostPID, containers = []} = spec;
  const at = 'spec.securityContext';
  return [
    ...(hostNetwork === true ? containers.flatMap(hostNetworkErrors) : []),
    ...idErrors(context?.fsGroup, `${at}.fsGroup`),
    ...idErrors(context?.runAsUser, `${at}.runAsUser`),
    ...idErrors(context?.runAsGroup, `${at}.runAsGroup`),
    ...(context?.supplementalGroups ?? []).flatMap((group, index) =>
      idErrors(group, `${at}.supplementalGroups[${index}]`),
    ),
    ...(spec.shareProcessNamespace === true && hostPID === true
      ? [
          invalid(
            `${at}.shareProcessNamespace`,
            true,
            'ShareProcessNamespace and HostPID cannot both be enabled',
          ),
        ]
      : []),
    ...sysctlErrors(context?.sysctls?.map(({name = ''}) => name) ?? [], `${at}.sysctls`, format),
    ...groupChangeErrors(context?.fsGroupChangePolicy, `${at}.fsGroupChangePolicy`),
    ...seccompFieldErrors(context?.seccompProfile, `${at}.seccompProfile`),
    ...windowsOptionErrors(context?.windowsOptions, {at: `${at}.windowsOptions`, release}),
  ];
}

const groupChanges = ['Always', 'OnRootMismatch'];

/** validateFSGroupChangePolicy. */
function groupChangeErrors(policy: string | undefined, at: string): readonly FieldError[] {
  return policy === undefined || groupChanges.includes(policy)
    ? []
    : [notSupported(at, policy, groupChanges)];
}

function hostNetworkErrors({ports = []}: Container, container: number): readonly FieldError[] {
  return ports.flatMap(({containerPort = 0, hostPort = 0}, port) =>
    hostPort === containerPort
      ? []
      : [
          invalid(
            `spec.containers[${container}].ports[${port}].containerPort`,
            containerPort,
            'must match `hostPort` when `hostNetwork` is true',
          ),
        ],
  );
}

const segment = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlFormat = `(${segment}\\.)*${segment}`;
/** Later servers take slashes between segments as well (SysctlContainSlashFmt of v1.37). */
const laterSysctlFormat = `(${segment}[./])*${segment}`;
const longestSysctl = 253;

function sysctlErrors(names: readonly string[], at: string, format: string): readonly FieldError[] {
  const whole = new RegExp(`^${format}$`);
  return names.flatMap((name, index) => {
    const field = `${at}[${index}].name`;
    if (name === '') return [required(field, '')];
    if (name.length > longestSysctl || !whole.test(name)) {
      const detail = `must have at most ${longestSysctl} characters and match regex ${format}`;
      return [invalid(field, name, detail)];
    }
    return names.indexOf(name) < index ? [duplicate(field, name)] : [];
  });
}
