import type {JsonObject} from '../../../src/kube/json.ts';

export function workload(
  namespace: string,
  name: string,
  spec: object,
  annotations = {},
): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {template: {metadata: {annotations}, spec}},
  } as JsonObject;
}

export const container = (securityContext: object, more: object = {}) => ({
  containers: [{name: 'main', image: 'x', securityContext, ...more}],
});

/** Manifests that each need something else. */
export const manifests: readonly JsonObject[] = [
  workload('shop', 'plain', {...container({}), serviceAccountName: 'plain'}),
  workload('shop', 'strict', {
    ...container({
      runAsUser: 1000,
      runAsGroup: 1000,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: {drop: ['ALL'], add: ['CHOWN']},
    }),
    automountServiceAccountToken: false,
    serviceAccountName: 'strict',
    securityContext: {fsGroup: 2000, supplementalGroups: [3000], seLinuxOptions: {level: 's0:c1'}},
  }),
  workload('kube-system', 'agent', {
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    serviceAccountName: 'agent',
    ...container({privileged: true}, {ports: [{containerPort: 9100, hostPort: 9100}]}),
    volumes: [
      {name: 'logs', hostPath: {path: '/var/log'}},
      {name: 'flex', flexVolume: {driver: 'example/lvm'}},
      {name: 'csi', csi: {driver: 'csi.example.com'}},
    ],
  }),
  workload(
    'shop',
    'profiles',
    {...container({}), serviceAccountName: 'profiles', runtimeClassName: 'gvisor'},
    {
      'container.apparmor.security.beta.kubernetes.io/main': 'runtime/default',
      'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    },
  ),
  workload('shop', 'tuned', {
    ...container({capabilities: {add: ['NET_ADMIN', 'SYS_TIME']}}),
    serviceAccountName: 'tuned',
    securityContext: {sysctls: [{name: 'net.core.somaxconn', value: '1'}]},
    volumes: [
      {name: 'a', configMap: {name: 'a'}},
      {name: 'b', emptyDir: {}},
    ],
  }),
  workload('shop', 'init', {
    ...container({}),
    serviceAccountName: 'init',
    initContainers: [{name: 'setup', image: 'x', securityContext: {runAsUser: 0}}],
  }),
];
