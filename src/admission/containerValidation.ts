import {dnsLabelProblems} from '../controls/shared/names.ts';
import {
  duplicate,
  type FieldError,
  GoLiteral,
  invalid,
  notSupported,
  required,
} from '../kube/fieldError.ts';
import type {Integer} from '../kube/json.ts';
import type {Container, ContainerSecurityContext, PodSpec} from '../kube/pod.ts';
import type {Release} from '../kube/release.ts';
import {seccompFieldErrors} from './profileValidation.ts';
import {mountErrors} from './volumeValidation.ts';
import {windowsOptionErrors} from './windowsOptionsValidation.ts';

/** validateContainers, as far as ports, mounts and security contexts go. */
export function containerErrors(
  containers: readonly Container[],
  {
    list,
    isNeeded,
    release,
    names: volumes,
  }: {
    readonly list: string;
    readonly isNeeded: boolean;
    readonly release: Release;
    readonly names: ReadonlySet<string>;
  },
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
      ...mountErrors(container, {at, names: volumes}),
      ...contextErrors(securityContext, {at: `${at}.securityContext`, release}),
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
export function initNameErrors({
  containers = [],
  initContainers = [],
}: PodSpec): readonly FieldError[] {
  const names = new Set(containers.map(({name = ''}) => name));
  return initContainers.flatMap(({name = ''}, index) => {
    const isTaken = names.has(name);
    if (name !== '') names.add(name);
    return isTaken ? [duplicate(`spec.initContainers[${index}].name`, name)] : [];
  });
}

const largestPort = 65535;
const protocols = ['SCTP', 'TCP', 'UDP'];

function portErrors({ports = []}: Container, at: string): readonly FieldError[] {
  const outOfRange = `must be between 1 and ${largestPort}, inclusive`;
  const isPort = (port: number) => port >= 1 && port <= largestPort;
  return ports.flatMap(({containerPort = 0, hostPort = 0, protocol}, index) => [
    ...(containerPort === 0 ? [required(`${at}.ports[${index}].containerPort`, '')] : []),
    ...(containerPort === 0 || isPort(containerPort)
      ? []
      : [invalid(`${at}.ports[${index}].containerPort`, containerPort, outOfRange)]),
    ...(hostPort === 0 || isPort(hostPort)
      ? []
      : [invalid(`${at}.ports[${index}].hostPort`, hostPort, outOfRange)]),
    ...(!protocol || protocols.includes(protocol)
      ? []
      : [notSupported(`${at}.ports[${index}].protocol`, protocol, protocols)]),
  ]);
}

/**
 * ValidateSecurityContext. Go prints the whole context with the addresses of its fields as the bad value;
 * here the context stands for itself.
 */
function contextErrors(
  context: ContainerSecurityContext | undefined,
  {at, release}: {readonly at: string; readonly release: Release},
): readonly FieldError[] {
  if (context === undefined) return [];
  const {runAsUser, runAsGroup, procMount, seccompProfile, windowsOptions} = context;
  return [
    ...idErrors(runAsUser, `${at}.runAsUser`),
    ...idErrors(runAsGroup, `${at}.runAsGroup`),
    ...(procMount === undefined || ['Default', 'Unmasked'].includes(procMount)
      ? []
      : [notSupported(`${at}.procMount`, procMount, ['Default', 'Unmasked'])]),
    ...seccompFieldErrors(seccompProfile, `${at}.seccompProfile`),
    ...escalationErrors(context, at),
    ...windowsOptionErrors(windowsOptions, {at: `${at}.windowsOptions`, release}),
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
export function idErrors(id: Integer | undefined, field: string): readonly FieldError[] {
  return id === undefined || (id >= 0 && id <= largestId)
    ? []
    : [invalid(field, id, `must be between 0 and ${largestId}, inclusive`)];
}
