import type {JsonObject} from '../../../src/kube/json.ts';

const group = 'rbac.authorization.k8s.io';

/** A ClusterRole to use a policy, and what else it grants. */
export function roleOfUse(
  name: string,
  policy: string,
  more: readonly JsonObject[] = [],
): JsonObject {
  const rule = {
    apiGroups: ['policy'],
    resources: ['podsecuritypolicies'],
    resourceNames: [policy],
    verbs: ['use'],
  };
  return {
    apiVersion: `${group}/v1`,
    kind: 'ClusterRole',
    metadata: {name},
    rules: [rule, ...more],
  };
}

/** The binding of a ClusterRole to a subject under the role's name, in a namespace or in all. */
export function bindingTo(role: string, subject: JsonObject, namespace?: string): JsonObject {
  return {
    apiVersion: `${group}/v1`,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: namespace === undefined ? {name: role} : {name: role, namespace},
    roleRef: {apiGroup: group, kind: 'ClusterRole', name: role},
    subjects: [subject],
  };
}

/** Lets a subject use a policy, in a namespace or in all. */
export function grantOfUse(
  policy: string,
  subject: JsonObject,
  namespace?: string,
): readonly JsonObject[] {
  const name = `use-${policy}`;
  return [roleOfUse(name, policy), bindingTo(name, subject, namespace)];
}
