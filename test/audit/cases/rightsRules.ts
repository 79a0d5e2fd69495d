import {binding, deployment, grant, role, roleFor} from '../../support/builders/audits.ts';
import {open, privileged, type RuleCases, secrets, strict} from './ruleCase.ts';

/** Rules about who may use policies; and what is said where there is none. */
export const rightsRules: RuleCases = {
  'open-to-workloads': {
    yes: [
      open,
      roleFor('open', 'open'),
      binding('wide', 'open', ['group:system:serviceaccounts'], true),
    ],
    finds: [
      'ClusterRoleBinding/wide',
      'high',
      'opens policy open to every workload, through Group system:serviceaccounts',
      'kubectl psp unbind open --to group:system:serviceaccounts',
    ],
    shows: 'it holds the accounts of all pods, and the controllers that request them',
    no: [open, roleFor('open', 'open'), binding('wide', 'open', ['group:devs', 'sa:web'], true)],
  },
  'self-grant': {
    yes: [
      strict,
      role('r', {apiGroups: ['*'], resources: ['roles'], verbs: ['escalate']}),
      binding('r', 'r', ['sa:web']),
    ],
    finds: [
      'ServiceAccount/shop/web',
      'high',
      'could give itself a policy, or change one',
      'kubectl psp who-can -A --indirect',
    ],
    shows: 'it may escalate roles',
    no: [strict, role('r', secrets), binding('r', 'r', ['sa:web', 'group:system:masters'])],
  },
  'wildcard-name': {
    yes: [strict, roleFor('r', '*')],
    finds: [
      'ClusterRole/r',
      'medium',
      'has the resource name "*", which is not a wildcard and grants nothing',
      'kubectl edit clusterrole/r',
    ],
    no: [strict, roleFor('r'), role('s', {...secrets, resourceNames: ['*']})],
  },
  'missing-policy': {
    yes: [strict, roleFor('r', 'strict', 'gone', 'lost')],
    finds: [
      'ClusterRole/r',
      'low',
      'grants gone, lost, which do not exist',
      'kubectl edit clusterrole/r',
    ],
    no: [strict, roleFor('r', 'strict', '*')],
  },
  'near-miss-grant': {
    yes: [
      strict,
      role('r', {
        apiGroups: ['policy/v1beta1'],
        resources: ['podsecuritypolicies'],
        verbs: ['use'],
      }),
    ],
    finds: [
      'ClusterRole/r',
      'medium',
      'names the API group "policy/v1beta1"; the one to use is "policy"',
      'kubectl edit clusterrole/r',
    ],
    no: [
      strict,
      roleFor('r', 'strict'),
      role('reader', {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['get']}),
    ],
  },
  'missing-role': {
    yes: [strict, binding('b', 'gone', ['sa:web'])],
    finds: [
      'RoleBinding/shop/b',
      'low',
      'refers to ClusterRole/gone, which does not exist',
      'kubectl delete rolebinding/b -n shop',
    ],
    no: [strict, ...grant('strict', 'sa:web')],
  },
  'no-subjects': {
    yes: [strict, ...grant('strict')],
    finds: [
      'RoleBinding/shop/strict',
      'info',
      'has no subjects',
      'kubectl delete rolebinding/strict -n shop',
    ],
    no: [strict, ...grant('strict', 'sa:web'), role('r', secrets), binding('r', 'r', [])],
  },
  'no-policy': {
    yes: [deployment('app', privileged), roleFor('r', 'gone')],
    finds: [
      'Audit/policies',
      'info',
      'the test has no PodSecurityPolicy, so nothing else was checked',
      'kubectl psp check',
    ],
    no: [strict],
  },
};
