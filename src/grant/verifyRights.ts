import {limiter} from '../inventory/read/limiter.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {reviewAccess} from '../inventory/read/review.ts';
import {type Authorizer, type Identity, podIdentity} from '../rbac/authorize.ts';
import type {Grantee} from '../rbac/grantee.ts';
import type {UseRight} from '../rbac/whoCan.ts';

/** A question on which the server and this program do not agree. */
export interface Disagreement {
  readonly subject: Grantee;
  readonly policy: string;
  readonly namespace: string;
  readonly server: boolean;
}

export interface Verification {
  readonly asked: number;
  readonly disagreements: readonly Disagreement[];
}

/** The identity that a subject stands for when asked about on its own. */
export function identityOf({kind, namespace, name}: Grantee): Identity {
  switch (kind) {
    case 'ServiceAccount':
      return podIdentity(namespace ?? '', name);
    case 'User':
      return {user: name, groups: []};
    case 'Group':
      return {user: '', groups: [name]};
  }
}

/**
 * Asks the server about each right, and about near misses: the same subjects with the other policies.
 * `elsewhere` is a namespace to ask cluster-wide rights in. Members of system:masters are left out:
 * reviews always say yes to them, admission does not.
 */
export async function verifyRights(
  client: ClusterReader,
  authorizer: Authorizer,
  rights: readonly UseRight[],
  policies: readonly string[],
  elsewhere: string,
  onProgress: (done: number, total: number) => void,
): Promise<Verification> {
  const questions = new Map<string, Omit<Disagreement, 'server'>>();
  for (const {subject, namespace = elsewhere} of rights) {
    if (subject.kind === 'Group' && subject.name === 'system:masters') continue;
    for (const policy of policies) {
      const question = {subject, policy, namespace};
      questions.set(JSON.stringify(question), question);
    }
  }
  const run = limiter();
  let done = 0;
  const answers = await Promise.all(
    [...questions.values()].map(async question => {
      const {subject, policy, namespace} = question;
      const identity = identityOf(subject);
      const server = await run(() => reviewAccess(client, identity, namespace, policy));
      onProgress(++done, questions.size);
      const ours = authorizer.mayUse(identity, namespace, policy);
      return server === ours ? [] : [{...question, server}];
    }),
  );
  return {asked: questions.size, disagreements: answers.flat()};
}
