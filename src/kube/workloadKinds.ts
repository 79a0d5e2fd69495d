import {groupOf} from './apiGroups.ts';

/** A kind of object, in whatever version of its API group; '' is the core group. */
export interface GroupKind {
  readonly group: string;
  readonly kind: string;
}

/**
 * Who creates the pods of a kind: a controller of kube-controller-manager, by its service account in
 * kube-system (with --use-service-account-credentials, as kubeadm sets it; pkg/controller, v1.24); the
 * controller of other objects, which this kind's controller creates; nobody; or somebody unknown.
 */
export type PodCreator =
  | {readonly by: 'account'; readonly account: string}
  | {readonly by: 'objects'; readonly of: GroupKind}
  | {readonly by: 'nobody'}
  | {readonly by: 'unknown'};

/** Pods that the controllers of Kubernetes create for objects of another kind. */
export function podsOf(group: string, kind: string): PodCreator {
  return {by: 'objects', of: {group, kind}};
}

/** Everything that is known about a kind that holds a pod template, except for its place in protobuf. */
export interface WorkloadKind {
  readonly kind: string;
  /** Plural name, as in URLs. */
  readonly plural: string;
  /** What kubectl calls it for short; undefined if it has no such name. */
  readonly shortName: string | undefined;
  /** The apiVersions under which servers of different ages have it, newest first. */
  readonly apiVersions: readonly string[];
  /** The keys from the object down to its pod template. */
  readonly template: readonly string[];
  readonly creator: PodCreator;
  /**
   * How an inventory reads it from a cluster: whole; its spec later, because most objects are owned by one
   * of another kind that is judged in their place, or own some themselves; or never, because nothing runs it.
   */
  readonly read: 'whole' | 'specLater' | 'never';
  /** Whether its controller keeps pods running: those of other kinds come and go. */
  readonly keepsPods: boolean;
  /** Whether pods are numbered (`web-0`) and each gets its volume claims (stateful_set_utils.go). */
  readonly numbersPods: boolean;
}

const inSpec = ['spec', 'template'];

function account(name: string): PodCreator {
  return {by: 'account', account: name};
}

const rows = [
  {
    kind: 'Deployment',
    plural: 'deployments',
    shortName: 'deploy',
    apiVersions: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
    template: inSpec,
    creator: podsOf('apps', 'ReplicaSet'),
    read: 'specLater',
    keepsPods: true,
    numbersPods: false,
  },
  {
    kind: 'ReplicaSet',
    plural: 'replicasets',
    shortName: 'rs',
    apiVersions: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
    template: inSpec,
    creator: account('replicaset-controller'),
    read: 'specLater',
    keepsPods: true,
    numbersPods: false,
  },
  {
    kind: 'StatefulSet',
    plural: 'statefulsets',
    shortName: 'sts',
    apiVersions: ['apps/v1', 'apps/v1beta2'],
    template: inSpec,
    creator: account('statefulset-controller'),
    read: 'whole',
    keepsPods: true,
    numbersPods: true,
  },
  {
    kind: 'DaemonSet',
    plural: 'daemonsets',
    shortName: 'ds',
    apiVersions: ['apps/v1', 'apps/v1beta2', 'extensions/v1beta1'],
    template: inSpec,
    creator: account('daemon-set-controller'),
    read: 'whole',
    keepsPods: true,
    numbersPods: false,
  },
  {
    kind: 'ReplicationController',
    plural: 'replicationcontrollers',
    shortName: 'rc',
    apiVersions: ['v1'],
    template: inSpec,
    creator: account('replication-controller'),
    read: 'whole',
    keepsPods: true,
    numbersPods: false,
  },
  {
    kind: 'Job',
    plural: 'jobs',
    shortName: undefined,
    apiVersions: ['batch/v1'],
    template: inSpec,
    creator: account('job-controller'),
    read: 'specLater',
    keepsPods: false,
    numbersPods: false,
  },
  {
    kind: 'CronJob',
    plural: 'cronjobs',
    shortName: 'cj',
    apiVersions: ['batch/v1', 'batch/v1beta1', 'batch/v2alpha1'],
    template: ['spec', 'jobTemplate', 'spec', 'template'],
    creator: podsOf('batch', 'Job'),
    read: 'whole',
    keepsPods: false,
    numbersPods: false,
  },
  {
    kind: 'PodTemplate',
    plural: 'podtemplates',
    shortName: undefined,
    apiVersions: ['v1'],
    template: ['template'],
    creator: {by: 'nobody'},
    read: 'never',
    keepsPods: false,
    numbersPods: false,
  },
] as const satisfies readonly WorkloadKind[];

/** The names of the kinds that are read from clusters. */
export type ReadKind = Exclude<(typeof rows)[number], {readonly read: 'never'}>['kind'];

/** The kinds of Kubernetes' own that hold a pod template, in the order in which an inventory has them. */
export const workloadKinds: readonly WorkloadKind[] = rows;

const byName = new Map(workloadKinds.map(row => [row.kind, row]));

/** The kind that Kubernetes itself serves, or served, under an apiVersion; undefined for those of others. */
export function workloadKindOf(apiVersion: string, kind: string): WorkloadKind | undefined {
  return workloadKindIn(groupOf(apiVersion), kind);
}

/** The same by the name of the API group. */
function workloadKindIn(group: string, kind: string): WorkloadKind | undefined {
  const row = byName.get(kind);
  return row?.apiVersions.some(version => groupOf(version) === group) ? row : undefined;
}

/**
 * The group that a kind is at home in: of one that Kubernetes moved from group to group, the newest, so
 * that it counts as the same object in each of them.
 */
export function homeGroupOf(apiVersion: string, kind: string): string {
  const [newest = apiVersion] = workloadKindOf(apiVersion, kind)?.apiVersions ?? [];
  return groupOf(newest);
}

/** Whether Kubernetes itself serves, or served, the kind in this group, and makes pods of it. */
export function isOwnKind({group, kind}: GroupKind): boolean {
  return (group === '' && kind === 'Pod') || workloadKindIn(group, kind) !== undefined;
}

/** A kind for people and for kubectl: with its group, if Kubernetes has another one of its name. */
export function kindText({group, kind}: GroupKind): string {
  const isTaken = kind === 'Pod' || byName.has(kind);
  return isTaken && !isOwnKind({group, kind}) ? `${kind}.${group}` : kind;
}

/** The account in kube-system that creates the pods; undefined if none does, or nobody knows. */
export function creatorAccountOf({creator}: {readonly creator: PodCreator}): string | undefined {
  switch (creator.by) {
    case 'account':
      return creator.account;
    case 'objects': {
      const made = workloadKindIn(creator.of.group, creator.of.kind);
      return made && creatorAccountOf(made);
    }
    case 'nobody':
    case 'unknown':
      return undefined;
  }
}

/** The kinds whose pods an account of kube-system creates; none for other accounts. */
export function kindsCreatedBy(account: string): readonly string[] {
  return workloadKinds.filter(row => creatorAccountOf(row) === account).map(({kind}) => kind);
}
