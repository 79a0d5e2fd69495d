import {exitCodes, messageOf, UserError} from '../../errors.ts';
import {questionsAbout, verifyRights} from '../../grant/verifyRights.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {limiter} from '../../inventory/read/limiter.ts';
import type {ClusterReader} from '../../inventory/read/reader.ts';
import {reviewAccess, reviewSelf} from '../../inventory/read/review.ts';
import type {Authorizer, Identity} from '../../rbac/authorize.ts';
import type {UseRight, WhoCanQuestion} from '../../rbac/whoCan.ts';
import {type SourceRequest, withCluster} from '../input/load.ts';
import type {World} from '../world.ts';

/**
 * Where not all of RBAC can be read, the server is asked about one subject: the one named, or the caller. Nothing if it may
 * not be asked about others.
 */
export async function askServer(
  world: World,
  flags: SourceRequest,
  {policies, namespace, identity}: WhoCanQuestion,
  inventory: Inventory,
): Promise<readonly UseRight[]> {
  const where = namespace ?? inventory.defaultNamespace;
  return withCluster(world, flags, async cluster => {
    world.warn(
      `not all roles can be read: the server was asked about ${identity === undefined ? 'you' : 'this subject'} alone, in namespace ${where}`,
    );
    const isYou = identity === undefined && !flags.as;
    const run = limiter();
    const ask = (policy: string) =>
      identity === undefined
        ? reviewSelf(cluster, where, policy)
        : reviewAccess(cluster, identity, where, policy);
    const name = identity?.user || identity?.groups.join(',') || cluster.user;
    const answers = await Promise.all(
      policies.map(async policy => ({policy, allowed: await run(() => ask(policy))})),
    ).catch((error: unknown) => {
      if (!cluster.isForbidden(error)) throw error;
      world.warn(messageOf(error));
      return [];
    });
    return answers
      .filter(({allowed}) => allowed)
      .map(({policy}) => ({
        policy,
        subject: {kind: 'User', namespace: undefined, name},
        namespace: where,
        via: [],
        notes: [
          'granted by the API server (binding unknown): roles could not be read',
          ...(isYou ? ['this is you, by the name in your kubeconfig'] : []),
        ],
      }));
  });
}

/** An answer of this program, and who was asked about. */
export interface RightsAnswer {
  readonly authorizer: Authorizer;
  readonly rights: readonly UseRight[];
  /** undefined: everybody. */
  readonly identity: Identity | undefined;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
}

/**
 * Asks the server about each row, near misses and the identity that was asked about; the exit code says
 * whether it agrees.
 */
export async function verify(
  world: World,
  flags: SourceRequest,
  {authorizer, rights, identity, namespace}: RightsAnswer,
  inventory: Inventory,
): Promise<0 | 1> {
  if (flags.demo || (flags.from ?? []).length > 0) {
    throw new UserError(
      '--verify asks a live cluster; leave out --from and --demo',
      exitCodes.usage,
    );
  }
  const questions = questionsAbout(
    {rights, identity, elsewhere: namespace ?? inventory.defaultNamespace},
    inventory.policies.map(({metadata}) => metadata.name),
  );
  const {asked, disagreements} = await withCluster(world, flags, (cluster: ClusterReader) =>
    verifyRights(cluster, authorizer, questions, (done, total) => {
      if (done % 500 === 0) world.warn(`asked ${done} of ${total}`);
    }),
  );
  for (const {who, policy, namespace: where, server} of disagreements) {
    world.warn(
      `disagreement: the server says ${server ? 'yes' : 'no'} to ${who} using ${policy} in ${where}`,
    );
  }
  world.warn(`verified: ${asked} questions asked, ${disagreements.length} disagreements`);
  return disagreements.length > 0 ? exitCodes.no : exitCodes.ok;
}
