import {type Control, isProblem} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import type {Release} from '../kube/release.ts';
import {directionOf} from './direction.ts';
import {isBehind} from './evaluate.ts';
import {leastPolicy} from './least.ts';

/** The controls of a policy that by themselves deny a pod. */
export function deniersOf(policy: Policy, pod: PodView): readonly Control[] {
  return controls.filter(control => denies(control, policy, pod));
}

/**
 * The policy with as much more as the pod needs to get in, and nothing less for others: only what denies it is
 * loosened, each control to the tightest value found that lets through what it did and this pod. The pod may
 * still be changed by it, as the others are.
 */
export function loosenedFor(policy: Policy, pod: PodView): Policy {
  const loose = deniersOf(policy, pod).reduce(
    (now, control) => loosened(control, now, pod),
    policy,
  );
  const least = leastPolicy('least', [pod], false);
  return controls
    .filter(control => isOpenedBy(control, policy, loose, pod.release))
    .reduce((now, control) => control.copy(least, now), loose);
}

/**
 * Whether a control comes into force only with the type of volume that it is about, and then forbids nothing: hostPath in the
 * list of types would open all paths of the node.
 */
function isOpenedBy(control: Control, before: Policy, now: Policy, release: Release): boolean {
  const isNew = control.isMoot(before) && !control.isMoot(now);
  return isNew && control.covers(now, control.open(now), release);
}

function denies(control: Control, policy: Policy, pod: PodView): boolean {
  const {release} = pod;
  return (
    control.unusable(policy) !== undefined || isBehind('errors', control, {policy, release}, pod)
  );
}

function loosened(control: Control, policy: Policy, pod: PodView): Policy {
  const least = [true, false].map(mayFill => leastPolicy('least', [pod], mayFill));
  const found = least
    .flatMap(need => between(control, policy, need))
    .filter(each => control.covers(each, policy, pod.release) && !denies(control, each, pod));
  const tightest = found.find(
    each => !found.some(other => directionOf(control, each, other, pod.release) === 'tighter'),
  );
  return tightest ?? control.open(policy);
}

/** Values made of those of two policies: each part as the one, as the other, of both, or what both have. */
function between(control: Control, one: Policy, other: Policy): readonly Policy[] {
  let made: readonly Policy[] = [control.copy(other, one), one, control.open(one)];
  for (const field of control.fields) {
    const lists = listsOf(field, field.get(one), field.get(other));
    made = made.flatMap(policy => [
      policy,
      ...lists.flatMap(entries => {
        const next = field.set(policy, entries);
        return isProblem(next) ? [] : [next];
      }),
    ]);
  }
  return made;
}

function listsOf(
  {kind}: Control['fields'][number],
  mine: readonly string[],
  theirs: readonly string[],
): readonly (readonly string[])[] {
  if (kind === 'choice') return [theirs];
  const both = [...new Set([...mine, ...theirs])];
  return [both, mine.filter(entry => theirs.includes(entry)), theirs];
}
