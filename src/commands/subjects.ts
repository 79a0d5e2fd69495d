import {exitCodes, UserError} from '../errors.ts';
import {type Identity, podIdentity} from '../rbac/authorize.ts';

const subjectFormat =
  /^(?:sa:(?<namespace>[^/:]+)\/(?<account>[^/]+)|user:(?<user>.+)|group:(?<group>.+))$/s;

/** All subjects together as one who asks; undefined if there are none. */
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
    if (user !== undefined) users.push(user);
    if (group !== undefined) groups.push(group);
  }
  if (users.length > 1) {
    throw new UserError('--subject: one identity has one user or account', exitCodes.usage);
  }
  return {user: users[0] ?? '', groups};
}
