import {validatedPolicyKey} from '../../kube/annotations.ts';
import type {PodView} from '../../kube/podView.ts';
import {homeGroupOf, isOwnKind} from '../../kube/workloadKinds.ts';
import type {NonEmpty} from '../../nonEmpty.ts';
import {weaklyKeyed} from '../../once.ts';
import {byText} from '../../text.ts';
import {type Inventory, isLive, type ListedPod} from '../inventory.ts';
import type {Workload} from '../kinds/workloads.ts';
import {speakerIn, topWorkloads, workloadsWithPods} from './owners.ts';
import {
  decidingFor,
  type Submission,
  type SubmissionSource,
  type Submissions,
  submissionsOf,
} from './submissions.ts';

/** One row of an answer: a pod or a workload, and the submission that decides about it. */
export interface Item {
  readonly namespace: string;
  /** Its API group; for a kind that Kubernetes moved between groups, the newest; '' for pods. */
  readonly group: string;
  readonly kind: string;
  /** For an object with several pod templates, with what distinguishes this one: `es:nodeSets[0]`. */
  readonly name: string;
  /** The policy that the pod was admitted by, as its annotation says; undefined without one. */
  readonly admittedBy: string | undefined;
  /** Its own labels; for a workload, laid over those of its template. */
  readonly labels: Readonly<Record<string, string>>;
  readonly submission: Submission;
  /** Whether it is a pod that admission has already let into a cluster. */
  readonly isLive: boolean;
  /** The workload that it is; undefined for a pod. */
  readonly workload: Workload | undefined;
}

/** What identifies an item. */
export function itemKey(item: Item): string {
  const {namespace, group, kind, name} = item;
  return `${namespace}/${isOwnKind(item) ? kind : `${kind}.${group}`}/${name}`;
}

/** The order of items: by namespace, kind and name; with the same name in several API groups, by these. */
export function byPlace(a: Item, b: Item): number {
  return (
    byText(a.namespace, b.namespace) ||
    byText(a.kind, b.kind) ||
    byText(a.name, b.name) ||
    byText(a.group, b.group)
  );
}

export function itemOfPod(pod: ListedPod, submissions: Submissions): Item {
  const {namespace = '', name, generateName, annotations, labels = {}} = pod.metadata;
  return {
    namespace,
    group: '',
    kind: 'Pod',
    name: name || generateName || '',
    admittedBy: annotations?.[validatedPolicyKey],
    labels,
    submission: submissions.ofPod(pod),
    isLive: submissions.isLive(pod),
    workload: undefined,
  };
}

export function itemOfWorkload(workload: Workload, submissions: Submissions): Item {
  const {apiVersion, kind, metadata, template, part} = workload;
  const {namespace = '', name = ''} = metadata;
  return {
    namespace,
    group: homeGroupOf(apiVersion, kind),
    kind,
    name: part === undefined ? name : `${name}:${part}`,
    admittedBy: undefined,
    labels: {...template.metadata.labels, ...metadata.labels},
    submission: submissions.ofWorkload(workload),
    isLive: false,
    workload,
  };
}

/** Makes items, always the same one for the same object. */
export interface Items {
  ofPod(pod: ListedPod): Item;
  ofWorkload(workload: Workload): Item;
}

/** The items of one source, for any number of lists of pods. */
export function itemsWith(source: SubmissionSource): Items {
  const submissions = submissionsOf(source);
  return {
    ofPod: weaklyKeyed((pod: ListedPod) => itemOfPod(pod, submissions)),
    ofWorkload: weaklyKeyed((workload: Workload) => itemOfWorkload(workload, submissions)),
  };
}

/**
 * All that runs or would run: the pods, and the workloads that have none (scaled to zero, denied,
 * waiting for their hour, or just written in a manifest). A pod of a manifest counts unless a workload
 * speaks for it. Sorted by namespace, kind and name.
 */
export function itemsOf(inventory: SubmissionSource & Pick<Inventory, 'pods'>): readonly Item[] {
  return itemsWithin(inventory, itemsWith(inventory));
}

/** The same, with items that are made already for the pods and workloads that are still the same. */
export function itemsWithin(
  inventory: Pick<Inventory, 'pods' | 'workloads' | 'origin'>,
  items: Items,
): readonly Item[] {
  const [live, written] = partition(inventory.pods, pod => isLive(pod, inventory));
  const speakerOf = speakerIn(inventory.workloads);
  const pods = [...live, ...written.filter(pod => speakerOf(pod) === undefined)];
  const withPods = workloadsWithPods({...inventory, pods: live});
  const idle = topWorkloads(inventory).filter(workload => !withPods.has(workload));
  return [...pods.map(items.ofPod), ...idle.map(items.ofWorkload)].sort(byPlace);
}

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): readonly [T[], T[]] {
  return [all.filter(isFirst), all.filter(one => !isFirst(one))];
}

/**
 * What needs a policy, each template once: the workloads that no other one owns, and the pods that
 * no template speaks for. Sorted by namespace, kind and name.
 */
export function templatesOf(inventory: Inventory): readonly Item[] {
  const submissions = submissionsOf(inventory);
  const speakerOf = speakerIn(inventory.workloads);
  return [
    ...topWorkloads(inventory).map(workload => itemOfWorkload(workload, submissions)),
    ...inventory.pods
      .filter(pod => speakerOf(pod) === undefined)
      .map(pod => itemOfPod(pod, submissions)),
  ].sort(byPlace);
}

/** The pods of these items, those that no decision can tell apart but once. */
export function viewsOf([first, ...rest]: NonEmpty<Item>): NonEmpty<PodView> {
  const deciding = decidingFor(first.submission);
  const others = new Set(rest.map(({submission}) => decidingFor(submission)));
  others.delete(deciding);
  return [deciding.view, ...[...others].map(({view}) => view)];
}
