import type {Inventory} from '../inventory/inventory.ts';
import type {Binding, Role} from '../kube/objects.ts';
import {kubectlName, labelOf} from '../kube/reference.ts';
import {
  type Authorizer,
  authorizerOf,
  type Grant,
  type ObjectReference,
  podIdentity,
} from '../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../rbac/grantee.ts';
import {isUnreadIn} from '../rbac/unreadRbac.ts';
import {whoCan} from '../rbac/whoCan.ts';
import {
  afterSteps,
  type BindingPlan,
  type BindingStep,
  bindingAt,
  type GrantTarget,
  grantsJust,
  isOwn,
  isSameGrantee,
  roleOf,
} from './bindingSteps.ts';

/** A grant of the policy, with its objects. */
interface Found {
  readonly grant: Grant;
  readonly binding: Binding;
  readonly role: Role;
  /** The targets that it names. */
  readonly subjects: readonly Grantee[];
}

/**
 * Takes the targets out of the bindings that let them use a policy: those of a target's namespace, or all.
 * What the program made is deleted once nobody needs it; what others made stays, and is named. So do roles
 * that a binding that was not read may refer to, and a grant of more than the use of this policy.
 */
export function planUnbind(
  {rbac, gaps}: Pick<Inventory, 'rbac' | 'gaps'>,
  policy: string,
  targets: readonly GrantTarget[],
): BindingPlan {
  const found = grantsFor(rbac, policy, targets);
  const clean = found.filter(({role}) => grantsJust(role, policy));
  const unclean = found.filter(({role}) => !grantsJust(role, policy));
  const bindingSteps = clean.map(takeOut);
  const unused = unusedRoles(rbac, clean, bindingSteps);
  const roleSteps = unused.filter(({object}) => !mayBeBound(object.reference, gaps));
  const perhapsBound = unused.filter(({object}) => mayBeBound(object.reference, gaps));
  const steps = [...bindingSteps, ...roleSteps.filter(({object}) => isOwn(object.body))];
  const emptied = bindingSteps.filter(
    ({action, object}) =>
      action === 'update' && ((object.body as Binding).subjects ?? []).length === 0,
  );
  const orphans = roleSteps.filter(({object}) => !isOwn(object.body));
  return {
    steps,
    notes: [
      ...[...emptied, ...orphans].map(({object: {reference}}) => leftNote(reference)),
      ...perhapsBound.map(({object: {reference}}) => perhapsBoundNote(reference)),
      ...nothingNotes(policy, targets, found),
      ...otherWays(afterSteps(rbac, steps), policy, targets),
    ],
    kept: unclean.map(each => keptNote(each, policy)),
  };
}

/** The grants that name one of the targets itself, in the order of the authorizer. */
function grantsFor(
  rbac: Inventory['rbac'],
  policy: string,
  targets: readonly GrantTarget[],
): readonly Found[] {
  const opens = ({policies}: Grant) => policies === undefined || policies.has(policy);
  return authorizerOf(rbac)
    .grants.filter(opens)
    .flatMap((grant): readonly Found[] => {
      const {namespace} = grant.binding;
      const inScope = targets.filter(
        target => target.namespace === undefined || target.namespace === namespace,
      );
      const subjects = granteesOf(grant).filter(grantee =>
        inScope.some(({subject}) => isSameGrantee(subject, grantee)),
      );
      const binding = bindingAt(rbac, grant.binding);
      const role = binding && roleOf(rbac, binding);
      if (subjects.length === 0 || binding === undefined || role === undefined) return [];
      return [{grant, binding, role, subjects}];
    });
}

function takeOut({grant: {binding: reference}, binding, subjects}: Found): BindingStep {
  const left = (binding.subjects ?? []).filter(
    subject =>
      !granteesOf({subjects: [subject], binding: reference}).some(grantee =>
        subjects.some(other => isSameGrantee(other, grantee)),
      ),
  );
  if (left.length === 0 && isOwn(binding)) {
    return {action: 'delete', object: {reference, body: binding}};
  }
  const object = {reference, body: {...binding, subjects: left}};
  return {action: 'update', object, before: binding, added: [], removed: subjects};
}

/** The roles of these grants that nothing refers to any longer once the bindings are changed. */
function unusedRoles(
  rbac: Inventory['rbac'],
  found: readonly Found[],
  bindingSteps: readonly BindingStep[],
): readonly (BindingStep & {readonly action: 'delete'})[] {
  const after = afterSteps(rbac, bindingSteps);
  const bindings = [...after.clusterRoleBindings, ...after.roleBindings];
  const roles = new Map(found.map(({role, grant}) => [role, grant.role]));
  return [...roles]
    .filter(([role]) => !bindings.some(binding => roleOf(after, binding) === role))
    .map(([role, reference]) => ({action: 'delete', object: {reference, body: role}}));
}

/** Whether a binding that was not read may refer to a role. */
function mayBeBound({kind, namespace}: ObjectReference, gaps: Inventory['gaps']): boolean {
  return gaps.some(gap =>
    kind === 'Role' && namespace !== undefined
      ? gap.resource === 'rolebindings' && isUnreadIn(gap, namespace)
      : gap.resource === 'rolebindings' || gap.resource === 'clusterrolebindings',
  );
}

function perhapsBoundNote(reference: ObjectReference): string {
  return `${labelOf(reference)} stays: not all bindings could be read, and one of them may refer to it`;
}

function leftNote(reference: ObjectReference): string {
  const what = reference.kind.endsWith('Binding')
    ? 'still exists, without subjects'
    : 'still exists, without bindings';
  return `${labelOf(reference)} ${what}: it was not made by kubectl psp, so it stays; kubectl delete ${kubectlName(reference)} removes it`;
}

function keptNote({grant: {binding, role, policies}, role: body, subjects}: Found, policy: string) {
  const names = subjects.map(labelOf).join(', ');
  const more =
    policies === undefined
      ? 'all policies'
      : policies.size > 1
        ? `the policies ${[...policies].sort().join(', ')}`
        : 'more than the use of the policy';
  const aggregated = body.aggregationRule === undefined ? '' : ' (an aggregated role)';
  return `${names} may still use ${policy} through ${labelOf(binding)}, as ${labelOf(role)}${aggregated} grants ${more}: bind what is needed through a role of its own, then remove the subject with kubectl edit ${kubectlName(binding)}`;
}

function nothingNotes(
  policy: string,
  targets: readonly GrantTarget[],
  found: readonly Found[],
): readonly string[] {
  const has = ({subject}: GrantTarget) =>
    found.some(({subjects}) => subjects.some(other => isSameGrantee(other, subject)));
  return targets
    .filter(target => !has(target))
    .map(({subject, namespace}) => {
      const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
      return `no binding${where} gives ${policy} to ${labelOf(subject)} itself`;
    });
}

/** How pods of an account can still use the policy: as members of groups. */
function otherWays(
  rbac: Inventory['rbac'],
  policy: string,
  targets: readonly GrantTarget[],
): readonly string[] {
  const authorizer: Authorizer = authorizerOf(rbac);
  return targets.flatMap(({subject}) => {
    const {kind, namespace, name} = subject;
    if (kind !== 'ServiceAccount' || namespace === undefined) return [];
    const identity = podIdentity(namespace, name);
    return whoCan(authorizer, {policies: [policy], namespace, identity})
      .filter(right => right.subject.kind === 'Group')
      .map(
        right =>
          `${labelOf(subject)} may also use ${policy} as a member of ${labelOf(right.subject)}: ${right.via.map(({binding}) => labelOf(binding)).join(', ')}`,
      );
  });
}
