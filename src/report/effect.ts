import {type Candidate, type Invalid, isUsable, missingOf} from '../admission/admit.ts';
import type {Judgement} from '../admission/judgement.ts';
import {missingText, reasonText, validationReason} from '../admission/reasons.ts';
import {isInvalidByItself} from '../admission/validation.ts';
import {type Effect, type Shift, type ShiftKind, shiftKinds} from '../effect/effect.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {unreadText} from '../inventory/unreadPlaces.ts';
import {kindText} from '../kube/workloadKinds.ts';
import {printedPlace, referenceText} from './place.ts';
import {labelReason} from './podSecurity/why.ts';
import {printedPodSecurity} from './podSecurity/words.ts';
import {table} from './table.ts';

const header = ['NAMESPACE', 'KIND', 'NAME', 'BEFORE', 'AFTER', 'CHANGE', 'REASON'];
const wideHeader = [
  ...header.slice(0, -1),
  'SERVICE ACCOUNT',
  'REQUESTER',
  'VIA',
  'CHANGES',
  'REASON',
  'MESSAGE',
];

/** The kinds of shifts, in a word for a row. */
const words: Readonly<Record<ShiftKind, string>> = {
  denied: 'denied',
  mutated: 'mutated',
  move: 'moved',
  altered: 'mutation',
  admitted: 'admitted',
  unknown: 'unknown',
  known: 'known',
  warned: 'warned',
  new: 'new',
  gone: 'gone',
};

/** The same in a sentence, of one and of several. */
const phrases: Readonly<Record<ShiftKind, readonly [one: string, several: string]>> = {
  denied: ['would be denied', 'would be denied'],
  mutated: ['would be changed', 'would be changed'],
  move: ['moves to another policy', 'move to another policy'],
  altered: ['is changed differently', 'are changed differently'],
  admitted: ['is no longer denied', 'are no longer denied'],
  unknown: ['is unknown', 'are unknown'],
  known: ['is let in for sure', 'are let in for sure'],
  warned: ['comes with a warning', 'come with a warning'],
  new: ['is new', 'are new'],
  gone: ['is gone', 'are gone'],
};

interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
}

/** A row for each pod or workload whose result differs from before. */
export function effectTable(
  shifts: readonly Shift[],
  {wide, headers}: TableOptions = {wide: false, headers: true},
): string {
  return table(
    headers ? (wide ? wideHeader : header) : undefined,
    shifts.map(shift => (wide ? wideRow(shift) : shiftCells(shift))),
  );
}

/** The cells of a shift in a table, the reason last. */
export function shiftCells(shift: Shift): readonly string[] {
  return [...row(shift), shiftReason(shift)];
}

function row({kind, item, before, after}: Shift): readonly string[] {
  return [
    item.namespace,
    kindText(item),
    item.name,
    outcomeText(before),
    outcomeText(after),
    words[kind],
  ];
}

function wideRow(shift: Shift): readonly string[] {
  const {item, before, after} = shift;
  const outcome = after ?? before;
  return [
    ...row(shift),
    item.submission.serviceAccount,
    outcome?.requester ?? '',
    (after?.via ?? []).map(({binding}) => (binding ? referenceText(binding) : 'server')).join(','),
    (after?.changes ?? []).map(({path}) => path).join(','),
    shiftReason(shift),
    after?.message ?? '',
  ];
}

function outcomeText(outcome: Judgement | undefined): string {
  if (outcome === undefined) return '';
  if (outcome.allowed === false) return 'denied';
  if (outcome.podSecurity !== undefined) return outcome.allowed ? 'admitted' : 'unknown';
  if (outcome.chosen === undefined) return outcome.allowed ? 'admitted' : 'unknown';
  const {policy, mutates} = outcome.chosen;
  return mutates ? `${policy.name} (mutates)` : policy.name;
}

/** Why the result of a pod or workload differs, in one line. */
function shiftReason(shift: Shift): string {
  const {kind, after, isNewTemplate} = shift;
  if (kind === 'gone') return 'no longer there';
  if (after?.decision.kind === 'unknown') return unknownText(after);
  if (after?.decision.kind === 'invalid') return invalidText(after.decision, shift.item);
  const missing = after && missingOf(after.decision);
  if (missing !== undefined) return missingText(missing);
  if (after?.podSecurity !== undefined) {
    return [isNewTemplate ? 'its new template' : '', labelReason(after.podSecurity)]
      .filter(Boolean)
      .join(': ');
  }
  if (kind === 'new') return after?.chosen === undefined ? noneText(shift) : '';
  const text = [...lostText(shift), ...gainedText(shift)].join('; ');
  const template = isNewTemplate ? 'its new template' : '';
  return [template, text].filter(Boolean).join(': ');
}

function unknownText({unknown}: Judgement): string {
  return `depends on ${unknown.map(({about, needs}) => `${about} (${needs})`).join(', ')}`;
}

function invalidText({chosen, errors}: Invalid, {submission}: Item): string {
  const [error] = errors;
  const what = error === undefined ? '' : `: ${validationReason(error, submission.view)}`;
  return chosen?.mutates && !isInvalidByItself(submission)
    ? `what ${chosen.policy.name} writes into it makes it invalid${what}`
    : `it is invalid${what}`;
}

/** What happened to the policy that admitted it before. */
function lostText(shift: Shift): readonly string[] {
  const {kind, lost, after} = shift;
  if (lost === undefined || kind === 'altered') return [];
  const {policy, candidate} = lost;
  const isSame = after?.chosen?.policy.name === policy;
  if (isSame) return [`${policy} now fills in ${pathsText(after)}`];
  const what = troubleOf(policy, candidate);
  if (after?.chosen !== undefined) return what === undefined ? [] : [what];
  const others = shift.tried - (lost.candidate === undefined || isClosed(lost.candidate) ? 0 : 1);
  return [what ?? `${policy} admits it`, othersText(others)];
}

/** Whether admission does not even try the policy for it. */
function isClosed({policy, rights}: Candidate): boolean {
  return policy.unusable !== undefined || !isUsable(rights);
}

function othersText(count: number): string {
  if (count === 0) return 'it may use no other';
  return count === 1 ? 'the other one denies it' : `the ${count} others deny it`;
}

/** Why a policy does not admit it; undefined if it would, had another not come first. */
function troubleOf(policy: string, candidate: Candidate | undefined): string | undefined {
  if (candidate === undefined) return `${policy} is deleted`;
  const {errors, mutates} = candidate;
  const {unusable} = candidate.policy;
  if (unusable !== undefined) return `admission ignores ${policy}: ${unusable}`;
  if (isClosed(candidate)) return `may no longer use ${policy}`;
  const [error] = errors;
  if (error !== undefined) {
    const more = errors.length > 1 ? ` and ${errors.length - 1} more` : '';
    return `${policy} denies it: ${reasonText(error)}${more}`;
  }
  return mutates ? `${policy} would change it` : undefined;
}

/** Why the policy that admits it now did not before. */
function gainedText({kind, lost, gained, after}: Shift): readonly string[] {
  if (kind === 'altered') {
    const name = after?.chosen?.policy.name ?? '';
    return [
      after?.chosen?.mutates ? `${name} fills in ${pathsText(after)}` : `no longer by ${name}`,
    ];
  }
  if (gained === undefined || gained.policy === lost?.policy) return [];
  const {policy, candidate} = gained;
  if (candidate === undefined) return [`${policy} is new`];
  const {rights, allowed, mutates} = candidate;
  if (!isUsable(rights)) return [`may now use ${policy}`];
  if (!allowed) return [`${policy} admits it now`];
  const isUnchangedNow = mutates && after?.chosen?.mutates === false;
  if (isUnchangedNow) return [`${policy} admits it unchanged now`];
  return lost === undefined ? [`${policy} admits it`] : [`${policy} is next`];
}

function noneText({tried}: Shift): string {
  return tried === 0 ? 'may use no policy' : 'no policy that it may use admits it';
}

/** How many paths of changes are named. */
const pathsShown = 2;

function pathsText(outcome: Judgement | undefined): string {
  const paths = (outcome?.changes ?? []).map(({path}) => path);
  const more = paths.length - pathsShown;
  return `${paths.slice(0, pathsShown).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** "2 would be denied, 1 moves to another policy, 90 stay as they are."; "none" if nothing is judged. */
export function effectText({shifts, same, unread}: Effect): string {
  const parts = countTexts(shifts);
  const rest = same === 0 ? [] : [`${same} ${same === 1 ? 'stays as it is' : 'stay as they are'}`];
  const open = unread === undefined ? [] : [unreadText(unread)];
  return `Pods and workloads: ${[...parts, ...rest, ...open].join(', ') || 'none'}.`;
}

/** "In other namespaces: 24 would be denied; -A lists them."; undefined if all that shifts is listed. */
export function elsewhereText({shifts}: Effect, namespace: string | undefined): string | undefined {
  const isElsewhere = ({item}: Shift) => namespace !== undefined && item.namespace !== namespace;
  const counts = countTexts(shifts.filter(isElsewhere));
  return counts.length === 0
    ? undefined
    : `Of these in other namespaces: ${counts.join(', ')}; -A lists them.`;
}

/** "2 would be denied", for each kind that there is. */
function countTexts(shifts: readonly Shift[]): readonly string[] {
  return shiftKinds.flatMap(kind => {
    const count = shifts.filter(shift => shift.kind === kind).length;
    if (count === 0) return [];
    return `${count} ${phrases[kind][count === 1 ? 0 : 1]}${kind === 'new' ? newText(shifts) : ''}`;
  });
}

/** How many of what comes with the change admission would not let in, or perhaps not. */
function newText(shifts: readonly Shift[]): string {
  const fresh = shifts.filter(({kind}) => kind === 'new').map(({after}) => after?.allowed);
  const parts = [
    {word: 'denied', number: fresh.filter(allowed => allowed === false).length},
    {word: 'unknown', number: fresh.filter(allowed => allowed === undefined).length},
  ].flatMap(({word, number}) => (number === 0 ? [] : `${number} ${word}`));
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** How many of each kind there are, for machines. */
export function printedSummary({shifts, same, unread}: Effect): object {
  const counts = shiftKinds.map(kind => [
    words[kind],
    shifts.filter(shift => shift.kind === kind).length,
  ]);
  return {...Object.fromEntries(counts), same, unread: unread && unreadText(unread)};
}

/** One shift as machine output has it. */
export function printedShift(shift: Shift): object {
  const {kind, item, before, after} = shift;
  return {
    ...printedPlace(item),
    serviceAccount: item.submission.serviceAccount,
    change: words[kind],
    reason: shiftReason(shift),
    before: printedOutcome(before),
    after: printedOutcome(after),
  };
}

function printedOutcome(outcome: Judgement | undefined): object | null {
  if (outcome === undefined) return null;
  const {chosen, via, changes, message, requester, judgedForCaller, decision} = outcome;
  return {
    allowed: outcome.allowed ?? null,
    policy: chosen?.policy.name ?? null,
    requester: requester ?? null,
    via: via.map(({right, binding, role}) => ({
      right,
      binding: binding ?? null,
      role: role ?? null,
    })),
    changes,
    message: message ?? null,
    podSecurity: outcome.podSecurity && printedPodSecurity(outcome.podSecurity),
    unknown: decision.kind === 'unknown' ? outcome.unknown : undefined,
    phase: decision.kind === 'invalid' ? 'validation' : undefined,
    judgedForCaller: judgedForCaller || undefined,
  };
}
