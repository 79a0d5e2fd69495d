import {validatedPolicyKey} from '../kube/annotations.ts';
import type {OwnerReference} from '../kube/objects.ts';
import {type Pod, serviceAccountOf} from '../kube/pod.ts';
import {defaultPod} from '../kube/podDefaults.ts';
import {type PodView, viewOf} from '../kube/podView.ts';
import type {Identity} from '../rbac/authorize.ts';
import {byText} from '../text.ts';
import type {Inventory} from './inventory.ts';
import {admitServiceAccount, automountOf, isMirrorPod} from './serviceAccount.ts';
import {controllerOf, controllerReference, podOfWorkload, type Workload} from './workloads.ts';

/**
 * A pod to be judged: of a workload's template as its controller submits it, or a bare pod; in
 * both cases as PodSecurityPolicy gets it, defaulted and with its service account's token.
 */
export interface Submission {
  readonly view: PodView;
  readonly namespace: string;
  /** '' for mirror pods, which have none. */
  readonly serviceAccount: string;
  /** undefined: nobody knows who created it, or an operator that we don't know will. */
  readonly requester: Identity | undefined;
  /** Judged as it is in the cluster, for there is no template: it may already carry changes. */
  readonly isLivePod: boolean;
  /** A pod that no controller owns: whoever runs the program may stand in for its creator. */
  readonly isBare: boolean;
}

/** One row of an answer: a pod or a workload, and the submission that decides about it. */
export interface Item {
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** The policy that the live pod was admitted by, as its annotation says; undefined without one. */
  readonly admittedBy: string | undefined;
  /** Its own labels; a workload's over those of its template. */
  readonly labels: Readonly<Record<string, string>>;
  readonly submission: Submission;
}

/** What tells an item apart from all others. */
export function itemKey({namespace, kind, name}: Item): string {
  return `${namespace}/${kind}/${name}`;
}

/** The order of items: by namespace, kind and name. */
export function byPlace(a: Item, b: Item): number {
  return byText(a.namespace, b.namespace) || byText(a.kind, b.kind) || byText(a.name, b.name);
}

/** Makes submissions, each template once. */
export interface Submissions {
  ofWorkload(workload: Workload): Submission;
  ofPod(pod: Pod): Submission;
}

/** What submissions are made from, beside the pod or workload itself. */
export type SubmissionSource = Pick<Inventory, 'workloads' | 'serviceAccounts' | 'origin'>;

export function submissionsOf(inventory: SubmissionSource): Submissions {
  const automount = automountOf(inventory.serviceAccounts);
  const speakerOf = speakerIn(inventory.workloads);
  const made = new Map<Workload, Submission>();

  const submit = (pod: Pod, requester: Identity | undefined, flags: Flags): Submission => {
    const admitted = defaultPod(admitServiceAccount(pod, automount));
    return {
      view: viewOf(admitted),
      namespace: pod.metadata.namespace ?? '',
      serviceAccount: serviceAccountOf(admitted),
      requester,
      ...flags,
    };
  };
  const ofWorkload = (workload: Workload): Submission => {
    const known = made.get(workload);
    if (known !== undefined) return known;
    const flags = {isLivePod: false, isBare: false};
    const submission = submit(podOfWorkload(workload), controllerOf(workload.kind), flags);
    made.set(workload, submission);
    return submission;
  };
  const ofPod = (pod: Pod): Submission => {
    const workload = speakerOf(pod);
    if (workload !== undefined) return ofWorkload(workload);
    if (isMirrorPod(pod)) {
      return submit(pod, nodeIdentity(pod), {isLivePod: true, isBare: false});
    }
    const owner = controllerReference(pod.metadata.ownerReferences);
    if (owner === undefined) {
      const isLivePod = inventory.origin === 'cluster';
      return submit(pod, undefined, {isLivePod, isBare: true});
    }
    return submit(pod, controllerOf(owner.kind ?? ''), {isLivePod: true, isBare: false});
  };
  return {ofWorkload, ofPod};
}

type Flags = Pick<Submission, 'isLivePod' | 'isBare'>;

/** The kubelet of the pod's node. */
function nodeIdentity({spec}: Pod): Identity {
  return {
    user: `system:node:${spec.nodeName ?? ''}`,
    groups: ['system:nodes', 'system:authenticated'],
  };
}

type OwnerIndex = (owner: OwnerReference, namespace: string | undefined) => Workload | undefined;
const ownerIndexes = new WeakMap<readonly Workload[], OwnerIndex>();

/** Finds a workload by a reference to it: by uid where there is one, else by its place. */
export function ownerIndex(workloads: readonly Workload[]): OwnerIndex {
  const known = ownerIndexes.get(workloads) ?? makeOwnerIndex(workloads);
  ownerIndexes.set(workloads, known);
  return known;
}

function makeOwnerIndex(workloads: readonly Workload[]): OwnerIndex {
  const byUid = new Map<string, Workload>();
  const byPlace = new Map<string, Workload>();
  for (const workload of workloads) {
    const {uid, namespace, name} = workload.metadata;
    if (uid) byUid.set(uid, workload);
    byPlace.set(`${workload.kind}/${namespace}/${name}`, workload);
  }
  return ({uid, kind, name}, namespace) =>
    (uid ? byUid.get(uid) : undefined) ?? byPlace.get(`${kind}/${namespace}/${name}`);
}

/**
 * Finds the workload whose template speaks for a pod, so that nothing depends on the pod's own spec;
 * undefined for mirror pods, and for those that no known workload owns.
 */
export function speakerIn(
  workloads: readonly Workload[],
): (pod: Pick<Pod, 'metadata'>) => Workload | undefined {
  const byOwner = ownerIndex(workloads);
  // The pods of a workload often have the same value of these; a session meets others all the time.
  const known = new WeakMap<object, Spoken>();
  return pod => {
    const {ownerReferences, namespace} = pod.metadata;
    if (ownerReferences === undefined || isMirrorPod(pod)) return undefined;
    const found = known.get(ownerReferences);
    if (found !== undefined && found.namespace === namespace) return found.of;
    const owner = controllerReference(ownerReferences);
    const of = owner && byOwner(owner, namespace);
    known.set(ownerReferences, {namespace, of});
    return of;
  };
}

interface Spoken {
  readonly namespace: string | undefined;
  readonly of: Workload | undefined;
}

/** Workloads that no other workload of the inventory owns. */
export function topWorkloads(inventory: Inventory): readonly Workload[] {
  const byOwner = ownerIndex(inventory.workloads);
  return inventory.workloads.filter(({metadata}) => {
    const owner = controllerReference(metadata.ownerReferences);
    return owner === undefined || byOwner(owner, metadata.namespace) === undefined;
  });
}

export function itemOfPod(pod: Pod, submissions: Submissions): Item {
  const {namespace = '', name, generateName, annotations, labels = {}} = pod.metadata;
  return {
    namespace,
    kind: 'Pod',
    name: name || generateName || '',
    admittedBy: annotations?.[validatedPolicyKey],
    labels,
    submission: submissions.ofPod(pod),
  };
}

export function itemOfWorkload(workload: Workload, submissions: Submissions): Item {
  const {namespace = '', name = ''} = workload.metadata;
  const submission = submissions.ofWorkload(workload);
  const labels = {...workload.template.metadata.labels, ...workload.metadata.labels};
  return {namespace, kind: workload.kind, name, admittedBy: undefined, labels, submission};
}

/** Makes items, the same one for the same object. */
export interface Items {
  ofPod(pod: Pod): Item;
  ofWorkload(workload: Workload): Item;
}

/** The items of one source, for as many lists of pods as come. */
export function itemsWith(source: SubmissionSource): Items {
  const submissions = submissionsOf(source);
  const known = new WeakMap<Pod | Workload, Item>();
  const remembered = <T extends Pod | Workload>(object: T, make: (object: T) => Item): Item => {
    const item = known.get(object) ?? make(object);
    known.set(object, item);
    return item;
  };
  return {
    ofPod: pod => remembered(pod, () => itemOfPod(pod, submissions)),
    ofWorkload: workload => remembered(workload, () => itemOfWorkload(workload, submissions)),
  };
}

/**
 * All that runs or would run: the pods, and the workloads that have none (scaled to zero, denied,
 * waiting for their hour). Sorted by namespace, kind and name.
 */
export function itemsOf(inventory: Inventory, items = itemsWith(inventory)): readonly Item[] {
  const withPods = workloadsWithPods(inventory);
  const idle = topWorkloads(inventory).filter(workload => !withPods.has(workload));
  return [...inventory.pods.map(items.ofPod), ...idle.map(items.ofWorkload)].sort(byPlace);
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

/** The workloads that own a pod, directly or through workloads of theirs. */
function workloadsWithPods(inventory: Inventory): ReadonlySet<Workload> {
  const speakerOf = speakerIn(inventory.workloads);
  const byOwner = ownerIndex(inventory.workloads);
  const found = new Set<Workload>();
  for (const pod of inventory.pods) {
    let workload = speakerOf(pod);
    while (workload !== undefined && !found.has(workload)) {
      found.add(workload);
      const {ownerReferences, namespace} = workload.metadata;
      const owner = controllerReference(ownerReferences);
      workload = owner && byOwner(owner, namespace);
    }
  }
  return found;
}
