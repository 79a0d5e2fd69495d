import {rbacGroup, rbacVersion} from '../kube/apiGroups.ts';
import type {Rule, Subject} from '../kube/objects.ts';
import type {Grantee} from '../rbac/grantee.ts';

/** A role or binding, as the API has it. */
export interface GrantObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {readonly name: string; readonly namespace?: string};
  readonly rules?: readonly Rule[];
  readonly roleRef?: object;
  readonly subjects?: readonly object[];
}

/** The Role, or without a namespace the ClusterRole, that lets its holders use a policy. */
export function roleFor(
  policy: string,
  namespace: string | undefined,
  name = grantName(policy),
): GrantObject {
  return {
    apiVersion: rbacVersion,
    kind: namespace === undefined ? 'ClusterRole' : 'Role',
    metadata: namespace === undefined ? {name} : {name, namespace},
    rules: rulesFor(policy),
  };
}

/** The binding of its name that gives a role to subjects: in a namespace or, without one, everywhere. */
export function bindingFor(
  {apiVersion, kind, metadata: {name}}: GrantObject,
  namespace: string | undefined,
  subjects: readonly Subject[],
): GrantObject {
  return {
    apiVersion,
    kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    metadata: namespace === undefined ? {name} : {name, namespace},
    roleRef: {apiGroup: rbacGroup, kind, name},
    subjects: subjects.map(writtenSubject),
  };
}

/** The name of a role and its binding if none is given. */
export function grantName(policy: string): string {
  return `psp:${policy}`;
}

/** The use of one policy and nothing else. */
export function rulesFor(policy: string): readonly Rule[] {
  return [
    {
      apiGroups: ['policy'],
      resources: ['podsecuritypolicies'],
      resourceNames: [policy],
      verbs: ['use'],
    },
  ];
}

/** A grantee as bindings have it. */
export function subjectOf({kind, namespace, name}: Grantee): Subject {
  return kind === 'ServiceAccount'
    ? {kind, namespace, name, apiGroup: undefined}
    : {kind, namespace: undefined, name, apiGroup: rbacGroup};
}

/** The order of fields in manifests. */
function writtenSubject({apiGroup, kind, namespace, name}: Subject): object {
  return {apiGroup, kind, namespace, name};
}
