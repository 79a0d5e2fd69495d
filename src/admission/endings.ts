import type {PodView} from '../kube/podView.ts';
import type {PreparedPolicy} from '../policy/evaluate.ts';
import {
  admittedBy,
  type Candidate,
  type Decision,
  decide,
  type Ending,
  type Operation,
  type PolicySet,
  policyOfEnding,
  type RightsTo,
  type Unknown,
} from './admit.ts';

/** What decides about a submission, with what is known about rights. */
export interface Question {
  readonly pod: PodView;
  readonly operation: Operation;
  /** The policies that are certainly open, or all of them if none is. */
  readonly worthTrying: PolicySet;
  /** Those that rights which were not read could open, and that admission can work with, in its order. */
  readonly perhaps: readonly PreparedPolicy[];
  /** Who else could have created the pod; undefined if the creator is known. */
  readonly creator: Creator | undefined;
  readonly to: RightsTo;
  /** The result of one policy. */
  candidate(policy: PreparedPolicy): Candidate;
  /** What the server says about a pod that a policy lets in: the ending as it is, or the refusal. */
  validated(ending: Ending): Ending;
  /** What an answer that these policies would give depends on. */
  unknown(policies: readonly string[], isAboutCreator: boolean): readonly Unknown[];
}

/** What those who could be the creator may use. */
export interface Creator {
  /** The policies that one of them may use, or could, and that admission can work with, in its order. */
  readonly policies: readonly PreparedPolicy[];
  /** The policy that a live pod's annotation names, if one of them may use it. */
  readonly annotated: PreparedPolicy | undefined;
}

/**
 * What becomes of a pod, if that does not depend on what was not read or on who created it: an unknown
 * creator counts only where neither the account nor what everybody may use lets the pod in.
 */
export function decisionOf(question: Question): Decision {
  const endings = endingsOf(question).map(question.validated);
  if (question.creator === undefined || endings.every(({kind}) => kind === 'admitted')) {
    return settled(endings, question, false);
  }
  const byAnnotation = endingByAnnotation(question, question.creator);
  if (byAnnotation !== undefined) {
    const others = endings.filter(({kind}) => kind === 'admitted');
    return settled([...others, byAnnotation], question, false);
  }
  const byCreator = question.creator.policies
    .map(question.candidate)
    .filter(({allowed}) => allowed)
    .map(candidate => question.validated(admittedBy(candidate)));
  const isDecisive = byCreator.some(({kind}) => kind === 'admitted');
  if (isDecisive) return settled([...endings, ...byCreator], question, true);
  const areWordsKnown = question.creator.policies.length === 0;
  return settled(areWordsKnown ? endings : endings.map(withoutWords), question, true);
}

/** The endings for everything that unread rights could amount to. */
function endingsOf(question: Question): readonly Ending[] {
  const {pod, operation, worthTrying, perhaps, to} = question;
  const sure = decide(pod, worthTrying, to, operation);
  if (perhaps.length === 0) return [sure];
  const could = perhaps
    .map(question.candidate)
    .filter(({allowed, mutates}) => allowed && (operation === 'CREATE' || !mutates));
  if (sure.kind !== 'admitted') return [...could.map(admittedBy), withoutWords(sure)];
  const {chosen} = sure;
  const isBefore = ({policy}: Candidate) => policy.name < chosen.policy.name;
  const wins = (other: Candidate) =>
    chosen.mutates ? !other.mutates || isBefore(other) : !other.mutates && isBefore(other);
  return [...could.filter(wins).map(admittedBy), sure];
}

/** A refusal lists the errors of all policies that were tried. */
function withoutWords(ending: Ending): Ending {
  return ending.kind === 'denied' ? {kind: 'denied', refusal: undefined} : ending;
}

/**
 * A live pod that says which policy admitted it was created by somebody who could use that policy. As long
 * as the policy exists, lets it in, and is granted to somebody other than the pod's account, that holds.
 */
function endingByAnnotation(question: Question, {annotated}: Creator): Ending | undefined {
  const chosen = annotated && question.candidate(annotated);
  if (!chosen?.allowed) return undefined;
  const ending = question.validated({kind: 'admitted', chosen, isByAnnotation: true});
  return ending.kind === 'admitted' ? ending : undefined;
}

/** One decision out of all possible endings. */
function settled(
  endings: readonly Ending[],
  question: Question,
  isAboutCreator: boolean,
): Decision {
  const different = [...new Map(endings.map(ending => [keyOf(ending), ending])).values()];
  const [first, ...others] = different;
  if (first !== undefined && others.length === 0) return first;
  if (different.every(({kind}) => kind !== 'admitted')) return {kind: 'denied', refusal: undefined};
  const names = different.flatMap(ending => policyOfEnding(ending)?.policy.name ?? []);
  return {
    kind: 'unknown',
    endings: different,
    unknown: question.unknown([...new Set(names)].sort(), isAboutCreator),
  };
}

/** What becomes of a pod of which it is not known which of two it is. */
export function eitherWay(one: Decision, other: Decision, need: Unknown): Decision {
  const [first, second] = [one, other].map(possibleEndings);
  if (first === undefined || second === undefined) return one.kind === 'unknown' ? one : other;
  const different = [...new Map([...first, ...second].map(each => [keyOf(each), each])).values()];
  const isSame = first.length === 1 && second.length === 1 && different.length === 1;
  if (isSame && one.kind !== 'denied') return one;
  if (different.every(({kind}) => kind !== 'admitted')) {
    const areWordsSame =
      one.kind === 'denied' && other.kind === 'denied' && one.refusal === other.refusal;
    return areWordsSame ? one : {kind: 'denied', refusal: undefined};
  }
  const unknown = [one, other].flatMap(each => (each.kind === 'unknown' ? each.unknown : []));
  const distinct = new Map([...unknown, need].map(each => [`${each.about} ${each.needs}`, each]));
  return {kind: 'unknown', endings: different, unknown: [...distinct.values()]};
}

/** undefined: not even the policies are known. */
function possibleEndings(decision: Decision): readonly Ending[] | undefined {
  if (decision.kind !== 'unknown') return [decision];
  return decision.endings.length === 0 ? undefined : decision.endings;
}

function keyOf(ending: Ending): string {
  const about = policyOfEnding(ending);
  if (about === undefined) return ending.kind;
  return `${ending.kind} ${String(about.mutates)} ${about.policy.name}`;
}
