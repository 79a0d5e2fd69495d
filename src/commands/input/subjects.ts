import {exitCodes, UserError} from '../../errors.ts';
import {type NamedSubject, subjectNamed} from '../../grant/namedSubject.ts';
import {type Identity, podIdentity, requestIdentity} from '../../rbac/authorize.ts';

/** Also as `-o name` and `kubectl --as` write them: `serviceaccount/NS/NAME`, `system:serviceaccount:NS:NAME`. */
const subjectFormat =
  /^(?:(?:sa|serviceaccount)[:/](?<namespace>[^/:]+)\/(?<account>[^/]+)|(?:user[:/](?=.)|(?=system:serviceaccount:[^:]+:[^:]+$))(?<user>.+)|group[:/](?<group>.+))$/s;

/**
 * All subjects together as one who asks; undefined if there are none. A service account is what admission
 * sees of a pod; a user, also of the name of an account, makes requests: it is in the groups that the API
 * server adds.
 */
export function identityOfSubjects(subjects: readonly string[]): Identity | undefined {
  if (subjects.length === 0) return undefined;
  const users: string[] = [];
  const groups: string[] = [];
  for (const subject of subjects) {
    const parts = subjectFormat.exec(subject)?.groups;
    if (parts === undefined) {
      throw new UserError(
        `--subject: ${JSON.stringify(subject)} is not sa:NS/NAME, user:NAME or group:NAME`,
        exitCodes.usage,
      );
    }
    const {namespace, account, user, group} = parts;
    if (namespace !== undefined && account !== undefined) {
      const identity = podIdentity(namespace, account);
      users.push(identity.user);
      groups.push(...identity.groups);
    }
    if (user !== undefined) {
      users.push(user);
      groups.push(...requestIdentity(user, []).groups);
    }
    if (group !== undefined) groups.push(group);
  }
  if (users.length > 1) {
    throw new UserError('--subject: one identity has one user or account', exitCodes.usage);
  }
  return {user: users[0] ?? '', groups: [...new Set(groups)]};
}

/** What `--to` names: `ns:NS` is the group of all service accounts of the namespace. */
export function namedSubject(text: string): NamedSubject {
  const named = subjectNamed(text);
  if (named !== undefined) return named;
  throw new UserError(
    `--to: ${JSON.stringify(text)} is not sa:NS/NAME, user:NAME, group:NAME or ns:NS`,
    exitCodes.usage,
  );
}
