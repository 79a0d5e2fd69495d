import {type Candidate, isPerhapsUsable, isUsable, missingOf} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {missingText, reasonLines, reasonText, validationReason} from '../admission/reasons.ts';
import type {Via} from '../admission/rights.ts';
import {isInvalidByItself} from '../admission/validation.ts';
import {decidingFor} from '../inventory/submissions/submissions.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {escapeText} from './escape.ts';
import {nameOf, referenceText} from './place.ts';
import {labelFacts, labelMessage, labelReasons, labelStateText} from './podSecurity/why.ts';
import {waysOutLines} from './waysOut.ts';

/** How much of a story is told. */
export interface StoryOptions {
  /** Also the API server's own words for each reason. */
  readonly wide: boolean;
  /** Also what the pod may not use, policy by policy. */
  readonly all: boolean;
}

/** The verdicts about pods that the same is to be said of, those of one workload, together. */
export function sameStories(verdicts: readonly Verdict[]): readonly NonEmpty<Verdict>[] {
  const stories = new Map<string, [Verdict, ...Verdict[]]>();
  const numbers = new Map<object, number>();
  for (const verdict of verdicts) {
    const {item, state} = verdict;
    const deciding = decidingFor(item.submission);
    if (!numbers.has(deciding)) numbers.set(deciding, numbers.size);
    const key = [numbers.get(deciding), state, item.admittedBy].join(' ');
    const known = stories.get(key);
    if (known === undefined) stories.set(key, [verdict]);
    else known.push(verdict);
  }
  return [...stories.values()];
}

/** The whole story of a pod or workload, or of pods that it is the same for. */
export function whyStory(verdicts: NonEmpty<Verdict>, options: StoryOptions): string {
  const [verdict] = verdicts;
  if (verdict.podSecurity !== undefined) return labelStory(verdicts);
  const {chosen, candidates} = verdict;
  const usable = candidates.filter(candidate => isTold(candidate, chosen));
  const others = candidates.filter(candidate => !isTold(candidate, chosen));
  const lines = [
    ...whyFacts(verdicts),
    '',
    ...(candidates.length === 0
      ? [
          arePoliciesKnown(verdict)
            ? 'There are no PodSecurityPolicies.'
            : 'The policies are unknown.',
        ]
      : usable.length === 0
        ? ['It may use no policy for sure.']
        : [triedTitle]),
    ...usable.flatMap(candidate => candidateLines(candidate, verdict, options)),
    ...(options.all || others.length === 0
      ? []
      : [`Others: ${foldedText(others)} (--all lists them)`]),
    ...waysOutLines(verdict),
    ...whyMessage(verdict),
    ...(options.all && others.length > 0 ? ['', 'Other policies:'] : []),
    ...(options.all ? others.flatMap(each => candidateLines(each, verdict, options)) : []),
  ];
  return `${lines.map(escapeText).join('\n')}\n`;
}

function arePoliciesKnown({unknown}: Verdict): boolean {
  return !unknown.some(({about}) => about === 'the policies');
}

/** The story where the labels of namespaces decide. */
function labelStory(verdicts: NonEmpty<Verdict>): string {
  const [verdict] = verdicts;
  const lines = [...whyFacts(verdicts), ...labelReasons(verdict), ...whyMessage(verdict)];
  return `${lines.map(escapeText).join('\n')}\n`;
}

/** What stands above the policies that a pod may use. */
const triedTitle = 'Policies that it may use, in the order in which admission tries them:';

/** The first part of the story: the verdict, whose pod it is, and what becomes of it. Not yet safe to show. */
export function whyFacts(verdicts: NonEmpty<Verdict>): readonly string[] {
  const [verdict] = verdicts;
  return [
    `${namesOf(verdicts)} in namespace ${verdict.item.namespace}: ${stateText(verdict)}`,
    '',
    ...factLines(verdict),
    ...invalidLines(verdict),
    ...changeLines(verdict),
  ];
}

/** What a pod may not use for sure, and what admission ignores, is told in short. */
function isTold(candidate: Candidate, chosen: Candidate | undefined): boolean {
  const {policy, rights} = candidate;
  return candidate === chosen || (policy.unusable === undefined && isUsable(rights));
}

/** So many pods are named before the rest is counted. */
const mostNames = 5;

function namesOf(verdicts: NonEmpty<Verdict>): string {
  const names = verdicts.map(({item}) => nameOf(item));
  const more = names.length - mostNames;
  return more > 0 ? `${names.slice(0, mostNames).join(', ')} and ${more} more` : names.join(', ');
}

/** Who it is about, and what came of it. */
function factLines(verdict: Verdict): readonly string[] {
  const {item, chosen, via, state} = verdict;
  const account = item.submission.serviceAccount;
  if (verdict.podSecurity !== undefined) {
    return [
      `  Service account  ${account === '' ? 'none' : account}`,
      `  Requester        ${requesterText(verdict)}`,
      ...labelFacts(verdict),
    ];
  }
  const policy = chosen?.policy.name ?? (state === 'unknown' ? 'unknown' : undefined);
  return [
    `  Service account  ${account === '' ? 'none' : account}`,
    `  Requester        ${requesterText(verdict)}`,
    ...(policy === undefined ? [] : [`  Policy           ${policy}`]),
    ...unknownLines(verdict),
    ...via.map((way, index) => `  ${index === 0 ? 'Via' : '   '}              ${viaText(way)}`),
    ...(item.submission.isLivePod
      ? ['  Judged by        the live pod: it has no template here, and may already carry changes']
      : []),
    ...(state === 'drifted' || (item.admittedBy && item.admittedBy !== chosen?.policy.name)
      ? [`  Admitted by      ${item.admittedBy} (annotation kubernetes.io/psp)`]
      : []),
  ];
}

function viaText({right, binding, role}: Via): string {
  const whose = right === 'serviceAccount' ? 'service account' : 'requester';
  if (binding === undefined || role === undefined)
    return `${whose}: granted by the API server (binding unknown)`;
  return `${whose}: ${referenceText(binding)} -> ${referenceText(role)}`;
}

/** What the answer depends on, one a line. */
function unknownLines({unknown}: Verdict): readonly string[] {
  return unknown.map(
    ({about, needs}, index) =>
      `  ${index === 0 ? 'Depends on' : '          '}       ${about} (${needs})`,
  );
}

function invalidLines({decision, item}: Verdict): readonly string[] {
  if (decision.kind !== 'invalid') return [];
  const {view} = item.submission;
  const reasons = decision.errors.map(error => validationReason(error, view));
  return [
    '',
    decision.chosen === undefined
      ? 'The API server itself refuses it:'
      : 'The API server refuses what comes out:',
    ...new Set(reasons.map(each => `  - ${each}`)),
  ];
}

function changeLines({changes}: Verdict): readonly string[] {
  if (changes.length === 0) return [];
  const lines = changes.map(({op, path, value}) => `  ${op} ${path} ${JSON.stringify(value)}`);
  return ['', 'Changes that the policy makes to the pod:', ...lines];
}

/** The last part: the API server's own words, if it would say any. Not yet safe to show. */
export function whyMessage(verdict: Verdict): readonly string[] {
  const {message, state, podSecurity, decision} = verdict;
  if (message !== undefined) return ['', 'The API server says:', `  ${message}`];
  if (decision.kind === 'invalid') return [];
  if (podSecurity !== undefined) return labelMessage(verdict);
  return state === 'denied'
    ? ['', 'The API server would deny it; its words depend on rights that are not known here.']
    : [];
}

function stateText(verdict: Verdict): string {
  if (verdict.podSecurity !== undefined) return labelStateText(verdict);
  const {state, chosen, item, decision} = verdict;
  const name = chosen?.policy.name;
  const how = verdict.isByAnnotation ? ', by its annotation' : '';
  const missing = missingOf(decision);
  switch (state) {
    case 'denied':
      if (decision.kind === 'invalid') return invalidText(decision.chosen, verdict);
      return missing === undefined ? 'denied' : `denied: ${missingText(missing)}`;
    case 'unknown':
      return verdict.allowed ? 'admitted, by a policy that is unknown' : 'unknown';
    case 'mutated':
      return `admitted by ${name}${how}, which changes it`;
    case 'drifted':
      return `a restart would move it from ${item.admittedBy} to ${name}`;
    case 'warned':
      return 'admitted, with a warning';
    case 'ok':
      return `admitted by ${name}${how}`;
  }
}

/** Who makes a pod invalid that a policy lets in. */
function invalidText(chosen: Candidate | undefined, {item}: Verdict): string {
  return chosen?.mutates && !isInvalidByItself(item.submission)
    ? `denied: what ${chosen.policy.name} writes into it makes it invalid`
    : 'denied: it is invalid, whatever the policies say';
}

function requesterText({requester, judgedForCaller, item}: Verdict): string {
  if (judgedForCaller) return `${requester} (creator unknown: judged for you)`;
  if (requester !== undefined) return requester;
  return item.submission.isBare
    ? 'unknown, but logged in (see --requester)'
    : 'unknown operator, but logged in';
}

/** Why the others do not count, and which of them would let it in. */
function foldedText(others: readonly Candidate[]): string {
  const isIgnored = ({policy}: Candidate) => policy.unusable !== undefined;
  const isPerhaps = (each: Candidate) => !isIgnored(each) && isPerhapsUsable(each.rights);
  const perhaps = others.filter(isPerhaps);
  const closed = others.filter(each => !isIgnored(each) && !isPerhaps(each));
  const parts = [
    counted(
      perhaps.filter(({allowed}) => allowed),
      'perhaps usable, would admit it',
    ),
    counted(
      perhaps.filter(({allowed}) => !allowed),
      'perhaps usable, would deny it',
    ),
    counted(closed, 'not usable by it'),
    counted(others.filter(isIgnored), 'ignored by admission'),
  ];
  return parts.filter(text => text !== '').join('; ');
}

/** So many policies are named where they are folded into a line. */
const mostFolded = 3;

function counted(candidates: readonly Candidate[], what: string): string {
  if (candidates.length === 0) return '';
  const names = candidates.map(({policy}) => policy.name);
  const shown = names.length <= mostFolded ? ` (${names.join(', ')})` : '';
  return `${names.length} ${what}${shown}`;
}

function candidateLines(
  candidate: Candidate,
  {chosen}: Verdict,
  {wide}: StoryOptions,
): readonly string[] {
  const {policy, errors} = candidate;
  const mark = candidate === chosen ? '>' : ' ';
  const reasons = wide
    ? errors.flatMap(error => [`- ${reasonText(error)}`, `  ${fieldErrorText(error)}`])
    : reasonLines(errors).map(line => `- ${line}`);
  return [
    `${mark} ${policy.name}: ${candidateText(candidate, chosen)}`,
    ...reasons.map(line => `      ${line}`),
  ];
}

function candidateText(candidate: Candidate, chosen: Candidate | undefined): string {
  const {policy, rights, allowed, mutates} = candidate;
  if (policy.unusable !== undefined) return `ignored by admission: ${policy.unusable}`;
  const right = isUsable(rights)
    ? `usable by the ${[...(rights.serviceAccount ? ['service account'] : []), ...(rights.requester ? ['requester'] : [])].join(' and the ')}`
    : isPerhapsUsable(rights)
      ? 'perhaps usable'
      : 'not usable by this pod';
  if (!allowed) return `${right}, denies it`;
  const fits = mutates ? 'would change it' : 'admits it unchanged';
  if (candidate === chosen) return `${right}, ${mutates ? 'changes it' : fits}: chosen`;
  return `${right}, ${fits}`;
}
