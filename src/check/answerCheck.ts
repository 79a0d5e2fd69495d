import {mayReadFiles} from '../inventory/native/nativePolicies.ts';
import type {Regime} from '../inventory/regime.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {minorOf} from '../kube/release.ts';
import {count} from '../text.ts';
import type {CheckFacts} from './checkFacts.ts';
import {isIdle, type NativeState} from './checkNative.ts';
import {differencesOf} from './differences.ts';
import {type ManagedPolicy, managedPolicies} from './managedPolicies.ts';
import type {PodEvidence} from './podEvidence.ts';
import {type Rules, rulesOf} from './rules.ts';

/** What is known about a question. */
export type CheckVerdict = 'yes' | 'no' | 'unknown';

/** One question and its answer. */
export interface CheckFinding {
  /**
   * version: a release that has PodSecurityPolicy. api: it is served. admission: the plugin is on.
   * podSecurity: Pod Security Admission is on; only where it decides.
   */
  readonly about: 'version' | 'api' | 'admission' | 'podSecurity';
  readonly answer: CheckVerdict;
  /** The facts, and how they are known, in words. */
  readonly says: string;
}

/** Whether PodSecurityPolicies have an effect in a cluster, and what decides where there are none. */
export interface CheckAnswer {
  readonly inForce: CheckVerdict;
  readonly judgedBy: Regime['kind'];
  readonly findings: readonly CheckFinding[];
  readonly rules: Rules;
  readonly managed: readonly ManagedPolicy[];
  /** What the server does otherwise than v1.24 did, each as a sentence without a full stop. */
  readonly differences: readonly string[];
  /** What follows for an admin, each as a sentence without a full stop. */
  readonly notes: readonly string[];
}

/**
 * The answer that follows from the facts. A yes takes a served API and a plugin that is on: a pod that was
 * tried tells that for certain; annotations of pods are the next best, and only if nothing contradicts them.
 */
export function answerCheck(facts: CheckFacts): CheckAnswer {
  const findings = [versionFinding(facts), apiFinding(facts), admissionOf(facts)] as const;
  const [, api, admission] = findings;
  const inForce = conclusion(api.answer, admission.answer, facts.probe?.plugin === 'on');
  return {
    inForce,
    judgedBy: facts.isByLabels ? 'podSecurity' : 'policies',
    findings: facts.isByLabels ? [...findings, podSecurityFinding(facts)] : findings,
    rules: rulesOf({...facts, hasHome: facts.native !== undefined}),
    managed: managedPolicies(facts.managed, facts.hasAzureBinding),
    differences: isGoneFrom(facts) ? differencesOf(facts.version, facts.native !== undefined) : [],
    notes: notesOn(facts, admission.answer),
  };
}

/** Whether Pod Security Admission is on, where it decides; undefined elsewhere. */
export function podSecurityOf({findings}: CheckAnswer): CheckVerdict | undefined {
  return findings.find(({about}) => about === 'podSecurity')?.answer;
}

function conclusion(api: CheckVerdict, admission: CheckVerdict, isTried: boolean): CheckVerdict {
  if (api === 'no' || admission === 'no') return 'no';
  return admission === 'yes' && (api === 'yes' || isTried) ? 'yes' : 'unknown';
}

const deprecated = 21;
const gone = 25;

function versionFinding({version, isLive, native}: CheckFacts): CheckFinding {
  const minor = minorOf(version);
  if (version === undefined || minor === undefined) {
    const says = isLive ? 'the server does not report its version' : 'no server was asked';
    return {about: 'version', answer: 'unknown', says};
  }
  if (minor >= gone && native !== undefined) {
    return {about: 'version', answer: 'yes', says: `${version}: admission policies take its place`};
  }
  if (minor >= gone) {
    return {about: 'version', answer: 'no', says: `${version}: gone from 1.${gone} on`};
  }
  const age =
    minor >= deprecated
      ? `deprecated since 1.${deprecated}, gone from 1.${gone} on`
      : `deprecated from 1.${deprecated} on, gone from 1.${gone} on`;
  return {about: 'version', answer: 'yes', says: `${version}: ${age}`};
}

function apiFinding({servedIn, native}: CheckFacts): CheckFinding {
  if (native !== undefined) {
    const says = 'not served: the policies live in admission policies';
    return {about: 'api', answer: 'yes', says};
  }
  if (servedIn === undefined) {
    return {about: 'api', answer: 'unknown', says: 'it is not known what the server serves'};
  }
  const [first] = servedIn;
  if (first === undefined) return {about: 'api', answer: 'no', says: 'not served'};
  return {about: 'api', answer: 'yes', says: `served as ${servedIn.join(' and ')}`};
}

/** Whether the admission plugin is on, and how that is known. */
export function admissionOf({
  servedIn,
  native,
  probe,
  evidence,
}: Pick<CheckFacts, 'servedIn' | 'native' | 'probe' | 'evidence'>): CheckFinding {
  if (native !== undefined) {
    const [answer, says] = nativeAnswers[native];
    return {about: 'admission', answer, says};
  }
  if (servedIn?.length === 0) {
    return {about: 'admission', answer: 'no', says: 'off: there is no plugin without the API'};
  }
  if (probe?.plugin === 'on') return {about: 'admission', answer: 'yes', says: `on: ${probe.how}`};
  if (probe?.plugin === 'off') return {about: 'admission', answer: 'no', says: `off: ${probe.how}`};
  const [answer, says] = evidence === undefined ? unreadablePods : judged(evidence);
  const reason = probe === undefined ? '' : ` (${probe.reason})`;
  return {about: 'admission', answer, says: says + reason};
}

const nativeAnswers: Readonly<Record<NativeState, readonly [CheckVerdict, string]>> = {
  inForce: ['yes', 'on: admission policies do what policies say'],
  inPlaces: ['yes', 'on where the bindings of the admission policies say so: see audit'],
  idle: ['no', 'off: the admission policies refuse nothing'],
  changed: ['unknown', 'unknown: the admission policies differ from their sources: see audit'],
};

const firstByDefault = 23;

/** On by default from v1.23 on (pkg/kubeapiserver/options/plugins.go, DefaultOffAdmissionPlugins). */
function podSecurityFinding({podSecurity, version}: CheckFacts): CheckFinding {
  const about = 'podSecurity';
  if (podSecurity?.plugin === 'on') {
    return {about, answer: 'yes', says: `on: ${podSecurity.how}`};
  }
  if (podSecurity?.plugin === 'off') {
    return {about, answer: 'no', says: `off: ${podSecurity.how}`};
  }
  const why = podSecurity === undefined ? 'no server was asked' : podSecurity.how;
  if ((minorOf(version) ?? firstByDefault) < firstByDefault) {
    const says = `off unless somebody turned it on: it is on by default from 1.${firstByDefault} on (${why})`;
    return {about, answer: 'no', says};
  }
  return {
    about,
    answer: 'unknown',
    says: `on unless somebody turned it off, as it is by default (${why})`,
  };
}

const noPods: readonly [CheckVerdict, string] = ['unknown', 'unknown: there is no pod to judge by'];
const unreadablePods: readonly [CheckVerdict, string] = ['unknown', 'unknown: no pod can be read'];

/** Pods from before the plugin was turned on lack the annotation, those from before it was off have it. */
function judged({pods, marked, youngest}: PodEvidence): readonly [CheckVerdict, string] {
  if (pods === 0) return noPods;
  const counted = `${marked} of ${count(pods, 'pod')} carry ${validatedPolicyKey}`;
  if (youngest !== undefined) {
    const says = youngest.isMarked ? 'carries' : 'does not carry';
    const answer = youngest.isMarked ? 'yes' : 'no';
    return [
      answer,
      `probably ${youngest.isMarked ? 'on' : 'off'}: the youngest pod, ${youngest.name}, ${says} ${validatedPolicyKey}`,
    ];
  }
  if (marked === pods) return ['yes', `probably on: ${counted}`];
  if (marked === 0) return ['no', `probably off: ${counted}`];
  return ['unknown', `unknown: ${counted}`];
}

/** Whether the server has no PodSecurityPolicies of its own any more. */
function isGoneFrom({servedIn, version}: CheckFacts): boolean {
  return servedIn?.length === 0 && (minorOf(version) ?? 0) >= gone;
}

function notesOn(facts: CheckFacts, admission: CheckVerdict): readonly string[] {
  const {servedIn, native, policies, groups, isLive, podSecurity} = facts;
  const isGone = servedIn?.length === 0 && isIdle(native);
  return [
    ...(isGone
      ? [
          'what answers here: the summary, the session, why, audit, try and migrate labels, by the labels of namespaces; advise, snapshot and policies as everywhere; and all commands for files that hold policies (-f or --from)',
        ]
      : []),
    ...(native === undefined && mayReadFiles(facts.version)
      ? [
          'admission policies in files of the API server can be seen over no API: --static-policies PATH names the files, and pods are then judged by them as well',
        ]
      : []),
    ...(podSecurity?.told === undefined ? [] : [podSecurity.told]),
    ...(isLive && !isGone && admission === 'no'
      ? [
          'policies have no effect until kube-apiserver runs with --enable-admission-plugins=PodSecurityPolicy; bind policies before that, or no pod gets in',
        ]
      : []),
    ...(admission === 'yes' && policies?.length === 0
      ? ['there is no policy, so no pod gets in: see kubectl psp policies']
      : []),
    ...(groups.includes('security.openshift.io')
      ? [
          'this is OpenShift: its SecurityContextConstraints decide about pods too; they are not judged here',
        ]
      : []),
  ];
}
