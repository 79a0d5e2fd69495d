import {makesInvalid} from '../admission/validation.ts';
import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {decidingFor, type Submission} from '../inventory/submissions/submissions.ts';
import {printJson} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import {openPolicy} from '../policy/comparePolicies.ts';
import {effectiveDirection, orderOf, overall} from '../policy/direction.ts';
import {
  admitsUnchanged,
  editsOf,
  evaluate,
  type PreparedPolicy,
  preparePolicy,
} from '../policy/evaluate.ts';
import {openness} from '../policy/level.ts';
import {byText} from '../text.ts';
import {type Advice, adviceFor} from './advice.ts';
import type {Scope} from './scope.ts';

/** Which policy some pods should have: one that exists, or a new one. */
export interface Reuse {
  /** The new policy that would do, whether it is proposed or not. */
  readonly advice: Advice;
  /**
   * The tightest existing policies that let all the pods through: none of them is tighter than another.
   * The first is the one to take: the one with the fewest open controls, then the first by name.
   */
  readonly existing: readonly Policy[];
  /** The controls in which the new policy is tighter than the first existing one. */
  readonly tighterIn: readonly Control[];
  /** Whether a new policy is worth it: nothing that exists will do, or it is strictly tighter. */
  readonly isNew: boolean;
}

/** The policy that the pods should have. */
export function answerOf({advice, existing, isNew}: Reuse): Policy {
  const [first] = existing;
  return isNew || first === undefined ? advice.policy : first;
}

/**
 * For each service account, workload or namespace, or for all items: the tightest of the policies that
 * lets the pods through, unchanged unless it may fill in (and what it fills in, the server takes), and
 * whether a new one would be tighter.
 */
export function reuseFor(
  items: readonly Item[],
  scope: Scope,
  {policies, release}: Pick<Inventory, 'policies' | 'release'>,
  mayFill: boolean,
): readonly Reuse[] {
  const shelf = shelfOf(policies, release);
  return adviceFor(items, scope, mayFill).map(advice => {
    const pods = new Set(advice.items.map(({submission}) => decidingFor(submission)));
    const admits = (policy: PreparedPolicy, pod: Submission) =>
      mayFill
        ? lets(policy, pod.view) && !makesInvalid(policy, pod)
        : shelf.leavesAlone(policy, pod.view);
    const admitting = shelf.policies.filter(policy => [...pods].every(pod => admits(policy, pod)));
    const existing = tightest(admitting, shelf);
    const [first] = existing;
    if (first === undefined) return {advice, existing, tighterIn: [], isNew: true};
    const directions = controls.map(control =>
      effectiveDirection(control, first, advice.policy, release),
    );
    return {
      advice,
      existing,
      tighterIn: controls.filter((_, index) => directions[index] === 'tighter'),
      isNew: overall(directions) === 'tighter',
    };
  });
}

/** Existing policies, prepared once for many questions. */
interface Shelf {
  /** Those that admission does not ignore, by name. */
  readonly policies: readonly PreparedPolicy[];
  /** Whether a policy changes nothing in a pod but what every policy changes. */
  leavesAlone(policy: PreparedPolicy, pod: PodView): boolean;
  isTighter(one: PreparedPolicy, other: PreparedPolicy): boolean;
}

function shelfOf(policies: readonly Policy[], release: Release): Shelf {
  const open = preparePolicy(openPolicy, release);
  const tighter = new Map<string, boolean>();
  const pairOf = (one: PreparedPolicy, other: PreparedPolicy) => `${one.name}\0${other.name}`;
  return {
    policies: policies
      .map(policy => preparePolicy(policy, release))
      .filter(({unusable}) => unusable === undefined)
      .sort((a, b) => byText(a.name, b.name)),
    // v1.24 writes an annotation for a pod-level seccomp field under every policy.
    leavesAlone(policy, pod) {
      if (admitsUnchanged(policy, pod)) return true;
      if (admitsUnchanged(open, pod) || !lets(policy, pod)) return false;
      return printJson(editsOf(policy, pod)) === printJson(editsOf(open, pod));
    },
    isTighter(one, other) {
      const pair = pairOf(one, other);
      const known = tighter.get(pair);
      if (known !== undefined) return known;
      const direction = orderOf(other.policy, one.policy, release);
      // One comparison answers both questions.
      tighter.set(pairOf(other, one), direction === 'looser');
      tighter.set(pair, direction === 'tighter');
      return direction === 'tighter';
    },
  };
}

function lets(policy: PreparedPolicy, pod: PodView): boolean {
  return evaluate(policy, pod).errors.length === 0;
}

function tightest(policies: readonly PreparedPolicy[], shelf: Shelf): readonly Policy[] {
  const open = new Map(policies.map(({policy}) => [policy, openness(policy)]));
  return policies
    .filter(one => !policies.some(other => shelf.isTighter(other, one)))
    .map(({policy}) => policy)
    .sort((a, b) => (open.get(a) ?? 0) - (open.get(b) ?? 0));
}
