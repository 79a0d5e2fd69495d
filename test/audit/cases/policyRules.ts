import type {JsonObject} from '../../../src/kube/json.ts';
import {binding, deployment, grant, psp, roleFor} from '../../support/builders/audits.ts';
import {hostPaths, open, privileged, type RuleCases, strict, web} from './ruleCase.ts';

/** A PersistentVolume; with a uid it is one that a cluster has. */
const volume = (name: string, spec: JsonObject, uid?: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: {name, uid},
  spec,
});

/** A PersistentVolumeClaim in shop that asks for this volume. */
const claim = (name: string, volumeName: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: {name, namespace: 'shop'},
  spec: {volumeName},
});

/** Rules about policies. */
export const policyRules: RuleCases = {
  'writable-host-path': {
    yes: [hostPaths({pathPrefix: '/data', readOnly: true}, {pathPrefix: '/var'})],
    finds: [
      'PodSecurityPolicy/paths',
      'high',
      'pods may write to /var of the node',
      `kubectl patch podsecuritypolicy/paths --type=json -p '[{"op":"add","path":"/spec/allowedHostPaths/1/readOnly","value":true}]'`,
    ],
    shows: 'who writes there can take over the node',
    no: [
      hostPaths({pathPrefix: '/', readOnly: true}),
      psp('other'),
      psp('all', {...privileged, volumes: ['*']}),
    ],
  },
  'host-path-volume': {
    yes: [
      strict,
      volume('data', {hostPath: {path: '/srv'}, claimRef: {namespace: 'shop', name: 'db'}}),
    ],
    finds: [
      'Audit/host-path-volumes',
      'info',
      '1 PersistentVolume of type hostPath is outside of what any policy sees: data',
      'Let nobody but admins create PersistentVolumes, and use volumes of type local or of a CSI driver in their place.',
    ],
    shows: 'data: /srv of the node; pods of shop reach it through claim db',
    no: [
      strict,
      volume('share', {nfs: {path: '/srv', server: 'nfs'}}),
      volume('free', {hostPath: {path: '/srv'}}, 'its-uid'),
      claim('db', 'share'),
    ],
  },
  'escalation-beside-admin': {
    yes: [psp('admin', {allowedCapabilities: ['CHOWN', 'SYS_ADMIN']})],
    finds: [
      'PodSecurityPolicy/admin',
      'high',
      'allows SYS_ADMIN with privilege escalation: as good as privileged',
      `kubectl patch podsecuritypolicy/admin --type=merge -p '{"spec":{"allowedCapabilities":["CHOWN"]}}'`,
    ],
    no: [
      psp('off', {allowedCapabilities: ['SYS_ADMIN'], allowPrivilegeEscalation: false}),
      psp('all', {...privileged, allowedCapabilities: ['*']}),
    ],
  },
  'escalation-contradiction': {
    yes: [psp('mixed', {...privileged, allowPrivilegeEscalation: false})],
    finds: [
      'PodSecurityPolicy/mixed',
      'medium',
      'allows privileged containers, but turns off the privilege escalation that goes with it',
      `kubectl patch podsecuritypolicy/mixed --type=merge -p '{"spec":{"privileged":false,"allowedCapabilities":[]}}'`,
    ],
    no: [open, psp('off', {allowPrivilegeEscalation: false})],
  },
  'over-broad-policy': {
    yes: [psp('broad', {hostPID: true}), ...grant('broad', 'sa:web'), deployment('app')],
    finds: [
      'PodSecurityPolicy/broad',
      'medium',
      'allows more than its pods need: host processes',
      'kubectl psp advise --compare broad -A',
    ],
    shows: 'Host processes: allowed -> forbidden would do',
    no: [
      psp('broad', {hostPID: true}),
      ...grant('broad', 'sa:web'),
      deployment('app', {}, {spec: {hostPID: true}}),
    ],
  },
  'refused-policy': {
    yes: [{...psp('old'), apiVersion: 'policy/v1'}],
    finds: [
      'PodSecurityPolicy/old',
      'high',
      "can't exist, the API server would refuse it: apiVersion: policy/v1 has no PodSecurityPolicy, it is policy/v1beta1",
      'Correct the field that is named.',
    ],
    no: [psp('new'), {...psp('other'), apiVersion: 'extensions/v1beta1'}],
  },
  'ignored-policy': {
    yes: [psp('void', {runAsUser: {rule: 'MustRunAs'}})],
    finds: [
      'PodSecurityPolicy/void',
      'medium',
      'admission ignores it: MustRunAs requires at least one range',
      'kubectl edit podsecuritypolicy/void',
    ],
    no: [psp('used', {runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 2}]}})],
  },
  'orphan-policy': {
    yes: [...web, open, roleFor('all'), binding('all', 'all', ['user:root'], true)],
    finds: ['PodSecurityPolicy/open', 'low', 'no bound role names it', 'kubectl psp delete open'],
    shows: 'open to all policies: ClusterRoleBinding/all -> ClusterRole/all',
    no: [...web, open, ...grant('open', 'user:alice')],
  },
  'unused-policy': {
    yes: [...web, open, ...grant('open', 'user:alice'), deployment('app')],
    finds: [
      'PodSecurityPolicy/open',
      'low',
      'no pod and no workload binds to it',
      'kubectl psp delete open',
    ],
    shows: 'granted by RoleBinding/shop/open -> ClusterRole/open',
    no: [...web, deployment('app')],
  },
  'shadowed-policy': {
    yes: [...web, open, ...grant('open', 'sa:web'), deployment('app'), deployment('other')],
    finds: [
      'PodSecurityPolicy/strict',
      'low',
      'every pod it would admit uses open, which sorts first',
      'kubectl psp who-can use open -A',
    ],
    shows: '2 workloads and pods bound to open: Deployment/shop/app, Deployment/shop/other',
    no: [...web, open, ...grant('open', 'user:alice'), deployment('app')],
  },
  'equal-policies': {
    yes: [
      psp('a', {allowedCapabilities: ['CHOWN', 'KILL']}),
      psp('b', {allowedCapabilities: ['KILL', 'CHOWN'], privileged: false}),
    ],
    finds: ['PodSecurityPolicy/b', 'low', 'says the same as a', 'kubectl psp delete b'],
    no: [
      psp('a'),
      psp('b', privileged),
      psp('c', {}, {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'}),
    ],
  },
};
