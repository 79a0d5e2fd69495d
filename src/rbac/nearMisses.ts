import {policyGroups} from '../kube/apiGroups.ts';
import {nearName} from '../kube/nearNames.ts';
import type {Binding, Role, Rule, Subject} from '../kube/objects.ts';
import {placeOf} from '../kube/reference.ts';
import {type ObjectReference, policiesOf, type RbacObjects} from './authorize.ts';

/** Something in a role or binding that looks like a grant of policies but grants nothing. */
export interface NearMiss {
  readonly object: ObjectReference;
  /** What is wrong, as a sentence without a full stop: `names the resource "psp"; ...`. */
  readonly says: string;
  /** The policies that were meant; none if that is not known. */
  readonly policies: readonly string[];
  /** What makes it what was meant, as operations of a JSON patch; undefined if nobody knows. */
  readonly fix?: readonly PatchStep[] | undefined;
}

/** An operation of a JSON patch (RFC 6902) that changes an object. */
export interface PatchStep {
  readonly op: 'replace';
  readonly path: string;
  readonly value: unknown;
}

const resource = 'podsecuritypolicies';

/** What people write instead of the resource; RBAC compares its plural name, letter by letter. */
const resourceWords = ['podsecuritypolicies', 'podsecuritypolicy', 'psp', 'psps'];

/** Whether a rule is about policies, whatever its group and verbs, and however the resource is written. */
export function isAboutPolicies({resources = []}: Rule): boolean {
  return resources.some(name => name === '*' || resourceWords.includes(name.toLowerCase()));
}

/**
 * All near misses: of roles first, then of bindings, in the order of the objects. `policies` are those that
 * exist: a role of others alone is not what somebody meant.
 */
export function nearMisses(objects: RbacObjects, policies: readonly string[]): readonly NearMiss[] {
  const {clusterRoles, roles, clusterRoleBindings, roleBindings} = objects;
  const known = rolesIn(objects);
  return [
    ...[...clusterRoles, ...roles].flatMap(missesOfRole),
    ...[...clusterRoleBindings, ...roleBindings].flatMap(binding =>
      missesOfBinding(binding, known, policies),
    ),
  ];
}

/** The roles of a cluster by their places: there may be thousands, and as many bindings. */
interface KnownRoles {
  readonly clusterRoles: readonly Role[];
  readonly clusterRoleOf: ReadonlyMap<string | undefined, Role>;
  readonly roleOf: ReadonlyMap<string, Role>;
  readonly rolesOfNamespace: ReadonlyMap<string | undefined, readonly Role[]>;
}

function rolesIn({clusterRoles, roles}: RbacObjects): KnownRoles {
  return {
    clusterRoles,
    clusterRoleOf: new Map(clusterRoles.map(role => [role.metadata?.name, role])),
    roleOf: new Map(roles.map(role => [placeOf(role.metadata), role])),
    rolesOfNamespace: Map.groupBy(roles, ({metadata}) => metadata?.namespace),
  };
}

function missesOfRole(role: Role): readonly NearMiss[] {
  const {rules = []} = role;
  const granted = new Set(rules.flatMap(rule => policiesOf(rule) ?? []));
  return rules.flatMap(rule => {
    const says = missOfRule(rule);
    const {resourceNames: meant = []} = rule;
    // What another rule of the role grants is what the role is for.
    if (says === undefined) return [];
    if (meant.length > 0 && meant.every(name => granted.has(name))) return [];
    return [{object: referenceToRole(role), says, policies: meant}];
  });
}

/** Why a rule about policies does not grant their use; undefined if it is about something else. */
function missOfRule(rule: Rule): string | undefined {
  const {verbs = [], apiGroups = [], resources = [], resourceNames = []} = rule;
  const written = resources.find(name => resourceWords.includes(name.toLowerCase()));
  const isResource = resources.includes(resource) || resources.includes('*');
  const isGroup = [...policyGroups, '*'].some(group => apiGroups.includes(group));
  const isVerb = verbs.includes('use') || verbs.includes('*');
  if (written === undefined) return undefined;
  if (!isResource) {
    return isVerb || isGroup
      ? `names the resource ${quoted(written)}; the one to use is ${quoted(resource)}`
      : undefined;
  }
  if (!isGroup) {
    const found = apiGroups.map(quoted).join(', ') || 'none';
    return isVerb ? `names the API group ${found}; the one to use is "policy"` : undefined;
  }
  const near = verbs.find(verb => verb !== 'use' && /^us(e|es|ing)$/i.test(verb));
  if (near !== undefined)
    return `has the verb ${quoted(near)}; the one that opens policies is "use"`;
  // Reading policies is a right of its own, but nobody grants it policy by policy.
  const reads = verbs.every(verb => ['get', 'list', 'watch'].includes(verb));
  return resourceNames.length > 0 && reads
    ? `has the verbs ${verbs.join(', ')} for policies by name; the verb that opens them is "use"`
    : undefined;
}

function missesOfBinding(
  binding: Binding,
  roles: KnownRoles,
  known: readonly string[],
): readonly NearMiss[] {
  const object = referenceToBinding(binding);
  const role = roleOf(binding, roles);
  if (role === undefined) return missOfRoleRef(binding, object, roles, known);
  const policies = namedPolicies(role);
  if (policies === undefined) return [];
  return (binding.subjects ?? []).flatMap((subject, index) => {
    const says = missOfSubject(subject, object.namespace);
    const value = meantSubject(subject);
    const fix = value && [{op: 'replace' as const, path: `/subjects/${index}`, value}];
    return says === undefined ? [] : [{object, says, policies, fix}];
  });
}

/** A role of this name but of the other kind, or one whose name was meant. */
function missOfRoleRef(
  {roleRef}: Binding,
  object: ObjectReference,
  {clusterRoles, clusterRoleOf, rolesOfNamespace}: KnownRoles,
  known: readonly string[],
): readonly NearMiss[] {
  const {kind = '', name = ''} = roleRef ?? {};
  const {namespace} = object;
  const missed = (role: Role, says: string) => {
    const policies = namedPolicies(role);
    return policies !== undefined && opensKnown(role, known) ? [{object, says, policies}] : [];
  };
  if (kind === 'Role' && namespace === undefined) {
    const role = clusterRoleOf.get(name);
    const says = `is invalid: it refers to Role/${name}, and a ClusterRoleBinding can only refer to a ClusterRole`;
    return role === undefined ? [{object, says, policies: []}] : missed(role, says);
  }
  const inScope = [...clusterRoles, ...(rolesOfNamespace.get(namespace) ?? [])];
  const other = inScope.find(({metadata}) => metadata?.name === name);
  if (other !== undefined) {
    return missed(other, `refers to ${kind}/${name}, but there is only ${roleText(other)}`);
  }
  const opening = inScope.filter(role => opensKnown(role, known));
  const meant =
    opening.find(({metadata}) => metadata?.name === object.name) ??
    opening.find(({metadata}) => metadata?.name === nearName(name, opening.map(nameOfRole)));
  if (meant === undefined) return [];
  return missed(meant, `refers to ${kind}/${name}, which does not exist; ${roleText(meant)} does`);
}

/** Whether a role is there to open policies, and one of them exists. */
function opensKnown({rules = []}: Role, known: readonly string[]): boolean {
  return rules.some(rule => {
    const policies = policiesOf(rule);
    if (policies === 'all') return rule.resources?.includes(resource) === true;
    return policies?.some(policy => known.includes(policy)) === true;
  });
}

const accountName = /^[^:]+:[^:]+$/;

/** The service account that a name of a user or group was to name; undefined if it names none. */
function meantSubject({kind, name = ''}: Subject): Subject | undefined {
  const [, namespace, account] =
    /^(?:system:)?serviceaccounts?:([^:]+):([^:]+)$/.exec(kind === 'ServiceAccount' ? '' : name) ??
    [];
  return namespace === undefined || account === undefined
    ? undefined
    : {kind: 'ServiceAccount', namespace, name: account, apiGroup: undefined};
}

/** Why a subject is not what it looks like; undefined if nothing speaks against it. */
function missOfSubject(
  {kind = '', name = '', namespace}: Subject,
  bindingNamespace: string | undefined,
): string | undefined {
  switch (kind) {
    case 'Group':
      if (!/^system:serviceaccount:/.test(name)) return undefined;
      return `has Group ${name}; the accounts of a namespace are in Group system:serviceaccounts:NAMESPACE`;
    case 'User':
      return missOfUser(name);
    case 'ServiceAccount': {
      const home = namespace || bindingNamespace;
      if (home === undefined) return `has ServiceAccount ${name} without a namespace`;
      // The controllers that create the pods of other namespaces live in kube-system.
      if (bindingNamespace === undefined || home === bindingNamespace || home === 'kube-system') {
        return undefined;
      }
      return `has ServiceAccount ${home}/${name}, whose own pods are in namespace ${home}; in ${bindingNamespace} it opens the policy to nothing but pods that this account creates itself`;
    }
    default:
      return `has a subject of kind ${quoted(kind)}; kinds are User, Group and ServiceAccount`;
  }
}

function missOfUser(name: string): string | undefined {
  if (/^system:serviceaccounts(:|$)/.test(name) || name === 'system:authenticated') {
    return `has User ${name}, which is the name of a group`;
  }
  const [, short] = /^(?:system:)?serviceaccounts?:(.*)$/.exec(name) ?? [];
  if (short === undefined || /^system:serviceaccount:[^:]+:[^:]+$/.test(name)) return undefined;
  return accountName.test(short)
    ? `has User ${name}; the user name of that service account is system:serviceaccount:${short}`
    : `has User ${name}; the user name of a service account is system:serviceaccount:NAMESPACE:NAME`;
}

/** The policies that a role grants by name; undefined if it grants none, [] if it grants all. */
function namedPolicies({rules = []}: Role): readonly string[] | undefined {
  const granted = rules.flatMap(rule => {
    const policies = policiesOf(rule);
    return policies === undefined ? [] : [policies];
  });
  if (granted.length === 0) return undefined;
  return granted.flatMap(policies => (policies === 'all' ? [] : policies));
}

function roleOf({metadata, roleRef}: Binding, {clusterRoleOf, roleOf}: KnownRoles) {
  const {kind, name = ''} = roleRef ?? {};
  if (kind === 'ClusterRole') return clusterRoleOf.get(name);
  const {namespace} = metadata ?? {};
  return kind === 'Role' && namespace ? roleOf.get(placeOf({namespace, name})) : undefined;
}

function nameOfRole({metadata}: Role): string {
  return metadata?.name ?? '';
}

function referenceToRole({metadata}: Role): ObjectReference {
  const {namespace, name = ''} = metadata ?? {};
  return namespace
    ? {kind: 'Role', namespace, name}
    : {kind: 'ClusterRole', namespace: undefined, name};
}

function referenceToBinding({metadata}: Binding): ObjectReference {
  const {namespace, name = ''} = metadata ?? {};
  return namespace
    ? {kind: 'RoleBinding', namespace, name}
    : {kind: 'ClusterRoleBinding', namespace: undefined, name};
}

function roleText(role: Role): string {
  const {kind, namespace, name} = referenceToRole(role);
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
