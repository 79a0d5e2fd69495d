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
      'opens policy open (privileged) to every workload, through Group system:serviceaccounts',
      'kubectl psp unbind open --to group:system:serviceaccounts',
    ],
    shows: 'it holds the accounts of all pods, and the controllers that request them',
    no: [open, roleFor('open', 'open'), binding('wide', 'open', ['group:devs', 'sa:web'], true)],
  },
  'open-to-many': {
    yes: [
      open,
      ...grant('open', 'group:system:serviceaccounts:shop'),
      deployment('app', privileged),
    ],
    finds: [
      'RoleBinding/shop/open',
      'medium',
      'opens policy open (privileged) to Group system:serviceaccounts:shop',
      'kubectl psp bind open --to sa:shop/web && kubectl psp unbind open --to group:system:serviceaccounts:shop -n shop',
    ],
    shows: 'open is of level privileged (not baseline: privileged',
    no: [
      open,
      strict,
      ...grant('strict', 'group:system:serviceaccounts:shop', 'group:devs'),
      ...grant('open', 'sa:web', 'user:alice'),
    ],
  },
  'all-policies': {
    yes: [strict, open, roleFor('any'), binding('any', 'any', ['sa:web']), deployment('app')],
    finds: [
      'RoleBinding/shop/any',
      'medium',
      'lets ServiceAccount shop/web use every policy',
      `kubectl patch clusterrole/any --type=json -p '[{"op":"add","path":"/rules/0/resourceNames","value":["open"]}]'`,
    ],
    shows: 'RoleBinding/shop/any -> ClusterRole/any',
    no: [
      strict,
      roleFor('any'),
      binding('any', 'any', ['group:system:masters']),
      ...grant('strict', 'sa:web'),
    ],
  },
  'pod-maker': {
    yes: [
      open,
      ...grant('open', 'sa:agent'),
      role('deployer', {apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch']}),
      binding('deployer', 'deployer', ['sa:ci']),
    ],
    finds: [
      'ServiceAccount/shop/ci',
      'medium',
      'may create pods, and so has policy open in shop',
      'kubectl psp who-can -A --indirect --subject sa:shop/ci',
    ],
    shows: 'shop: patch deployments: RoleBinding/shop/deployer -> ClusterRole/deployer',
    no: [
      strict,
      ...grant('strict', 'sa:agent'),
      role('deployer', {apiGroups: ['apps'], resources: ['deployments'], verbs: ['patch']}),
      binding('deployer', 'deployer', ['sa:ci']),
    ],
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
      `kubectl patch clusterrole/r --type=json -p '[{"op":"remove","path":"/rules/0"}]'`,
    ],
    no: [strict, roleFor('r'), role('s', {...secrets, resourceNames: ['*']})],
  },
  'missing-policy': {
    yes: [strict, roleFor('r', 'strict', 'gone', 'lost')],
    finds: [
      'ClusterRole/r',
      'low',
      'grants gone, lost, which do not exist',
      `kubectl patch clusterrole/r --type=json -p '[{"op":"replace","path":"/rules/0/resourceNames","value":["strict"]}]'`,
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
      `kubectl patch clusterrole/r --type=json -p '[{"op":"add","path":"/rules/0/apiGroups","value":["policy"]}]' --dry-run=server -o yaml | kubectl psp try -A -f -`,
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
