import {controls} from '../../controls/index.ts';
import {type Item, viewsOf} from '../../inventory/submissions/items.ts';
import {printJson} from '../../kube/json.ts';
import type {ContainerView, PodView} from '../../kube/podView.ts';
import type {NonEmpty} from '../../nonEmpty.ts';
import {leastPolicy} from '../../policy/least.ts';
import {openness} from '../../policy/level.ts';
import {byText} from '../../text.ts';
import {needsOfPods, type Weighable} from './sharedExcess.ts';

/** What has to stay together: everything that one service account, workload or namespace runs. */
export type ItemGroup = NonEmpty<Item>;

/** Groups whose least policies are the same, so that they share one without any excess. */
export interface Shape extends Weighable {
  readonly groups: NonEmpty<ItemGroup>;
  /** Their pods; of those that no control can tell apart, only one. */
  readonly pods: NonEmpty<PodView>;
}

/** The shapes of the groups, from strict to open, in an order that depends on nothing but the pods. */
export function shapesOf(groups: readonly ItemGroup[], mayFill: boolean): readonly Shape[] {
  const byPolicy = new Map<
    string,
    {groups: [ItemGroup, ...ItemGroup[]]; pods: [PodView, ...PodView[]]}
  >();
  for (const group of groups) {
    const pods = distinct(viewsOf(group));
    const key = printJson(leastPolicy('', pods, mayFill));
    const same = byPolicy.get(key);
    if (same === undefined) byPolicy.set(key, {groups: [group], pods: [...pods]});
    else {
      same.groups.push(group);
      same.pods.push(...pods);
    }
  }
  return [...byPolicy]
    .map(([key, {groups: alike, pods}]) => ({key, shape: shapeOf(alike, pods, mayFill)}))
    .sort((a, b) => openness(a.shape.least) - openness(b.shape.least) || byText(a.key, b.key))
    .map(({shape}) => shape);
}

function shapeOf(groups: NonEmpty<ItemGroup>, all: NonEmpty<PodView>, mayFill: boolean): Shape {
  const pods = distinct(all);
  const least = leastPolicy('', pods, mayFill);
  return {
    groups,
    pods,
    least,
    settings: controls.map(({describe}) => describe(least)),
    needs: needsOfPods(pods),
    workloads: groups.reduce((sum, group) => sum + group.length, 0),
  };
}

/** The pods without those that no control can tell from an earlier one. */
function distinct([first, ...rest]: NonEmpty<PodView>): NonEmpty<PodView> {
  const seen = new Set([traitsOf(first)]);
  const others = rest.filter(pod => {
    const traits = traitsOf(pod);
    return !seen.has(traits) && seen.add(traits);
  });
  return [first, ...others];
}

/** Everything in a pod that a control can look at, without its names: pods of one template are alike. */
function traitsOf(view: PodView): string {
  const {pod: _pod, annotations: _annotations, volumes, containers, ...rest} = view;
  const places = new Map(volumes.map(({name}, index) => [name, index]));
  return printJson({
    ...rest,
    volumes: volumes.map(({volume, type}) => ({...volume, name: undefined, type})),
    containers: containers.map(container => containerTraits(container, places)),
  });
}

function containerTraits(view: ContainerView, places: ReadonlyMap<string, number>): object {
  const {container, list: _list, index: _index, name: _name, path: _path, ...rest} = view;
  return {
    ...rest,
    mounts: container.volumeMounts?.map(({name = '', readOnly}) => [places.get(name), readOnly]),
  };
}
