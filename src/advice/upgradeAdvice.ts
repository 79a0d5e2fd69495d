import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {viewsOf} from '../inventory/submissions/items.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import {printJson} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import {type Release, releaseName} from '../kube/release.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {openPolicy} from '../policy/comparePolicies.ts';
import {directionOf} from '../policy/direction.ts';
import {editsOf, evaluate, preparePolicy} from '../policy/evaluate.ts';
import {type Advice, adviceWith, itemGroups} from './advice.ts';
import type {Scope} from './scope.ts';

/** The same pods as two releases see them. */
export interface UpgradedItem {
  readonly now: Item;
  readonly later: Item;
}

/** Items for which no policy is right on both releases. */
export interface Impossible {
  /** The name that it would have. */
  readonly name: string;
  readonly items: NonEmpty<Item>;
  /** Why, a sentence for each control that is in the way. */
  readonly reasons: readonly string[];
}

/** Policies that are right before and after an upgrade, and where there is none. */
export interface UpgradeAdvice {
  readonly advices: readonly Advice[];
  readonly impossible: readonly Impossible[];
}

/** One side of an upgrade: a release, and the pods as it sees them. */
interface Side {
  readonly release: Release;
  readonly pods: NonEmpty<PodView>;
}

/**
 * The least policies that both releases store and that let their pods in on both, unchanged; with `mayFill`,
 * as they would be filled in. Each control is decided by itself, since none sees what another one does.
 */
export function adviceForUpgrade(
  pairs: readonly UpgradedItem[],
  scope: Scope,
  mayFill: boolean,
): UpgradeAdvice {
  const laterOf = new Map(pairs.map(({now, later}) => [now, later]));
  const advices: Advice[] = [];
  const impossible: Impossible[] = [];
  for (const [name, items] of itemGroups(
    pairs.map(({now}) => now),
    scope,
  )) {
    const [first, ...rest] = items.map(item => laterOf.get(item) ?? item);
    const later: NonEmpty<Item> = [first ?? items[0], ...rest];
    const sides = [sideOf(items), sideOf(later)] as const;
    const empty: Policy = {metadata: {name}, spec: {}};
    const found = controls.map(control => valueFor(control, empty, sides, mayFill));
    const reasons = found.flatMap(({reason}) => reason ?? []);
    if (reasons.length > 0) impossible.push({name, items, reasons});
    else {
      const policy = found.reduce((all, {control, value}) => control.copy(value, all), empty);
      advices.push(adviceWith(policy, items, scope, later));
    }
  }
  return {advices, impossible};
}

function sideOf(items: NonEmpty<Item>): Side {
  return {release: items[0].submission.view.release, pods: viewsOf(items)};
}

/** What a control becomes: a policy that holds its value, or why there is none. */
interface Found {
  readonly control: Control;
  readonly value: Policy;
  readonly reason: string | undefined;
}

/** The tightest of what is least for one side or for both that is right on both. */
function valueFor(
  control: Control,
  empty: Policy,
  [now, later]: readonly [Side, Side],
  mayFill: boolean,
): Found {
  const leastFor = (pods: NonEmpty<PodView>) => control.fit(empty, pods, mayFill);
  const [own, other] = [leastFor(now.pods), leastFor(later.pods)];
  const candidates = [
    own,
    other,
    leastFor([...now.pods, ...later.pods]),
    leastFor([...later.pods, ...now.pods]),
  ];
  const trouble = (value: Policy, side: Side) => troubleOf(control, value, side, mayFill);
  const right = candidates.filter(value =>
    [now, later].every(side => trouble(value, side) === undefined),
  );
  const isBetter = (one: Policy, than: Policy) =>
    [now, later].every(({release}) => control.covers(than, one, release)) &&
    [now, later].some(({release}) => directionOf(control, than, one, release) === 'tighter');
  const value = right.find(one => !right.some(another => isBetter(another, one)));
  if (value !== undefined) return {control, value, reason: undefined};
  const texts = [
    {least: own, on: now, elsewhere: later},
    {least: other, on: later, elsewhere: now},
  ].map(({least, on, elsewhere}) => {
    const what = `"${control.describe(least)}", which ${releaseName(on.release)} needs,`;
    return `${what} ${trouble(least, elsewhere) ?? 'is right on both'}`;
  });
  return {control, value: own, reason: `${control.title}: ${texts.join('; ')}`};
}

/** Why a value is not right on a release: it is not stored there, denies a pod or changes one. */
function troubleOf(
  control: Control,
  value: Policy,
  {release, pods}: Side,
  mayFill: boolean,
): string | undefined {
  const name = releaseName(release);
  const [refusal] = control.validate(value, release);
  if (refusal !== undefined) {
    const text = fieldErrorText(refusal).replace(/: supported values: .*/s, '');
    return `is refused by ${name} (${text})`;
  }
  const open = preparePolicy(openPolicy, release);
  const alone = preparePolicy(control.copy(value, openPolicy), release);
  for (const pod of pods) {
    const [error] = evaluate(alone, pod).errors;
    if (error !== undefined) return `denies a pod on ${name} (${fieldErrorText(error)})`;
    const edits = (policy: typeof alone) => printJson(editsOf(policy, pod));
    if (!mayFill && edits(alone) !== edits(open)) return `changes a pod on ${name}`;
  }
  return undefined;
}
