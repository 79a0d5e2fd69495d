import type {ContainerView, PodView} from '../kube/podView.ts';

/** How much one pod or container may do at run time, compared with another one. */
export type RuntimeOrdering = 'less' | 'equal' | 'more' | 'incomparable';

/** A container in its pod. */
export interface RunningContainer {
  readonly container: ContainerView;
  readonly pod: PodView;
}

/** A flag that, if set, allows everything that another control could hold back. */
export type OverrulingFlag = 'privileged' | 'hostNetwork';

/** What something may do at run time as regards one control, in words and in order. */
interface RunningOrder<Runner> {
  /** What it runs with, even if it sets nothing: "root", "the runtime's profile". */
  says(runner: Runner): string;
  /** How much the first may do, compared with the second. Two with the same words are equal. */
  compare(one: Runner, other: Runner): RuntimeOrdering;
  readonly overruledBy: OverrulingFlag | undefined;
}

/**
 * What pods may do at run time as regards a control, which is not what they need from a policy: a pod that
 * sets no seccomp profile fits under the strictest policy, and runs unconfined. Unset is what the kubelet
 * of v1.24 and its container runtime make of it, without feature gates that are off by default. Values
 * that can't be ordered, such as two profiles of a node, are incomparable.
 */
export type Runtime =
  | ({readonly scope: 'pod'} & RunningOrder<PodView>)
  | ({readonly scope: 'container'} & RunningOrder<RunningContainer>);

/** How states of one control compare, and what to call them. */
export interface RuntimeStates<State> {
  /** Whether running with `one` allows no more than running with `other`: reflexive and transitive. */
  atMost(one: State, other: State): boolean;
  says(state: State): string;
  readonly overruledBy?: OverrulingFlag;
}

/** The run time of what a pod has as a whole. */
export function podRuntime<State>(
  states: RuntimeStates<State> & {read(pod: PodView): State},
): Runtime {
  return {scope: 'pod', ...ordered(states, (pod: PodView) => states.read(pod))};
}

/** The run time of what each container has by itself. */
export function containerRuntime<State>(
  states: RuntimeStates<State> & {read(container: ContainerView, pod: PodView): State},
): Runtime {
  return {
    scope: 'container',
    ...ordered(states, ({container, pod}: RunningContainer) => states.read(container, pod)),
  };
}

function ordered<State, Runner>(
  {atMost, says, overruledBy}: RuntimeStates<State>,
  read: (runner: Runner) => State,
): RunningOrder<Runner> {
  return {
    overruledBy,
    says: runner => says(read(runner)),
    compare(one, other) {
      const [a, b] = [read(one), read(other)];
      if (atMost(a, b)) return atMost(b, a) ? 'equal' : 'less';
      return atMost(b, a) ? 'more' : 'incomparable';
    },
  };
}

/** States that are yes or no, where yes allows more. */
export const yesOrNo: RuntimeStates<boolean> = {
  atMost: (one, other) => !one || other,
  says: state => (state ? 'yes' : 'no'),
};

/** Names each of which is a right of its own, and others that grant nothing. */
export interface NamedRights {
  readonly rights: readonly string[];
  /** Values that differ only in these make a different pod, not one that may do more. */
  readonly harmless: readonly string[];
}

/** More rights are more; sets that differ only in harmless names are incomparable. */
export const namedRights: RuntimeStates<NamedRights> = {
  atMost(one, other) {
    if (!isWithin(one.rights, other.rights)) return false;
    return (
      !isWithin(other.rights, one.rights) ||
      (isWithin(one.harmless, other.harmless) && isWithin(other.harmless, one.harmless))
    );
  },
  says: ({rights, harmless}) =>
    [...new Set([...rights, ...harmless])].toSorted().join(', ') || 'none',
};

/** Whether all of the first are among the second. */
export function isWithin(these: readonly string[], those: readonly string[]): boolean {
  return these.every(name => those.includes(name));
}
