import {type State, type Verdict, verdictStates} from '../admission/judgement.ts';
import {weaklyKeyed} from '../once.ts';
import type {Model} from './model.ts';
import type {NamespacePart} from './parts.ts';

/** How many there are of what is judged, and how they are judged. */
export interface Tally {
  readonly pods: number;
  /** Workloads without a pod. */
  readonly idle: number;
  readonly states: Readonly<Record<State, number>>;
}

/** The state of the whole: all pods and idle workloads of the inventory. */
export const tallyOf = weaklyKeyed(({parts}: Model): Tally => {
  const all = parts.map(tallyIn);
  const sum = (number: (tally: Tally) => number) =>
    all.reduce((total, tally) => total + number(tally), 0);
  const states = statesOf([]);
  for (const state of verdictStates) states[state] = sum(tally => tally.states[state]);
  return {pods: sum(({pods}) => pods), idle: sum(({idle}) => idle), states};
});

const tallyIn = weaklyKeyed(({verdicts}: NamespacePart): Tally => {
  const pods = verdicts.filter(({item}) => item.kind === 'Pod').length;
  return {pods, idle: verdicts.length - pods, states: statesOf(verdicts)};
});

/** How many are in each state. */
export function statesOf(verdicts: readonly Pick<Verdict, 'state'>[]): Record<State, number> {
  const states = {denied: 0, unknown: 0, mutated: 0, drifted: 0, warned: 0, ok: 0};
  for (const {state} of verdicts) states[state] += 1;
  return states;
}

/** What a restart does to a pod in each state, in a word; docs and the page of an audit say the same. */
export const restartWords: Readonly<Record<State, string>> = {
  denied: 'denied',
  unknown: 'unknown',
  mutated: 'changed',
  drifted: 'moved',
  warned: 'warned',
  ok: 'as it is',
};

/** The states that something is in and that are worth a word: all but those of pods that stay as they are. */
export function notableStates(states: Tally['states']): readonly State[] {
  return verdictStates.filter(state => state !== 'ok' && states[state] > 0);
}
