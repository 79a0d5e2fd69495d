import type {Binding, Role, Rule, Subject} from '../kube/objects.ts';
import {placeOf} from '../kube/reference.ts';
import {type ObjectReference, policiesOf, type RbacObjects} from './authorize.ts';
import {nearRole} from './nearRoles.ts';
import {mendingSteps, missOfRule, type PatchStep} from './nearRules.ts';
import {accountElsewhere, meantSubject, missOfSubject} from './nearSubjects.ts';

/** Something in a role or binding that looks like a grant of policies but grants nothing. */
export interface NearMiss {
  readonly object: ObjectReference;
  /** What is wrong, as a sentence without a full stop: `names the resource "psp"; ...`. */
  readonly says: string;
  /** The policies that were meant by name. */
  readonly policies: readonly string[];
  /** Whether all policies were meant, or nobody knows which. */
  readonly isOfAll: boolean;
  /** What makes it what was meant; undefined if nobody knows. */
  readonly fix?: NearFix | undefined;
}

/** How a near miss becomes what was meant. */
export type NearFix =
  | {
      /** The object changes. An account whose pods are elsewhere is to be bound where they are. */
      readonly kind: 'patch';
      readonly steps: readonly PatchStep[];
      readonly bind?: {readonly namespace: string; readonly name: string} | undefined;
    }
  /** The role of a binding can't be changed: it is made again, with this role and these subjects. */
  | {readonly kind: 'again'; readonly role: ObjectReference; readonly subjects: readonly Subject[]};

/**
 * All near misses: of roles first, then of bindings, in the order of the objects. `policies` are those that
 * exist: a role of others alone is not what somebody meant.
 */
export function nearMisses(objects: RbacObjects, policies: readonly string[]): readonly NearMiss[] {
  const {clusterRoles, roles, clusterRoleBindings, roleBindings} = objects;
  const known = rolesIn(objects, policies);
  return [
    ...[...clusterRoles, ...roles].flatMap(missesOfRole),
    ...[...clusterRoleBindings, ...roleBindings].flatMap(binding =>
      missesOfBinding(binding, known),
    ),
  ];
}

/** The roles of a cluster by their places: there may be thousands, and as many bindings. */
interface KnownRoles {
  readonly clusterRoleOf: ReadonlyMap<string | undefined, Role>;
  readonly roleOf: ReadonlyMap<string, Role>;
  /** Those that a binding in the namespace can refer to and that open a policy that exists. */
  opening(namespace: string | undefined): readonly Role[];
}

function rolesIn({clusterRoles, roles}: RbacObjects, policies: readonly string[]): KnownRoles {
  const known = new Set(policies);
  const wide = clusterRoles.filter(role => opensKnown(role, known));
  const local = Map.groupBy(
    roles.filter(role => opensKnown(role, known)),
    ({metadata}) => metadata?.namespace,
  );
  return {
    clusterRoleOf: new Map(clusterRoles.map(role => [role.metadata?.name, role])),
    roleOf: new Map(roles.map(role => [placeOf(role.metadata), role])),
    opening: namespace => [
      ...wide,
      ...(namespace === undefined ? [] : (local.get(namespace) ?? [])),
    ],
  };
}

function missesOfRole(role: Role): readonly NearMiss[] {
  const {rules = []} = role;
  const granted = new Set(rules.flatMap(rule => policiesOf(rule) ?? []));
  return rules.flatMap((rule, index) => {
    const says = missOfRule(rule);
    const {resourceNames: meant = []} = rule;
    // What another rule of the role grants is what the role is for.
    if (says === undefined) return [];
    if (meant.length > 0 && meant.every(name => granted.has(name))) return [];
    const isMade = role.aggregationRule !== undefined;
    const fix: NearFix = {kind: 'patch', steps: mendingSteps(rule, index)};
    const isOfAll = meant.length === 0;
    const object = referenceToRole(role);
    return [{object, says, policies: meant, isOfAll, fix: isMade ? undefined : fix}];
  });
}

function missesOfBinding(binding: Binding, roles: KnownRoles): readonly NearMiss[] {
  const object = referenceToBinding(binding);
  const role = roleOf(binding, roles);
  if (role === undefined) return missOfRoleRef(binding, object, roles);
  const policies = namedPolicies(role);
  if (policies === undefined) return [];
  return (binding.subjects ?? []).flatMap((subject, index) => {
    const says = missOfSubject(subject, object.namespace);
    if (says === undefined) return [];
    const fix = fixOfSubject(subject, `/subjects/${index}`, object.namespace);
    return [{object, says, ...policies, fix}];
  });
}

function fixOfSubject(
  subject: Subject,
  path: string,
  place: string | undefined,
): NearFix | undefined {
  const bind = accountElsewhere(subject, place);
  if (bind !== undefined) return {kind: 'patch', steps: [{op: 'remove', path}], bind};
  const value = meantSubject(subject);
  return value && {kind: 'patch', steps: [{op: 'replace', path, value}]};
}

/** A role of this name but of the other kind, or one whose name was meant. */
function missOfRoleRef(
  {roleRef, subjects = []}: Binding,
  object: ObjectReference,
  {clusterRoleOf, roleOf, opening}: KnownRoles,
): readonly NearMiss[] {
  const {kind = '', name = ''} = roleRef ?? {};
  const {namespace} = object;
  const found = opening(namespace);
  const missed = (role: Role, says: string): readonly NearMiss[] => {
    const policies = namedPolicies(role);
    if (policies === undefined || !found.includes(role)) return [];
    const right = subjects.map(subject =>
      missOfSubject(subject, namespace) === undefined ? subject : meantSubject(subject),
    );
    const isClear = right.every(subject => subject !== undefined);
    const again = {
      kind: 'again',
      role: referenceToRole(role),
      subjects: right.flatMap(one => one ?? []),
    } as const;
    return [{object, says, ...policies, fix: isClear ? again : undefined}];
  };
  if (kind === 'Role' && namespace === undefined) {
    const role = clusterRoleOf.get(name);
    const says = `is invalid: it refers to Role/${name}, and a ClusterRoleBinding can only refer to a ClusterRole`;
    return role === undefined ? [{object, says, policies: [], isOfAll: true}] : missed(role, says);
  }
  const other = clusterRoleOf.get(name) ?? roleOf.get(placeOf({namespace, name}));
  if (other !== undefined) {
    return missed(other, `refers to ${kind}/${name}, but there is only ${roleText(other)}`);
  }
  const meant = found.find(({metadata}) => metadata?.name === object.name) ?? nearRole(name, found);
  if (meant === undefined) return [];
  return missed(meant, `refers to ${kind}/${name}, which does not exist; ${roleText(meant)} does`);
}

/** Whether a role is there to open policies, or was meant to be, and one of them exists. */
function opensKnown({rules = []}: Role, known: ReadonlySet<string>): boolean {
  return rules.some(rule => {
    const policies = meantPolicies(rule);
    if (policies === 'all') return rule.resources?.includes('*') !== true;
    return policies?.some(policy => known.has(policy)) === true;
  });
}

/** The policies that a rule grants, or was meant to; undefined if it is about something else. */
function meantPolicies(rule: Rule): 'all' | readonly string[] | undefined {
  if (missOfRule(rule) === undefined) return policiesOf(rule);
  const {resourceNames = []} = rule;
  return resourceNames.length === 0 ? 'all' : resourceNames;
}

/** The policies that a role grants, or was meant to; undefined if it grants none. */
function namedPolicies({rules = []}: Role): Pick<NearMiss, 'policies' | 'isOfAll'> | undefined {
  const granted = rules.flatMap(rule => {
    const policies = meantPolicies(rule);
    return policies === undefined ? [] : [policies];
  });
  if (granted.length === 0) return undefined;
  return {
    policies: granted.flatMap(policies => (policies === 'all' ? [] : policies)),
    isOfAll: granted.includes('all'),
  };
}

function roleOf({metadata, roleRef}: Binding, {clusterRoleOf, roleOf}: KnownRoles) {
  const {kind, name = ''} = roleRef ?? {};
  if (kind === 'ClusterRole') return clusterRoleOf.get(name);
  const {namespace} = metadata ?? {};
  return kind === 'Role' && namespace ? roleOf.get(placeOf({namespace, name})) : undefined;
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
