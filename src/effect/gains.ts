import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {orderOf} from '../policy/direction.ts';
import {
  type Authorizer,
  authorizerOf,
  type Grant,
  type Identity,
  podIdentity,
  requestIdentity,
} from '../rbac/authorize.ts';
import {type Grantee, granteesOf} from '../rbac/grantee.ts';

/** What a change allows beyond the `restricted` standard. */
export interface Gain {
  readonly policy: string;
  /** The controls in which the policy goes beyond it, and is looser than before or new to those who get it. */
  readonly controls: readonly Control[];
  /** Who may use it now, and had nothing that lets as much through; undefined if the policy itself changes. */
  readonly openedTo: readonly Grantee[] | undefined;
}

/** Existing policies that become looser, and policies that come into more hands; nothing if nobody may do more. */
export function gainsOf(before: Inventory, after: Inventory): readonly Gain[] {
  return [...loosened(before, after), ...openedTo(before, after)];
}

/** The controls of a policy in which it goes beyond the `restricted` standard. */
function beyondRestricted(policy: Policy): readonly Control[] {
  return controls.filter(control => (control.level(policy) ?? 'restricted') !== 'restricted');
}

function loosened(before: Inventory, after: Inventory): readonly Gain[] {
  const old = new Map(before.policies.map(policy => [policy.metadata.name, policy]));
  return after.policies.flatMap(policy => {
    const {name} = policy.metadata;
    const was = old.get(name);
    if (was === undefined || was === policy) return [];
    const looser = beyondRestricted(policy).filter(
      control => !control.covers(was, policy, after.release),
    );
    return looser.length === 0 ? [] : [{policy: name, controls: looser, openedTo: undefined}];
  });
}

function openedTo(before: Inventory, after: Inventory): readonly Gain[] {
  const old = authorizerOf(before.rbac);
  const known = new Set(before.policies.map(({metadata}) => metadata.name));
  const had = new Set(old.grants.flatMap(grant => keysOf(grant, known)));
  const covers = coveringIn(before, old);
  const {grants} = authorizerOf(after.rbac);
  return after.policies.flatMap(policy => {
    const {name} = policy.metadata;
    const beyond = beyondRestricted(policy);
    if (beyond.length === 0) return [];
    const subjects = grants
      .filter(grant => opens(grant, name))
      .flatMap(grant =>
        granteesOf(grant)
          .filter(
            subject => !had.has(keyOf(grant, subject, name)) && !had.has(keyOf(grant, subject)),
          )
          .filter(subject => !covers(subject, grant.binding.namespace, policy)),
      );
    if (subjects.length === 0) return [];
    const distinct = new Map(subjects.map(subject => [labelOf(subject), subject]));
    return [{policy: name, controls: beyond, openedTo: [...distinct.values()]}];
  });
}

/** What a grant gives to each of its subjects, of the policies that are there. */
function keysOf(grant: Grant, known: ReadonlySet<string>): readonly string[] {
  const {policies} = grant;
  return granteesOf(grant).flatMap(subject =>
    policies === undefined
      ? keyOf(grant, subject)
      : [...policies].filter(name => known.has(name)).map(name => keyOf(grant, subject, name)),
  );
}

/** Without a policy: all of them, also those that are still to come. */
function keyOf({binding}: Grant, subject: Grantee, policy = ''): string {
  const {kind, namespace = '', name} = subject;
  return [binding.namespace ?? '', kind, namespace, name, policy].join('\0');
}

function opens({policies}: Grant, policy: string): boolean {
  return policies === undefined || policies.has(policy);
}

/** Tells whether a subject may already use a policy that lets everything through that this one does. */
function coveringIn(
  {policies, release}: Inventory,
  authorizer: Authorizer,
): (subject: Grantee, namespace: string | undefined, policy: Policy) => boolean {
  return (subject, namespace, policy) => {
    const may = authorizer.usableBy(identityOf(subject), namespace ?? '');
    return policies.some(other => {
      if (!may(other.metadata.name)) return false;
      const order = orderOf(other, policy, release);
      return order === 'tighter' || order === 'equal';
    });
  };
}

function identityOf({kind, namespace = '', name}: Grantee): Identity {
  if (kind === 'ServiceAccount') return podIdentity(namespace, name);
  return kind === 'User' ? requestIdentity(name, []) : {user: '', groups: [name]};
}
