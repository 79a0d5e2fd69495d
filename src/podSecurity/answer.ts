import type {JsonObject} from '../kube/json.ts';
import type {Pod} from '../kube/pod.ts';
import {
  levelOfPod,
  type PodSecurityLevel,
  type StandardRefusal,
  standardRefusals,
} from './judge.ts';
import {
  heldVersion,
  type NamespaceLevel,
  namespaceLevel,
  type PinnedLevel,
  type PodSecurityMode,
} from './labels.ts';
import type {PodSecuritySettings} from './settings.ts';

/** A pod as Pod Security Admission gets to see it, and where. */
export interface PodSecurityRequest {
  /** As the server has it: with what it fills in by itself. */
  readonly pod: Pod;
  readonly namespace: string;
  /** The labels of its namespace; undefined if those were not read. */
  readonly labels: JsonObject | undefined;
  /** Who creates it; undefined if that is unknown. */
  readonly user: string | undefined;
  /** Whether a controller still completes it. */
  readonly isSketch: boolean;
}

/** The server that is asked. */
export interface PodSecurityServer {
  /** Its minor version. */
  readonly minor: number;
  /** undefined: not known. */
  readonly settings: PodSecuritySettings | undefined;
}

/** Something that an answer depends on, and what would be needed to know it. */
export interface PodSecurityDoubt {
  readonly about: string;
  readonly needs: string;
}

/** What Pod Security Admission does with a pod. */
export interface PodSecurityAnswer {
  /** Whether it gets in; undefined if that depends on what is not known. */
  readonly allowed: boolean | undefined;
  /** What its namespace asks for; undefined if that was not read. */
  readonly asked: NamespaceLevel | undefined;
  /** What each mode has against it; nothing for what is exempt, and where a level is not known. */
  readonly refusals: Readonly<Record<PodSecurityMode, readonly StandardRefusal[]>>;
  /** The strictest level that lets it in, by the newest checks of the server. */
  readonly needs: PodSecurityLevel;
  /** What the stricter levels have against it: those of restricted. */
  readonly above: readonly StandardRefusal[];
  /** Why it is not looked at; undefined if it is. */
  readonly exempt: string | undefined;
  /** What an unknown answer depends on; for a refusal, what would make it wrong. */
  readonly doubts: readonly PodSecurityDoubt[];
}

/** Where defaults and exemptions stand. */
export const settingsSource = "the API server's AdmissionConfiguration";

/** The answer about a pod (pod-security-admission v0.37, admission/admission.go, ValidatePod). */
export function podSecurityAnswer(
  request: PodSecurityRequest,
  {minor, settings}: PodSecurityServer,
): PodSecurityAnswer {
  const {pod, labels, namespace} = request;
  const asked = labels && namespaceLevel(labels, settings?.defaults);
  const against = ({level, version}: PinnedLevel) =>
    standardRefusals(pod, level, heldVersion(version, minor));
  const exempt = settings && exemptionOf(request, settings);
  const about = {needs: levelOfPod(pod, minor), above: standardRefusals(pod, 'restricted', minor)};
  const none = {warn: [], audit: [], enforce: []};
  if (exempt !== undefined) {
    return {allowed: true, asked, refusals: none, ...about, exempt, doubts: []};
  }
  if (asked === undefined) {
    const doubts = [
      {about: `the labels of namespace ${namespace}`, needs: `namespace ${namespace}`},
    ];
    const isFine = about.above.length === 0;
    const open = {allowed: isFine || undefined, doubts: isFine ? [] : doubts};
    return {...open, asked, refusals: none, ...about, exempt};
  }
  const refusals = {
    warn: against(asked.warn),
    audit: against(asked.audit),
    enforce: against(asked.enforce),
  };
  const verdict = verdictFor(request, asked, {refusals: refusals.enforce, ...about}, settings);
  return {...verdict, asked, refusals, ...about, exempt};
}

type Verdict = Pick<PodSecurityAnswer, 'allowed' | 'doubts'>;
type Found = Pick<PodSecurityAnswer, 'needs' | 'above'> & {
  /** What the level that is enforced has against it. */
  readonly refusals: readonly StandardRefusal[];
};

function verdictFor(
  {namespace, user, isSketch}: PodSecurityRequest,
  {enforce}: NamespaceLevel,
  {refusals, needs, above}: Found,
  settings: PodSecuritySettings | undefined,
): Verdict {
  if (settings === undefined && enforce.levelFrom === 'default') {
    if (above.length === 0) return {allowed: true, doubts: []};
    const about = `the level that the server enforces in namespaces without a label, as ${namespace}`;
    return {allowed: undefined, doubts: [{about, needs: settingsSource}]};
  }
  if (refusals.length === 0) return {allowed: true, doubts: []};
  if (isSketch && needs !== 'privileged') {
    const about = 'what the controller adds to the template';
    return {allowed: undefined, doubts: [{about, needs: 'a pod that it made'}]};
  }
  const {usernames} = settings?.exemptions ?? {usernames: []};
  if (user === undefined && usernames.length > 0) {
    return {allowed: undefined, doubts: [{about: 'who creates it', needs: '--requester'}]};
  }
  const about = 'no exemption of the namespace, the requester or the runtime class';
  return {allowed: false, doubts: settings === undefined ? [{about, needs: settingsSource}] : []};
}

function exemptionOf(
  {pod, namespace, user}: PodSecurityRequest,
  {exemptions}: PodSecuritySettings,
): string | undefined {
  const {namespaces, usernames, runtimeClasses} = exemptions;
  const {runtimeClassName} = pod.spec;
  if (namespaces.includes(namespace)) return `namespace ${namespace} is exempt`;
  if (user !== undefined && usernames.includes(user)) return `user ${user} is exempt`;
  return runtimeClassName && runtimeClasses.includes(runtimeClassName)
    ? `runtime class ${runtimeClassName} is exempt`
    : undefined;
}
