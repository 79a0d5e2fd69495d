import {exitCodes, UserError} from '../../errors.ts';
import {
  accountNamedIn,
  type NamedSubject,
  subjectNamed,
  writtenSubject,
} from '../../grant/namedSubject.ts';
import {
  accountOfUser,
  type Identity,
  podIdentity,
  requestIdentity,
  serviceAccountUser,
} from '../../rbac/authorize.ts';

/** The account that a text names, in the namespace if it names none; undefined for other texts. */
export function accountNamed(
  text: string,
  namespace: string | undefined,
): {readonly namespace: string; readonly name: string} | undefined {
  if (writtenSubject(text)?.kind !== 'account') return undefined;
  const account = accountNamedIn(text, namespace);
  if (account === undefined) throw homeless(text);
  return account;
}

function homeless(text: string): UserError {
  return new UserError(
    `${text}: of which namespace? Write sa:NS/${text.replace(/^.*[:/]/, '')}, or give -n`,
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
    case 'account': {
      const home = subject.namespace ?? namespace;
      if (home === undefined) throw homeless(text);
      return podIdentity(home, subject.name);
    }
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

/** What `--to` names: `ns:NS` is the group of all service accounts of the namespace. */
export function namedSubject(text: string, namespace: string | undefined): NamedSubject {
  const named = subjectNamed(text, namespace);
  if (named !== undefined) return named;
  throw writtenSubject(text) === undefined
    ? new UserError(
        `--to: ${JSON.stringify(text)} is not sa:NS/NAME, user:NAME, group:NAME or ns:NS`,
        exitCodes.usage,
      )
    : homeless(text);
}
