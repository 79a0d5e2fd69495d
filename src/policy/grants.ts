import type {Advice, Grantee} from './advice.ts';

const rbac = 'rbac.authorization.k8s.io';

/** Role and RoleBinding (or their cluster-wide forms) that let the advice's grantees use its policy. */
export function grantObjects({policy, namespace, grantees}: Advice): readonly object[] {
  const role = roleFor(policy.metadata.name, namespace);
  return [
    role,
    {
      apiVersion: `${rbac}/v1`,
      kind: `${role.kind}Binding`,
      metadata: role.metadata,
      roleRef: {apiGroup: rbac, kind: role.kind, name: role.metadata.name},
      subjects: grantees.map(subjectOf),
    },
  ];
}

/** The Role, or without a namespace the ClusterRole, that lets its holders use a policy. */
export function roleFor(policy: string, namespace: string | undefined) {
  const name = `psp:${policy}`;
  return {
    apiVersion: `${rbac}/v1`,
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: namespace === undefined ? {name} : {name, namespace},
    rules: [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        resourceNames: [policy],
        verbs: ['use'],
      },
    ],
  };
}

/** A grantee as bindings have it. */
export function subjectOf(grantee: Grantee): object {
  return grantee.kind === 'ServiceAccount' ? grantee : {apiGroup: rbac, ...grantee};
}
