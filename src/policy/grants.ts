import type {Advice, Grantee} from './advice.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Role and RoleBinding (or their cluster-wide forms) that let the advice's grantees use its policy. */
export function grantObjects({policy, namespace, grantees}: Advice): readonly object[] {
  const name = `psp:${policy.metadata.name}`;
  const metadata = namespace === undefined ? {name} : {name, namespace};
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind,
      metadata,
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: [policy.metadata.name],
          verbs: ['use'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: {apiGroup: rbac, kind, name},
      subjects: grantees.map(subjectOf),
    },
  ];
}

function subjectOf(grantee: Grantee): object {
  return grantee.kind === 'ServiceAccount' ? grantee : {apiGroup: rbac, ...grantee};
}
