import type {JsonObject} from '../../../src/kube/json.ts';
import {
  anyone,
  bound,
  clusterRole,
  hardened,
  namespaces,
  one,
  plainVolumes,
  privilegedSpec,
  psp,
  restrictedSpec,
  roleToUse,
  runs,
} from './objects.ts';

const logPaths = [
  {pathPrefix: '/var/log', readOnly: true},
  {pathPrefix: '/var/lib/docker/containers', readOnly: true},
];

/**
 * A cluster that follows Kubernetes' documentation: `restricted` for everybody, `privileged` for kube-system, and a
 * policy for each exception. Some of its grants look right and grant nothing.
 */
export const strictCluster: readonly JsonObject[] = [
  ...namespaces('kube-system', 'logging', 'web', 'data', 'ci'),
  psp('privileged', privilegedSpec),
  psp('restricted', restrictedSpec),
  psp('log-reader', {
    volumes: [...plainVolumes, 'hostPath'],
    allowedHostPaths: logPaths,
    runAsUser: anyone,
    seLinux: anyone,
    supplementalGroups: anyone,
    fsGroup: anyone,
  }),
  psp('legacy-root', {
    volumes: plainVolumes,
    runAsUser: anyone,
    seLinux: anyone,
    supplementalGroups: anyone,
    fsGroup: anyone,
  }),
  roleToUse('psp:privileged', 'privileged'),
  roleToUse('psp:restricted', 'restricted'),
  roleToUse('psp:log-reader', 'log-reader'),
  clusterRole('psp:legacy-root', {
    apiGroups: ['policy/v1beta1'],
    resources: ['podsecuritypolicies'],
    resourceNames: ['legacy-root'],
    verbs: ['use'],
  }),
  bound('psp:restricted', 'psp:restricted', undefined, 'group:system:authenticated'),
  bound(
    'psp:privileged',
    'psp:privileged',
    'kube-system',
    'group:system:nodes',
    'group:system:serviceaccounts:kube-system',
  ),
  bound('psp:log-reader', 'psp:log-reader', 'kube-system', 'sa:logging/fluent-bit'),
  bound('psp:legacy-root', 'psp:legacy-root', 'data', 'sa:data/mongodb'),
  bound('psp:web', 'psp:restrictd', 'web', 'sa:web/default'),
  clusterRole('deployer', {
    apiGroups: ['', 'apps'],
    resources: ['pods', 'deployments'],
    verbs: ['create', 'update', 'patch'],
  }),
  bound('deployer', 'deployer', 'web', 'sa:ci/deployer'),
  ...['front', 'api'].flatMap(name =>
    runs({
      kind: 'Deployment',
      namespace: 'web',
      name,
      account: 'default',
      spec: one(name, hardened),
      under: 'restricted',
    }),
  ),
  ...runs({
    kind: 'Deployment',
    namespace: 'ci',
    name: 'deployer',
    spec: one('deployer', {runAsUser: 1000}),
    under: 'restricted',
    pods: 1,
  }),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'logging',
    name: 'fluent-bit',
    spec: {
      ...one(
        'fluent-bit',
        {},
        {volumeMounts: [{name: 'logs', mountPath: '/var/log', readOnly: true}]},
      ),
      volumes: [{name: 'logs', hostPath: {path: '/var/log'}}],
    },
    under: 'log-reader',
    pods: 3,
  }),
  ...runs({
    kind: 'StatefulSet',
    namespace: 'data',
    name: 'mongodb',
    spec: {
      ...one('mongodb', {runAsUser: 999}),
      initContainers: [
        {
          name: 'chown',
          image: 'busybox:1',
          securityContext: {runAsUser: 0, capabilities: {add: ['CHOWN']}},
        },
      ],
    },
    under: 'legacy-root',
    pods: 3,
  }),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'kube-proxy',
    spec: {hostNetwork: true, ...one('kube-proxy', {privileged: true})},
    under: 'privileged',
    pods: 3,
  }),
];
