import type {JsonObject} from '../../../src/kube/json.ts';

/** What made-up workloads may use. */
export interface ClusterOptions {
  /** Fields that v1.24 does not know. */
  readonly hasLaterFields: boolean;
}

/** Draws numbers: the same seed gives the same ones. */
type Draw = (below: number) => number;

/**
 * Manifests of a made-up cluster whose workloads meet and break the Pod Security Standards in all ways:
 * namespaces `PREFIX-N` with Deployments, StatefulSets, DaemonSets, Jobs, CronJobs and pods. A server takes
 * all of them, as far as no standard refuses them.
 */
export function anyCluster(
  prefix: string,
  seed: number,
  {hasLaterFields}: ClusterOptions,
): readonly JsonObject[] {
  const draw = drawing(seed);
  return Array.from({length: 4}, (_, index) => {
    const namespace = `${prefix}-${index}`;
    return [
      {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}},
      ...Array.from({length: 5}, (__, n) => workload(draw, namespace, `w${n}`, hasLaterFields)),
    ];
  }).flat();
}

/** mulberry32 */
function drawing(seed: number): Draw {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod'] as const;

function workload(draw: Draw, namespace: string, name: string, later: boolean): JsonObject {
  const kind = kinds[draw(kinds.length)] ?? 'Pod';
  const {metadata, spec} = template(draw, later);
  const head = {metadata: {name, namespace}, kind};
  const labels = {app: name};
  const whole = {metadata: {...metadata, labels}, spec};
  const once = {...whole, spec: {...spec, restartPolicy: 'Never'}};
  switch (kind) {
    case 'Pod':
      return {apiVersion: 'v1', kind, metadata: {...metadata, name, namespace}, spec};
    case 'Job':
      return {...head, apiVersion: 'batch/v1', spec: {template: once}};
    case 'CronJob':
      return {
        ...head,
        apiVersion: 'batch/v1',
        spec: {schedule: '@daily', jobTemplate: {spec: {template: once}}},
      };
    default:
      return {
        ...head,
        apiVersion: 'apps/v1',
        spec: {
          selector: {matchLabels: labels},
          template: whole,
          ...(kind === 'StatefulSet' ? {serviceName: name} : {}),
        },
      };
  }
}

function template(draw: Draw, later: boolean): {metadata: JsonObject; spec: JsonObject} {
  const isHardened = draw(3) === 0;
  const host = draw(6) === 0;
  const ownUsers = later && !host && draw(5) === 0;
  const containers = Array.from({length: 1 + draw(2)}, (_, index) =>
    container(draw, `c${index}`, {isHardened, host, later}),
  );
  const initContainers =
    draw(4) === 0 ? [container(draw, 'init', {isHardened, host, later})] : undefined;
  const appArmor = draw(8) === 0;
  return {
    metadata: appArmor
      ? {
          annotations: {
            'container.apparmor.security.beta.kubernetes.io/c0':
              ['runtime/default', 'localhost/x', 'unconfined'][draw(3)] ?? null,
          },
        }
      : {},
    spec: plain({
      hostNetwork: (host && draw(2) === 0) || undefined,
      hostPID: (host && draw(2) === 0) || undefined,
      hostIPC: (host && draw(3) === 0) || undefined,
      hostUsers: ownUsers ? false : undefined,
      securityContext: podContext(draw, isHardened),
      volumes: [volume(draw), ...(draw(3) === 0 ? [volume(draw, 'w')] : [])],
      containers,
      initContainers,
    }),
  };
}

interface Kind {
  readonly isHardened: boolean;
  readonly host: boolean;
  readonly later: boolean;
}

function container(draw: Draw, name: string, {isHardened, host, later}: Kind): JsonObject {
  const port = 1000 + draw(1000);
  const hasPort = draw(6) === 0;
  const probe = {httpGet: {path: '/', port: 80, host: draw(2) === 0 ? '10.0.0.1' : undefined}};
  return plain({
    name,
    image: 'i',
    ports: hasPort
      ? [{containerPort: port, hostPort: host || draw(2) === 0 ? port : undefined}]
      : undefined,
    livenessProbe: name !== 'init' && draw(8) === 0 ? probe : undefined,
    securityContext: isHardened && draw(4) > 0 ? hardened(draw) : context(draw, later),
  });
}

function hardened(draw: Draw): JsonObject {
  return plain({
    allowPrivilegeEscalation: false,
    runAsNonRoot: draw(6) === 0 ? undefined : true,
    runAsUser: [undefined, 1000, 0][draw(8)],
    capabilities: {drop: ['ALL'], add: draw(4) === 0 ? ['NET_BIND_SERVICE'] : undefined},
    seccompProfile: draw(6) === 0 ? undefined : {type: 'RuntimeDefault'},
  });
}

const capabilities = ['CHOWN', 'NET_BIND_SERVICE', 'NET_ADMIN', 'SYS_TIME', 'MKNOD', 'AUDIT_WRITE'];
const seccompProfiles = [
  {type: 'RuntimeDefault'},
  {type: 'Unconfined'},
  {type: 'Localhost', localhostProfile: 'p.json'},
];
const seLinux = [
  {type: 'container_t'},
  {type: 'container_engine_t'},
  {type: 'spc_t'},
  {user: 'u', type: 'container_init_t'},
  {level: 's0:c1,c2'},
];

function context(draw: Draw, later: boolean): JsonObject | undefined {
  if (draw(5) === 0) return undefined;
  const privileged = draw(10) === 0 || undefined;
  const maybe = <T>(chance: number, value: T): T | undefined =>
    draw(chance) === 0 ? value : undefined;
  return plain({
    privileged,
    allowPrivilegeEscalation: privileged ? undefined : maybe(3, draw(3) === 0),
    runAsNonRoot: maybe(3, draw(3) > 0),
    runAsUser: maybe(3, draw(2) * 1000),
    capabilities: maybe(
      3,
      plain({
        add: maybe(2, [capabilities[draw(capabilities.length)] ?? '']),
        drop: maybe(2, [draw(2) === 0 ? 'ALL' : 'KILL']),
      }),
    ),
    seccompProfile: maybe(3, seccompProfiles[draw(seccompProfiles.length)]),
    seLinuxOptions: maybe(6, seLinux[draw(seLinux.length)]),
    procMount: maybe(12, 'Unmasked'),
    appArmorProfile: later
      ? maybe(12, {type: draw(2) ? 'RuntimeDefault' : 'Unconfined'})
      : undefined,
  });
}

const sysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_notsent_lowat',
  'net.core.somaxconn',
  'kernel.msgmax',
];

function podContext(draw: Draw, isHardened: boolean): JsonObject | undefined {
  const isSet = draw(3) === 0;
  if (!isSet) return undefined;
  return plain({
    runAsNonRoot: isHardened || draw(2) === 0 || undefined,
    runAsUser: draw(4) === 0 ? draw(2) * 1000 : undefined,
    seccompProfile: draw(2) === 0 ? {type: 'RuntimeDefault'} : undefined,
    seLinuxOptions: draw(8) === 0 ? seLinux[draw(seLinux.length)] : undefined,
    sysctls: draw(3) === 0 ? [{name: sysctls[draw(sysctls.length)], value: '1'}] : undefined,
  });
}

function volume(draw: Draw, name = 'v'): JsonObject {
  const sources: readonly JsonObject[] = [
    {emptyDir: {}},
    {configMap: {name: 'c'}},
    {secret: {secretName: 's'}},
    {downwardAPI: {items: []}},
    {projected: {sources: [{secret: {name: 's'}}]}},
    {persistentVolumeClaim: {claimName: 'p'}},
    {csi: {driver: 'd.example.com'}},
    {hostPath: {path: '/var'}},
    {nfs: {server: 's', path: '/'}},
    {
      ephemeral: {
        volumeClaimTemplate: {
          spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
        },
      },
    },
  ];
  return {name, ...sources[draw(sources.length)]};
}

/** Without what is undefined, at any depth of plain objects. */
function plain(object: Readonly<Record<string, unknown>>): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}
