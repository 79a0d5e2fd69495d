import {type Inventory, labelsByNamespace} from '../inventory/inventory.ts';
import {isOfAdmission} from '../inventory/kinds/resources.ts';
import {askedIn, type NativeHome, nativeHomeIn} from '../inventory/native/nativeHome.ts';
import {mayAskNoPolicy, type PolicyTraces} from '../inventory/noPolicies.ts';
import {regimeOf} from '../inventory/regime.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {decidingFor, type Submission} from '../inventory/submissions/submissions.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {minorOf} from '../kube/release.ts';
import {weaklyKeyed} from '../once.ts';
import {newestStandard} from '../podSecurity/version.ts';
import {type PreparedPolicy, preparePolicy} from '../policy/evaluate.ts';
import {authorizerOf, type Identity} from '../rbac/authorize.ts';
import {possibleRights} from '../rbac/possibleRights.ts';
import {type UnreadRbac, unreadRbac} from '../rbac/unreadRbac.ts';
import {
  candidateOf,
  type Decision,
  isPerhapsUsable,
  isUsable,
  type Operation,
  orderOfTries,
  type PolicySet,
  policySet,
  type Rights,
} from './admit.ts';
import {type Creator, decisionOf, eitherWay, type Question} from './endings.ts';
import {type Judgement, judgementOf, type Standing, type Verdict} from './judgement.ts';
import {type LabelSource, labelJudge} from './labelJudge.ts';
import {labelsOnceWritten, type NativeServer, nativeJudge} from './nativeJudge.ts';
import {
  allThere,
  classRefusalOf,
  forAnyClasses,
  runtimeClassesOf,
  withoutAccount,
} from './otherPlugins.ts';
import {
  type RightsSource,
  rightsKey,
  rightsOf,
  type SubmissionRights,
  sweepingRights,
} from './rights.ts';
import {needOfToken, needsOf} from './unknownNeeds.ts';
import {validationOf} from './validation.ts';
import {judgementOfTwin, verdictOf} from './verdict.ts';
import {decisionWithoutPolicies} from './withoutPolicies.ts';

/** Judges by the policies and rights of one inventory. */
export interface Judge {
  /** The judgement of a submission, the same value for the same one. */
  judgement(submission: Submission): Judgement;
  /** The verdict on an item. */
  verdict(item: Item): Verdict;
}

/** What verdicts depend on, besides the item itself. */
export type JudgeSource = PolicySource & LabelSource & Pick<Inventory, 'native'>;

type PolicySource = PolicyTraces &
  Partial<Pick<Inventory, 'takenAt'>> &
  Pick<Inventory, 'rbac' | 'caller' | 'gaps' | 'release' | 'admissionPolicies' | 'runtimeClasses'>;

/** Everything else that makes a difference. */
export interface JudgeOptions {
  /** Who creates bare pods: somebody, or the caller, about whom the server was asked; else that is unknown. */
  readonly requester?: Identity | 'caller' | undefined;
  /** Treat every policy as usable by everybody. */
  readonly assumeAuthorized?: boolean;
  /** What the request does with the pods; creating them if not given. */
  readonly operation?: Operation;
  /** What was not read of RBAC, if the inventory itself can't tell, because it is one with a change. */
  readonly unread?: UnreadRbac;
  /**
   * Whether there are no policies, and nothing tells whether any would be asked; if the inventory itself can't
   * tell, because it is one with a change.
   */
  readonly mayAskNone?: boolean;
  /** Take every runtime class that pods name to be there, where policies alone are asked about. */
  readonly areClassesThere?: boolean;
  /** Leave out what the server checks after the policies. */
  readonly isAdmissionOnly?: boolean;
}

/** Makes the judge of an inventory: by whatever decides in its world. */
export function judgeOf(source: JudgeSource, options: JudgeOptions = {}): Judge {
  const judge = judgeBy(source, options);
  const judgement = weaklyKeyed((submission: Submission): Judgement => {
    const deciding = decidingFor(submission);
    return deciding === submission
      ? judge(submission)
      : judgementOfTwin(submission, judgement(deciding));
  }); // a session judges by the same value for hours, and pods go
  return {judgement, verdict: item => verdictOf(item, judgement(item.submission))};
}

function judgeBy(
  source: JudgeSource,
  options: JudgeOptions,
): (submission: Submission) => Judgement {
  const regime = regimeOf(source);
  const home = nativeHomeIn(source);
  if (regime.kind === 'podSecurity') {
    const byLabels = labelJudge(source, regime, options);
    if (!home?.mayWrite) return byLabels;
    const full = policyJudge(source, {...options, isAdmissionOnly: true});
    return labelsOnceWritten(serverOf(source, options, home), {full, byLabels});
  }
  if (home === undefined || source.gaps.some(isOfAdmission)) return policyJudge(source, options);
  const server = serverOf(source, options, home);
  return nativeJudge(server, {
    full: policyJudge(source, options),
    unchanged: policyJudge(source, {...options, operation: 'UPDATE'}),
    byLabels: labelJudge(source, {minor: server.minor, mayHavePolicies: false}, options),
  });
}

/** The server, as far as admission policies decide on it. */
function serverOf(source: JudgeSource, options: JudgeOptions, home: NativeHome): NativeServer {
  const labels = labelsByNamespace(source);
  return {
    home,
    facts: source.native,
    mayUseAll: sweepingRights(source.rbac, options),
    minor: minorOf(source.serverVersion) ?? newestStandard,
    labelsOf: name => labels.get(name),
  };
}

/**
 * Judges by policies. Rights are looked up once for all submissions that share them, only
 * policies that they open are tried, and submissions that no decision can tell apart are judged once.
 */
function policyJudge(
  source: PolicySource,
  options: JudgeOptions,
): (submission: Submission) => Judgement {
  const {requester, assumeAuthorized = false, operation = 'CREATE'} = options;
  const policies = policySet(source.policies.map(policy => preparePolicy(policy, source.release)));
  const {unread = unreadRbac(source)} = options;
  const authorizer = authorizerOf(source.rbac);
  const standingOf = standings(policies, {
    authorizer,
    possible: possibleRights(source.rbac, authorizer, unread),
    ...(requester === 'caller'
      ? {caller: source.caller, requester: undefined}
      : {caller: undefined, requester}),
    assumeAuthorized,
    asked: askedIn(source),
  });
  const decisionOn = decider(source, options, {policies, unread});
  const decisionAbout = (submission: Submission, known: Known): Decision => {
    const {withoutToken} = submission;
    const decided = decisionOn(submission, known);
    if (withoutToken === undefined) return decided;
    return eitherWay(decided, decisionOn(withoutToken, known), needOfToken(submission));
  };
  return submission => {
    const {view} = submission;
    const known = standingOf(submission);
    return judgementOf(submission, decisionAbout(submission, known), known.standing, {
      order: () => orderOfTries(view, policies, operation),
      policy: name => policies.byName.get(name),
      candidate: (policy, rights) => candidateOf(policy, view, rights),
      ifUsable: ({name}) =>
        decisionAbout(submission, standingOver(policies, alsoTo(submission, known, name))),
      // A pod that is changed comes as a new one.
      ifChanged: changed => decisionOn({...submission, view: changed, isLivePod: false}, known),
    });
  };
}

/** Decides about submissions, all that the server does with them taken together. */
function decider(
  source: PolicySource,
  options: JudgeOptions,
  {policies, unread}: {readonly policies: PolicySet; readonly unread: UnreadRbac},
): (submission: Submission, known: Known) => Decision {
  const {operation = 'CREATE', mayAskNone = mayAskNoPolicy(source)} = options;
  const validates = operation === 'CREATE' && !options.isAdmissionOnly;
  const withoutPolicies = decisionWithoutPolicies(source, validates && mayAskNone);
  const classes = options.areClassesThere ? allThere : runtimeClassesOf(source);
  return (submission, known) => {
    const lost = validates ? withoutAccount(submission) : undefined;
    if (lost !== undefined) return lost;
    if (withoutPolicies !== undefined) return withoutPolicies(submission);
    const valid = validationOf(submission);
    return forAnyClasses(classes, isThere => {
      const withClass = classRefusalOf(submission, isThere);
      return decisionOf({
        operation,
        ...questionAbout(submission, known, policies),
        validated: validates ? ending => valid(withClass(ending)) : ending => ending,
        unknown: (names, isAboutCreator) =>
          needsOf(names, unread.needs(submission.namespace), isAboutCreator),
      });
    });
  };
}

/** What of a submission decides, as far as its own standing tells. */
function questionAbout(
  submission: Submission,
  known: Known,
  policies: PolicySet,
): Omit<Question, 'operation' | 'validated' | 'unknown'> {
  const {view} = submission;
  const {to} = known.standing;
  return {
    pod: view,
    worthTrying: known.worthTrying,
    perhaps: known.perhaps,
    creator: creatorOf(submission, known, policies),
    to,
    candidate: policy => candidateOf(policy, view, to(policy.name)),
  };
}

interface Known {
  readonly standing: Standing;
  readonly worthTrying: PolicySet;
  /** What rights that were not read could open. */
  readonly perhaps: readonly PreparedPolicy[];
  /** What those who could be the unknown creator may use, or might be able to. */
  readonly byCreator: readonly PreparedPolicy[] | undefined;
  /** Whether one of them is granted a policy. */
  readonly isGrantedToCreator: (policy: string) => boolean;
}

function creatorOf(
  {isLivePod, view}: Submission,
  {byCreator, isGrantedToCreator}: Known,
  {byName}: PolicySet,
): Creator | undefined {
  if (byCreator === undefined) return undefined;
  const named = isLivePod ? byName.get(view.annotations[validatedPolicyKey] ?? '') : undefined;
  const isHeld = named?.unusable === undefined && named && isGrantedToCreator(named.name);
  return {policies: byCreator, annotated: isHeld ? named : undefined};
}

const noRights: Rights = {serviceAccount: false, requester: false};

/** Finds the standing of submissions: computed once for all that share it. */
function standings(policies: PolicySet, source: RightsSource): (submission: Submission) => Known {
  const known = new Map<string, Known>();
  return submission => {
    const key = rightsKey(submission);
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = standingOver(policies, rightsOf(submission, source));
    known.set(key, made);
    return made;
  };
}

/** The rights of a submission, and besides them that of its account to use a policy. */
function alsoTo(
  {serviceAccount}: Submission,
  {standing: {rights}}: Known,
  policy: string,
): SubmissionRights {
  const whose = serviceAccount === '' ? 'requester' : 'serviceAccount';
  return {
    ...rights,
    to: name => (name === policy ? {...rights.to(name), [whose]: true} : rights.to(name)),
  };
}

/** What those with these rights may do. */
function standingOver(policies: PolicySet, rights: SubmissionRights): Known {
  const {creatorTo} = rights;
  const shown = new Map<string, Rights>();
  const open: PreparedPolicy[] = [];
  const perhaps: PreparedPolicy[] = [];
  const byCreator: PreparedPolicy[] = [];
  for (const policy of policies.ordered) {
    const {name, unusable} = policy;
    const held = rights.to(name);
    const couldCreator =
      held.requester !== true && creatorTo !== undefined && creatorTo(name) !== false;
    const right = couldCreator ? {...held, requester: undefined} : held;
    // Of hundreds of policies an account has few: a note of each that it has not would fill the memory.
    if (right.serviceAccount !== false || right.requester !== false) shown.set(name, right);
    if (unusable !== undefined) continue;
    if (isUsable(held)) open.push(policy);
    else if (isPerhapsUsable(held)) perhaps.push(policy);
    if (couldCreator && !isUsable(held)) byCreator.push(policy);
  }
  const to = (policy: string) => shown.get(policy) ?? noRights;
  return {
    standing: {rights, to, opens: policy => isUsable(to(policy)), tried: open.length},
    // Without an open policy, the words of the refusal depend on the policies that nobody may use.
    worthTrying: open.length === 0 ? policies : policySet(open),
    perhaps,
    byCreator: creatorTo && byCreator,
    isGrantedToCreator: policy => creatorTo?.(policy) === true,
  };
}
