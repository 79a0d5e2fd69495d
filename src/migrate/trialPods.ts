import {baselineCapabilities} from '../controls/shared/baselineCapabilities.ts';
import {
  appArmorAllowedKey,
  appArmorContainerPrefix,
  seccompAllowedKey,
  seccompPodKey,
} from '../kube/annotations.ts';
import type {Integer, JsonObject} from '../kube/json.ts';
import type {Policy, RuleWithRanges} from '../kube/objects.ts';
import {decodePod, type Pod} from '../kube/pod.ts';
import {volumeSourceKeys} from '../kube/volume.ts';

/** What a trial pod sets, by where it stands in the pod. */
interface Variation {
  readonly annotations?: JsonObject;
  readonly spec?: JsonObject;
  /** The security context of the pod. */
  readonly shared?: JsonObject;
  readonly container?: JsonObject;
  /** The security context of the container. */
  readonly own?: JsonObject;
}

const plain: Variation = {};
const hardened: Variation = {
  own: {runAsNonRoot: true, allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
};
const runtimeDefault: Variation = {own: {seccompProfile: {type: 'RuntimeDefault'}}};

/** Pods that use one thing each that a level may refuse and this policy may let in. */
export function laxPods(policy: Policy): Iterable<Pod> {
  const bases = [plain, both(hardened, runtimeDefault), hardened];
  return podsOf([...bases, ...withProfiles(policy, bases)], [plain, ...laxVariations(policy)]);
}

/** Pods that use one thing each that a level may let in and this policy may refuse. */
export function boundaryPods(policy: Policy): Iterable<Pod> {
  const bases = [both(hardened, runtimeDefault), runtimeDefault, hardened, plain];
  return podsOf(bases, [plain, ...boundaryVariations(policy)]);
}

function* podsOf(
  bases: readonly Variation[],
  variations: readonly Variation[],
): Generator<Pod, void> {
  for (const base of bases) for (const variation of variations) yield podOf(both(base, variation));
}

function podOf({annotations, spec, shared, container, own}: Variation): Pod {
  return decodePod({
    metadata: {name: 'witness', namespace: 'default', ...(annotations && {annotations})},
    spec: {
      ...spec,
      ...(shared && {securityContext: shared}),
      containers: [{name: 'c', ...container, ...(own && {securityContext: own})}],
    },
  });
}

/** Both; of what both set, the second. */
function both(a: Variation, b: Variation): Variation {
  const join = (one?: JsonObject, other?: JsonObject) => (one || other) && {...one, ...other};
  const [annotations, spec] = [join(a.annotations, b.annotations), join(a.spec, b.spec)];
  const [shared, container] = [join(a.shared, b.shared), join(a.container, b.container)];
  const capabilities = join(
    a.own?.capabilities as JsonObject | undefined,
    b.own?.capabilities as JsonObject | undefined,
  );
  const own = join(join(a.own, b.own), capabilities && {capabilities});
  return {
    ...(annotations && {annotations}),
    ...(spec && {spec}),
    ...(shared && {shared}),
    ...(container && {container}),
    ...(own && {own}),
  };
}

/** The same with the profiles that the policy may ask for, as it fills in none. */
function withProfiles({metadata}: Policy, bases: readonly Variation[]): readonly Variation[] {
  const {annotations = {}} = metadata;
  const appArmor = annotations[appArmorAllowedKey]?.split(',') ?? [];
  const seccomp = annotations[seccompAllowedKey]?.split(',').filter(name => name !== '*') ?? [];
  const profiles = [
    ...appArmor.map(name => appArmorOf(name)),
    ...seccomp.map((name): Variation => ({annotations: {[seccompPodKey]: name}})),
    ...appArmor.flatMap(name =>
      seccomp.map(other => both(appArmorOf(name), {annotations: {[seccompPodKey]: other}})),
    ),
  ];
  return profiles.flatMap(profile => bases.map(base => both(base, profile)));
}

function appArmorOf(profile: string): Variation {
  return {annotations: {[`${appArmorContainerPrefix}c`]: profile}};
}

function laxVariations({spec}: Policy): readonly Variation[] {
  const users: readonly Integer[] = [1000, ...(spec.runAsUser?.ranges ?? []).map(({min}) => min)];
  const ports = (spec.hostPorts ?? []).map(({min}) => (min > 0 ? min : 1));
  const unsafe = (spec.allowedUnsafeSysctls ?? []).map(concrete);
  return [
    ...users.map(own('runAsUser')),
    own('allowPrivilegeEscalation')(true),
    own('privileged')(true),
    ...(['hostNetwork', 'hostPID', 'hostIPC'] as const).map(key => ({spec: {[key]: true}})),
    ...[...named(spec.allowedCapabilities), 'SYS_ADMIN', 'CHOWN'].map(addOf),
    ...volumesFor(spec),
    ...[...ports, 80].map(
      (port): Variation => ({container: {ports: [{containerPort: 80, hostPort: port}]}}),
    ),
    appArmorOf('unconfined'),
    ...(['user', 'role', 'type'] as const).map(key => own('seLinuxOptions')({[key]: 'other'})),
    own('seccompProfile')({type: 'Unconfined'}),
    {shared: {seccompProfile: {type: 'Unconfined'}}},
    {annotations: {[seccompPodKey]: 'unconfined'}},
    ...unsafe.map(sysctlOf),
    own('runAsUser')(0),
    own('runAsNonRoot')(false),
    {container: {livenessProbe: {tcpSocket: {host: '127.0.0.1', port: 80}}}},
    {spec: {hostNetwork: true}, shared: {windowsOptions: {hostProcess: true}}},
  ];
}

function boundaryVariations({spec}: Policy): readonly Variation[] {
  const idsOf = (rule: RuleWithRanges | undefined, ...others: readonly Integer[]) => [
    ...others,
    ...outsideOf(rule),
  ];
  const safe = [
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.ping_group_range',
    'net.ipv4.ip_unprivileged_port_start',
    'net.ipv4.ip_local_reserved_ports',
    'net.ipv4.tcp_keepalive_time',
    'net.ipv4.tcp_rmem',
    'net.ipv4.tcp_notsent_lowat',
  ];
  return [
    ...idsOf(spec.runAsUser, 1000, 1, 0).map(own('runAsUser')),
    ...idsOf(spec.runAsGroup, 1000, 0).map(own('runAsGroup')),
    ...idsOf(spec.fsGroup, 1000, 0).map((id): Variation => ({shared: {fsGroup: id}})),
    ...idsOf(spec.supplementalGroups, 1000, 0).map(
      (id): Variation => ({shared: {supplementalGroups: [id]}}),
    ),
    ...volumesFor(spec),
    ...baselineCapabilities.map(addOf),
    own('seccompProfile')({type: 'RuntimeDefault'}),
    own('seccompProfile')({type: 'Localhost', localhostProfile: 'other.json'}),
    {shared: {seccompProfile: {type: 'RuntimeDefault'}}},
    ...['runtime/default', 'localhost/other'].map(appArmorOf),
    ...[{type: 'container_t'}, {type: 'container_init_t'}, {level: 's0:c8,c9'}].map(
      own('seLinuxOptions'),
    ),
    ...[...safe, ...named(spec.forbiddenSysctls).map(concrete)].map(sysctlOf),
    {spec: {runtimeClassName: 'other'}},
    own('readOnlyRootFilesystem')(false),
    own('allowPrivilegeEscalation')(true),
    own('runAsNonRoot')(false),
  ];
}

function own(key: string): (value: JsonObject[string]) => Variation {
  return value => ({own: {[key]: value}});
}

function addOf(capability: string): Variation {
  return {own: {capabilities: {add: [capability]}}};
}

function sysctlOf(name: string): Variation {
  return {shared: {sysctls: [{name, value: '1'}]}};
}

/** The names of a list, without the wildcard. */
function named(names: readonly string[] = []): readonly string[] {
  return names.filter(name => name !== '*');
}

/** A sysctl that a pattern is about. */
function concrete(pattern: string): string {
  if (pattern === '*') return 'kernel.msgmax';
  return pattern.endsWith('*') ? `${pattern.slice(0, -1)}x` : pattern;
}

/** The next ID on either side of each range. */
function outsideOf(rule: RuleWithRanges | undefined): readonly Integer[] {
  return (rule?.ranges ?? [])
    .flatMap(({min, max}) => [BigInt(max) + 1n, BigInt(min) - 1n])
    .filter(id => id >= 0n && id <= 2147483647n)
    .map(Number);
}

/** A volume of each type, and one for each path and driver that the policy names. */
function volumesFor(spec: Policy['spec']): readonly Variation[] {
  const sources: readonly JsonObject[] = [
    ...(spec.allowedHostPaths ?? []).map(({pathPrefix = '/'}) => ({
      hostPath: {path: pathPrefix},
    })),
    ...(spec.allowedFlexVolumes ?? []).map(({driver = ''}) => ({flexVolume: {driver}})),
    ...(spec.allowedCSIDrivers ?? []).map(({name = ''}) => ({csi: {driver: name}})),
    ...volumeSourceKeys.map(key => ({[key]: exampleOf(key)})),
  ];
  return sources.map(
    (source): Variation => ({
      spec: {volumes: [{name: 'v', ...source}]},
      container: {volumeMounts: [{name: 'v', mountPath: '/v', readOnly: true}]},
    }),
  );
}

function exampleOf(key: string): JsonObject {
  if (key === 'hostPath') return {path: '/other'};
  return key === 'flexVolume' || key === 'csi' ? {driver: 'other'} : {};
}
