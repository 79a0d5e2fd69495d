import type {PolicySet} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Policy} from '../kube/objects.ts';
import {once} from '../once.ts';
import {leastPolicy} from '../policy/least.ts';
import {openness} from '../policy/level.ts';
import {isSevere, looseControls} from './excess.ts';

/**
 * The strictest policy that lets the pod in unchanged and opens nothing severe that it does not need, by its
 * name; of those that `isMeant` names, undefined: of all.
 */
export function fittingPolicy(
  verdict: Verdict,
  fromStrict: readonly Policy[],
  isMeant: (policy: string) => boolean = () => true,
): string | undefined {
  const {view} = verdict.item.submission;
  const least = once(() => leastPolicy('least', [view], false));
  // One by one: all candidates of all pods would fill the memory, and the first that fits is mostly soon found.
  const best = fromStrict.find(policy => {
    const {name} = policy.metadata;
    const candidate = verdict.candidate(name);
    if (candidate?.allowed !== true || candidate.mutates || !isMeant(name)) return false;
    return !isSevere(looseControls(policy, least(), view.release), policy);
  });
  return best?.metadata.name;
}

/** Policies as `fittingPolicy` tries them: the strictest first, and of equally open ones as admission does. */
export function fromStrictToOpen({ordered}: PolicySet): readonly Policy[] {
  return ordered.map(({policy}) => policy).sort((a, b) => openness(a) - openness(b));
}

/**
 * Whether pods of the account, other than this one, would move to a policy that the account were given: those
 * that it lets in as they are, and that bind to one that sorts later or changes them; or would pass it over,
 * and miss what it fills in. `others` are those of its namespace.
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
    if (now === policy || candidate?.allowed !== true) return false;
    // One that would fill in defaults is passed over for one that takes the pod as it is.
    if (candidate.mutates) return policy < now && !other.chosen.mutates;
    return other.chosen.mutates || policy < now;
  });
}
