import {accountOfUser} from '../rbac/authorize.ts';
import type {Grantee} from '../rbac/grantee.ts';

/** A subject as people name it, and the namespace that it is of, if it is of one. */
export interface NamedSubject {
  readonly subject: Grantee;
  /** Of an account, or of the group of all accounts of a namespace. */
  readonly home: string | undefined;
}

/** A subject as people write it. */
export type WrittenSubject =
  | {readonly kind: 'account'; readonly namespace: string | undefined; readonly name: string}
  | {readonly kind: 'user' | 'group' | 'namespace'; readonly name: string};

/** `sa:NS/NAME`, `sa:NAME`, and as `-o name` and kubectl's --serviceaccount write it. */
const accountFormat = /^(?:sa|serviceaccounts?)[:/](?:(?<namespace>[^/:]+)[/:])?(?<name>[^/:]+)$/i;
const otherFormat = /^(?<kind>user|group|ns)[:/](?<name>.+)$/is;

/**
 * Reads a subject in any of its spellings; undefined for anything else. `system:serviceaccount:NS:NAME`
 * by itself is the account.
 */
export function writtenSubject(text: string): WrittenSubject | undefined {
  const account = accountOfUser(text);
  if (account !== undefined) return {kind: 'account', ...account};
  const {namespace, name} = accountFormat.exec(text)?.groups ?? {};
  if (name !== undefined) return {kind: 'account', namespace, name};
  const other = otherFormat.exec(text)?.groups;
  if (other?.name === undefined) return undefined;
  const kind = other.kind?.toLowerCase();
  return {kind: kind === 'ns' ? 'namespace' : kind === 'user' ? 'user' : 'group', name: other.name};
}

/** The account that a text names, in the namespace if it names none; undefined if it names no account in one. */
export function accountNamedIn(
  text: string,
  namespace: string | undefined,
): {readonly namespace: string; readonly name: string} | undefined {
  const subject = writtenSubject(text);
  if (subject?.kind !== 'account') return undefined;
  const home = subject.namespace ?? namespace;
  return home === undefined ? undefined : {namespace: home, name: subject.name};
}

/**
 * The subject that a text names in any of the spellings; `ns:NS` is the group of all service accounts of a
 * namespace. undefined for any other text, and for an account of no namespace where none is given.
 */
export function subjectNamed(text: string, namespace?: string): NamedSubject | undefined {
  const of = (kind: Grantee['kind'], name: string): Grantee => ({kind, namespace: undefined, name});
  const subject = writtenSubject(text);
  switch (subject?.kind) {
    case 'account': {
      const account = accountNamedIn(text, namespace);
      if (account === undefined) return undefined;
      const {namespace: home, name} = account;
      return {subject: {kind: 'ServiceAccount', namespace: home, name}, home};
    }
    case 'user':
      return {subject: of('User', subject.name), home: undefined};
    case 'group':
      return {subject: of('Group', subject.name), home: undefined};
    case 'namespace':
      return {subject: of('Group', `system:serviceaccounts:${subject.name}`), home: subject.name};
    case undefined:
      return undefined;
  }
}

/** A subject as `subjectNamed` reads it. */
export function subjectWord({kind, namespace = '', name}: Grantee): string {
  if (kind === 'Group') return `group:${name}`;
  return kind === 'User' ? `user:${name}` : `sa:${namespace}/${name}`;
}
