import type {Grantee} from './grantee.ts';

/** A service account that a group stands for, and the pods that run as it. */
export interface Expansion {
  readonly account: {
    readonly kind: 'ServiceAccount';
    readonly namespace: string;
    readonly name: string;
  };
  /** Their names, sorted. */
  readonly pods: readonly string[];
}

/** A service account, wherever its name was read. */
export interface Account {
  readonly namespace: string;
  readonly name: string;
  readonly pods: readonly string[];
}

/**
 * The accounts whose pods may use what the group is granted in a namespace (undefined: anywhere). To
 * admission, a pod's account is in two groups, and not in `system:authenticated`.
 */
export function expandGroup(
  {kind, name}: Grantee,
  namespace: string | undefined,
  accounts: readonly Account[],
): readonly Expansion[] {
  if (kind !== 'Group') return [];
  const isMember = ({namespace: place}: Account) =>
    name === 'system:serviceaccounts' || name === `system:serviceaccounts:${place}`;
  return accounts
    .filter(account => isMember(account))
    .filter(account => namespace === undefined || account.namespace === namespace)
    .map(({namespace: place, name: account, pods}) => ({
      account: {kind: 'ServiceAccount', namespace: place, name: account},
      pods,
    }));
}
