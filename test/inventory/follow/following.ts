import {onTestFinished} from 'vitest';
import type {Freshness, LiveInventory} from '../../../src/inventory/follow/followCluster.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {testClock} from '../../support/server/clocks.ts';
import {followed, until} from '../../support/server/following.ts';
import {client} from '../../world/fakeApiServer.ts';
import {type FakeWatchServer, fakeWatchServer} from '../../world/fakeWatchServer.ts';

/** Where the lists are. */
export const lists = {
  pods: '/api/v1/pods',
  namespaces: '/api/v1/namespaces',
  policies: '/apis/policy/v1beta1/podsecuritypolicies',
  roleBindings: '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  deployments: '/apis/apps/v1/deployments',
  replicaSets: '/apis/apps/v1/replicasets',
  accounts: '/api/v1/serviceaccounts',
};

/** A pod as the server sends it, with one label. */
export function pod(name: string, namespace: string, label = 'x'): JsonObject {
  return {
    metadata: {name, namespace, labels: {label}},
    spec: {containers: [{name: 'main'}]},
  };
}

/** An object of which only its name matters. */
export function named(name: string, namespace?: string): JsonObject {
  return {metadata: namespace === undefined ? {name} : {name, namespace}, spec: {}};
}

/** Puts two namespaces with three pods, a policy and a workload on a server. */
export function filled(server: FakeWatchServer): void {
  for (const name of ['a', 'b']) server.put(lists.namespaces, named(name));
  for (const name of ['p3', 'p1', 'p2']) server.put(lists.pods, pod(name, name < 'p2' ? 'b' : 'a'));
  server.put(lists.policies, named('open'));
  server.put(lists.deployments, named('web', 'a'));
}

/** A followed server of two namespaces with three pods. */
export async function following(home?: string) {
  const server = await fakeWatchServer();
  filled(server);
  const {client: api} = await client({server: server.url});
  const clock = testClock();
  const live = followed(api, home, clock);
  const views = viewsOf(live);
  return {server, api, live, views, clock};
}

/** All views that a listener gets to see. */
function viewsOf(live: LiveInventory) {
  const views: {inventory: Inventory; freshness: Freshness}[] = [];
  onTestFinished(live.subscribe(() => views.push(live.current())));
  return views;
}

/** The pods of the inventory, in its order. */
export function podNames(live: LiveInventory): readonly string[] {
  return live.current().inventory.pods.map(({metadata}) => metadata.name ?? '');
}

/** Waits until these are the pods. */
export async function untilPods(live: LiveInventory, ...names: readonly string[]): Promise<void> {
  await until(
    () => podNames(live),
    found => found.join() === names.join(),
  );
}
