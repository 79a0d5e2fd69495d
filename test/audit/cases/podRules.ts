import {
  binding,
  deployment,
  grant,
  podsOf,
  psp,
  role,
  roleFor,
} from '../../support/builders/audits.ts';
import {open, privileged, type RuleCases, strict, web} from './ruleCase.ts';

const hardening = psp('a-hardening', {requiredDropCapabilities: ['ALL']});
const replicaSetController = 'user:system:serviceaccount:kube-system:replicaset-controller';

/** Rules about what happens to pods and workloads. */
export const podRules: RuleCases = {
  'denied-on-restart': {
    yes: [...web, deployment('app', privileged), ...podsOf('app', 'strict', 3)],
    finds: [
      'Deployment/shop/app',
      'high',
      'all 3 pods would be denied if recreated',
      'kubectl psp advise -n shop --grant',
    ],
    shows: 'sets privileged: true; allowed: false (securityContext.privileged)',
    no: [...web, deployment('app'), ...podsOf('app', 'strict', 3)],
  },
  'denied-now': {
    yes: [...web, open, deployment('app', privileged)],
    finds: [
      'Deployment/shop/app',
      'high',
      'has no pods: admission denies every pod it tries to create, if PSP admission is on',
      'kubectl psp bind open --to sa:shop/web',
    ],
    shows: 'open would admit it unchanged',
    no: [...web, deployment('app'), deployment('idle', privileged, {replicas: 0})],
  },
  'denied-idle': {
    yes: [...web, deployment('app', privileged, {replicas: 0})],
    finds: [
      'Deployment/shop/app',
      'medium',
      'is idle, and admission would deny its pods, if PSP admission is on',
      'kubectl psp advise -n shop --grant',
    ],
    no: [...web, deployment('app', {}, {replicas: 0}), deployment('now', privileged)],
  },
  'policy-drift': {
    yes: [
      ...web,
      psp('a-open', privileged),
      ...grant('a-open', 'sa:web'),
      deployment('app'),
      ...podsOf('app', 'strict', 2),
    ],
    finds: [
      'Deployment/shop/app',
      'medium',
      'a restart would move 2 pods to a-open',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: '2 pods: strict -> a-open',
    no: [...web, deployment('app'), ...podsOf('app', 'strict'), ...podsOf('app', 'gone')],
  },
  'requester-only': {
    yes: [
      strict,
      ...grant('strict', replicaSetController),
      deployment('app'),
      ...podsOf('app', 'strict'),
    ],
    finds: [
      'Deployment/shop/app',
      'medium',
      '1 pod bound to strict only because system:serviceaccount:kube-system:replicaset-controller may use it',
      'kubectl psp bind strict --to sa:shop/web',
    ],
    shows: 'requester: RoleBinding/shop/strict -> ClusterRole/strict',
    no: [
      strict,
      roleFor('everybody', 'strict'),
      binding('everybody', 'everybody', ['group:system:authenticated'], true),
      deployment('app'),
      ...podsOf('app', 'strict'),
    ],
  },
  'far-above-need': {
    yes: [open, ...grant('open', 'sa:web'), deployment('app'), ...podsOf('app', 'open')],
    finds: [
      'Deployment/shop/app',
      'medium',
      '1 pod bound to open, 1 control above need: privileged',
      'kubectl psp advise -n shop --grant',
    ],
    shows: 'steps of the standards above the least that would do',
    no: [open, ...grant('open', 'sa:web'), deployment('app', privileged)],
  },
  'wildcard-chosen': {
    yes: [
      psp('a-open', privileged),
      strict,
      ...grant('strict', 'sa:web'),
      role('everything', {apiGroups: ['*'], resources: ['*'], verbs: ['*']}),
      binding('web', 'everything', ['sa:web']),
      deployment('app'),
    ],
    finds: [
      'Deployment/shop/app',
      'medium',
      'binds to a-open, which nothing names, while strict is granted by name, if PSP admission is on',
      'kubectl edit clusterrole/everything',
    ],
    shows: 'service account: RoleBinding/shop/web -> ClusterRole/everything',
    no: [
      psp('a-open', privileged),
      strict,
      ...grant('strict', 'sa:web'),
      ...grant('a-open', 'sa:web'),
      deployment('app'),
    ],
  },
  'defaults-bypassed': {
    yes: [
      hardening,
      open,
      roleFor('both', 'a-hardening', 'open'),
      binding('b', 'both', ['sa:web']),
      deployment('app'),
    ],
    finds: [
      'Deployment/shop/app',
      'medium',
      'a-hardening would fill in defaults, but open is looser and takes it unchanged, if PSP admission is on',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'a-hardening: add /spec/containers/0/securityContext {"capabilities":{"drop":["ALL"]}}',
    no: [hardening, open, ...grant('a-hardening', 'sa:web'), deployment('app')],
  },
  'changed-by-order': {
    yes: [
      hardening,
      psp('b-hardening', {requiredDropCapabilities: ['KILL']}),
      roleFor('both', 'a-hardening', 'b-hardening'),
      binding('b', 'both', ['sa:web']),
      deployment('app'),
    ],
    finds: [
      'Deployment/shop/app',
      'low',
      'a-hardening changes its pods because it sorts before b-hardening, which would change them differently, if PSP admission is on',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'b-hardening: add /spec/containers/0/securityContext {"capabilities":{"drop":["KILL"]}}',
    no: [
      hardening,
      psp('b-hardening', {requiredDropCapabilities: ['ALL']}),
      roleFor('both', 'a-hardening', 'b-hardening'),
      binding('b', 'both', ['sa:web']),
      deployment('app'),
    ],
  },
  'stale-annotation': {
    yes: [...web, deployment('app'), ...podsOf('app', 'gone', 2)],
    finds: [
      'Deployment/shop/app',
      'info',
      '2 pods admitted by gone, which does not exist',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'Pod app-1: gone',
    no: [...web, deployment('app'), ...podsOf('app', 'strict')],
  },
  'contradicted-annotation': {
    yes: [
      ...web,
      open,
      ...grant('open', 'sa:web'),
      deployment('app', privileged),
      ...podsOf('app', 'strict', 2),
    ],
    finds: [
      'Deployment/shop/app',
      'low',
      '2 pods admitted by strict, which refuses such pods',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'sets privileged: true; allowed: false (securityContext.privileged)',
    no: [...web, deployment('app'), ...podsOf('app', 'strict', 2)],
  },
  'template-annotation': {
    yes: [...web, deployment('app', {}, {annotations: {'kubernetes.io/psp': 'open'}})],
    finds: [
      'Deployment/shop/app',
      'low',
      'its template has the annotation kubernetes.io/psp: open',
      `kubectl patch deployment/app -n shop --type=json -p '[{"op":"remove","path":"/spec/template/metadata/annotations/kubernetes.io~1psp"}]'`,
    ],
    no: [...web, deployment('app'), ...podsOf('app', 'strict')],
  },
};
