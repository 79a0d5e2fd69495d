import {limiter} from '../inventory/read/limiter.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {reviewAccess} from '../inventory/read/review.ts';
import {labelOf} from '../kube/reference.ts';
import {type Authorizer, type Identity, podIdentity} from '../rbac/authorize.ts';
import type {Grantee} from '../rbac/grantee.ts';
import type {UseRight} from '../rbac/whoCan.ts';

/** Whether an identity may use a policy in a namespace. */
export interface UseQuestion {
  /** The identity in words: "Group devs". */
  readonly who: string;
  readonly identity: Identity;
  readonly policy: string;
  readonly namespace: string;
}

/** A question on which the server and this program disagree. */
export interface Disagreement extends UseQuestion {
  /** What the server says. */
  readonly server: boolean;
}

/** How many questions were asked, and to which of them the server gave another answer. */
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

/** What was answered, and about whom. */
interface AnsweredRights {
  readonly rights: readonly UseRight[];
  /** undefined: the answer is about everybody. */
  readonly identity: Identity | undefined;
  /** The namespace to ask cluster-wide rights in, and those who have none. */
  readonly elsewhere: string;
}

/** The groups of everybody who can create a pod, or run as one: asked about where no right was found. */
const everybody = ['system:authenticated', 'system:serviceaccounts'];

/**
 * The questions that verify an answer: each right, and near misses, which are the same subjects with the
 * other policies; the identity that was asked about; everybody, if there is nothing else to ask.
 * Members of system:masters are left out: reviews always say yes to them, admission does not.
 */
export function questionsAbout(
  {rights, identity, elsewhere}: AnsweredRights,
  policies: readonly string[],
): readonly UseQuestion[] {
  const questions = new Map<string, UseQuestion>();
  const ask = (who: string, {user, groups}: Identity, namespace: string) => {
    const asked = {user, groups: groups.filter(group => group !== 'system:masters')};
    if (asked.user === '' && asked.groups.length === 0) return;
    for (const policy of policies) {
      const question = {who, identity: asked, policy, namespace};
      questions.set(JSON.stringify(question), question);
    }
  };
  for (const {subject, namespace = elsewhere} of rights) {
    ask(labelOf(subject), identityOf(subject), namespace);
  }
  if (identity !== undefined) {
    const who = identity.user || identity.groups.join(',');
    const places = new Set([elsewhere, ...rights.flatMap(({namespace}) => namespace ?? [])]);
    for (const namespace of places) ask(who, identity, namespace);
  }
  if (questions.size === 0) {
    for (const name of everybody) {
      const group = {kind: 'Group', namespace: undefined, name} as const;
      ask(labelOf(group), identityOf(group), elsewhere);
    }
  }
  return [...questions.values()];
}

/** Asks the server each question; `onProgress` is called after each answer. */
export async function verifyRights(
  client: ClusterReader,
  authorizer: Authorizer,
  questions: readonly UseQuestion[],
  onProgress: (done: number, total: number) => void,
): Promise<Verification> {
  const run = limiter();
  let done = 0;
  const answers = await Promise.all(
    questions.map(async question => {
      const {identity, policy, namespace} = question;
      const server = await run(() => reviewAccess(client, identity, namespace, policy));
      onProgress(++done, questions.length);
      const ours = authorizer.mayUse(identity, namespace, policy);
      return server === ours ? [] : [{...question, server}];
    }),
  );
  return {asked: questions.length, disagreements: answers.flat()};
}
