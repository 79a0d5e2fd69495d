import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import {byPlace, type Item, itemKey} from '../inventory/submissions/items.ts';
import type {Policy} from '../kube/objects.ts';
import {builtinPolicy} from '../policy/builtin.ts';
import {openPolicy} from '../policy/comparePolicies.ts';
import {effectiveDirection} from '../policy/direction.ts';
import {evaluate, type PreparedPolicy, preparePolicy} from '../policy/evaluate.ts';
import {leastPolicy} from '../policy/least.ts';

/**
 * Which way what a workload needs has gone. `rise`: more, or something that the old value does not
 * cover; `fall`: less, and nothing else.
 */
export type Trend = 'rise' | 'fall';

/** What a workload needs of one control, before and after. */
export interface ControlTrend {
  readonly control: Control;
  readonly trend: Trend;
}

/** A workload that needs something else than before, or that is not in both versions. */
export interface WorkloadChange {
  readonly kind: 'changed' | 'added' | 'removed';
  /** As it is in the new version; in the old one, if it is removed. */
  readonly item: Item;
  /** The least policy of it; undefined where it is not there. */
  readonly before: Policy | undefined;
  readonly after: Policy | undefined;
  /** For what is added, what the built-in restricted policy denies; nothing for what is removed. */
  readonly trends: readonly ControlTrend[];
}

/** What rises and falls between two versions of workloads. */
export interface WorkloadComparison {
  /** By namespace, kind and name. */
  readonly changes: readonly WorkloadChange[];
  /** How many workloads need what they needed. */
  readonly unchanged: number;
  /** How many controls of workloads rise, and how many fall. */
  readonly rises: number;
  readonly falls: number;
}

/** Compares workloads of two versions, matched by kind, namespace and name. */
export function compareWorkloads(
  before: readonly Item[],
  after: readonly Item[],
): WorkloadComparison {
  const strict = restricted();
  // Pods that the server will name may share a beginning of their names: they are matched in order.
  const old = Map.groupBy(before, itemKey);
  const compared = after.map(item => {
    const was = old.get(itemKey(item))?.shift();
    return was === undefined ? addition(item, strict) : change(was, item);
  });
  const removed = [...old.values()].flat().map(removal);
  const changes = [
    ...compared.filter(({kind, trends}) => kind === 'added' || trends.length > 0),
    ...removed,
  ].sort((a, b) => byPlace(a.item, b.item));
  const trends = changes.flatMap(one => one.trends);
  return {
    changes,
    unchanged: compared.length + removed.length - changes.length,
    rises: trends.filter(({trend}) => trend === 'rise').length,
    falls: trends.filter(({trend}) => trend === 'fall').length,
  };
}

function change(was: Item, item: Item): WorkloadChange {
  const [before, after] = [leastOf(was), leastOf(item)];
  const trends = controls.flatMap((control): readonly ControlTrend[] => {
    const direction = effectiveDirection(control, before, after);
    if (direction === 'equal') return [];
    return [{control, trend: direction === 'tighter' ? 'fall' : 'rise'}];
  });
  return {kind: 'changed', item, before, after, trends};
}

/** What the built-in restricted policy denies, though it may fill in. */
function addition(item: Item, strict: readonly ControlAlone[]): WorkloadChange {
  const trends = strict
    .filter(({prepared}) => evaluate(prepared, item.submission.view).errors.length > 0)
    .map(({control}): ControlTrend => ({control, trend: 'rise'}));
  return {kind: 'added', item, before: undefined, after: leastOf(item), trends};
}

function removal(item: Item): WorkloadChange {
  return {kind: 'removed', item, before: leastOf(item), after: undefined, trends: []};
}

function leastOf({submission}: Item): Policy {
  return leastPolicy('least', [submission.view], false);
}

interface ControlAlone {
  readonly control: Control;
  readonly prepared: PreparedPolicy;
}

/** Each control of the built-in restricted policy, in a policy that is open otherwise. */
function restricted(): readonly ControlAlone[] {
  const policy = builtinPolicy('restricted', {appArmor: true});
  return controls.map(control => ({
    control,
    prepared: preparePolicy(control.copy(policy, openPolicy)),
  }));
}
