import {byText} from '../text.ts';
import type {Authorizer, Grant, Identity, ObjectReference} from './authorize.ts';
import {type Grantee, granteesOf, isPartOf} from './grantee.ts';
import {type AskedForUse, masters, notesFor} from './leaks.ts';

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
  /** RBAC if not given. */
  readonly asked?: AskedForUse;
}

/**
 * Who may use which policy: a row for each policy, subject and scope, in the order in which
 * admission would try the policies, cluster-wide grants first.
 */
export function whoCan(
  {grants}: Authorizer,
  {policies, namespace, identity, asked = 'rbac'}: WhoCanQuestion,
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
      for (const subject of subjects) addRow(rows, {policy, subject, asked}, grant);
    }
  }
  if (asked === 'authorizer' && (identity === undefined || isPartOf(unbound, identity))) {
    for (const policy of policies) addRow(rows, {policy, subject: unbound, asked}, undefined);
  }
  return [...rows]
    .sort(([one], [other]) => byText(one, other))
    .map(([, {right, via}]) => ({...right, via}));
}

/** A subject that needs no binding where the server's authorizer is asked. */
const unbound: Grantee = {kind: 'Group', namespace: undefined, name: masters};

function addRow(
  rows: Map<string, {right: UseRight; via: UseRight['via'][number][]}>,
  {policy, subject, asked}: {policy: string; subject: Grantee; asked: AskedForUse},
  grant: Grant | undefined,
): void {
  const scope = grant?.binding.namespace;
  const via = grant === undefined ? [] : [{binding: grant.binding, role: grant.role}];
  // The null character sorts before all others, so that cluster-wide rows come first.
  const key = [policy, scope ?? '', subject.kind, subject.namespace ?? '', subject.name].join('\0');
  const row = rows.get(key);
  if (row !== undefined) {
    row.via.push(...via.filter(({binding}) => row.via.every(way => way.binding !== binding)));
    return;
  }
  const notes = notesFor(subject, scope, asked);
  rows.set(key, {right: {policy, subject, namespace: scope, via: [], notes}, via});
}

function policiesOpenedBy(grant: Grant, policies: readonly string[]): readonly string[] {
  const named = grant.policies;
  return named === undefined ? policies : policies.filter(policy => named.has(policy));
}
