import {byPlace, type Item} from '../../inventory/submissions/items.ts';
import {printJson} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import type {PodView} from '../../kube/podView.ts';
import {isNonEmpty, type NonEmpty} from '../../nonEmpty.ts';
import {leastPolicy} from '../../policy/least.ts';
import {openness} from '../../policy/level.ts';
import {byText} from '../../text.ts';
import {type Advice, adviceOf, itemGroups} from '../advice.ts';
import type {Scope} from '../scope.ts';
import {bestPartition} from './partition.ts';
import {type ItemGroup, type Shape, shapesOf} from './shapes.ts';
import {type Excess, joined, pointsOf, sharedExcessOf, totalPoints} from './sharedExcess.ts';

/** The users of a policy that need the same. */
export interface Sharer {
  /** The service accounts, workloads or namespaces (by scope), each with everything it runs. */
  readonly groups: NonEmpty<ItemGroup>;
  readonly workloads: number;
  /** What the policy lets them do beyond their needs; empty if it is their own least one. */
  readonly excess: readonly Excess[];
  /** The points of the excess of one workload. */
  readonly points: number;
}

/** One policy for several groups. */
export interface SharedAdvice extends Advice {
  /** Those without excess first. */
  readonly sharers: readonly Sharer[];
  /** The points of all its workloads together. */
  readonly points: number;
}

export interface Sharing {
  /** From strict to open, which is also the order of their names. */
  readonly advices: readonly SharedAdvice[];
  readonly points: number;
  /** Whether no other way to share so many policies has less excess: all of them were tried. */
  readonly exact: boolean;
}

/** Sorts before looser policies, as those of other advice do. */
const prefix = '0-least-shared-';

/** How many pods may be weighed, once for each set that they are in, before a search takes too long. */
const patience = 150_000;

/**
 * At most `most` (from 1) policies for all items, with the least excess privilege over all: the sum of
 * the points of every workload. What one service account (or workload, or namespace: the scope) runs stays
 * under one policy.
 */
export function sharedAdvice(
  items: readonly Item[],
  scope: Scope,
  mayFill: boolean,
  most: number,
): Sharing {
  const shapes = shapesOf([...itemGroups(items, scope).values()], mayFill);
  const pods = shapes.reduce((sum, shape) => sum + shape.pods.length, 0);
  const {clusters, exact} =
    shapes.length <= most
      ? {clusters: shapes.map((_, index) => [index]), exact: true}
      : bestPartition(
          shapes.length,
          most,
          members => costOf(membersOf(shapes, members), mayFill),
          (2 * patience) / pods,
        );
  const found = clusters
    .map(members => membersOf(shapes, members))
    .filter(isNonEmpty)
    .map(cluster => ({cluster, policy: policyFor(cluster, mayFill)}))
    .sort((a, b) => byOpenness(a.policy, b.policy));
  const digits = String(found.length).length;
  const advices = found.map(({cluster}, index) => {
    const name = prefix + String(index + 1).padStart(digits, '0');
    return adviceFor(name, cluster, mayFill);
  });
  return {advices, exact, points: advices.reduce((sum, {points}) => sum + points, 0)};
}

function membersOf(shapes: readonly Shape[], members: readonly number[]): readonly Shape[] {
  return members.flatMap(index => shapes[index] ?? []);
}

/** The excess of a policy for all of these, over all their workloads. */
function costOf(shapes: readonly Shape[], mayFill: boolean): number {
  if (!isNonEmpty(shapes) || shapes.length === 1) return 0;
  return totalPoints(policyFor(shapes, mayFill), shapes, shapes[0].pods[0].release);
}

function policyFor(shapes: NonEmpty<Shape>, mayFill: boolean): Policy {
  const [first, ...rest] = shapes;
  const pods: NonEmpty<PodView> = [...first.pods, ...rest.flatMap(shape => shape.pods)];
  return leastPolicy('', pods, mayFill);
}

function byOpenness(one: Policy, other: Policy): number {
  return openness(one) - openness(other) || byText(printJson(one), printJson(other));
}

function adviceFor(name: string, shapes: NonEmpty<Shape>, mayFill: boolean): SharedAdvice {
  const items = shapes.flatMap(({groups}) => groups.flat()).sort(byPlace);
  if (!isNonEmpty(items)) throw new TypeError('a policy for nothing');
  const advice = adviceOf(name, items, 'cluster', mayFill);
  const all = joined(shapes.map(({needs}) => needs));
  const sharers = shapes
    .map(({groups, workloads, least, needs}): Sharer => {
      const excess = sharedExcessOf(advice.policy, least, needs, all, shapes[0].pods[0].release);
      return {groups, workloads, excess, points: pointsOf(excess)};
    })
    .sort((a, b) => a.points - b.points);
  const points = sharers.reduce((sum, sharer) => sum + sharer.workloads * sharer.points, 0);
  return {...advice, sharers, points};
}
