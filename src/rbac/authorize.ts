import {policyGroups} from '../kube/apiGroups.ts';
import type {Binding, Role, Rule, Subject} from '../kube/objects.ts';
import {placeOf} from '../kube/reference.ts';

/** The RBAC objects of a cluster. Aggregated ClusterRoles already have their rules (rbac/aggregate.ts). */
export interface RbacObjects {
  readonly clusterRoles: readonly Role[];
  readonly roles: readonly Role[];
  readonly clusterRoleBindings: readonly Binding[];
  readonly roleBindings: readonly Binding[];
}

/** Who asks: a user name, and the groups that the authenticator added. */
export interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

/** An object of RBAC, by its place. */
export interface ObjectReference {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding' | 'ClusterRole' | 'Role';
  readonly namespace: string | undefined;
  readonly name: string;
}

/** One way to `use` policies: subject -> binding -> role -> rules. */
export interface Grant {
  readonly binding: ObjectReference;
  readonly role: ObjectReference;
  /** The policies it opens; undefined is all of them. */
  readonly policies: ReadonlySet<string> | undefined;
  readonly subjects: readonly Subject[];
}

/** Answers who may `use` which policy, as v1.24's RBAC authorizer does for the admission plugin. */
export interface Authorizer {
  /** All grants of `use`, cluster-wide ones first, then by namespace. */
  readonly grants: readonly Grant[];
  /**
   * Tells which policies the identity may use for pods in the namespace. For many policies this is
   * faster than mayUse().
   */
  usableBy(identity: Identity, namespace: string): (policy: string) => boolean;
  /** Whether the identity may use the policy for a pod in the namespace. */
  mayUse(identity: Identity, namespace: string, policy: string): boolean;
  /** The grants that give it this right, in the order in which the authorizer looks. */
  grantsOf(identity: Identity, namespace: string, policy: string): readonly Grant[];
  /** The policies that are granted to it by name there. */
  namedFor(identity: Identity, namespace: string): ReadonlySet<string>;
}

const bindingApiGroups = [...policyGroups, '*'];

/**
 * Whether a rule grants `use` of PodSecurityPolicies, and of which (pkg/apis/rbac/v1/
 * evaluation_helpers.go): the plugin asks for the groups `policy` and `extensions`, one yes is enough.
 * undefined: it does not; 'all': of all; else of those named. A `*` among the names is just a name.
 */
export function policiesOf(rule: Rule): 'all' | readonly string[] | undefined {
  const {verbs = [], apiGroups = [], resources = [], resourceNames = []} = rule;
  if (!verbs.includes('use') && !verbs.includes('*')) return undefined;
  if (!resources.includes('podsecuritypolicies') && !resources.includes('*')) return undefined;
  if (!bindingApiGroups.some(group => apiGroups.includes(group))) return undefined;
  return resourceNames.length === 0 ? 'all' : resourceNames;
}

/** The RBAC objects prepared for questions: once, not once per question. */
export function authorizerOf(objects: RbacObjects): Authorizer {
  const clusterRoles = new Map(objects.clusterRoles.map(role => [role.metadata?.name, role]));
  const roles = new Map(objects.roles.map(role => [placeOf(role.metadata), role]));
  const cluster = new Map<string, Grant[]>();
  const namespaced = new Map<string, Map<string, Grant[]>>();
  const grants: Grant[] = [];
  // Thousands of pods have the same account.
  const named = new Map<string, ReadonlySet<string>>();

  const add = (binding: Binding, namespace: string | undefined) => {
    const grant = grantOf(binding, namespace, clusterRoles, roles);
    if (grant === undefined) return;
    grants.push(grant);
    const index =
      namespace === undefined ? cluster : getOrAdd(namespaced, namespace, () => new Map());
    for (const subject of grant.subjects) {
      const key = keyOf(subject, namespace);
      if (key === undefined) continue;
      const list = getOrAdd(index, key, () => []);
      if (list.at(-1) !== grant) list.push(grant);
    }
  };
  for (const binding of objects.clusterRoleBindings) add(binding, undefined);
  for (const binding of objects.roleBindings) add(binding, binding.metadata?.namespace ?? '');

  const grantsTo = (identity: Identity, namespace: string) => [
    ...grantsIn(cluster, identity),
    ...grantsIn(namespaced.get(namespace), identity),
  ];
  const usableBy = (identity: Identity, namespace: string) => {
    const held = grantsTo(identity, namespace);
    if (held.some(({policies}) => policies === undefined)) return () => true;
    return (policy: string) => held.some(grant => opens(grant, policy));
  };
  return {
    grants,
    usableBy,
    mayUse: (identity, namespace, policy) => usableBy(identity, namespace)(policy),
    grantsOf: (identity, namespace, policy) => [
      ...new Set(grantsTo(identity, namespace).filter(grant => opens(grant, policy))),
    ],
    namedFor: (identity, namespace) =>
      getOrAdd(named, [namespace, identity.user, ...identity.groups].join('\0'), () => {
        const held = grantsTo(identity, namespace);
        return new Set(held.flatMap(({policies}) => (policies === undefined ? [] : [...policies])));
      }),
  };
}

function grantsIn(
  bySubject: ReadonlyMap<string, readonly Grant[]> | undefined,
  {user, groups}: Identity,
): readonly Grant[] {
  const held: Grant[] = [];
  if (bySubject === undefined) return held;
  held.push(...(bySubject.get(`User/${user}`) ?? []));
  for (const group of groups) held.push(...(bySubject.get(`Group/${group}`) ?? []));
  return held;
}

function opens({policies}: Grant, policy: string): boolean {
  return policies === undefined || policies.has(policy);
}

/** What the binding grants; undefined if its role is missing or grants no `use`. */
function grantOf(
  {metadata, roleRef, subjects = []}: Binding,
  namespace: string | undefined,
  clusterRoles: ReadonlyMap<string | undefined, Role>,
  roles: ReadonlyMap<string, Role>,
): Grant | undefined {
  const name = roleRef?.name ?? '';
  const isClusterRole = roleRef?.kind === 'ClusterRole';
  if (!isClusterRole && (roleRef?.kind !== 'Role' || namespace === undefined)) return undefined;
  const role = isClusterRole ? clusterRoles.get(name) : roles.get(`${namespace}/${name}`);
  const granted = (role?.rules ?? []).flatMap(rule => {
    const policies = policiesOf(rule);
    return policies === undefined ? [] : [policies];
  });
  if (granted.length === 0) return undefined;
  return {
    binding: {
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      namespace,
      name: metadata?.name ?? '',
    },
    role: isClusterRole
      ? {kind: 'ClusterRole', namespace: undefined, name}
      : {kind: 'Role', namespace, name},
    policies: granted.includes('all') ? undefined : new Set(granted.flat()),
    subjects,
  };
}

/** The key under which a subject's grants are found; a service account is the user of its full name. */
function keyOf(subject: Subject, bindingNamespace: string | undefined): string | undefined {
  const {kind, name = ''} = subject;
  if (kind === 'User' || kind === 'Group') return `${kind}/${name}`;
  if (kind !== 'ServiceAccount') return undefined;
  const namespace = subject.namespace || bindingNamespace;
  return namespace ? `User/${serviceAccountUser(namespace, name)}` : undefined;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}

export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/**
 * The service account of a pod as the plugin asks about it: with two groups, and without
 * `system:authenticated` (apiserver/pkg/authentication/serviceaccount/util.go, UserInfo).
 */
export function podIdentity(namespace: string, serviceAccount: string): Identity {
  return {
    user: serviceAccountUser(namespace, serviceAccount),
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
  };
}

/** A service account that makes requests with its token. */
export function tokenIdentity(namespace: string, serviceAccount: string): Identity {
  const {user, groups} = podIdentity(namespace, serviceAccount);
  return {user, groups: [...groups, 'system:authenticated']};
}

const serviceAccountUserName = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Namespace and name of the service account that a user name stands for; undefined for other users. */
export function accountOfUser(
  user: string,
): {readonly namespace: string; readonly name: string} | undefined {
  const [, namespace, name] = serviceAccountUserName.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : {namespace, name};
}

/**
 * The identity that makes requests under this user name and in these groups, with the groups that the API
 * server adds, as for `kubectl --as` (v1.24, apiserver/pkg/endpoints/filters/impersonation.go): every user but the
 * anonymous one is authenticated, and a service account named alone is in the groups of its kind.
 */
export function requestIdentity(user: string, groups: readonly string[]): Identity {
  const account = accountOfUser(user);
  const own =
    groups.length === 0 && account !== undefined
      ? podIdentity(account.namespace, account.name).groups
      : [];
  const everybody = user === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  return {user, groups: [...new Set([...groups, ...own, everybody])]};
}
