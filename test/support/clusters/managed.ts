import type {JsonObject} from '../../../src/kube/json.ts';
import {
  anyone,
  bound,
  clusterRole,
  groups,
  hardened,
  namespaces,
  nonRoot,
  one,
  plainVolumes,
  privilegedSpec,
  psp,
  roleToUse,
  runs,
} from './objects.ts';

/**
 * A managed cluster whose provider opens a privileged policy to everybody, with a monitoring stack, an ingress
 * controller and certificates, each of which brings policies that nothing binds to: `eks.privileged` sorts first
 * of those that change nothing.
 */
export const managedCluster: readonly JsonObject[] = [
  ...namespaces('kube-system', 'monitoring', 'ingress', 'cert-manager', 'shop'),
  psp('eks.privileged', privilegedSpec, {
    'kubernetes.io/description': 'privileged allows full unrestricted access to pod features',
    'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*',
  }),
  roleToUse('eks:podsecuritypolicy:privileged', 'eks.privileged'),
  bound(
    'eks:podsecuritypolicy:authenticated',
    'eks:podsecuritypolicy:privileged',
    undefined,
    'group:system:authenticated',
  ),
  ...chart('prometheus-operator', 'monitoring', {
    volumes: [
      'configMap',
      'emptyDir',
      'projected',
      'secret',
      'downwardAPI',
      'persistentVolumeClaim',
    ],
    runAsUser: anyone,
    supplementalGroups: groups,
    fsGroup: groups,
  }),
  ...chart('node-exporter', 'monitoring', {
    volumes: [
      'configMap',
      'emptyDir',
      'projected',
      'secret',
      'downwardAPI',
      'persistentVolumeClaim',
      'hostPath',
    ],
    hostNetwork: true,
    hostPID: true,
    hostPorts: [{min: 0, max: 65535}],
    allowedHostPaths: [{pathPrefix: '/', readOnly: true}],
    runAsUser: anyone,
    supplementalGroups: groups,
    fsGroup: groups,
  }),
  ...chart('grafana', 'monitoring', {
    volumes: [
      'configMap',
      'emptyDir',
      'projected',
      'csi',
      'secret',
      'downwardAPI',
      'persistentVolumeClaim',
    ],
    allowPrivilegeEscalation: false,
    requiredDropCapabilities: ['ALL'],
    runAsUser: anyone,
    supplementalGroups: groups,
    fsGroup: groups,
  }),
  ...chart('ingress-nginx', 'ingress', {
    volumes: ['configMap', 'emptyDir', 'projected', 'secret', 'downwardAPI'],
    allowedCapabilities: ['NET_BIND_SERVICE'],
    allowPrivilegeEscalation: true,
    runAsUser: {rule: 'MustRunAsNonRoot'},
    supplementalGroups: groups,
    fsGroup: groups,
  }),
  ...chart('cert-manager', 'cert-manager', {
    volumes: plainVolumes,
    allowPrivilegeEscalation: false,
    requiredDropCapabilities: ['ALL'],
    runAsUser: nonRoot,
    supplementalGroups: groups,
    fsGroup: groups,
  }),
  ...runs({
    kind: 'Deployment',
    namespace: 'monitoring',
    name: 'prometheus-operator',
    spec: one('operator', {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true}),
    under: 'eks.privileged',
    pods: 1,
  }),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'monitoring',
    name: 'node-exporter',
    spec: {
      hostNetwork: true,
      hostPID: true,
      ...one(
        'exporter',
        {},
        {
          ports: [{containerPort: 9100, hostPort: 9100}],
          volumeMounts: [{name: 'root', mountPath: '/host', readOnly: true}],
        },
      ),
      volumes: [{name: 'root', hostPath: {path: '/'}}],
    },
    under: 'eks.privileged',
    pods: 3,
  }),
  ...runs({
    kind: 'Deployment',
    namespace: 'monitoring',
    name: 'grafana',
    spec: one('grafana', {runAsUser: 472}, {}),
    under: 'eks.privileged',
    pods: 1,
  }),
  ...runs({
    kind: 'Deployment',
    namespace: 'ingress',
    name: 'ingress-nginx',
    spec: one('controller', {
      runAsUser: 101,
      allowPrivilegeEscalation: true,
      capabilities: {drop: ['ALL'], add: ['NET_BIND_SERVICE']},
    }),
    under: 'eks.privileged',
  }),
  ...runs({
    kind: 'Deployment',
    namespace: 'cert-manager',
    name: 'cert-manager',
    spec: one('controller', hardened),
    under: 'eks.privileged',
    pods: 1,
  }),
  ...['cart', 'checkout', 'catalog'].flatMap(name =>
    runs({
      kind: 'Deployment',
      namespace: 'shop',
      name,
      account: 'default',
      spec: one(name),
      under: 'eks.privileged',
    }),
  ),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'aws-node',
    spec: {
      hostNetwork: true,
      ...one(
        'vpc-cni',
        {capabilities: {add: ['NET_ADMIN', 'NET_RAW']}},
        {
          volumeMounts: [{name: 'cni', mountPath: '/host/opt/cni/bin'}],
        },
      ),
      initContainers: [{name: 'init', image: 'init:1', securityContext: {privileged: true}}],
      volumes: [{name: 'cni', hostPath: {path: '/opt/cni/bin'}}],
    },
    under: 'eks.privileged',
    pods: 3,
  }),
  clusterRole('cluster-admin', {apiGroups: ['*'], resources: ['*'], verbs: ['*']}),
  bound('cluster-admin', 'cluster-admin', undefined, 'group:system:masters'),
  bound('platform-admins', 'cluster-admin', undefined, 'group:platform'),
];

/** The policy of a chart, with the role and the binding that it brings. */
function chart(name: string, namespace: string, spec: JsonObject): readonly JsonObject[] {
  return [
    psp(name, {seLinux: anyone, privileged: false, ...spec}),
    roleToUse(`${name}-psp`, name),
    bound(`${name}-psp`, `${name}-psp`, namespace, `sa:${namespace}/${name}`),
  ];
}
