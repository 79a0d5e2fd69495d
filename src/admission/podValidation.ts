import {dnsLabelProblems, dnsSubdomainProblems} from '../controls/shared/names.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  GoLiteral,
  invalid,
  notSupported,
  required,
} from '../kube/fieldError.ts';
import type {Integer} from '../kube/json.ts';
import {
  type Container,
  type ContainerSecurityContext,
  type Pod,
  type PodSpec,
  volumeType,
} from '../kube/pod.ts';
import {lastRelease, type Release} from '../kube/release.ts';
import {annotationErrors, seccompFieldErrors, seccompMatchErrors} from './profileValidation.ts';
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
  const {spec} = pod;
  const isNew = spec.ephemeralContainers === undefined || spec.ephemeralContainers.length === 0;
  return [
    ...annotationErrors(pod),
    ...volumeErrors(spec),
    ...hostPathErrors(spec),
    ...containerErrors(spec.containers ?? [], {list: 'spec.containers', isNeeded: true, release}),
    ...containerErrors(spec.initContainers ?? [], {
      list: 'spec.initContainers',
      isNeeded: false,
      release,
    }),
    ...initNameErrors(spec),
    ...podContextErrors(spec),
    ...hostProcessErrors(spec, release),
    ...runtimeClassErrors(spec, release),
    ...osErrors(spec),
    ...(isNew ? [] : [forbidden('spec.ephemeralContainers', 'cannot be set on create')]),
    ...seccompMatchErrors(pod),
  ];
}

/**
 * Those errors that every server from v1.25 to v1.37 has, in other words here and there: these parts of its validation
 * are the same in v1.24, v1.30, v1.35 and v1.37. A volume without a source that v1.24 knows may have a later one.
 */
export function lastingErrors(pod: Pod): readonly FieldError[] {
  const {spec} = pod;
  const {containers = [], initContainers = [], ephemeralContainers = []} = spec;
  const release = lastRelease;
  return [
    ...annotationErrors(pod),
    ...hostPathErrors(spec),
    ...containerErrors(containers, {list: 'spec.containers', isNeeded: true, release}),
    ...containerErrors(initContainers, {list: 'spec.initContainers', isNeeded: false, release}),
    ...initNameErrors(spec),
    ...podContextErrors(spec, laterSysctlFormat),
    ...hostProcessErrors(spec, release),
    ...runtimeClassErrors(spec, release),
    ...osErrors(spec),
    ...(ephemeralContainers.length === 0
      ? []
      : [forbidden('spec.ephemeralContainers', 'cannot be set on create')]),
    ...seccompMatchErrors(pod),
  ];
}

function runtimeClassErrors({runtimeClassName}: PodSpec, release: Release): readonly FieldError[] {
  if (runtimeClassName === undefined) return [];
  return dnsSubdomainProblems(runtimeClassName, release).map(problem =>
    invalid('spec.runtimeClassName', runtimeClassName, problem),
  );
}

/** Volumes have a source by default; one that a feature gate has dropped is missing. */
function volumeErrors({volumes = []}: PodSpec): readonly FieldError[] {
  return volumes.flatMap((volume, index) =>
    volumeType(volume) === ''
      ? [required(`spec.volumes[${index}]`, 'must specify a volume type')]
      : [],
  );
}

/** validateHostPathVolumeSource. */
function hostPathErrors({volumes = []}: PodSpec): readonly FieldError[] {
  return volumes.flatMap(({hostPath}, index) => {
    if (hostPath === undefined) return [];
    const {path = ''} = hostPath;
    const at = `spec.volumes[${index}].hostPath.path`;
    if (path === '') return [required(at, '')];
    return path.split('/').includes('..') ? [invalid(at, path, "must not contain '..'")] : [];
  });
}

/** validateContainers, as far as ports and security contexts go. */
function containerErrors(
  containers: readonly Container[],
  {
    list,
    isNeeded,
    release,
  }: {readonly list: string; readonly isNeeded: boolean; readonly release: Release},
): readonly FieldError[] {
  if (containers.length === 0) return isNeeded ? [required(list, '')] : [];
  const names = new Set<string>();
  const own = containers.flatMap((container, index) => {
    const {name = '', securityContext} = container;
    const at = `${list}[${index}]`;
    const isTwice = names.has(name);
    names.add(name);
    return [
      ...(name === ''
        ? [required(`${at}.name`, '')]
        : dnsLabelProblems(name, release).map(problem => invalid(`${at}.name`, name, problem))),
      ...(isTwice ? [duplicate(`${at}.name`, name)] : []),
      ...portErrors(container, at),
      ...contextErrors(securityContext, `${at}.securityContext`),
    ];
  });
  // Init containers run one after the other; each is told of as if it were the first.
  const together = isNeeded ? [containers] : containers.map(container => [container]);
  return [...own, ...together.flatMap(some => portConflicts(some, list))];
}

/** AccumulateUniqueHostPorts: a port of the node that is claimed twice, by the same protocol and address. */
function portConflicts(containers: readonly Container[], list: string): readonly FieldError[] {
  const claimed = new Set<string>();
  return containers.flatMap(({ports = []}, container) =>
    ports.flatMap(({hostPort = 0, protocol, hostIP = ''}, port) => {
      const claim = `${protocol || 'TCP'}/${hostIP}/${hostPort}`;
      if (hostPort === 0) return [];
      const isTaken = claimed.has(claim);
      claimed.add(claim);
      return isTaken ? [duplicate(`${list}[${container}].ports[${port}].hostPort`, claim)] : [];
    }),
  );
}

/** The names of init containers must differ from those of containers (validateInitContainers). */
function initNameErrors({containers = [], initContainers = []}: PodSpec): readonly FieldError[] {
  const names = new Set(containers.map(({name = ''}) => name));
  return initContainers.flatMap(({name = ''}, index) => {
    const isTaken = names.has(name);
    if (name !== '') names.add(name);
    return isTaken ? [duplicate(`spec.initContainers[${index}].name`, name)] : [];
  });
}

const largestPort = 65535;

function portErrors({ports = []}: Container, at: string): readonly FieldError[] {
  const outOfRange = `must be between 1 and ${largestPort}, inclusive`;
  const isPort = (port: number) => port >= 1 && port <= largestPort;
  return ports.flatMap(({containerPort = 0, hostPort = 0}, index) => [
    ...(containerPort === 0 ? [required(`${at}.ports[${index}].containerPort`, '')] : []),
    ...(containerPort === 0 || isPort(containerPort)
      ? []
      : [invalid(`${at}.ports[${index}].containerPort`, containerPort, outOfRange)]),
    ...(hostPort === 0 || isPort(hostPort)
      ? []
      : [invalid(`${at}.ports[${index}].hostPort`, hostPort, outOfRange)]),
  ]);
}

/**
 * ValidateSecurityContext. Go prints the whole context with the addresses of its fields as the bad value;
 * here the context stands for itself.
 */
function contextErrors(
  context: ContainerSecurityContext | undefined,
  at: string,
): readonly FieldError[] {
  if (context === undefined) return [];
  const {runAsUser, runAsGroup, procMount, seccompProfile} = context;
  return [
    ...idErrors(runAsUser, `${at}.runAsUser`),
    ...idErrors(runAsGroup, `${at}.runAsGroup`),
    ...(procMount === undefined || ['Default', 'Unmasked'].includes(procMount)
      ? []
      : [notSupported(`${at}.procMount`, procMount, ['Default', 'Unmasked'])]),
    ...seccompFieldErrors(seccompProfile, `${at}.seccompProfile`),
    ...escalationErrors(context, at),
  ];
}

const wholeContext = new GoLiteral('core.SecurityContext{...}');

function escalationErrors(
  {allowPrivilegeEscalation, privileged, capabilities}: ContainerSecurityContext,
  at: string,
): readonly FieldError[] {
  if (allowPrivilegeEscalation !== false) return [];
  const cannot = (what: string) =>
    invalid(at, wholeContext, `cannot set \`allowPrivilegeEscalation\` to false and ${what}`);
  return [
    ...(privileged === true ? [cannot('`privileged` to true')] : []),
    ...(capabilities?.add ?? [])
      .filter(name => name === 'CAP_SYS_ADMIN')
      .map(name => cannot(`\`capabilities.Add\` ${name}`)),
  ];
}

const largestId = 2147483647;

/** IsValidUserID and IsValidGroupID. */
function idErrors(id: Integer | undefined, field: string): readonly FieldError[] {
  return id === undefined || (id >= 0 && id <= largestId)
    ? []
    : [invalid(field, id, `must be between 0 and ${largestId}, inclusive`)];
}

/** ValidatePodSecurityContext. */
function podContextErrors(spec: PodSpec, format = sysctlFormat): readonly FieldError[] {
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
    ...seccompFieldErrors(context?.seccompProfile, `${at}.seccompProfile`),
  ];
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
