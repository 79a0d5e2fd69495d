import type {Binding, Role, Rule} from '../kube/objects.ts';
import {placeOf} from '../kube/reference.ts';
import {byText} from '../text.ts';
import type {ObjectReference, RbacObjects} from './authorize.ts';
import {type Grantee, granteesOf} from './grantee.ts';

/** That somebody may change the labels of namespaces, and so the levels that are enforced there. */
export interface RelabelRight {
  readonly subject: Grantee;
  /** Whose labels; undefined is all of the cluster. */
  readonly namespaces: readonly string[] | undefined;
  readonly binding: ObjectReference;
  readonly role: ObjectReference;
}

/**
 * Who may change the labels of namespaces. A request about a namespace is also one in it (apiserver v0.24,
 * pkg/endpoints/request/requestinfo.go), so a RoleBinding gives the right for its own. `status` and
 * `finalize` take labels as well (pkg/registry/core/namespace/strategy.go): who may write these, may relabel.
 * Kubernetes' own controllers are left out.
 */
export function relabelRights(objects: RbacObjects): readonly RelabelRight[] {
  const clusterRoles = new Map(objects.clusterRoles.map(role => [role.metadata?.name, role]));
  const roles = new Map(objects.roles.map(role => [placeOf(role.metadata), role]));
  const find = ({roleRef}: Binding, namespace: string | undefined): Role | undefined =>
    roleRef?.kind === 'ClusterRole'
      ? clusterRoles.get(roleRef.name)
      : roles.get(`${namespace ?? ''}/${roleRef?.name ?? ''}`);
  return [
    ...objects.clusterRoleBindings.flatMap(binding =>
      rightsOf(binding, undefined, find(binding, undefined)),
    ),
    ...objects.roleBindings.flatMap(binding => {
      const {namespace = ''} = binding.metadata ?? {};
      return rightsOf(binding, namespace, find(binding, namespace));
    }),
  ].sort(byReach);
}

function rightsOf(
  {metadata, roleRef, subjects = []}: Binding,
  home: string | undefined,
  role: Role | undefined,
): readonly RelabelRight[] {
  const reaches = (role?.rules ?? []).flatMap(rule => {
    const reach = relabelReach(rule);
    return reach === undefined ? [] : [reach];
  });
  const namespaces = reachIn(reaches, home);
  if (namespaces?.length === 0) return [];
  const isClusterRole = roleRef?.kind === 'ClusterRole';
  const binding: ObjectReference = {
    kind: home === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
    namespace: home,
    name: metadata?.name ?? '',
  };
  const reference: ObjectReference = {
    kind: isClusterRole ? 'ClusterRole' : 'Role',
    namespace: isClusterRole ? undefined : home,
    name: roleRef?.name ?? '',
  };
  return granteesOf({subjects, binding})
    .filter(subject => !isOwnController(subject))
    .map(subject => ({subject, namespaces, binding, role: reference}));
}

/** The namespaces that some rules are about where they are bound; undefined is all. */
function reachIn(
  reaches: readonly ('all' | readonly string[])[],
  home: string | undefined,
): readonly string[] | undefined {
  const isAll = reaches.includes('all');
  const named = [...new Set(reaches.flatMap(reach => (reach === 'all' ? [] : reach)))].sort(byText);
  if (home === undefined) return isAll ? undefined : named;
  return isAll || named.includes(home) ? [home] : [];
}

const labelled = ['namespaces', 'namespaces/status', 'namespaces/finalize'];

/** Whether a rule lets labels of namespaces be changed, and of which (see `policiesOf`). */
function relabelReach(rule: Rule): 'all' | readonly string[] | undefined {
  const {verbs = [], apiGroups = [], resources = [], resourceNames = []} = rule;
  if (!['update', 'patch', '*'].some(verb => verbs.includes(verb))) return undefined;
  if (!['', '*'].some(group => apiGroups.includes(group))) return undefined;
  const wild = ['*', '*/status', '*/finalize'];
  if (![...labelled, ...wild].some(name => resources.includes(name))) return undefined;
  return resourceNames.length === 0 ? 'all' : resourceNames;
}

/** Kubernetes' own controllers that may (plugin/pkg/auth/authorizer/rbac/bootstrappolicy, v1.24). */
const controllers = ['namespace-controller', 'generic-garbage-collector'];

function isOwnController({kind, namespace, name}: Grantee): boolean {
  return kind === 'ServiceAccount' && namespace === 'kube-system' && controllers.includes(name);
}

/** Cluster-wide rights first, then by subject and binding. */
function byReach(a: RelabelRight, b: RelabelRight): number {
  const keyOf = ({namespaces, subject, binding}: RelabelRight) =>
    [
      namespaces === undefined ? '' : namespaces.join(','),
      subject.kind,
      subject.namespace ?? '',
      subject.name,
      binding.namespace ?? '',
      binding.name,
    ].join('\0');
  return byText(keyOf(a), keyOf(b));
}
