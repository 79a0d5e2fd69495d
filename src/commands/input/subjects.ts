import {exitCodes, UserError} from '../../errors.ts';
import {
  accountOfUser,
  type Identity,
  podIdentity,
  requestIdentity,
  serviceAccountUser,
} from '../../rbac/authorize.ts';
import type {Grantee} from '../../rbac/grantee.ts';

/** A subject as people write it. */
type WrittenSubject =
  | {readonly kind: 'account'; readonly namespace: string | undefined; readonly name: string}
  | {readonly kind: 'user' | 'group' | 'namespace'; readonly name: string};

/** `sa:NS/NAME`, `sa:NAME`, and as `-o name` and kubectl's --serviceaccount write it. */
const accountFormat = /^(?:sa|serviceaccounts?)[:/](?:(?<namespace>[^/:]+)[/:])?(?<name>[^/:]+)$/i;
const otherFormat = /^(?<kind>user|group|ns)[:/](?<name>.+)$/is;

/**
 * Reads a subject in any of its spellings; undefined for anything else. `system:serviceaccount:NS:NAME`
 * by itself is the account.
 */
function writtenSubject(text: string): WrittenSubject | undefined {
  const account = accountOfUser(text);
  if (account !== undefined) return {kind: 'account', ...account};
  const {namespace, name} = accountFormat.exec(text)?.groups ?? {};
  if (name !== undefined) return {kind: 'account', namespace, name};
  const other = otherFormat.exec(text)?.groups;
  if (other?.name === undefined) return undefined;
  const kind = other.kind?.toLowerCase();
  return {kind: kind === 'ns' ? 'namespace' : kind === 'user' ? 'user' : 'group', name: other.name};
}

/** The account that a text names, in the namespace if it names none; undefined for other texts. */
export function accountNamed(
  text: string,
  namespace: string | undefined,
): {readonly namespace: string; readonly name: string} | undefined {
  const subject = writtenSubject(text);
  if (subject?.kind !== 'account') return undefined;
  return {namespace: homeOf(subject, namespace, text), name: subject.name};
}

function homeOf(
  subject: Extract<WrittenSubject, {readonly kind: 'account'}>,
  namespace: string | undefined,
  text: string,
): string {
  const home = subject.namespace ?? namespace;
  if (home !== undefined) return home;
  throw new UserError(
    `${text}: of which namespace? Write sa:NS/${subject.name}, or give -n`,
    exitCodes.usage,
  );
}

/**
 * All subjects together as one who asks; undefined if there are none. A service account is what admission
 * sees of a pod; a user, also of the name of an account, makes requests: it is in the groups that the API
 * server adds. `namespace` is that of accounts that name none.
 */
export function identityOfSubjects(
  subjects: readonly string[],
  namespace: string | undefined,
): Identity | undefined {
  if (subjects.length === 0) return undefined;
  const identities = subjects.map(text => identityOfSubject(text, namespace));
  const users = identities.map(({user}) => user).filter(user => user !== '');
  if (users.length > 1) {
    throw new UserError('--subject: one identity has one user or account', exitCodes.usage);
  }
  return {user: users[0] ?? '', groups: [...new Set(identities.flatMap(({groups}) => groups))]};
}

function identityOfSubject(text: string, namespace: string | undefined): Identity {
  // Under its full name an account is a user, who makes requests.
  if (accountOfUser(text) !== undefined) return requestIdentity(text, []);
  const subject = writtenSubject(text);
  switch (subject?.kind) {
    case 'account':
      return podIdentity(homeOf(subject, namespace, text), subject.name);
    case 'user':
      return requestIdentity(subject.name, []);
    case 'group':
      return {user: '', groups: [subject.name]};
    case 'namespace':
    case undefined:
      throw new UserError(
        `--subject: ${JSON.stringify(text)} is not sa:NS/NAME, user:NAME or group:NAME`,
        exitCodes.usage,
      );
  }
}

/** The user name of a requester: an account in any spelling, or a name, perhaps after `user:`. */
export function userNamed(text: string, namespace: string | undefined): string {
  const account = accountNamed(text, namespace);
  if (account !== undefined) return serviceAccountUser(account.namespace, account.name);
  const subject = writtenSubject(text);
  return subject?.kind === 'user' ? subject.name : text;
}

/** A subject as `--to` names it, and the namespace that it is of, if it is of one. */
export interface NamedSubject {
  readonly subject: Grantee;
  /** Of an account, or of the group of all accounts of a namespace. */
  readonly home: string | undefined;
}

/** What `--to` names: `ns:NS` is the group of all service accounts of the namespace. */
export function namedSubject(text: string, namespace: string | undefined): NamedSubject {
  const of = (kind: Grantee['kind'], name: string): Grantee => ({kind, namespace: undefined, name});
  const subject = writtenSubject(text);
  switch (subject?.kind) {
    case 'account': {
      const home = homeOf(subject, namespace, text);
      return {subject: {kind: 'ServiceAccount', namespace: home, name: subject.name}, home};
    }
    case 'user':
      return {subject: of('User', subject.name), home: undefined};
    case 'group':
      return {subject: of('Group', subject.name), home: undefined};
    case 'namespace':
      return {
        subject: of('Group', `system:serviceaccounts:${subject.name}`),
        home: subject.name,
      };
    case undefined:
      throw new UserError(
        `--to: ${JSON.stringify(text)} is not sa:NS/NAME, user:NAME, group:NAME or ns:NS`,
        exitCodes.usage,
      );
  }
}
