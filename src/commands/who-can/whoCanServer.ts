import {exitCodes, UserError} from '../../errors.ts';
import {verifyRights} from '../../grant/verifyRights.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {limiter} from '../../inventory/read/limiter.ts';
import type {ClusterReader} from '../../inventory/read/reader.ts';
import {reviewAccess, reviewSelf} from '../../inventory/read/review.ts';
import {labelOf} from '../../kube/reference.ts';
import type {Authorizer} from '../../rbac/authorize.ts';
import type {UseRight, WhoCanQuestion} from '../../rbac/whoCan.ts';

import {type SourceRequest, withCluster} from '../input/load.ts';
import type {World} from '../world.ts';

/** Without RBAC to read, the server is asked about one subject: the one named, or the caller. */
export async function askServer(
  world: World,
  flags: SourceRequest,
  {policies, namespace, identity}: WhoCanQuestion,
  inventory: Inventory,
): Promise<readonly UseRight[]> {
  if (inventory.origin !== 'cluster') return [];
  const where = namespace ?? inventory.defaultNamespace;
  return withCluster(world, flags, async cluster => {
    world.warn(
      `roles can't be read: asked the server about ${identity === undefined ? 'you' : 'this subject'} alone, in namespace ${where}`,
    );
    const run = limiter();
    const ask = (policy: string) =>
      identity === undefined
        ? reviewSelf(cluster, where, policy)
        : reviewAccess(cluster, identity, where, policy);
    const name = identity?.user || identity?.groups.join(',') || cluster.user;
    const answers = await Promise.all(
      policies.map(async policy => ({policy, allowed: await run(() => ask(policy))})),
    );
    return answers
      .filter(({allowed}) => allowed)
      .map(({policy}) => ({
        policy,
        subject: {kind: 'User', namespace: undefined, name},
        namespace: where,
        via: [],
        notes: ['granted by the API server (binding unknown): roles could not be read'],
      }));
  });
}

/** Asks the server about each row and near misses; the exit code says whether it agrees. */
export async function verify(
  world: World,
  flags: SourceRequest,
  authorizer: Authorizer,
  rights: readonly UseRight[],
  inventory: Inventory,
): Promise<0 | 1> {
  if (flags.demo || (flags.from ?? []).length > 0) {
    throw new UserError(
      '--verify asks a live cluster; leave out --from and --demo',
      exitCodes.usage,
    );
  }
  const policies = inventory.policies.map(({metadata}) => metadata.name);
  const {asked, disagreements} = await withCluster(world, flags, (cluster: ClusterReader) =>
    verifyRights(
      cluster,
      authorizer,
      rights,
      policies,
      inventory.defaultNamespace,
      (done, total) => {
        if (done % 500 === 0) world.warn(`asked ${done} of ${total}`);
      },
    ),
  );
  for (const {subject, policy, namespace, server} of disagreements) {
    world.warn(
      `disagreement: the server says ${server ? 'yes' : 'no'} to ${labelOf(subject)} using ${policy} in ${namespace}`,
    );
  }
  world.warn(`verified: ${asked} questions asked, ${disagreements.length} disagreements`);
  return disagreements.length > 0 ? exitCodes.no : exitCodes.ok;
}
