import {customKindOf} from '../../kube/customKinds.ts';
import {likenessOf, type Pod, serviceAccountOf} from '../../kube/pod.ts';
import {defaultPod} from '../../kube/podDefaults.ts';
import {type PodView, viewOf} from '../../kube/podView.ts';
import {placeOf} from '../../kube/reference.ts';
import type {Release} from '../../kube/release.ts';
import {homeGroupOf, isOwnKind} from '../../kube/workloadKinds.ts';
import {once} from '../../once.ts';
import type {Identity} from '../../rbac/authorize.ts';
import {isUnreadIn} from '../../rbac/unreadRbac.ts';
import {isFilesAlone} from '../files/filesWorld.ts';
import {isAbsence} from '../gaps.ts';
import {type Inventory, isLive, isSpokenFor, type ListedPod} from '../inventory.ts';
import {
  controllerReference,
  creatorOf,
  creatorOfOwned,
  podOfWorkload,
  type Workload,
} from '../kinds/workloads.ts';
import {speakerIn} from './owners.ts';
import {admitServiceAccount, automountOf, isMirrorPod} from './serviceAccount.ts';

/**
 * A pod to be judged: of a workload's template as its controller submits it, or a bare pod; in
 * both cases as PodSecurityPolicy gets it, defaulted and with its service account's token.
 */
export interface Submission {
  readonly view: PodView;
  /**
   * An earlier one whose pod differs from this one's only in its node and random names: what is decided
   * about that one holds for this one, too. undefined if there is none.
   */
  readonly alike?: Submission | undefined;
  readonly namespace: string;
  /** '' for mirror pods, which have none. */
  readonly serviceAccount: string;
  /** Who creates it; undefined if that is unknown. */
  readonly requester: Identity | undefined;
  /**
   * `unknown` for bare pods and for those that foreign controllers create: it can be anybody who is
   * logged in to the cluster.
   */
  readonly creator: 'known' | 'unknown';
  /** Judged as it is in the cluster, because there is no template: it may already carry changes. */
  readonly isLivePod: boolean;
  /** A pod that no controller owns: a requester may be named for it. */
  readonly isBare: boolean;
  /** Whether the cluster has no such account, so that the server refuses the pod before it asks any policy. */
  readonly lacksAccount?: boolean;
  /** Of a template that its controller completes: what is missing in it says nothing of its pods. */
  readonly isSketch?: boolean;
  /**
   * The same pod as it comes if its service account, which could not be read, wants no token; undefined
   * where that is known, or makes no difference.
   */
  readonly withoutToken?: Submission | undefined;
}

/** Makes submissions, each template once. */
export interface Submissions {
  ofWorkload(workload: Workload): Submission;
  ofPod(pod: ListedPod): Submission;
  /** Whether admission has already let the pod into a cluster. */
  isLive(pod: ListedPod): boolean;
}

/** What submissions are made from, besides the pod or workload itself. */
export type SubmissionSource = Pick<
  Inventory,
  'workloads' | 'serviceAccounts' | 'origin' | 'gaps' | 'release'
> &
  Partial<Pick<Inventory, 'takenAt'>>;

export function submissionsOf(inventory: SubmissionSource): Submissions {
  const speakerOf = speakerIn(inventory.workloads);
  const made = new Map<Workload, Submission>();
  const {submit, submitLive} = submittersOf(inventory);
  const ofWorkload = (workload: Workload): Submission => {
    const known = made.get(workload);
    if (known !== undefined) return known;
    const isSketch = isCompleted(workload);
    const flags = {isLivePod: false, isBare: false, ...(isSketch ? {isSketch} : {})};
    const submission = submit(podOfWorkload(workload), creatorOf(workload), flags);
    made.set(workload, submission);
    return submission;
  };
  const ofPod = (pod: ListedPod): Submission => {
    const workload = speakerOf(pod);
    if (workload !== undefined) return ofWorkload(workload);
    if (isSpokenFor(pod)) return ofWorkload(pod.speaker);
    if (isMirrorPod(pod)) {
      return submit(pod, nodeIdentity(pod), {isLivePod: true, isBare: false});
    }
    const owner = controllerReference(pod.metadata.ownerReferences);
    const creator = owner && creatorOfOwned(owner);
    const isLivePod = isLive(pod, inventory);
    return submitLive(pod, creator, {isLivePod, isBare: owner === undefined});
  };
  return {ofWorkload, ofPod, isLive: pod => isLive(pod, inventory)};
}

type Submit = (pod: Pod, requester: Identity | undefined, flags: Flags) => Submission;

/** What makes submissions of pods; of live ones that differ only in what does not matter, once. */
function submittersOf(inventory: SubmissionSource): {
  readonly submit: Submit;
  readonly submitLive: Submit;
} {
  const {release} = inventory;
  const automount = automountOf(inventory.serviceAccounts);
  const isOpen = isTokenOpen(inventory);
  const lacksAccount = missingAccounts(inventory);
  const admitted = (pod: Pod) => admitServiceAccount(pod, automount, release);
  const firsts = new Map<string, Submission>();

  const submit: Submit = (pod, requester, flags) => {
    const submission = submissionOf(admitted(pod), release, requester, flags);
    if (lacksAccount(submission)) return {...submission, lacksAccount: true};
    if (!isOpen(pod, submission)) return submission;
    const bare = admitServiceAccount(pod, () => false, release);
    return {...submission, withoutToken: submissionOf(bare, release, requester, flags)};
  };
  const submitLive: Submit = (pod, requester, flags) => {
    const likeness = likenessOf(pod);
    if (likeness === undefined) return submit(pod, requester, flags);
    const {namespace = '', annotations = {}} = pod.metadata;
    const parts = [namespace, requester?.user, flags, Object.entries(annotations).sort()];
    const key = `${JSON.stringify(parts)} ${likeness}`;
    const first = firsts.get(key);
    if (first !== undefined) return twinOf(first, () => viewOfSubmitted(admitted(pod), release));
    const submission = submit(pod, requester, flags);
    firsts.set(key, submission);
    return submission;
  };
  return {submit, submitLive};
}

/** Tells whether it is not known if a pod gets a token: it leaves that to an account that was not read. */
function isTokenOpen({
  serviceAccounts,
  gaps,
}: SubmissionSource): (pod: Pod, submission: Submission) => boolean {
  const unread = gaps.filter(gap => gap.resource === 'serviceaccounts' && !isAbsence(gap));
  if (unread.length === 0) return () => false;
  const known = new Set(serviceAccounts.map(({metadata}) => placeOf(metadata)));
  return (pod, {namespace, serviceAccount}) =>
    serviceAccount !== '' &&
    pod.spec.automountServiceAccountToken === undefined &&
    !known.has(placeOf({namespace, name: serviceAccount})) &&
    unread.some(gap => isUnreadIn(gap, namespace));
}

/**
 * Tells whether the account of a pod is known not to be there. Each namespace has accounts: of one without any, or of
 * files alone, nobody knows what will be there when the pod is made.
 */
function missingAccounts({
  serviceAccounts,
  origin,
  takenAt,
  gaps,
}: SubmissionSource): (submission: Submission) => boolean {
  if (isFilesAlone({origin, takenAt})) return () => false;
  const unread = gaps.filter(gap => gap.resource === 'serviceaccounts');
  const known = new Set(serviceAccounts.map(({metadata}) => placeOf(metadata)));
  const places = new Set(serviceAccounts.map(({metadata}) => metadata?.namespace));
  return ({namespace, serviceAccount}) =>
    serviceAccount !== '' &&
    places.has(namespace) &&
    !known.has(placeOf({namespace, name: serviceAccount})) &&
    !unread.some(gap => isUnreadIn(gap, namespace));
}

type Flags = Pick<Submission, 'isLivePod' | 'isBare' | 'isSketch'>;

/** Whether a controller that is not Kubernetes' own completes the template, or may. */
function isCompleted({apiVersion, kind}: Workload): boolean {
  if (isOwnKind({group: homeGroupOf(apiVersion, kind), kind})) return false;
  return (customKindOf(apiVersion, kind)?.pods ?? 'completed') === 'completed';
}

/** A pod as a request brings it to PodSecurityPolicy, in its namespace; its defaults are set here. */
export function submissionOf(
  pod: Pod,
  release: Release,
  requester: Identity | undefined,
  flags: Flags = {isLivePod: false, isBare: false},
): Submission {
  const view = viewOfSubmitted(pod, release);
  const namespace = pod.metadata.namespace ?? '';
  const creator = requester === undefined ? 'unknown' : 'known';
  const serviceAccount = serviceAccountOf(view.pod);
  return {view, namespace, serviceAccount, requester, creator, ...flags};
}

function viewOfSubmitted(pod: Pod, release: Release): PodView {
  return viewOf(defaultPod(pod, release), release);
}

/** The submission that decides about this one as well; often itself. */
export function decidingFor(submission: Submission): Submission {
  return submission.alike ?? submission;
}

function twinOf(first: Submission, admit: () => PodView): Submission {
  const view = once(admit);
  return {
    get view() {
      return view();
    },
    namespace: first.namespace,
    serviceAccount: first.serviceAccount,
    requester: first.requester,
    creator: first.creator,
    isLivePod: first.isLivePod,
    isBare: first.isBare,
    alike: first,
  };
}

/** The kubelet of the pod's node. */
function nodeIdentity({spec}: Pod): Identity {
  return {
    user: `system:node:${spec.nodeName ?? ''}`,
    groups: ['system:nodes', 'system:authenticated'],
  };
}
