import type {Binding, Role} from '../kube/objects.ts';
import {keyed} from '../once.ts';
import {
  type Authorizer,
  type Grant,
  type Identity,
  policiesOf,
  type RbacObjects,
  serviceAccountUser,
} from './authorize.ts';
import {controllerAccounts} from './bootstrapRoles.ts';
import {type Grantee, granteesOf, isPartOf} from './grantee.ts';
import type {UnreadRbac} from './unreadRbac.ts';

/** Whether something is true; undefined: that depends on what was not read. */
export type Known = boolean | undefined;

/** Answers who may `use` which policy from RBAC objects that were not all read. */
export interface PossibleRights {
  /** Whether the identity may use a policy for pods in the namespace. */
  mayUse(identity: Identity, namespace: string): (policy: string) => Known;
  /**
   * Whether somebody who could have created a pod with this account may use a policy there: any subject
   * except the account itself and the accounts of controllers, which only create pods of their own kinds.
   */
  mayCreatorUse(namespace: string, serviceAccount: string): (policy: string) => Known;
}

/**
 * The rights that the objects certainly grant, and those that unread ones could: by an unread binding
 * to a role that opens the policy, or by a binding that was read, to a role that was not.
 */
export function possibleRights(
  objects: RbacObjects,
  authorizer: Authorizer,
  unread: UnreadRbac,
): PossibleRights {
  const byUnreadBinding = keyed((namespace: string) => unreadBindings(objects, unread, namespace));
  const openBindings = keyed((namespace: string) => bindingsOfUnread(objects, unread, namespace));
  const grantsIn = keyed((namespace: string) =>
    authorizer.grants.filter(({binding}) => (binding.namespace ?? namespace) === namespace),
  );
  return {
    mayUse: (identity, namespace) => {
      const may = authorizer.usableBy(identity, namespace);
      if (!unread.isAny) return may;
      const isOpen = openBindings(namespace).some(grantee => isPartOf(grantee, identity));
      const couldBe = byUnreadBinding(namespace);
      return policy => may(policy) || (isOpen || couldBe(policy) ? undefined : false);
    },
    mayCreatorUse: (namespace, serviceAccount) => {
      const isCreator = couldCreate(serviceAccountUser(namespace, serviceAccount));
      const held = grantsIn(namespace).filter(grant => granteesOf(grant).some(isCreator));
      const opens = opening(held.map(({policies}) => policies));
      const isOpen = openBindings(namespace).some(isCreator);
      const couldBe = byUnreadBinding(namespace);
      return policy => opens(policy) || (isOpen || couldBe(policy) ? undefined : false);
    },
  };
}

/** Tells whether a subject could be, or include, someone who creates pods other than through controllers. */
function couldCreate(ownUser: string): (grantee: Grantee) => boolean {
  return ({kind, namespace, name}) => {
    // Whoever creates a pod is logged in.
    if (kind === 'Group') return name !== 'system:unauthenticated';
    const user = kind === 'User' ? name : serviceAccountUser(namespace ?? '', name);
    return user !== ownUser && user !== 'system:anonymous' && !controllerUsers.has(user);
  };
}

const controllerUsers: ReadonlySet<string> = new Set(
  controllerAccounts.map(account => serviceAccountUser('kube-system', account)),
);

/** Which policies an unread binding that counts in the namespace could open. */
function unreadBindings(
  {clusterRoles, roles}: RbacObjects,
  unread: UnreadRbac,
  namespace: string,
): (policy: string) => boolean {
  const isClusterWide = unread.lacks('clusterrolebindings', namespace);
  const isHere = unread.lacks('rolebindings', namespace);
  if (!isClusterWide && !isHere) return () => false;
  if (unread.lacks('clusterroles', namespace)) return () => true;
  if (isHere && unread.lacks('roles', namespace)) return () => true;
  const own = isHere ? roles.filter(({metadata}) => metadata?.namespace === namespace) : [];
  return opening([...clusterRoles, ...own].flatMap(openedBy));
}

/** The policies that a role opens, once for each rule. */
function openedBy({rules = []}: Role): readonly Grant['policies'][] {
  return rules.flatMap(rule => {
    const opened = policiesOf(rule);
    if (opened === undefined) return [];
    return [opened === 'all' ? undefined : new Set(opened)];
  });
}

function opening(all: readonly Grant['policies'][]): (policy: string) => boolean {
  if (all.includes(undefined)) return () => true;
  const names = new Set(all.flatMap(policies => [...(policies ?? [])]));
  return policy => names.has(policy);
}

/** The subjects of bindings that count in the namespace and refer to roles that were not read. */
function bindingsOfUnread(
  objects: RbacObjects,
  unread: UnreadRbac,
  namespace: string,
): readonly Grantee[] {
  const lacksClusterRoles = unread.lacks('clusterroles', namespace);
  const lacksRoles = unread.lacks('roles', namespace);
  if (!lacksClusterRoles && !lacksRoles) return [];
  const clusterRoles = new Set(objects.clusterRoles.map(({metadata}) => metadata?.name));
  const roles = new Set(
    objects.roles
      .filter(({metadata}) => metadata?.namespace === namespace)
      .map(({metadata}) => metadata?.name),
  );
  const isUnread = ({roleRef}: Binding, isClusterWide: boolean) => {
    if (roleRef?.kind === 'ClusterRole')
      return lacksClusterRoles && !clusterRoles.has(roleRef.name);
    return !isClusterWide && roleRef?.kind === 'Role' && lacksRoles && !roles.has(roleRef.name);
  };
  const here = objects.roleBindings.filter(({metadata}) => metadata?.namespace === namespace);
  return [
    ...objects.clusterRoleBindings
      .filter(binding => isUnread(binding, true))
      .flatMap(binding => subjectsOf(binding, undefined)),
    ...here
      .filter(binding => isUnread(binding, false))
      .flatMap(binding => subjectsOf(binding, namespace)),
  ];
}

function subjectsOf(
  {subjects = [], metadata}: Binding,
  namespace: string | undefined,
): readonly Grantee[] {
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  return granteesOf({subjects, binding: {kind, namespace, name: metadata?.name ?? ''}});
}
