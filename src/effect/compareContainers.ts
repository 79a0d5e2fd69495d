import type {Control} from '../controls/control.ts';
import type {RunningContainer, Runtime, RuntimeOrdering} from '../controls/runtime.ts';
import {decodePod, type Pod} from '../kube/pod.ts';
import {type ContainerView, type PodView, viewOf} from '../kube/podView.ts';

/**
 * How what a pod may do at run time has changed. `rise`: more than before; `fall`: less; `change`:
 * neither more nor less.
 */
export type Trend = 'rise' | 'fall' | 'change';

/** What changes by one control, for the pod or for some of its containers. */
export interface ControlTrend {
  readonly control: Control;
  readonly trend: Trend;
  /** The containers that it is about; none for the pod as a whole. */
  readonly containers: readonly ContainerView[];
  /** What they ran with, in words; undefined for containers that were not there. */
  readonly before: string | undefined;
  /** What they run with now; undefined for containers that are gone. */
  readonly after: string | undefined;
}

/** How what is there now compares with what was there. */
const trends: Readonly<Record<RuntimeOrdering, Trend | undefined>> = {
  more: 'rise',
  less: 'fall',
  incomparable: 'change',
  equal: undefined,
};

/** The trend that follows from comparing new with old; undefined if nothing changes. */
export function trendOf(order: RuntimeOrdering): Trend | undefined {
  return trends[order];
}

/**
 * What changes from one version of a pod to the next. Containers are matched by list and name. One that
 * is added is a rise if it may do more than every container that was there, or more than one that sets
 * nothing; in the latter case, only a removed one can have had it before. For one that is removed, the
 * same holds the other way round.
 */
export function podTrends(
  controls: readonly Control[],
  was: PodView,
  now: PodView,
): readonly ControlTrend[] {
  const there = matchContainers(was, now);
  const back = matchContainers(now, was);
  return controls.flatMap(control => {
    const {runtime} = control;
    if (runtime.scope === 'pod') {
      const trend = trendOf(runtime.compare(now, was));
      if (trend === undefined) return [];
      const [before, after] = [runtime.says(was), runtime.says(now)];
      return [{control, trend, containers: [], before, after}];
    }
    return mergeTrends([
      ...keptTrends(control, runtime, there),
      ...newTrends(control, runtime, there),
      ...newTrends(control, runtime, back).map(turned),
    ]);
  });
}

type ContainerRuntime = Extract<Runtime, {scope: 'container'}>;

/** The containers of a new version next to those of the old one. */
interface Matching {
  readonly kept: readonly (readonly [was: RunningContainer, now: RunningContainer])[];
  readonly added: readonly RunningContainer[];
  readonly gone: readonly RunningContainer[];
  readonly old: readonly RunningContainer[];
  /** What a container that sets nothing runs with in the new version. */
  readonly plain: RunningContainer;
}

function matchContainers(was: PodView, now: PodView): Matching {
  const key = ({list, name}: ContainerView) => `${list}/${name}`;
  const old = was.containers.map((container): RunningContainer => ({container, pod: was}));
  const byKey = new Map(old.map(one => [key(one.container), one]));
  const kept: (readonly [RunningContainer, RunningContainer])[] = [];
  const added: RunningContainer[] = [];
  for (const container of now.containers) {
    const before = byKey.get(key(container));
    byKey.delete(key(container));
    if (before === undefined) added.push({container, pod: now});
    else kept.push([before, {container, pod: now}]);
  }
  return {kept, added, gone: [...byKey.values()], old, plain: plainContainer(now)};
}

/** A container that sets nothing, in this pod. */
function plainContainer({pod, release}: PodView): RunningContainer {
  const {containers} = plainPod.spec;
  const spec = {
    ...pod.spec,
    containers,
    initContainers: undefined,
    ephemeralContainers: undefined,
  };
  const view = viewOf({...pod, spec}, release);
  const [container] = view.containers;
  if (container === undefined) throw new Error('the view of a pod has lost a container');
  return {container, pod: view};
}

const plainPod: Pod = decodePod({spec: {containers: [{name: 'plain'}]}});

function keptTrends(
  control: Control,
  runtime: ContainerRuntime,
  {kept}: Matching,
): readonly ControlTrend[] {
  return kept.flatMap(([was, now]) => {
    // What the flag gives or takes away is reported with the flag.
    if (isOverruled(runtime, was) !== isOverruled(runtime, now)) return [];
    const trend = trendOf(runtime.compare(now, was));
    if (trend === undefined) return [];
    const [before, after] = [runtime.says(was), runtime.says(now)];
    return [{control, trend, containers: [now.container], before, after}];
  });
}

function newTrends(
  control: Control,
  runtime: ContainerRuntime,
  {added, gone, old, plain}: Matching,
): readonly ControlTrend[] {
  return added.flatMap(one => {
    if (isOverruled(runtime, one)) return [];
    const isMoreThanPlain = runtime.compare(one, plain) === 'more';
    const orders = (isMoreThanPlain ? [...gone, plain] : old).map(other =>
      runtime.compare(one, other),
    );
    if (orders.some(order => order === 'less' || order === 'equal')) return [];
    const trend = orders.includes('more') ? 'rise' : 'change';
    const after = runtime.says(one);
    return [{control, trend, containers: [one.container], before: undefined, after}];
  });
}

/** Whether a flag of the container or its pod already allows everything that the control could hold back. */
export function isOverruled({overruledBy}: Runtime, {container, pod}: RunningContainer): boolean {
  return (
    (overruledBy === 'privileged' && container.privileged) ||
    (overruledBy === 'hostNetwork' && pod.hostNetwork)
  );
}

function turned(one: ControlTrend): ControlTrend {
  const trend = one.trend === 'rise' ? 'fall' : one.trend === 'fall' ? 'rise' : one.trend;
  return {...one, trend, before: one.after, after: one.before};
}

/** Containers with the same trend between the same values are reported together. */
export function mergeTrends(all: readonly ControlTrend[]): readonly ControlTrend[] {
  const groups = Map.groupBy(all, ({trend, before, after}) =>
    JSON.stringify([trend, before ?? null, after ?? null]),
  );
  return [...groups.values()].flatMap(([first, ...rest]) =>
    first === undefined
      ? []
      : [{...first, containers: [first, ...rest].flatMap(({containers}) => containers)}],
  );
}
