import {type PodSecurityLevel, standardLevels} from '../podSecurity/judge.ts';
import {type PodSecurityMode, podSecurityPrefix} from '../podSecurity/labels.ts';
import type {NamespaceLabels} from './labels.ts';

/** The labels of a namespace that a step sets or, without a value, takes away. */
export interface LabelChange {
  readonly namespace: string;
  readonly set: Readonly<Record<string, string | undefined>>;
  /** What these labels are before; those that it does not have are undefined. */
  readonly was: Readonly<Record<string, string | undefined>>;
}

/** What a step comes to in one namespace. */
export type LabelStep =
  | {readonly kind: 'change'; readonly change: LabelChange}
  /** It has these labels already. */
  | {readonly kind: 'same'; readonly namespace: string}
  /** It is not ready, and why. */
  | {readonly kind: 'held'; readonly namespace: string; readonly reason: string};

/** What step is meant. */
export interface LabelStepRequest {
  readonly stage: PodSecurityMode;
  /** Takes the labels of the stage away, and sets none. */
  readonly isBack: boolean;
  /** Whether the user named the level: then it may also be a laxer one than today's. */
  readonly isNamed: boolean;
}

/** The step of one namespace. Enforcing waits until nothing is refused, or may be. */
export function labelStep(
  {namespace, labels: current, level, verdict, proposed}: NamespaceLabels,
  {stage, isBack, isNamed}: LabelStepRequest,
): LabelStep {
  const held = (reason: string): LabelStep => ({kind: 'held', namespace, reason});
  if (current === undefined) return held('the namespace could not be read');
  if (!isBack) {
    if (stage === 'enforce' && verdict !== 'fine') {
      return held(verdict === 'unknown' ? "can't tell" : verdict);
    }
    const enforced = current[`${podSecurityPrefix}enforce`];
    if (stage === 'enforce' && !isNamed && isLaxer(level, enforced)) {
      return held(`it enforces ${enforced}, which is stricter; --level ${level} loosens it`);
    }
  }
  const set = isBack ? labelsTakenAway(stage) : proposed;
  const keys = Object.keys(set);
  if (keys.every(key => current[key] === set[key])) return {kind: 'same', namespace};
  const was = Object.fromEntries(keys.map(key => [key, current[key]]));
  return {kind: 'change', change: {namespace, set, was}};
}

function labelsTakenAway(stage: PodSecurityMode): LabelChange['set'] {
  return {
    [`${podSecurityPrefix}${stage}`]: undefined,
    [`${podSecurityPrefix}${stage}-version`]: undefined,
  };
}

/** A level that is none means restricted to the server. */
function isLaxer(level: PodSecurityLevel, than: string | undefined): boolean {
  if (than === undefined) return false;
  const known = standardLevels.find(one => one === than) ?? 'restricted';
  return standardLevels.indexOf(level) < standardLevels.indexOf(known);
}
