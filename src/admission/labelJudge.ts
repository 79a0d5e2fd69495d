import {type Inventory, labelsByNamespace} from '../inventory/inventory.ts';
import type {Regime, RegimeSource} from '../inventory/regime.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {forbidden} from '../kube/fieldError.ts';
import type {Pod} from '../kube/pod.ts';
import {type PodSecurityAnswer, podSecurityAnswer} from '../podSecurity/answer.ts';
import {violationText} from '../podSecurity/judge.ts';
import type {Identity} from '../rbac/authorize.ts';
import type {Decision, Ending} from './admit.ts';
import {apiMessageOf, type Judgement} from './judgement.ts';
import {laterErrors} from './laterValidation.ts';
import {lastingErrors} from './podValidation.ts';
import {podOnServer} from './prepare.ts';

/** What Pod Security Admission judges by. */
export type LabelSource = RegimeSource & Pick<Inventory, 'namespaces' | 'podSecurity' | 'caller'>;

/** The server, as far as it decides by labels. */
type LabelRegime = Pick<Extract<Regime, {kind: 'podSecurity'}>, 'minor' | 'mayHavePolicies'>;

/** Who creates bare pods, if that is known. */
interface CreatorOptions {
  readonly requester?: Identity | 'caller' | undefined;
}

/** Judges by the labels of namespaces, as Pod Security Admission of a server of this minor version does. */
export function labelJudge(
  {namespaces, podSecurity: settings, caller}: LabelSource,
  {minor, mayHavePolicies}: LabelRegime,
  {requester}: CreatorOptions,
): (submission: Submission) => Judgement {
  const labelsOf = labelsByNamespace({namespaces});
  const named = requester === 'caller' ? caller?.user : requester?.user;
  return submission => {
    const {view, namespace, isLivePod, isBare, isSketch = false} = submission;
    const user = submission.requester?.user ?? (isBare ? named : undefined);
    const pod = podOnServer(view.pod, minor);
    const told = podSecurityAnswer(
      {
        // Debug containers come later, by requests of their own.
        pod: isLivePod ? {...pod, spec: {...pod.spec, ephemeralContainers: undefined}} : pod,
        namespace,
        labels: labelsOf.get(namespace),
        user,
        isSketch,
      },
      {minor, settings},
    );
    const answer = mayHavePolicies ? perhapsRefused(told) : told;
    const isForCaller = user !== undefined && requester === 'caller' && !submission.requester;
    const judged = judgementBy(submission, answer, user, isForCaller);
    // What runs was valid when it was stored, and a controller may still complete a sketch.
    return isLivePod || isSketch ? judged : asValidated(judged, pod, minor);
  };
}

/**
 * With what the server itself finds wrong. It looks at a new pod before plugins that only validate, as Pod Security
 * Admission, get to see it (staging/src/k8s.io/apiserver v1.37, pkg/registry/generic/registry/store.go, Create).
 */
function asValidated(judged: Judgement, pod: Pod, minor: number): Judgement {
  const later = laterErrors(pod, minor);
  const errors = [
    ...lastingErrors(pod),
    ...later.filter(({isKnown}) => isKnown).map(({says}) => forbidden('spec', says)),
  ];
  if (errors.length > 0) {
    const decision = {kind: 'invalid', chosen: undefined, errors, isParaphrased: true} as const;
    return {...judged, decision, allowed: false, unknown: [], message: undefined};
  }
  const [doubt] = later;
  const {podSecurity} = judged;
  if (doubt === undefined || podSecurity === undefined) return judged;
  // It is refused either way; in which words is not known.
  if (judged.allowed === false) {
    return {...judged, decision: {kind: 'denied', refusal: undefined}, message: undefined};
  }
  const unknown = [...podSecurity.doubts, {about: doubt.says, needs: 'the server'}];
  const answer = {...podSecurity, allowed: undefined, doubts: unknown};
  return {
    ...judged,
    decision: decisionBy(answer),
    allowed: undefined,
    unknown,
    podSecurity: answer,
  };
}

/** What a level lets in, or may let in, policies may refuse that live where nobody could look. */
function perhapsRefused(told: PodSecurityAnswer): PodSecurityAnswer {
  if (told.allowed === false) return told;
  const doubt = {
    about: 'whether policies live in admission policies, and refuse it',
    needs: 'validatingadmissionpolicies',
  };
  return {...told, allowed: undefined, doubts: [...told.doubts, doubt]};
}

function judgementBy(
  {view}: Submission,
  answer: PodSecurityAnswer,
  requester: string | undefined,
  judgedForCaller: boolean,
): Judgement {
  const decision = decisionBy(answer);
  return {
    decision,
    allowed: answer.allowed,
    unknown: answer.allowed === undefined ? answer.doubts : [],
    message: apiMessageOf(view.pod, decision),
    requester,
    judgedForCaller,
    podSecurity: answer,
    ...withoutPolicies,
  };
}

/** What can only be said of policies. */
const withoutPolicies = {
  chosen: undefined,
  isByAnnotation: false,
  via: [],
  edits: [],
  changes: [],
  tried: 0,
  candidates: [],
  granted: [],
  waysOut: {byUse: [], byChange: undefined},
  candidate: () => undefined,
} as const;

const passed: Ending = {kind: 'passed'};

function decisionBy({allowed, asked, refusals, doubts}: PodSecurityAnswer): Decision {
  if (allowed) return passed;
  if (allowed === undefined) {
    return {
      kind: 'unknown',
      endings: [passed, {kind: 'denied', refusal: undefined}],
      unknown: doubts,
    };
  }
  const {level = 'restricted', version = 'latest'} = asked?.enforce ?? {};
  return {kind: 'denied', refusal: violationText(level, version, refusals.enforce)};
}
