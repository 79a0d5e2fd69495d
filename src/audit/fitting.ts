import type {Verdict} from '../admission/judgement.ts';
import {leastPolicy} from '../policy/least.ts';
import {openness} from '../policy/level.ts';
import {isSevere, looseControls} from './excess.ts';

/**
 * The strictest policy that lets the pod in unchanged and opens nothing severe that it does not need, by its
 * name; of those that `isMeant` names, undefined: of all.
 */
export function fittingPolicy(
  {item, candidates}: Verdict,
  isMeant: (policy: string) => boolean = () => true,
): string | undefined {
  const {view} = item.submission;
  const least = leastPolicy('least', [view], false);
  const [best] = candidates
    .filter(({allowed, mutates}) => allowed && !mutates)
    .map(({policy: {policy}}) => policy)
    .filter(({metadata}) => isMeant(metadata.name))
    .filter(policy => !isSevere(looseControls(policy, least, view.release), policy))
    .sort((a, b) => openness(a) - openness(b));
  return best?.metadata.name;
}

/**
 * Whether pods of the account, other than this one, would move to a policy that the account were given: those
 * that it lets in as they are, and that bind to one that sorts later or changes them. `others` are those of
 * its namespace.
 */
export function wouldMoveOthers(
  policy: string,
  {item}: Verdict,
  others: readonly Verdict[],
): boolean {
  const {serviceAccount} = item.submission;
  return others.some(other => {
    const {submission} = other.item;
    if (submission === item.submission) return false;
    if (submission.serviceAccount !== serviceAccount || other.chosen === undefined) return false;
    const now = other.chosen.policy.name;
    const candidate = other.candidate(policy);
    if (now === policy || candidate?.allowed !== true || candidate.mutates) return false;
    return other.chosen.mutates || policy < now;
  });
}
