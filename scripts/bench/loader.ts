import type {ApiServer} from '../../test/support/server/apiServer.ts';
import {type BenchCluster, withOwnerUids} from './cluster.ts';

/** More would fill the disk of a small machine with etcd's log. */
const mostPods = 100_000;
const loopback = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * Creates a cluster's objects, owners first, through the server's admission. Refuses a server that is
 * not on this machine, and more pods than a test server takes.
 */
export async function loadCluster(server: ApiServer, cluster: BenchCluster): Promise<void> {
  const {hostname} = new URL(server.url);
  if (!loopback.includes(hostname)) throw new Error(`${server.url}: not a server of this machine`);
  if (cluster.pods.length > mostPods) throw new Error(`more than ${mostPods} pods`);
  const {replicaSets, workloads, pods, ...others} = cluster;
  await server.createAll(Object.values(others).flat());
  const made = await server.createAll(workloads);
  const owners = await server.createAll(withOwnerUids(replicaSets, made));
  await server.createAll(withOwnerUids(pods, [...made, ...owners]));
}
