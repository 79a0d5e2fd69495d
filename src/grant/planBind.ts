import {exitCodes, UserError} from '../errors.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {rbacGroup} from '../kube/apiGroups.ts';
import type {Binding, Role} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {type Authorizer, authorizerOf, type ObjectReference} from '../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../rbac/grantee.ts';
import {type AskedForUse, notesFor} from '../rbac/leaks.ts';
import {whoCan} from '../rbac/whoCan.ts';
import {byText} from '../text.ts';
import {
  type BindingPlan,
  type BindingStep,
  bindingAt,
  type GrantTarget,
  grantsJust,
  isSameGrantee,
  ownLabel,
  ownName,
  roleOf,
} from './bindingSteps.ts';
import {grantName, rulesFor, subjectOf} from './grantObjects.ts';

/** What is to be bound. */
export interface BindRequest {
  readonly policy: string;
  readonly targets: readonly GrantTarget[];
  /** The name of the role and the binding; undefined: `psp:POLICY`. */
  readonly roleName: string | undefined;
  /** Who will be asked about it; RBAC if not given. */
  readonly asked?: AskedForUse;
}

/**
 * The roles and bindings that let the targets use a policy: in each namespace a Role and a RoleBinding,
 * for the cluster a ClusterRole and a ClusterRoleBinding. A role that grants just this is reused, and
 * a binding to it gets the subjects. A name that is taken by something else is a UserError.
 */
export function planBind(rbac: Inventory['rbac'], request: BindRequest): BindingPlan {
  const byScope = Map.groupBy(request.targets, ({namespace}) => namespace ?? '');
  const authorizer = authorizerOf(rbac);
  const scopes = [...byScope].sort(([one], [other]) => byText(one, other));
  const plans = scopes.map(([scope, targets]) =>
    planScope(rbac, authorizer, request, scope || undefined, distinct(targets)),
  );
  return {
    steps: plans.flatMap(({steps}) => steps),
    notes: [...new Set(plans.flatMap(({notes}) => notes))],
    kept: [],
  };
}

function distinct(targets: readonly GrantTarget[]): readonly Grantee[] {
  const subjects = targets.map(({subject}) => subject);
  return subjects.filter(
    (subject, index) => subjects.findIndex(other => isSameGrantee(subject, other)) === index,
  );
}

function planScope(
  rbac: Inventory['rbac'],
  authorizer: Authorizer,
  {policy, roleName, asked = 'rbac'}: BindRequest,
  namespace: string | undefined,
  subjects: readonly Grantee[],
): BindingPlan {
  const name = roleName ?? grantName(policy);
  const found = usableRole(rbac, {policy, name, namespace});
  const role = found ?? newRole(policy, name, namespace);
  const roleSteps: readonly BindingStep[] =
    found === undefined
      ? [{action: 'create', object: {reference: role.reference, body: role.body}}]
      : [];
  const binding = planBinding(rbac, role.reference, name, namespace, subjects);
  return {
    steps: [...roleSteps, ...binding.steps],
    notes: [
      ...binding.notes,
      ...alreadyNotes(authorizer, policy, namespace, subjects, name),
      ...subjects.flatMap(subject => notesFor(subject, namespace, asked)),
    ],
    kept: [],
  };
}

interface RoleToBind {
  readonly reference: ObjectReference;
  readonly body: Role;
}

/** The role of this name, if it grants only the policy; undefined if there is none. */
function usableRole(
  rbac: Inventory['rbac'],
  {
    policy,
    name,
    namespace,
  }: {readonly policy: string; readonly name: string; readonly namespace: string | undefined},
): RoleToBind | undefined {
  const named = (kind: 'ClusterRole' | 'Role'): RoleToBind | undefined => {
    const binding = {metadata: {namespace}, roleRef: {kind, name}} as Binding;
    const body = roleOf(rbac, binding);
    const place = kind === 'Role' ? namespace : undefined;
    return body && {reference: {kind, namespace: place, name}, body};
  };
  const own = named(namespace === undefined ? 'ClusterRole' : 'Role');
  if (own === undefined) {
    const cluster = named('ClusterRole');
    return cluster !== undefined && grantsJust(cluster.body, policy) ? cluster : undefined;
  }
  if (grantsJust(own.body, policy)) return own;
  throw new UserError(
    `${labelOf(own.reference)} already exists and grants something other than the use of ${policy}: choose another name with --role`,
    exitCodes.refused,
  );
}

function newRole(policy: string, name: string, namespace: string | undefined): RoleToBind {
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const body: Role = {
    metadata: {name, namespace, uid: undefined, labels: {[ownLabel]: ownName}},
    rules: rulesFor(policy),
    aggregationRule: undefined,
  };
  return {reference: {kind, namespace, name}, body};
}

function planBinding(
  rbac: Inventory['rbac'],
  role: ObjectReference,
  name: string,
  namespace: string | undefined,
  subjects: readonly Grantee[],
): BindingPlan {
  const kind = namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding';
  const reference: ObjectReference = {kind, namespace, name};
  const before = bindingAt(rbac, reference);
  if (before === undefined) {
    const body: Binding = {
      metadata: {name, namespace, uid: undefined, labels: {[ownLabel]: ownName}},
      roleRef: {apiGroup: rbacGroup, kind: role.kind, name: role.name},
      subjects: subjects.map(subjectOf),
    };
    return {steps: [{action: 'create', object: {reference, body}}], notes: [], kept: []};
  }
  const {roleRef, subjects: old = []} = before;
  if (roleRef?.kind !== role.kind || roleRef.name !== role.name) {
    throw new UserError(
      `${labelOf(reference)} already exists and refers to ${roleRef?.kind} ${roleRef?.name}, which can't be changed: choose another name with --role`,
      exitCodes.refused,
    );
  }
  const bound = granteesOf({subjects: old, binding: reference});
  const isBound = (subject: Grantee) => bound.some(other => isSameGrantee(subject, other));
  const added = subjects.filter(subject => !isBound(subject));
  const notes = subjects
    .filter(isBound)
    .map(subject => `${labelOf(subject)} is already in ${labelOf(reference)}`);
  if (added.length === 0) return {steps: [], notes, kept: []};
  const body = {...before, subjects: [...old, ...added.map(subjectOf)]};
  const step = {action: 'update', object: {reference, body}, before, added, removed: []} as const;
  return {steps: [step], notes, kept: []};
}

/** Other grants of the same policy to the same subjects. */
function alreadyNotes(
  authorizer: Authorizer,
  policy: string,
  namespace: string | undefined,
  subjects: readonly Grantee[],
  name: string,
): readonly string[] {
  const rights = whoCan(authorizer, {policies: [policy], namespace, identity: undefined});
  return subjects.flatMap(subject =>
    rights
      .filter(right => isSameGrantee(right.subject, subject))
      .filter(right => right.namespace === undefined || right.namespace === namespace)
      .flatMap(({via}) => via)
      .filter(({binding}) => binding.name !== name)
      .map(
        ({binding, role}) =>
          `${labelOf(subject)} may also use ${policy} through ${labelOf(binding)} -> ${labelOf(role)}`,
      ),
  );
}
