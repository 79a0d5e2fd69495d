import {type Candidate, isPerhapsUsable, isUsable} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {reasonText} from '../admission/reasons.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import {titleInText} from '../policy/level.ts';
import {deniersOf} from '../policy/loosen.ts';
import {labelReasons} from '../report/podSecurity/why.ts';
import {waysOutLines} from '../report/waysOut.ts';
import {whyFacts, whyMessage} from '../report/whyStory.ts';
import {count} from '../text.ts';
import {stateTones} from './bars.ts';
import type {Piece, Tone} from './paint.ts';
import type {RichLine} from './rich.ts';
import {safeWidthOf} from './text.ts';
import {podOf} from './waysIn.ts';

/**
 * The whole story of one pod or workload: its verdict, and its way through the policies as a list with marks. Line by line
 * as they are asked for: of hundreds of policies, a few are in sight at once.
 */
export function* whyLines(verdict: Verdict): Generator<RichLine, void> {
  const [title = '', ...facts] = whyFacts([verdict]);
  yield titleLine(title, verdict);
  yield* facts.map(factLine);
  if (verdict.podSecurity !== undefined) {
    yield* labelReasons(verdict);
    yield* whyMessage(verdict).map(headingLine);
    return;
  }
  const {candidates} = verdict;
  const all = candidates.map(candidate => ({candidate, fate: fateOf(candidate, verdict)}));
  const tried = all.filter(({fate}) => fate !== fates.unusable);
  const others = all.filter(({fate}) => fate === fates.unusable);
  yield* ['', heading('Policies in the order in which admission tries them:')];
  if (candidates.length === 0) yield '  none: there is no PodSecurityPolicy';
  else if (tried.length === 0) yield '  none: it may use no policy';
  yield* rowsOf(tried, verdict);
  yield* waysOutLines(verdict).map(headingLine);
  yield* whyMessage(verdict).map(headingLine);
  if (others.length === 0) return;
  yield* ['', heading('Policies that it may not use:')];
  yield* rowsOf(others, verdict);
}

function* rowsOf(told: readonly Told[], verdict: Verdict): Generator<RichLine, void> {
  const widest = Math.max(0, ...told.map(({candidate}) => safeWidthOf(candidate.policy.name)));
  for (const each of told) yield* candidateRows(each, verdict, widest);
}

/** What stands above some lines. */
function heading(text: string): RichLine {
  return [{text, bold: true}];
}

/** A line that is not indented stands above those that are. */
function headingLine(line: string): RichLine {
  return /^\S.*:$/.test(line) ? heading(line) : line;
}

function titleLine(title: string, {state}: Verdict): RichLine {
  const end = title.indexOf(': ') + 2;
  return [
    {text: title.slice(0, end), bold: true},
    {text: title.slice(end), bold: true, tone: stateTones[state]},
  ];
}

/** How wide the names of facts are, with what stands before and after them. */
const factStart = 19;

function factLine(line: string): RichLine {
  return /^ {2}[A-Z ]/.test(line)
    ? [{text: line.slice(0, factStart), tone: 'dim'}, {text: line.slice(factStart)}]
    : line;
}

/** What becomes of a policy in the order; the sign and the word say the same. */
interface Fate {
  readonly sign: string;
  readonly word: string;
  readonly tone: Tone;
}

/** A policy, and what becomes of it. */
interface Told {
  readonly candidate: Candidate;
  readonly fate: Fate;
}

const fates = {
  chosen: {sign: '✓', word: 'chosen', tone: 'good'},
  refused: {sign: '✗', word: 'refused', tone: 'bad'},
  invalid: {sign: '✗', word: 'invalid pod', tone: 'bad'},
  spare: {sign: '+', word: 'would do', tone: 'plain'},
  perhaps: {sign: '?', word: 'perhaps', tone: 'unknown'},
  unusable: {sign: '-', word: 'not usable', tone: 'dim'},
  ignored: {sign: '!', word: 'ignored', tone: 'warn'},
} as const satisfies Readonly<Record<string, Fate>>;

function fateOf(candidate: Candidate, {chosen, decision}: Verdict): Fate {
  if (candidate.policy.unusable !== undefined) return fates.ignored;
  if (candidate === chosen) return fates.chosen;
  if (decision.kind === 'invalid' && candidate === decision.chosen) return fates.invalid;
  if (isUsable(candidate.rights)) return candidate.allowed ? fates.spare : fates.refused;
  return isPerhapsUsable(candidate.rights) ? fates.perhaps : fates.unusable;
}

/** A policy's line, and what it has against the pod; of one that is not usable, the controls alone. */
function candidateRows(
  {candidate, fate: {sign, word, tone}}: Told,
  verdict: Verdict,
  widest: number,
): readonly RichLine[] {
  const {policy, errors} = candidate;
  const isMute = tone === 'dim';
  const gap = ' '.repeat(widest - safeWidthOf(policy.name) + 2);
  const bold = candidate === verdict.chosen;
  const line: readonly Piece[] = [
    {text: `  ${sign} `, tone, bold},
    {text: policy.name + gap, bold, ...(isMute ? {tone: 'dim'} : {})},
    {text: `${word.padEnd(wordWidth)}  `, tone, bold},
    {text: remarkOf(candidate, verdict), ...(isMute ? {tone: 'dim'} : {})},
  ];
  if (isMute) return [line];
  return [
    line,
    ...errors.flatMap((error): readonly RichLine[] => [
      `      ${reasonText(error)}`,
      [{text: `      ${fieldErrorText(error)}`, tone: 'dim'}],
    ]),
  ];
}

const wordWidth = Math.max(...Object.values(fates).map(({word}) => word.length));

/** Through whom it is usable, and what it does or would do with the pod. */
function remarkOf(candidate: Candidate, {item, chosen}: Pick<Verdict, 'item' | 'chosen'>): string {
  const {policy, rights, allowed, mutates, errors} = candidate;
  if (policy.unusable !== undefined) return policy.unusable;
  const whose = [
    ...(rights.serviceAccount ? ['service account'] : []),
    ...(rights.requester ? ['requester'] : []),
  ].join(' and ');
  const through = isUsable(rights) ? `, by ${whose}` : '';
  if (!allowed) {
    if (isUsable(rights)) return `${count(errors.length, 'reason')}${through}`;
    const deniers = deniersOf(policy.policy, podOf(item)).map(({title}) => titleInText(title));
    return `would refuse it: ${deniers.join(', ') || count(errors.length, 'reason')}`;
  }
  if (candidate === chosen) return `${mutates ? 'changes it' : 'admits it unchanged'}${through}`;
  return `would ${mutates ? 'change it' : 'admit it unchanged'}${through}`;
}
