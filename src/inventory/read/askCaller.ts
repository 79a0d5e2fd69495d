import {once} from '../../once.ts';
import type {Caller, CallerAnswer, Inventory} from '../inventory.ts';
import {controllerReference} from '../kinds/workloads.ts';
import {isMirrorPod} from '../submissions/serviceAccount.ts';
import {limiter} from './limiter.ts';
import type {ClusterReader} from './reader.ts';
import {reviewSelf, reviewSelfForAll} from './review.ts';

/** "May I use this policy in this namespace?" */
export type CallerQuestion = Omit<CallerAnswer, 'allowed'>;

/** One for each policy and namespace that has a pod which no controller owns; in a fixed order. */
export function callerQuestions(
  policies: Inventory['policies'],
  pods: Inventory['pods'],
): readonly CallerQuestion[] {
  const bare = pods.filter(
    pod => !isMirrorPod(pod) && controllerReference(pod.metadata.ownerReferences) === undefined,
  );
  const namespaces = new Set(bare.map(({metadata}) => metadata.namespace ?? ''));
  return [...namespaces]
    .sort()
    .flatMap(namespace => policies.map(({metadata}) => ({namespace, policy: metadata.name})));
}

/**
 * The server's answers, in the order of the questions; a caller who may use every policy in a
 * namespace is not asked about it again. Throws the first error.
 */
export async function answerQuestions(
  client: ClusterReader,
  questions: readonly CallerQuestion[],
): Promise<readonly CallerAnswer[]> {
  const run = limiter();
  const counts = Map.groupBy(questions, ({namespace}) => namespace);
  const mayAll = new Map(
    [...counts].map(([namespace, {length}]) => [
      namespace,
      // For a few policies, asking about each takes no longer.
      once(() => (length > 3 ? run(() => reviewSelfForAll(client, namespace)) : false)),
    ]),
  );
  return Promise.all(
    questions.map(async ({namespace, policy}) => ({
      namespace,
      policy,
      allowed:
        (await mayAll.get(namespace)?.()) ||
        (await run(() => reviewSelf(client, namespace, policy))),
    })),
  );
}

/** What the caller may use, where it is not known who else creates a pod. */
export async function askCaller(
  client: ClusterReader,
  policies: Inventory['policies'],
  pods: Inventory['pods'],
): Promise<Caller> {
  const answers = await answerQuestions(client, callerQuestions(policies, pods));
  return {user: client.user, answers};
}
