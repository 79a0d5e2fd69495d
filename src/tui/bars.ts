import {type State, verdictStates} from '../admission/judgement.ts';
import type {Impact, ImpactKind} from '../effect/impact.ts';
import type {Piece, Theme, Tone} from './paint.ts';

/** So many of one kind, for a bar. */
export interface Part {
  readonly tone: Tone;
  readonly count: number;
}

/** What a state looks like, wherever it stands. */
export const stateTones: Readonly<Record<State, Tone>> = {
  denied: 'bad',
  unknown: 'unknown',
  mutated: 'warn',
  drifted: 'moved',
  warned: 'warn',
  ok: 'good',
};

/** The parts of a bar of pods by their states, the worst first. */
export function stateParts(counts: Readonly<Record<State, number>>): readonly Part[] {
  return verdictStates.map(state => ({tone: stateTones[state], count: counts[state]}));
}

/** What a list of an impact looks like. */
export const impactTones: Readonly<Record<ImpactKind, Tone>> = {
  denied: 'bad',
  mutated: 'warn',
  move: 'moved',
  admitted: 'good',
  couldUse: 'plain',
  stay: 'plain',
  unknown: 'unknown',
  known: 'good',
};

/** The parts of a bar of what an edit touches, as it is judged after it. */
export function impactParts(impact: Impact): readonly Part[] {
  const {denied, unknown, mutated, move, admitted, known, stay} = impact;
  const others = [...stay, ...admitted, ...known];
  const inState = (state: State) => others.filter(({after}) => after.state === state).length;
  return [
    {tone: 'bad', count: denied.length},
    {tone: 'unknown', count: unknown.length + inState('unknown')},
    {tone: 'warn', count: mutated.length + inState('mutated') + inState('warned')},
    {tone: 'moved', count: move.length + inState('drifted')},
    {tone: 'good', count: inState('ok')},
  ];
}

const line = '━';
/** Without colours it takes more than one kind of line. */
const signs: Readonly<Record<Tone, string>> = {
  bad: '█',
  unknown: '▒',
  warn: '▓',
  moved: '░',
  good: '─',
  plain: '─',
  dim: '·',
};

/** A bar of so many columns: each part by its share, and none that there is left out while there is room. */
export function barSpans(parts: readonly Part[], width: number, {colors}: Theme): readonly Piece[] {
  const present = parts.filter(({count}) => count > 0);
  if (present.length === 0) return [{text: ' '.repeat(Math.max(0, width))}];
  return widthsOf(present, width).map((columns, index) => {
    const tone = present[index]?.tone ?? 'plain';
    return {text: (colors === 'none' ? signs[tone] : line).repeat(columns), tone, isArea: true};
  });
}

/** Shares of a width in whole columns, at least one for each while that can be. */
function widthsOf(parts: readonly Part[], width: number): readonly number[] {
  const total = parts.reduce((sum, {count}) => sum + count, 0);
  const room = Math.max(0, width);
  const widths = parts.map(({count}) => Math.max(1, Math.round((count / total) * room)));
  const sum = () => widths.reduce((all, each) => all + each, 0);
  while (sum() !== room) {
    const widest = widths.indexOf(Math.max(...widths));
    const by = sum() < room ? 1 : -1;
    if (by < 0 && widths[widest] === 0) break;
    widths[widest] = (widths[widest] ?? 0) + by;
  }
  return widths;
}
