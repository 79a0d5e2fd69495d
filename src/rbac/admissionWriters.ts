import type {Rule} from '../kube/objects.ts';
import type {ObjectReference, RbacObjects} from './authorize.ts';
import {type Grantee, granteesOf} from './grantee.ts';

/** That somebody may change admission policies or what they are bound to. */
export interface AdmissionWriter {
  readonly subject: Grantee;
  readonly binding: ObjectReference;
  readonly role: ObjectReference;
}

/**
 * Who may change one of these admission policies or bindings: they are in no namespace, so it takes a
 * ClusterRoleBinding.
 */
export function admissionWriters(
  {clusterRoles, clusterRoleBindings}: RbacObjects,
  names: readonly string[],
): readonly AdmissionWriter[] {
  const writing = new Set(
    clusterRoles
      .filter(({rules = []}) => rules.some(rule => writes(rule, names)))
      .map(({metadata}) => metadata?.name),
  );
  return clusterRoleBindings
    .filter(({roleRef}) => writing.has(roleRef?.name))
    .flatMap(({metadata, roleRef, subjects = []}) => {
      const of = {namespace: undefined};
      const binding = {...of, kind: 'ClusterRoleBinding' as const, name: metadata?.name ?? ''};
      const role = {...of, kind: 'ClusterRole' as const, name: roleRef?.name ?? ''};
      return granteesOf({subjects, binding}).map(subject => ({subject, binding, role}));
    });
}

const group = 'admissionregistration.k8s.io';
const plurals = ['validating', 'mutating'].flatMap(kind => [
  `${kind}admissionpolicies`,
  `${kind}admissionpolicybindings`,
]);

function writes(
  {verbs = [], apiGroups = [], resources = [], resourceNames = []}: Rule,
  names: readonly string[],
): boolean {
  const has = (list: readonly string[], ...wanted: readonly string[]) =>
    ['*', ...wanted].some(one => list.includes(one));
  return (
    has(verbs, 'update', 'patch', 'delete', 'deletecollection') &&
    has(apiGroups, group) &&
    has(resources, ...plurals) &&
    (resourceNames.length === 0 || names.some(name => resourceNames.includes(name)))
  );
}
