import {byText} from '../text.ts';
import type {Authorizer, Grant, Identity, ObjectReference} from './authorize.ts';
import {type Grantee, granteesOf, isPartOf} from './grantee.ts';
import {notesFor} from './leaks.ts';

/** A subject that may use a policy, in one namespace or in all, and through what. */
export interface UseRight {
  readonly policy: string;
  readonly subject: Grantee;
  /** undefined: the whole cluster. */
  readonly namespace: string | undefined;
  readonly via: readonly {readonly binding: ObjectReference; readonly role: ObjectReference}[];
  /** What an admin should know about it. */
  readonly notes: readonly string[];
}

export interface WhoCanQuestion {
  /** The policies that exist and are asked about. */
  readonly policies: readonly string[];
  /** Grants in this namespace and cluster-wide ones; undefined: all grants. */
  readonly namespace: string | undefined;
  /** Only what this identity may use; undefined: everybody. */
  readonly identity: Identity | undefined;
}

/**
 * Who may use which policy: a row for each policy, subject and scope, in the order in which
 * admission would try the policies, cluster-wide grants first.
 */
export function whoCan(
  {grants}: Authorizer,
  {policies, namespace, identity}: WhoCanQuestion,
): readonly UseRight[] {
  const rows = new Map<string, {right: UseRight; via: UseRight['via'][number][]}>();
  const inScope = grants.filter(
    ({binding}) =>
      namespace === undefined || binding.namespace === undefined || binding.namespace === namespace,
  );
  for (const grant of inScope) {
    const subjects = granteesOf(grant).filter(
      subject => identity === undefined || isPartOf(subject, identity),
    );
    for (const policy of policiesOpenedBy(grant, policies)) {
      for (const subject of subjects) addRow(rows, policy, subject, grant);
    }
  }
  return [...rows]
    .sort(([one], [other]) => byText(one, other))
    .map(([, {right, via}]) => ({...right, via}));
}

function addRow(
  rows: Map<string, {right: UseRight; via: UseRight['via'][number][]}>,
  policy: string,
  subject: Grantee,
  {binding, role}: Grant,
): void {
  const scope = binding.namespace;
  // The null character sorts before all others, so that cluster-wide rows come first.
  const key = [policy, scope ?? '', subject.kind, subject.namespace ?? '', subject.name].join('\0');
  const row = rows.get(key);
  if (row !== undefined) {
    if (!row.via.some(way => way.binding === binding)) row.via.push({binding, role});
    return;
  }
  const notes = notesFor(subject, scope);
  rows.set(key, {
    right: {policy, subject, namespace: scope, via: [], notes},
    via: [{binding, role}],
  });
}

function policiesOpenedBy(grant: Grant, policies: readonly string[]): readonly string[] {
  const named = grant.policies;
  return named === undefined ? policies : policies.filter(policy => named.has(policy));
}
