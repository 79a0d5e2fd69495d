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
  const {volumes, containers, unchecked} = view;
  const places = new Map(volumes.map(({name}, index) => [name, index]));
  return printJson({
    ...valuesOf(view, podTraits),
    volumes: volumes.map(({volume, type}) => ({...volume, name: undefined, type})),
    containers: containers.map(container => containerTraits(container, places)),
    unchecked: unchecked.map(container => containerTraits(container, places)),
  });
}

function containerTraits(view: ContainerView, places: ReadonlyMap<string, number>): object {
  return {
    ...valuesOf(view, traitsOfContainers),
    mounts: view.container.volumeMounts?.map(({name = '', readOnly}) => [
      places.get(name),
      readOnly,
    ]),
  };
}

function valuesOf<V, K extends keyof V>(view: V, traits: Readonly<Record<K, true>>): object {
  return Object.fromEntries(Object.keys(traits).map(trait => [trait, view[trait as K]]));
}

// One that is missing here does not compile.

type PodParts = 'pod' | 'annotations' | 'volumes' | 'containers' | 'unchecked' | 'withOnly';
const podTraits: Readonly<Record<Exclude<keyof PodView, PodParts>, true>> = {
  release: true,
  hostNetwork: true,
  hostPID: true,
  hostIPC: true,
  fsGroup: true,
  supplementalGroups: true,
  seLinuxOptions: true,
  sysctls: true,
  runtimeClassName: true,
  seccompField: true,
  seccompAnnotation: true,
};

type ContainerParts = 'container' | 'list' | 'index' | 'name' | 'path';
const traitsOfContainers: Readonly<Record<Exclude<keyof ContainerView, ContainerParts>, true>> = {
  runAsUser: true,
  runAsGroup: true,
  runAsNonRoot: true,
  seLinuxOptions: true,
  privileged: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: true,
  procMount: true,
  capabilitiesAdd: true,
  capabilitiesDrop: true,
  hostPorts: true,
  seccompField: true,
  seccompAnnotation: true,
  appArmorAnnotation: true,
};
