import fc from 'fast-check';
import type {Json, JsonObject} from '../../../src/kube/json.ts';

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, {nil: undefined});
const id = fc.constantFrom(0, 1, 2, 3, 1000, 65534, 2147483647);
const flag = maybe(fc.boolean());
const capability = fc.constantFrom('ALL', 'KILL', 'CHOWN', 'NET_ADMIN', 'NET_BIND_SERVICE');

const seLinuxOptions = fc.record(
  {
    user: fc.constantFrom('', 'u'),
    role: fc.constantFrom('', 'r'),
    type: fc.constantFrom('', 't'),
    level: fc.constantFrom('', 's0:c1,c2', 's0:c2,c1', 's0'),
  },
  {requiredKeys: []},
);

const seccompProfile = fc.constantFrom<JsonObject>(
  {type: 'RuntimeDefault'},
  {type: 'Unconfined'},
  {type: 'Localhost', localhostProfile: 'a.json'},
  {type: 'Localhost', localhostProfile: 'a,b.json'},
);

const securityContext = fc.record({
  privileged: flag,
  runAsUser: maybe(id),
  runAsGroup: maybe(id),
  runAsNonRoot: flag,
  readOnlyRootFilesystem: flag,
  allowPrivilegeEscalation: flag,
  procMount: maybe(fc.constantFrom('Default', 'Unmasked')),
  capabilities: maybe(
    fc.record({
      add: maybe(fc.uniqueArray(capability, {maxLength: 2})),
      drop: maybe(fc.uniqueArray(capability, {maxLength: 3})),
    }),
  ),
  seLinuxOptions: maybe(seLinuxOptions),
  seccompProfile: maybe(seccompProfile),
});

const port = fc.record({
  containerPort: fc.constantFrom(53, 80, 8080),
  hostPort: maybe(fc.constantFrom(0, 53, 80, 81)),
});

const source = fc.constantFrom<JsonObject>(
  {emptyDir: {}},
  {secret: {secretName: 's'}},
  {hostPath: {path: '/var/log'}},
  {hostPath: {path: '/var/log/pods/'}},
  {hostPath: {path: '/'}},
  {csi: {driver: 'csi.example'}},
  {flexVolume: {driver: 'example/flex'}},
  {cephfs: {monitors: ['m']}},
  {projected: {sources: [{serviceAccountToken: {path: 'token'}}]}},
  {projected: {sources: [{secret: {name: 's'}}]}},
);

const mount = fc.record({
  name: fc.constantFrom('v0', 'v1'),
  mountPath: fc.constantFrom('/a', '/b'),
  readOnly: flag,
});

const container = fc.record({
  securityContext: maybe(securityContext),
  ports: maybe(fc.array(port, {maxLength: 2})),
  volumeMounts: maybe(fc.array(mount, {maxLength: 2})),
});

const podSecurityContext = fc.record({
  runAsUser: maybe(id),
  runAsGroup: maybe(id),
  runAsNonRoot: flag,
  fsGroup: maybe(id),
  supplementalGroups: maybe(fc.uniqueArray(id, {maxLength: 3})),
  seLinuxOptions: maybe(seLinuxOptions),
  seccompProfile: maybe(seccompProfile),
  sysctls: maybe(
    fc.array(
      fc.record({
        name: fc.constantFrom(
          'kernel.shm_rmid_forced',
          'net.ipv4.tcp_syncookies',
          'kernel.msgmax',
          'net.core.somaxconn',
          'net/core/somaxconn',
        ),
      }),
      {maxLength: 2},
    ),
  ),
});

const seccompKeys = [
  'seccomp.security.alpha.kubernetes.io/pod',
  'container.seccomp.security.alpha.kubernetes.io/c0',
];
const annotations = fc.record(
  {
    ...Object.fromEntries(
      seccompKeys.map(key => [
        key,
        fc.constantFrom('runtime/default', 'docker/default', 'unconfined', 'localhost/x'),
      ]),
    ),
    'container.apparmor.security.beta.kubernetes.io/c0': fc.constantFrom(
      'runtime/default',
      'localhost/a',
      'localhost/a,b',
      '',
    ),
  },
  {requiredKeys: []},
);

/** Pods, as JSON, whose values API validation would take, each field set or not. */
export const anyPod: fc.Arbitrary<Json> = fc
  .record({
    annotations,
    hostNetwork: flag,
    hostPID: flag,
    hostIPC: flag,
    runtimeClassName: maybe(fc.constantFrom('gvisor', 'kata')),
    securityContext: maybe(podSecurityContext),
    volumes: fc.array(source, {maxLength: 2}),
    containers: fc.array(container, {minLength: 1, maxLength: 2}),
    initContainers: maybe(fc.array(container, {maxLength: 1})),
  })
  .map(({annotations, volumes, containers, initContainers, ...spec}) => ({
    metadata: {name: 'pod', annotations},
    spec: {
      ...spec,
      volumes: volumes.map((item, index) => ({name: `v${index}`, ...item})),
      containers: containers.map((item, index) => ({name: `c${index}`, ...item})),
      initContainers: initContainers?.map((item, index) => ({name: `i${index}`, ...item})),
    },
  }));
