import type {FindingObject} from '../audit/finding.ts';
import {UserError} from '../errors.ts';
import type {BindingPlan, BindingStep, GrantTarget} from '../grant/bindingSteps.ts';
import {missingNotes} from '../grant/missingNotes.ts';
import {subjectNamed, subjectWord} from '../grant/namedSubject.ts';
import {planBind} from '../grant/planBind.ts';
import {afterChange, planDeletion} from '../grant/planDelete.ts';
import {planUnbind} from '../grant/planUnbind.ts';
import {type Targets, targetsLike} from '../grant/targetsLike.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {askedIn} from '../inventory/native/nativeHome.ts';
import {nearNames} from '../kube/nearNames.ts';
import type {Policy} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import type {ObjectReference} from '../rbac/authorize.ts';
import type {GrantRemedy} from './remedy.ts';
import type {RightAt} from './rightsRows.ts';

/** A change of rights, before the server is asked. */
export interface RightsPlan {
  readonly title: string;
  readonly question: string;
  /** What has to be typed, if y is not enough. */
  readonly name: string;
  readonly plan: BindingPlan;
  /** The same on the command line; undefined if there is no such command. */
  readonly command?: string | undefined;
  readonly deleted: Policy | undefined;
}

const noTargets: Targets = {targets: [], notes: []};

/** Lets a subject, as `--to` of bind takes it, or all of `like:POLICY`, use a policy. Throws a UserError. */
export function bindingPlan(
  inventory: Inventory,
  policy: string,
  word: string,
  namespace: string | undefined,
): RightsPlan {
  const [, like] = /^like:(.+)$/s.exec(word) ?? [];
  policyIn(inventory, policy);
  if (like !== undefined) policyIn(inventory, like);
  const named = like === undefined ? subjectNamed(word) : undefined;
  if (like === undefined && named === undefined) {
    throw new UserError(`${word} is not sa:NS/NAME, ns:NS, group:NAME, user:NAME or like:POLICY`);
  }
  const wanted: readonly GrantTarget[] =
    named === undefined ? [] : [{subject: named.subject, namespace: namespace ?? named.home}];
  const same =
    like === undefined ? noTargets : targetsLike(inventory.rbac, {policy, like}, namespace);
  const targets = [...wanted, ...same.targets];
  const plan = planBind(inventory.rbac, {
    policy,
    targets,
    roleName: undefined,
    asked: askedIn(inventory),
  });
  const notes = [...missingNotes(inventory, wanted), ...same.notes, ...plan.notes];
  return {
    title: `Bind ${policy}`,
    question: `Let ${like === undefined ? word : `all who may use ${like}`} use ${policy}?`,
    name: policy,
    plan: {...plan, notes},
    command: `kubectl psp bind ${policy} ${like === undefined ? `--to ${word}` : `--like ${like}`}${inNamespace(namespace)}`,
    deleted: undefined,
  };
}

/** Takes a policy from a subject, where a row of rights says. */
export function unbindingPlan(
  inventory: Inventory,
  {policy, subject, namespace}: RightAt,
): RightsPlan {
  return {
    title: `Unbind ${policy}`,
    question: `Take ${policy} from ${subjectWord(subject)}?`,
    name: policy,
    plan: planUnbind(inventory, policy, [{subject, namespace}]),
    command: `kubectl psp unbind ${policy} --to ${subjectWord(subject)}${inNamespace(namespace)}`,
    deleted: undefined,
  };
}

/**
 * Gives and takes grants one after the other, as one change. Throws a UserError where two of them are about
 * one object: the commands themselves do that.
 */
export function grantsPlan(inventory: Inventory, grants: readonly GrantRemedy[]): RightsPlan {
  const plans: RightsPlan[] = [];
  let now = inventory;
  for (const {verb, policy, to, namespace} of grants) {
    for (const word of to) {
      const subject = subjectNamed(word)?.subject;
      if (subject === undefined) throw new UserError(`${word} is not a subject`);
      const plan =
        verb === 'bind'
          ? bindingPlan(now, policy, word, namespace)
          : unbindingPlan(now, {policy, subject, namespace});
      plans.push(plan);
      now = afterChange(now, {deleted: undefined, steps: plan.plan.steps});
    }
  }
  const [first, ...others] = plans;
  if (first === undefined) throw new UserError('There is nothing to do');
  if (others.length === 0) return first;
  const name = grants.at(-1)?.policy ?? '';
  const notes = [...new Set(plans.flatMap(({plan}) => plan.notes))];
  const kept = plans.flatMap(({plan}) => plan.kept);
  const steps = mergedSteps(plans.flatMap(({plan}) => plan.steps));
  return {
    title: 'Change the grants',
    question: 'Make these changes?',
    name,
    plan: {steps, notes, kept},
    deleted: undefined,
  };
}

/** The steps with those that make an object and then add to it as one. */
function mergedSteps(steps: readonly BindingStep[]): readonly BindingStep[] {
  const byObject = Map.groupBy(steps, ({object}) => labelOf(object.reference));
  return [...byObject].map(([label, [first, ...others]]) => {
    const last = others.at(-1);
    if (first === undefined || last === undefined) return first as BindingStep;
    if (others.some(({action}) => action !== 'update') || first.action === 'delete') {
      throw new UserError(`${label} would be changed twice: do it step by step with the commands`);
    }
    if (first.action === 'create') return {...first, object: last.object};
    const updates = others.flatMap(step => (step.action === 'update' ? step : []));
    return {
      ...first,
      object: last.object,
      added: [...first.added, ...updates.flatMap(({added}) => added)],
      removed: [...first.removed, ...updates.flatMap(({removed}) => removed)],
    };
  });
}

/** Deletes a policy with the grants that it would leave behind. Throws a UserError. */
export function deletionPlan(inventory: Inventory, name: string): RightsPlan {
  return {
    title: `Delete ${name}`,
    question: `Delete ${name}?`,
    name,
    plan: planDeletion(inventory, name, {keepGrants: false}),
    command: `kubectl psp delete ${name}`,
    deleted: policyIn(inventory, name),
  };
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` -n ${namespace}`;
}

/** Deletes a role or binding. */
export function removalPlan({rbac}: Inventory, object: FindingObject): RightsPlan {
  const {name} = object;
  return {
    title: `Delete ${name}`,
    question: `Delete ${object.kind} ${name}?`,
    name,
    plan: {steps: removalOf(rbac, object), notes: [], kept: []},
    deleted: undefined,
  };
}

function policyIn({policies}: Inventory, wanted: string): Policy {
  const found = policies.find(({metadata}) => metadata.name === wanted);
  if (found !== undefined) return found;
  const names = policies.map(({metadata}) => metadata.name);
  throw new UserError(`No policy ${wanted}: ${nearNames(wanted, names, 'policies')}`);
}

/** The step that deletes a role or binding; none if it is not there. */
function removalOf(
  {clusterRoles, roles, clusterRoleBindings, roleBindings}: Inventory['rbac'],
  {kind, namespace, name}: FindingObject,
): readonly BindingStep[] {
  if (!isGrantKind(kind)) return [];
  const lists = {
    ClusterRole: clusterRoles,
    Role: roles,
    ClusterRoleBinding: clusterRoleBindings,
    RoleBinding: roleBindings,
  } as const;
  const body = lists[kind].find(
    ({metadata}) => metadata?.name === name && (metadata.namespace || undefined) === namespace,
  );
  const reference = {kind, namespace, name};
  return body === undefined ? [] : [{action: 'delete', object: {reference, body}}];
}

function isGrantKind(kind: string): kind is ObjectReference['kind'] {
  return /^(Cluster)?Role(Binding)?$/.test(kind);
}
