import {messageOf} from '../errors.ts';
import type {Gap} from '../inventory/inventory.ts';
import {
  type Resource,
  resources,
  runtimeClasses,
  workloadResources,
} from '../inventory/kinds/resources.ts';
import {limiter} from '../inventory/read/limiter.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {reviewOwn} from '../inventory/read/review.ts';
import {groupOf} from '../kube/apiGroups.ts';

/** How far a right goes: in all namespaces (or the cluster), in the one asked for, or nowhere. */
export type Reach = 'everywhere' | 'namespace' | 'nowhere';

/** One thing that the program may want to do, and whether the server says that the caller may. */
export interface OwnRight {
  /** The API group; '' for the core one. */
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly reach: Reach;
}

interface Question {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly namespaced: boolean;
}

/**
 * Asks the server about everything that the program reads or changes. A caller who may not even ask
 * gets no rights and a gap.
 */
export async function readOwnRights(
  client: ClusterReader,
  namespace: string,
): Promise<{readonly rights: readonly OwnRight[]; readonly gaps: readonly Gap[]}> {
  const run = limiter();
  try {
    const rights = await Promise.all(
      questions.map(async question => ({
        group: question.group,
        resource: question.resource,
        verb: question.verb,
        reach: await run(() => reachOf(client, question, namespace)),
      })),
    );
    return {rights, gaps: []};
  } catch (error) {
    if (!client.isForbidden(error)) throw error;
    const resource = 'selfsubjectaccessreviews';
    return {rights: [], gaps: [{resource, namespace: undefined, reason: messageOf(error)}]};
  }
}

async function reachOf(
  client: ClusterReader,
  {namespaced, ...attributes}: Question,
  namespace: string,
): Promise<Reach> {
  if (await reviewOwn(client, attributes)) return 'everywhere';
  if (!namespaced) return 'nowhere';
  return (await reviewOwn(client, {...attributes, namespace})) ? 'namespace' : 'nowhere';
}

const {policies, clusterRoles, clusterRoleBindings, roles, roleBindings} = resources;
const {namespaces, serviceAccounts, pods} = resources;
type Listed = Pick<Resource<unknown>, 'plural' | 'apiVersions' | 'namespaced'>;
/** The kinds that edits, advice and grants are written to. */
const changed: readonly Listed[] = [
  policies,
  clusterRoles,
  clusterRoleBindings,
  roles,
  roleBindings,
];
const read: readonly Listed[] = [
  ...changed,
  namespaces,
  serviceAccounts,
  pods,
  ...workloadResources,
  runtimeClasses,
];

const questions: readonly Question[] = [
  ...read.flatMap(resource =>
    ['list', 'watch', ...(changed.includes(resource) ? changingVerbs() : [])].map(verb =>
      questionOf(resource, verb),
    ),
  ),
  questionOf(pods, 'create'),
  {
    group: 'authorization.k8s.io',
    resource: 'subjectaccessreviews',
    verb: 'create',
    namespaced: false,
  },
];

function changingVerbs(): readonly string[] {
  return ['get', 'create', 'update', 'delete'];
}

function questionOf({plural, apiVersions, namespaced}: Listed, verb: string): Question {
  const [newest = ''] = apiVersions;
  return {group: groupOf(newest), resource: plural, verb, namespaced};
}
