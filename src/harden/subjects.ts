import {type Inventory, isSpokenFor} from '../inventory/inventory.ts';
import {controllerReference, templatePath, type Workload} from '../inventory/kinds/workloads.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {isMirrorPod} from '../inventory/submissions/serviceAccount.ts';
import {submissionsOf} from '../inventory/submissions/submissions.ts';
import type {JsonObject} from '../kube/json.ts';
import type {Pod} from '../kube/pod.ts';
import {placeOf} from '../kube/reference.ts';
import type {Release} from '../kube/release.ts';
import {workloadKindOf} from '../kube/workloadKinds.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {type Hardening, harden} from './harden.ts';
import {objectPatch} from './patch.ts';
import {type HardenLevel, type HardenTarget, hardenLevels, targetOf} from './target.ts';

/** A workload or a bare pod, and what it takes to harden it. */
export interface HardenedItem extends Hardening {
  readonly item: Item;
  readonly apiVersion: string;
  /** The changes as a patch of the whole object; undefined if there are none, or if a patch can't do it. */
  readonly objectPatch: JsonObject | undefined;
  /** Why there are changes but no patch; undefined if there is no such reason. */
  readonly unpatchable: string | undefined;
}

/** What it takes to let each of the items live under the built-in policy of a level. */
export function hardenItems(
  items: readonly Item[],
  inventory: Inventory,
  level: HardenLevel,
): readonly HardenedItem[] {
  const submissions = submissionsOf(inventory);
  const find = originsOf(inventory);
  const targets = targetsFrom(level, inventory.release);
  return items.flatMap(item => {
    const origin = find(item);
    if (origin === undefined) return [];
    const {template, apiVersion, path, unpatchable} = origin;
    const submit = (changed: Pod) =>
      origin.workload === undefined
        ? submissions.ofPod(changed).view
        : submissions.ofWorkload({...origin.workload, template: changed}).view;
    const hardening = harden(template, submit, targets);
    const {namespace, kind, name} = item;
    const {patch} = hardening;
    const canPatch = patch !== undefined && unpatchable === undefined;
    return [
      {
        ...hardening,
        item,
        apiVersion,
        unpatchable: patch === undefined ? undefined : unpatchable,
        objectPatch: canPatch
          ? objectPatch({apiVersion, kind, metadata: {name, namespace}}, path, patch)
          : undefined,
      },
    ];
  });
}

/** The level and those below it, except for the one that every pod meets. */
function targetsFrom(level: HardenLevel, release: Release): NonEmpty<HardenTarget> {
  const looser = hardenLevels.slice(hardenLevels.indexOf(level) + 1);
  return [targetOf(level, release), ...looser.map(each => targetOf(each, release))];
}

/** Where an item's pod template is, in the form in which it was written. */
export interface Origin {
  readonly template: Pod;
  readonly workload: Workload | undefined;
  readonly apiVersion: string;
  /** The keys from the object down to its template. */
  readonly path: readonly string[];
  readonly unpatchable: string | undefined;
}

/** Finds the object of an item; of several in one place, which files can have, the first one. */
export function originsOf(inventory: Inventory): (item: Item) => Origin | undefined {
  const pods = new Map<string, Pod>();
  for (const pod of inventory.pods) {
    if (isSpokenFor(pod)) continue;
    const {namespace = '', name, generateName = ''} = pod.metadata;
    const place = placeOf({namespace, name: name || generateName});
    if (!pods.has(place)) pods.set(place, pod);
  }
  return item => {
    if (item.workload !== undefined) return originOfWorkload(item.workload);
    const pod = pods.get(placeOf(item));
    return pod && originOfPod(pod);
  };
}

function originOfWorkload(workload: Workload): Origin {
  const {apiVersion, kind, template} = workload;
  return {
    template,
    workload,
    apiVersion,
    path: templatePath(workload),
    // Strategic merge knows the lists of Kubernetes' own kinds; in other kinds it would replace them.
    unpatchable: workloadKindOf(apiVersion, kind)
      ? namelessContainer(template)
      : `${kind} is not one of Kubernetes' own kinds: strategic merge would replace its containers`,
  };
}

function originOfPod(pod: Pod): Origin {
  return {
    // A pod has to be recreated to be changed, and then it has no ephemeral containers.
    template: {...pod, spec: {...pod.spec, ephemeralContainers: undefined}},
    workload: undefined,
    apiVersion: 'v1',
    path: [],
    unpatchable: isMirrorPod(pod)
      ? 'it is a static pod: change its file on the node'
      : podObstacle(pod),
  };
}

function podObstacle(pod: Pod): string | undefined {
  const owner = controllerReference(pod.metadata.ownerReferences);
  if (owner !== undefined) {
    return `${owner.kind ?? 'a controller'} ${owner.name ?? ''} creates it: change the template there`;
  }
  return pod.metadata.name ? namelessContainer(pod) : 'the pod has no name, only generateName';
}

function namelessContainer({spec}: Pod): string | undefined {
  const names = [...(spec.initContainers ?? []), ...(spec.containers ?? [])].map(
    ({name = ''}) => name,
  );
  return names.includes('') ? 'a container has no name to patch it by' : undefined;
}
