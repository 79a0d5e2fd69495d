import type {ContainerView, PodView} from '../kube/podView.ts';

/** How much one pod or container may do at run time, next to another one. */
export type RuntimeOrdering = 'less' | 'equal' | 'more' | 'incomparable';

/** A container in its pod. */
export interface RunningContainer {
  readonly container: ContainerView;
  readonly pod: PodView;
}

/** A flag that, where it is set, gives away all that another control could hold back. */
export type OverrulingFlag = 'privileged' | 'hostNetwork';

/** What something may do by one control at run time, in words and in order. */
interface RunningOrder<Runner> {
  /** What it runs with, also where it says nothing: "root", "the runtime's profile". */
  says(runner: Runner): string;
  /** How much the first may do, next to the second. Two that say the same are equal. */
  compare(one: Runner, other: Runner): RuntimeOrdering;
  readonly overruledBy: OverrulingFlag | undefined;
}

/**
 * What pods may do by a control once they run, which is not what they need of a policy: a pod that says
 * nothing about seccomp fits under the strictest policy, and runs unconfined. Unset is what the kubelet
 * of v1.24 and its container runtime make of it, without feature gates that are off by default. Values
 * that no one can order, such as two profiles of a node, are incomparable.
 */
export type Runtime =
  | ({readonly scope: 'pod'} & RunningOrder<PodView>)
  | ({readonly scope: 'container'} & RunningOrder<RunningContainer>);

/** How states of one control compare, and what to call them. */
export interface RuntimeStates<State> {
  /** Whether whoever runs with `one` may do no more than with `other`: reflexive and transitive. */
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

/** States that are yes or no, where yes may do more. */
export const yesOrNo: RuntimeStates<boolean> = {
  atMost: (one, other) => !one || other,
  says: state => (state ? 'yes' : 'no'),
};

/** Names of which each one is a right of its own, and others that give none. */
export interface NamedRights {
  readonly rights: readonly string[];
  /** What differs in these alone is another pod, and not one that may do more. */
  readonly harmless: readonly string[];
}

/** More rights are more; sets that differ in what is harmless alone are incomparable. */
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

/** Whether all of these are among those. */
export function isWithin(these: readonly string[], those: readonly string[]): boolean {
  return these.every(name => those.includes(name));
}
