import {judgeOf} from '../admission/judge.ts';
import {plain} from '../apply/sameMeaning.ts';
import {bindingFor, roleFor, subjectOf} from '../grant/grantObjects.ts';
import {layOver} from '../inventory/files/overlay.ts';
import {isAbsence} from '../inventory/gaps.ts';
import {emptyInventory, type Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {binding, type Policy, role, type Subject} from '../kube/objects.ts';
import {type Authorizer, authorizerOf, podIdentity} from '../rbac/authorize.ts';
import type {Grantee} from '../rbac/grantee.ts';
import {unreadRbac} from '../rbac/unreadRbac.ts';
import {grantObjects} from './advice.ts';
import {answerOf, type Reuse} from './reuse.ts';

/** Pods that would get another policy than the one meant for them, even once it is granted. */
export interface Overtaken {
  /** The policy that admission would choose; undefined if it would deny them. */
  readonly policy: string | undefined;
  readonly items: readonly Item[];
}

/** A grant whose role or binding may exist already, with subjects that nobody read: applying it replaces them. */
export interface UnreadGrant {
  readonly policy: string;
  /** undefined: in all of the cluster. */
  readonly namespace: string | undefined;
  /** The name of the role and of the binding. */
  readonly name: string;
  readonly grantees: readonly Grantee[];
  /** What was not read. */
  readonly needs: readonly string[];
  /** Files may well leave RBAC to others: its grant is written. What a cluster may hold is not replaced. */
  readonly isWritten: boolean;
}

/** What it takes for the pods to get these policies, and what would stand in the way. */
export interface ReusePlan {
  /** Roles and bindings for existing policies, for the accounts that may not use them yet. */
  readonly grants: readonly object[];
  /** Grants that could take rights away, as what they would replace was not read. */
  readonly unread: readonly UnreadGrant[];
  /** By answer; nothing for those whose pods would all get the policy meant for them. */
  readonly overtaken: ReadonlyMap<Reuse, readonly Overtaken[]>;
}

/** Plans the grants, and asks admission which policies it would then choose. */
export function planReuse(reuses: readonly Reuse[], inventory: Inventory): ReusePlan {
  const {grants, unread} = grantsFor(reuses, inventory);
  const fresh = reuses.filter(({isNew}) => isNew).map(({advice}) => advice);
  const after = layOver(
    inventory,
    objectsInventory(
      fresh.map(({policy}) => policy),
      [...grants, ...fresh.flatMap(grantObjects)],
    ),
  );
  const options = {unread: unreadRbac(inventory), areClassesThere: true};
  const {judgement} = judgeOf(after, options);
  const overtaken = new Map<Reuse, readonly Overtaken[]>();
  for (const reuse of reuses) {
    const wanted = answerOf(reuse).metadata.name;
    // An unknown policy is not known to be another one.
    const chosen = Map.groupBy(reuse.advice.items, ({submission}) => {
      const {allowed, chosen: found} = judgement(submission);
      return found === undefined && allowed !== false ? wanted : found?.policy.name;
    });
    chosen.delete(wanted);
    const others = [...chosen].map(([policy, items]) => ({policy, items}));
    if (others.length > 0) overtaken.set(reuse, others);
  }
  return {grants, unread, overtaken};
}

/** Policies, roles and bindings as an inventory to lay over another one. */
export function objectsInventory(
  policies: readonly Policy[],
  grants: readonly object[],
): Inventory {
  const objects = grants.map(plain);
  const ofKind = (kind: string) => objects.filter(object => object.kind === kind);
  return {
    ...emptyInventory,
    policies,
    rbac: {
      clusterRoles: ofKind('ClusterRole').map(role),
      roles: ofKind('Role').map(role),
      clusterRoleBindings: ofKind('ClusterRoleBinding').map(binding),
      roleBindings: ofKind('RoleBinding').map(binding),
    },
  };
}

interface PlacedGrant {
  readonly policy: string;
  readonly namespace: string | undefined;
  readonly to: Grantee[];
}

/**
 * A role and a binding for each reused policy and namespace. They have names of their own, and subjects
 * that are bound already stay bound: applying them takes nobody's rights away. Where roles or bindings of a
 * cluster were not read nobody knows who that is, and nothing is written.
 */
function grantsFor(
  reuses: readonly Reuse[],
  inventory: Inventory,
): Pick<ReusePlan, 'grants' | 'unread'> {
  const places = placesFor(reuses, inventory);
  const unread = places.flatMap(place => unreadGrant(place, inventory));
  const isLeftOut = ({policy, namespace}: PlacedGrant) =>
    unread.some(
      grant => !grant.isWritten && grant.policy === policy && grant.namespace === namespace,
    );
  const grants = places
    .filter(place => !isLeftOut(place))
    .flatMap(({policy, namespace, to}) => {
      const name = reuseName(policy);
      const granted = roleFor(policy, namespace, name);
      const subjects = [...subjectsNow(name, namespace, inventory), ...to.map(subjectOf)];
      return [granted, bindingFor(granted, namespace, subjects)];
    });
  return {grants, unread};
}

function reuseName(policy: string): string {
  return `psp:reuse:${policy}`;
}

function placesFor(reuses: readonly Reuse[], inventory: Inventory): readonly PlacedGrant[] {
  const authorizer = authorizerOf(inventory.rbac);
  const byPlace = new Map<string, PlacedGrant>();
  for (const reuse of reuses) {
    if (reuse.isNew) continue;
    const {namespace, grantees} = reuse.advice;
    const policy = answerOf(reuse).metadata.name;
    const missing = grantees.filter(grantee => !mayUse(grantee, policy, namespace, authorizer));
    if (missing.length === 0) continue;
    const key = JSON.stringify([policy, namespace]);
    const place = byPlace.get(key) ?? {policy, namespace, to: []};
    byPlace.set(key, place);
    place.to.push(...missing);
  }
  return [...byPlace.values()];
}

function unreadGrant(
  {policy, namespace, to}: PlacedGrant,
  inventory: Inventory,
): readonly UnreadGrant[] {
  const {lacks} = unreadRbac(inventory);
  const kinds =
    namespace === undefined
      ? (['clusterroles', 'clusterrolebindings'] as const)
      : (['roles', 'rolebindings'] as const);
  const needs = kinds.filter(kind => lacks(kind, namespace ?? ''));
  if (needs.length === 0) return [];
  const isWritten = inventory.gaps.every(
    gap => isAbsence(gap) || !kinds.some(kind => kind === gap.resource),
  );
  return [{policy, namespace, name: reuseName(policy), grantees: to, needs, isWritten}];
}

/** The subjects of the binding of this name, if there is one already: applying replaces the list. */
function subjectsNow(
  name: string,
  namespace: string | undefined,
  {rbac}: Inventory,
): readonly Subject[] {
  const bindings = namespace === undefined ? rbac.clusterRoleBindings : rbac.roleBindings;
  const found = bindings.find(
    ({metadata}) =>
      metadata?.name === name && (namespace === undefined || metadata.namespace === namespace),
  );
  return found?.subjects ?? [];
}

function mayUse(
  grantee: Grantee,
  policy: string,
  namespace: string | undefined,
  authorizer: Authorizer,
): boolean {
  if (grantee.kind === 'Group') {
    return authorizer.mayUse({user: '', groups: [grantee.name]}, namespace ?? '', policy);
  }
  // All pods of an account are in its own namespace.
  const {namespace: home = '', name} = grantee;
  return authorizer.mayUse(podIdentity(home, name), home, policy);
}
