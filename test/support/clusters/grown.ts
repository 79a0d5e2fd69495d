import type {JsonObject} from '../../../src/kube/json.ts';
import {
  anyone,
  bound,
  clusterRole,
  groups,
  namespaces,
  one,
  plainVolumes,
  privilegedSpec,
  psp,
  restrictedSpec,
  roleToUse,
  runs,
} from './objects.ts';

const baselineSpec: JsonObject = {
  volumes: plainVolumes,
  runAsUser: anyone,
  seLinux: anyone,
  supplementalGroups: anyone,
  fsGroup: anyone,
};

/**
 * A cluster that grew: a default policy for everybody, storage, network and load balancer with policies of their
 * own, a namespace whose accounts all got the privileged policy, an operator that may use all policies, builds
 * that create pods, and a policy that replaced another without taking it away.
 */
export const grownCluster: readonly JsonObject[] = [
  ...namespaces('kube-system', 'metallb', 'storage', 'builds', 'team-a', 'operators'),
  psp('00-default', baselineSpec),
  psp('default-old', {...baselineSpec}),
  psp('restricted', restrictedSpec),
  psp('privileged', privilegedSpec),
  psp('speaker', {
    ...baselineSpec,
    hostNetwork: true,
    hostPorts: [{min: 7472, max: 7946}],
    allowedCapabilities: ['NET_RAW'],
    requiredDropCapabilities: ['ALL'],
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
  }),
  psp('longhorn', {
    ...baselineSpec,
    privileged: true,
    hostPID: true,
    allowedCapabilities: ['SYS_ADMIN'],
    requiredDropCapabilities: ['NET_RAW'],
    volumes: [...plainVolumes, 'hostPath'],
  }),
  psp('build', {
    ...baselineSpec,
    allowedCapabilities: ['SYS_ADMIN'],
    volumes: ['emptyDir', 'secret', 'configMap', 'hostPath'],
    allowedHostPaths: [{pathPrefix: '/var/run/docker.sock'}],
  }),
  psp('batch', {...baselineSpec, runAsUser: {rule: 'MustRunAs'}, fsGroup: groups}),
  roleToUse('psp-default', '00-default', 'default-old'),
  roleToUse('psp-restricted', 'restricted'),
  roleToUse('psp-privileged', 'privileged'),
  roleToUse('psp-speaker', 'speaker'),
  roleToUse('psp-longhorn', 'longhorn'),
  roleToUse('psp-build', 'build'),
  roleToUse('psp-batch', 'batch'),
  roleToUse('psp-any'),
  bound('psp-default', 'psp-default', undefined, 'group:system:serviceaccounts'),
  bound('psp-restricted', 'psp-restricted', 'team-a', 'sa:team-a/default'),
  bound('psp-privileged', 'psp-privileged', 'team-a', 'group:system:serviceaccounts:team-a'),
  bound('psp-nodes', 'psp-privileged', 'kube-system', 'group:system:serviceaccounts:kube-system'),
  bound('psp-speaker', 'psp-speaker', 'metallb', 'sa:metallb/speaker'),
  bound('psp-longhorn', 'psp-longhorn', 'storage', 'sa:storage/longhorn'),
  bound('psp-build', 'psp-build', 'builds', 'sa:builds/runner'),
  bound('psp-batch', 'psp-batch', 'builds', 'group:batch-users'),
  bound('psp-any', 'psp-any', undefined, 'sa:operators/kafka'),
  bound('psp-devs', 'psp-buildd', 'builds', 'group:developers'),
  clusterRole('builder', {
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['create', 'delete', 'get'],
  }),
  bound('builder', 'builder', 'builds', 'sa:builds/controller'),
  clusterRole('edit', {apiGroups: ['', 'apps'], resources: ['pods', 'deployments'], verbs: ['*']}),
  bound('developers', 'edit', 'team-a', 'group:developers'),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'metallb',
    name: 'speaker',
    spec: {
      hostNetwork: true,
      ...one(
        'speaker',
        {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: {drop: ['ALL'], add: ['NET_RAW']},
        },
        {ports: [{containerPort: 7472, hostPort: 7472}]},
      ),
    },
    under: 'speaker',
    pods: 3,
  }),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'storage',
    name: 'longhorn',
    spec: {
      ...one(
        'manager',
        {privileged: true},
        {volumeMounts: [{name: 'dev', mountPath: '/host/dev'}]},
      ),
      volumes: [{name: 'dev', hostPath: {path: '/dev'}}],
    },
    under: 'longhorn',
    pods: 3,
  }),
  ...runs({
    kind: 'Deployment',
    namespace: 'builds',
    name: 'runner',
    spec: {
      ...one('runner', {}, {volumeMounts: [{name: 'docker', mountPath: '/var/run/docker.sock'}]}),
      volumes: [{name: 'docker', hostPath: {path: '/var/run/docker.sock'}}],
    },
    under: 'build',
  }),
  ...runs({
    kind: 'Deployment',
    namespace: 'builds',
    name: 'controller',
    spec: one('controller'),
    under: '00-default',
    pods: 1,
  }),
  ...['web', 'worker'].flatMap(name =>
    runs({
      kind: 'Deployment',
      namespace: 'team-a',
      name,
      account: 'default',
      spec: one(name),
      under: 'privileged',
    }),
  ),
  ...runs({
    kind: 'StatefulSet',
    namespace: 'operators',
    name: 'kafka',
    spec: one('kafka'),
    under: '00-default',
    pods: 3,
  }),
  ...runs({
    kind: 'DaemonSet',
    namespace: 'kube-system',
    name: 'canal',
    spec: {hostNetwork: true, ...one('canal', {privileged: true})},
    under: 'privileged',
    pods: 3,
  }),
];
