import type {Grantee} from '../rbac/grantee.ts';

/** A subject as people name it, and the namespace that it is of, if it is of one. */
export interface NamedSubject {
  readonly subject: Grantee;
  /** Of an account, or of the group of all accounts of a namespace. */
  readonly home: string | undefined;
}

const granteeFormat =
  /^(?:sa:(?<home>[^/:]+)\/(?<account>[^/]+)|user:(?<user>.+)|group:(?<group>.+)|ns:(?<all>[^/:]+))$/s;

/**
 * The subject that `sa:NS/NAME`, `user:NAME`, `group:NAME` or `ns:NS` names, which is the group of all service
 * accounts of a namespace; undefined for any other text.
 */
export function subjectNamed(text: string): NamedSubject | undefined {
  const {home, account, user, group, all} = granteeFormat.exec(text)?.groups ?? {};
  const of = (kind: Grantee['kind'], name: string): Grantee => ({kind, namespace: undefined, name});
  if (account !== undefined) {
    return {subject: {kind: 'ServiceAccount', namespace: home, name: account}, home};
  }
  if (user !== undefined) return {subject: of('User', user), home: undefined};
  if (group !== undefined) return {subject: of('Group', group), home: undefined};
  if (all === undefined) return undefined;
  return {subject: of('Group', `system:serviceaccounts:${all}`), home: all};
}

/** A subject as `subjectNamed` reads it. */
export function subjectWord({kind, namespace = '', name}: Grantee): string {
  if (kind === 'Group') return `group:${name}`;
  return kind === 'User' ? `user:${name}` : `sa:${namespace}/${name}`;
}
