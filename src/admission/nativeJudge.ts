import {isTriedIn, makeAgain, type NativeFacts} from '../inventory/native/nativeFacts.ts';
import type {NativeForce, NativeHome} from '../inventory/native/nativeHome.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {
  appArmorContainerPrefix,
  seccompContainerPrefix,
  seccompPodKey,
} from '../kube/annotations.ts';
import {applyEdits} from '../kube/edits.ts';
import {forbidden} from '../kube/fieldError.ts';
import type {Pod} from '../kube/pod.ts';
import {seccompFieldText, viewOf} from '../kube/podView.ts';
import {lastRelease} from '../kube/release.ts';
import {containersOf} from '../podSecurity/check.ts';
import {type Decision, possiblePolicies, type Unknown} from './admit.ts';
import type {Judgement} from './judgement.ts';
import {laterErrors} from './laterValidation.ts';
import {prepareForCreate} from './prepare.ts';
import {Delegate} from './verdict.ts';
import {withFields} from './writtenFields.ts';

type JudgeOne = (submission: Submission) => Judgement;

/** Those whose answers make up what such a server does. */
export interface NativeJudges {
  /** By policies that may write their defaults. */
  readonly full: JudgeOne;
  /** By policies that have to take the pod as it is. */
  readonly unchanged: JudgeOne;
  /** By the labels of namespaces, which count beside the policies. */
  readonly byLabels: JudgeOne;
}

export interface NativeServer {
  readonly home: NativeHome;
  /** Compared with their sources; undefined if nobody looked. */
  readonly facts: NativeFacts | undefined;
  /** Whether somebody who could be the creator, or the account, may use all policies in its namespace. */
  mayUseAll(submission: Submission): boolean;
  readonly minor: number;
  /** The labels of a namespace; undefined if they were not read. */
  labelsOf(namespace: string): Readonly<Record<string, string>> | undefined;
}

/**
 * Judges as a server does that has PodSecurityPolicies as admission policies of its own: these, then what the server
 * itself finds wrong, then Pod Security Admission.
 */
export function nativeJudge(
  server: NativeServer,
  {full, unchanged, byLabels}: NativeJudges,
): JudgeOne {
  const {home, minor, labelsOf} = server;
  const judgedBy: Readonly<Record<Exclude<NativeForce, 'none' | 'writes'>, JudgeOne>> = {
    full: submission => written(submission, full),
    validate: submission => unchanged(asLater(withAppArmor(submission), minor)),
    unknown: submission => {
      const about = `what the admission policies do in namespace ${submission.namespace}`;
      const needs = labelsOf(submission.namespace) === undefined ? 'namespaces' : 'their bindings';
      return unknownOf(written(submission, full), [{about, needs}]);
    },
  };
  return submission => {
    const force = home.force(labelsOf(submission.namespace));
    if (force === 'none') return beside(byLabels(submission));
    if (force === 'writes') return beside(writtenOnly(submission, {full, byLabels}, server));
    const judged = judgedBy[force](submission);
    const doubt = doubtAbout(submission, judged, server);
    if (doubt !== undefined) return unknownOf(judged, [{about: doubt, needs: makeAgain}]);
    if (judged.allowed !== true) return judged.allowed === false ? inOtherWords(judged) : judged;
    return asStored(submission, judged, force === 'full');
  };

  /** What becomes of a pod that the policies let in. */
  function asStored(submission: Submission, judged: Judgement, isWritten: boolean): Judgement {
    const {view, isLivePod, isSketch} = submission;
    const pod = applyEdits(view.pod, judged.edits);
    const [error] = isLivePod || isSketch ? [] : laterErrors(pod, minor);
    const {chosen} = judged;
    if (error !== undefined && chosen !== undefined) {
      if (!error.isKnown) return unknownOf(judged, [{about: error.says, needs: 'the server'}]);
      return new Restated(
        judged,
        {kind: 'invalid', chosen, errors: [forbidden('spec', error.says)], isParaphrased: true},
        undefined,
      );
    }
    const seen = isWritten ? onceWritten(pod) : pod;
    const level = byLabels({...submission, view: viewOf(seen, lastRelease)});
    // As on v1.24, a level that nobody names is taken for the one that servers have by default: privileged.
    const isNamed = level.podSecurity?.asked?.enforce.levelFrom !== 'default';
    if (level.allowed === true || (level.allowed === undefined && !isNamed)) return judged;
    return new Restated(judged, level.decision, level.message);
  }
}

/** The mutating policy writes profiles of seccomp as fields, and turns annotations into these, as v1.24 did. */
function onceWritten(pod: Pod): Pod {
  return prepareForCreate(pod, lastRelease, true);
}

/** Judges by labels on a server whose admission policies refuse nothing, and write into pods before. */
export function labelsOnceWritten(
  server: NativeServer,
  judges: Pick<NativeJudges, 'full' | 'byLabels'>,
): JudgeOne {
  return submission => {
    const force = server.home.force(server.labelsOf(submission.namespace));
    if (force === 'none') return judges.byLabels(submission);
    return writtenOnly(submission, judges, server, force !== 'unknown');
  };
}

/**
 * Where admission policies write the defaults of the policy that they choose, and refuse nothing: the level of the
 * namespace is asked about the pod with these.
 */
function writtenOnly(
  submission: Submission,
  {full, byLabels}: Pick<NativeJudges, 'full' | 'byLabels'>,
  server: Pick<NativeServer, 'facts' | 'mayUseAll'>,
  isBound = true,
): Judgement {
  const asIs = byLabels(submission);
  const {podSecurity} = asIs;
  const {levelFrom, level} = podSecurity?.asked?.enforce ?? {};
  // Whatever is written, such a level lets it in.
  if (podSecurity === undefined || (level === 'privileged' && levelFrom !== 'default')) return asIs;
  const judged = written(submission, full);
  const doubt = doubtAbout(submission, judged, server);
  const isDoubtful = doubt !== undefined || (!isBound && judged.edits.length > 0);
  if (judged.allowed === undefined || isDoubtful) {
    const about = 'what the admission policies write into it';
    const unknown = isDoubtful ? [{about, needs: makeAgain}] : judged.unknown;
    const doubts = [...podSecurity.doubts, ...unknown];
    return {
      ...asIs,
      decision: {kind: 'unknown', endings: eitherWay, unknown: doubts},
      allowed: undefined,
      unknown: doubts,
      message: undefined,
      podSecurity: {...podSecurity, allowed: undefined, doubts},
    };
  }
  if (judged.edits.length === 0) return asIs;
  const pod = onceWritten(applyEdits(submission.view.pod, judged.edits));
  const view = viewOf(pod, lastRelease);
  return byLabels({...submission, view});
}

const eitherWay = [{kind: 'passed'}, {kind: 'denied', refusal: undefined}] as const;

/** Why admission policies may do something else with a pod than the policies in them. */
function doubtAbout(
  submission: Submission,
  {chosen, granted, decision}: Judgement,
  {facts, mayUseAll}: Pick<NativeServer, 'facts' | 'mayUseAll'>,
): string | undefined {
  if (facts === undefined) return undefined;
  if (facts.drift !== undefined) {
    return 'what the admission policies do: they differ from their sources';
  }
  if (facts.tried.length === 0 || mayUseAll(submission)) return undefined;
  const names = [
    ...[...(chosen ? [chosen] : []), ...granted].map(({policy}) => policy.name),
    ...possiblePolicies(decision),
  ];
  const late = names.find(name => !isTriedIn(facts.tried, name, submission.namespace));
  return late && `policy ${late}, which was granted after the admission policies were made`;
}

/** The server has words of its own for what policies refuse. */
function inOtherWords(judged: Judgement): Judgement {
  const {decision} = judged;
  return decision.kind === 'denied'
    ? new Restated(judged, {...decision, refusal: undefined}, undefined)
    : judged;
}

/** Where no policy is asked, among others where they are. */
function beside(judged: Judgement): Judgement {
  return new Restated(judged, judged.decision, judged.message);
}

function unknownOf(judged: Judgement, unknown: readonly Unknown[]): Judgement {
  const {decision} = judged;
  const known = decision.kind === 'unknown' ? decision.endings : [decision];
  const endings = [
    ...known,
    {kind: 'passed'} as const,
    {kind: 'denied', refusal: undefined} as const,
  ];
  return new Restated(judged, {kind: 'unknown', endings, unknown}, undefined);
}

/** Another decision than that of the policies, which explain it no further. */
class Restated extends Delegate {
  readonly #decision: Decision;
  readonly #message: string | undefined;

  constructor(judged: Judgement, decision: Decision, message: string | undefined) {
    super(judged);
    this.#decision = decision;
    this.#message = message;
  }

  override get decision() {
    return this.#decision;
  }
  override get message() {
    return this.#message;
  }
  override get podSecurity() {
    return undefined;
  }
  override get allowed() {
    const {kind} = this.#decision;
    return kind === 'unknown' ? undefined : kind === 'admitted' || kind === 'passed';
  }
  override get unknown() {
    return this.#decision.kind === 'unknown' ? this.#decision.unknown : [];
  }
  override get chosen() {
    return this.allowed === true ? super.chosen : undefined;
  }
  override get edits() {
    return this.allowed === true ? super.edits : [];
  }
  override get changes() {
    return this.allowed === true ? super.changes : [];
  }
  override get via() {
    return this.allowed === true ? super.via : [];
  }
}

/** By policies that write their defaults, as fields. */
function written(submission: Submission, full: JudgeOne): Judgement {
  return withFields(full(withAppArmor(submission)), submission);
}

/** Policies know AppArmor by annotation; since v1.30 a pod has fields for it, which mean the same. */
function withAppArmor(submission: Submission): Submission {
  const {pod} = submission.view;
  const ofPod = pod.spec.securityContext?.appArmorProfile;
  const fields = containersOf(pod).flatMap(({name = '', securityContext}) => {
    const profile = seccompFieldText(securityContext?.appArmorProfile ?? ofPod);
    const key = appArmorContainerPrefix + name;
    return profile === undefined || pod.metadata.annotations?.[key] !== undefined
      ? []
      : [[key, profile] as const];
  });
  return fields.length === 0
    ? submission
    : withAnnotations(submission, {...pod.metadata.annotations, ...Object.fromEntries(fields)});
}

/** From v1.27 on the old annotations of seccomp say nothing: only fields do, in the words of annotations. */
function asLater(submission: Submission, minor: number): Submission {
  if (minor < 27) return submission;
  const {annotations = {}} = submission.view.pod.metadata;
  const kept = Object.entries(annotations).filter(
    ([key]) => key !== seccompPodKey && !key.startsWith(seccompContainerPrefix),
  );
  const {view} = withAnnotations(submission, Object.fromEntries(kept));
  // As v1.24 has it when it validates: what a field says, its annotation says too.
  return {...submission, view: viewOf(prepareForCreate(view.pod, lastRelease, true), lastRelease)};
}

function withAnnotations(
  submission: Submission,
  annotations: Readonly<Record<string, string>>,
): Submission {
  const {pod, release} = submission.view;
  const changed: Pod = {...pod, metadata: {...pod.metadata, annotations}};
  return {...submission, view: viewOf(changed, release)};
}
