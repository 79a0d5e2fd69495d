import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {RunningContainer} from '../controls/runtime.ts';
import {byPlace, type Item, itemKey} from '../inventory/submissions/items.ts';
import {decodePod} from '../kube/pod.ts';
import {type PodView, viewOf} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import {builtinPolicy} from '../policy/builtin.ts';
import {openPolicy} from '../policy/comparePolicies.ts';
import {evaluate, type PreparedPolicy, preparePolicy} from '../policy/evaluate.ts';
import {
  type ControlTrend,
  isOverruled,
  mergeTrends,
  podTrends,
  type Trend,
  trendOf,
} from './compareContainers.ts';

/** A workload whose pods may do something different from before, or that is not in both versions. */
export interface WorkloadChange {
  readonly kind: 'changed' | 'added' | 'removed';
  /** The workload in the new version, or in the old one if it was removed. */
  readonly item: Item;
  /** Whether its pods have several containers, so that trends have to name the one that is meant. */
  readonly hasSeveral: boolean;
  /** For added workloads, what the built-in restricted policy denies; nothing for removed ones. */
  readonly trends: readonly ControlTrend[];
}

/** What rises, falls and changes between two versions of workloads. */
export interface WorkloadComparison {
  /** By namespace, kind and name. */
  readonly changes: readonly WorkloadChange[];
  /** How many workloads may do the same at run time as before. */
  readonly unchanged: number;
  /** How many trends of each kind the workloads have. */
  readonly counts: Readonly<Record<Trend, number>>;
}

/** Compares workloads of two versions, matched by kind, namespace and name, on a release. */
export function compareWorkloads(
  before: readonly Item[],
  after: readonly Item[],
  release: Release,
): WorkloadComparison {
  const strict = strictIn(release);
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
  const among = (trend: Trend) => trends.filter(one => one.trend === trend).length;
  return {
    changes,
    unchanged: compared.length + removed.length - changes.length,
    counts: {rise: among('rise'), fall: among('fall'), change: among('change')},
  };
}

function change(was: Item, item: Item): WorkloadChange {
  const [before, after] = [was.submission.view, item.submission.view];
  const hasSeveral = before.containers.length > 1 || after.containers.length > 1;
  return {kind: 'changed', item, hasSeveral, trends: podTrends(controls, before, after)};
}

/**
 * Of everything that the built-in restricted policy denies although it may fill in, the part that may do more
 * than its pods: the policy can't name everything that is harmless, such as a level of SELinux.
 */
function addition(item: Item, strict: Strict): WorkloadChange {
  const {view} = item.submission;
  const trends = strict.alone.flatMap(one => additionTrends(one, strict.filled, view));
  return {kind: 'added', item, hasSeveral: view.containers.length > 1, trends};
}

function additionTrends(
  {control, prepared}: ControlAlone,
  filledPod: PodView,
  view: PodView,
): readonly ControlTrend[] {
  const {runtime} = control;
  const denies = (pod: PodView) => evaluate(prepared, pod).errors.length > 0;
  if (runtime.scope === 'pod') {
    const trend = denies(view) ? trendOf(runtime.compare(view, filledPod)) : undefined;
    if (trend === undefined || trend === 'fall') return [];
    return [{control, trend, containers: [], before: undefined, after: runtime.says(view)}];
  }
  const rising = view.containers.flatMap((container): readonly ControlTrend[] => {
    const here: RunningContainer = {container, pod: view};
    if (isOverruled(runtime, here) || !denies(view.withOnly(container))) return [];
    const [trend] = filledPod.containers.map(filled =>
      trendOf(runtime.compare(here, {container: filled, pod: filledPod})),
    );
    if (trend === undefined || trend === 'fall') return [];
    const after = runtime.says(here);
    return [{control, trend, containers: [container], before: undefined, after}];
  });
  return mergeTrends(rising);
}

/** A pod with what the built-in restricted policy fills in where nothing is set. */
const confined = decodePod({
  spec: {
    securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
    containers: [
      {
        name: 'plain',
        securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
      },
    ],
  },
});

function removal(item: Item): WorkloadChange {
  return {kind: 'removed', item, hasSeveral: false, trends: []};
}

interface ControlAlone {
  readonly control: Control;
  readonly prepared: PreparedPolicy;
}

/** The built-in restricted policy of a release. */
interface Strict {
  /** Each control, in a policy that is open otherwise. */
  readonly alone: readonly ControlAlone[];
  /** What it makes of a pod that sets nothing. */
  readonly filled: PodView;
}

function strictIn(release: Release): Strict {
  const policy = builtinPolicy('restricted', {appArmor: true, release});
  const alone = controls.map(control => ({
    control,
    prepared: preparePolicy(control.copy(policy, openPolicy), release),
  }));
  return {alone, filled: viewOf(confined, release)};
}
