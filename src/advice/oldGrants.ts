import {effectOf} from '../effect/effect.ts';
import {
  afterSteps,
  type BindingStep,
  type GrantTarget,
  isSameGrantee,
} from '../grant/bindingSteps.ts';
import {subjectWord} from '../grant/namedSubject.ts';
import {planUnbind} from '../grant/planUnbind.ts';
import {layOver} from '../inventory/files/overlay.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import type {Release} from '../kube/release.ts';
import {orderOf} from '../policy/direction.ts';
import {authorizerOf} from '../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../rbac/grantee.ts';
import {byText} from '../text.ts';
import {type Advice, grantObjects} from './advice.ts';
import {objectsInventory} from './reusePlan.ts';

/** A grant that nobody needs any longer, of a policy that is wider than the advised one. */
export interface OldGrant {
  readonly policy: string;
  /** undefined: in all of the cluster. */
  readonly namespace: string | undefined;
  readonly subjects: readonly Grantee[];
}

/** The grants that can be taken away once advice is applied, and how. */
export interface OldGrants {
  readonly grants: readonly OldGrant[];
  readonly steps: readonly BindingStep[];
}

/**
 * Which grants still open wider policies to the subjects of the advice, though no pod needs them once it is
 * applied: taken away together they deny nobody, change nothing, and leave nothing unknown. With something
 * unread none is named, as nobody knows who needs it. `isWhole`: whether all namespaces were read, without which
 * nobody knows of grants for the whole cluster either.
 */
export function oldGrantsOf(
  inventory: Inventory,
  advices: readonly Advice[],
  {isWhole}: {readonly isWhole: boolean},
): OldGrants {
  if (inventory.gaps.length > 0) return {grants: [], steps: []};
  let now = withAdvice(inventory, advices);
  const grants: OldGrant[] = [];
  const steps: BindingStep[] = [];
  const take = (grant: OldGrant): boolean => {
    const {policy, namespace, subjects} = grant;
    const targets = subjects.map((subject): GrantTarget => ({subject, namespace}));
    const plan = planUnbind(now, policy, targets);
    if (plan.steps.length === 0) return false;
    const next = {...now, rbac: afterSteps(now.rbac, plan.steps)};
    if (effectOf(now, next).shifts.some(({kind}) => kind !== 'move')) return false;
    now = next;
    grants.push(grant);
    steps.push(...plan.steps);
    return true;
  };
  for (const grant of widerGrants(now, advices)) {
    if (!isWhole && grant.namespace === undefined) continue;
    if (take(grant) || grant.subjects.length === 1) continue;
    for (const subject of grant.subjects) take({...grant, subjects: [subject]});
  }
  return {grants, steps: joined(steps)};
}

/** One step for each object, from what it is in the cluster to what it is in the end. */
function joined(steps: readonly BindingStep[]): readonly BindingStep[] {
  const byObject = Map.groupBy(steps, ({object}) => labelOf(object.reference));
  return [...byObject.values()].flatMap((same): readonly BindingStep[] => {
    const [first, last] = [same[0], same.at(-1)];
    if (first?.action !== 'update' || last === undefined || first === last) return same;
    const {before} = first;
    if (last.action === 'delete') return [{...last, object: {...last.object, body: before}}];
    const removed = same.flatMap(step => (step.action === 'update' ? step.removed : []));
    return [{action: 'update', object: last.object, before, added: [], removed}];
  });
}

/** The command that takes a grant away. */
export function oldGrantCommand({policy, namespace, subjects}: OldGrant): string {
  const to = subjects.map(subject => `--to ${subjectWord(subject)}`).join(' ');
  return `kubectl psp unbind ${policy} ${to}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

function withAdvice(inventory: Inventory, advices: readonly Advice[]): Inventory {
  const policies = advices.map(({policy}) => policy);
  return layOver(inventory, objectsInventory(policies, advices.flatMap(grantObjects)));
}

/** The grants of policies that let more through than the advised ones, to their subjects or all of a namespace. */
function widerGrants(
  {policies, rbac, release}: Inventory,
  advices: readonly Advice[],
): readonly OldGrant[] {
  const advised = new Set(advices.map(({policy}) => policy.metadata.name));
  const found = new Map<string, {grant: OldGrant; subjects: Grantee[]}>();
  for (const grant of authorizerOf(rbac).grants) {
    const {namespace} = grant.binding;
    for (const subject of granteesOf(grant)) {
      const least = advices.filter(advice => isFor(advice, subject)).map(({policy}) => policy);
      for (const policy of policies) {
        const {name} = policy.metadata;
        if (advised.has(name) || grant.policies?.has(name) !== true) continue;
        if (least.length === 0 || !least.some(each => isWider(policy, each, release))) continue;
        const key = `${name}\0${namespace ?? ''}`;
        const entry = found.get(key) ?? {
          grant: {policy: name, namespace, subjects: []},
          subjects: [],
        };
        found.set(key, entry);
        if (!entry.subjects.some(other => isSameGrantee(other, subject))) {
          entry.subjects.push(subject);
        }
      }
    }
  }
  return [...found]
    .sort(([one], [other]) => byText(one, other))
    .map(([, {grant, subjects}]) => ({...grant, subjects}));
}

/** Whether a subject is one of the advice, or all service accounts of its namespace. */
function isFor({grantees, namespace}: Advice, subject: Grantee): boolean {
  return (
    grantees.some(grantee => isSameGrantee(grantee, subject)) ||
    (namespace !== undefined &&
      subject.kind === 'Group' &&
      subject.name === `system:serviceaccounts:${namespace}`)
  );
}

function isWider(policy: Policy, least: Policy, release: Release): boolean {
  const order = orderOf(least, policy, release);
  return order === 'looser' || order === 'incomparable';
}
