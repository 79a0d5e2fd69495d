import type {Inventory} from '../inventory/inventory.ts';
import {namespacesOf} from '../inventory/inventory.ts';
import {workloadKinds} from '../kube/workloadKinds.ts';
import {jumpWords} from './jumps.ts';

/** What comes behind a word. */
type Argument = 'namespace' | 'policy' | 'file' | 'context' | 'nothing';

/** The words that are offered, in the order of `:`'s hint, and what each takes. */
const offered: ReadonlyMap<string, Argument> = new Map([
  ['ns', 'namespace'],
  ['po', 'namespace'],
  ['deploy', 'namespace'],
  ['sa', 'namespace'],
  ['psp', 'policy'],
  ['who-can', 'policy'],
  ['grants', 'namespace'],
  ['findings', 'namespace'],
  ['advise', 'namespace'],
  ['migrate', 'namespace'],
  ['try', 'file'],
  ['snapshot', 'file'],
  ['ctx', 'context'],
  ['gaps', 'nothing'],
  ['help', 'nothing'],
  ['quit', 'nothing'],
  ...workloadKinds.flatMap(({shortName}) =>
    shortName === undefined ? [] : [[shortName, 'namespace'] as const],
  ),
]);

/** What may be typed next after `:`: the words that begin so, or the names behind one. */
export function jumpHint(typed: string, inventory: Inventory): string {
  if (typed.trim() === '') return jumpWords;
  const {word, isWhole, choices} = reading(typed, inventory);
  const argument = offered.get(word);
  if (!isWhole && argument !== undefined && choices.length <= 1) return usageOf(argument);
  return choices.join(' ');
}

/** The line with as much more as all that may be meant begin with; a space behind what only one can be. */
export function completedJump(typed: string, inventory: Inventory): string {
  const {begun, choices} = reading(typed, inventory);
  if (choices.length === 0) return typed;
  const end = choices.length === 1 ? ' ' : '';
  return `${typed.slice(0, typed.length - begun.length)}${completedFrom(choices, begun)}${end}`;
}

/** The names that begin so. */
export function namesFrom(names: readonly string[], begun: string): readonly string[] {
  return names.filter(name => name.startsWith(begun));
}

/** The text with as much more as all the names that begin so have in common. */
export function completedFrom(names: readonly string[], begun: string): string {
  const [first = begun, ...others] = namesFrom(names, begun);
  return others.reduce(commonStart, first);
}

/** What a line says so far: its word, the part that is begun, and what that may become. */
function reading(typed: string, inventory: Inventory) {
  const [word = '', ...rest] = typed.trimStart().split(/\s+/);
  const [begun = word] = rest;
  const isWhole = rest.length > 0;
  const all = isWhole ? namesFor(offered.get(word), inventory) : [...offered.keys()];
  return {word, begun, isWhole, choices: namesFrom(all, begun)};
}

function namesFor(argument: Argument | undefined, inventory: Inventory): readonly string[] {
  if (argument === 'namespace') return namespacesOf(inventory);
  return argument === 'policy' ? inventory.policies.map(({metadata}) => metadata.name).sort() : [];
}

function usageOf(argument: Argument): string {
  return argument === 'nothing' ? '' : `[${argument.toUpperCase()}]`;
}

function commonStart(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return one.slice(0, length);
}
