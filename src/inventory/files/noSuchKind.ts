import {groupOf} from '../../kube/apiGroups.ts';
import {workloadKinds} from '../../kube/workloadKinds.ts';
import {resources} from '../kinds/resources.ts';
import type {OtherObject} from './otherObjects.ts';

/** A kind of Kubernetes' own that is written in a way that no server knows. */
export interface NoSuchKind extends OtherObject {
  /** The kind that is meant. */
  readonly kind: string;
  /** Whether objects of it are or hold pods. */
  readonly holdsPods: boolean;
  /** Why there is none: `policy/v1 has no PodSecurityPolicy, it is policy/v1beta1`. */
  readonly says: string;
}

interface OwnKind {
  readonly kind: string;
  readonly plural: string;
  readonly apiVersions: readonly string[];
}

const ownKinds: readonly OwnKind[] = [
  ...workloadKinds,
  resources.pods,
  resources.policies,
  resources.clusterRoles,
  resources.clusterRoleBindings,
  resources.roles,
  resources.roleBindings,
  resources.serviceAccounts,
];
const byWord: ReadonlyMap<string, OwnKind> = new Map(
  ownKinds.flatMap(own => [
    [own.kind.toLowerCase(), own] as const,
    [own.plural, own] as const, // as kubectl has it on its command line
  ]),
);

/**
 * What is meant by a kind that no server has under this apiVersion, although Kubernetes has one of that name elsewhere,
 * or spelled in another way; undefined for all others. A group with its own domain has its own kinds.
 */
export function noSuchKind(apiVersion: string, kind: string): NoSuchKind | undefined {
  const own = byWord.get(kind.toLowerCase());
  if (own === undefined) return undefined;
  const group = groupOf(apiVersion);
  if (group.includes('.') && !group.endsWith('.k8s.io')) return undefined;
  const [newest = ''] = own.apiVersions;
  const hasGroup = own.apiVersions.some(version => groupOf(version) === group);
  // Of policies a group has but one version; other objects are the same in all of theirs.
  const hasVersion = own.apiVersions.includes(apiVersion);
  if (own.kind === kind && (own === resources.policies ? hasVersion : hasGroup)) return undefined;
  const meant = own.kind === kind ? newest : hasGroup ? own.kind : `${own.kind} of ${newest}`;
  const says = `${apiVersion} has no ${kind}, it is ${meant}`;
  const holdsPods = own === resources.pods || workloadKinds.some(each => each.kind === own.kind);
  return {kind: own.kind, holdsPods, says, templates: [], unjudged: says};
}
