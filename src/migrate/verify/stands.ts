import type {Inventory} from '../../inventory/inventory.ts';
import {
  authorizerOf,
  type Identity,
  podIdentity,
  requestIdentity,
  tokenIdentity,
} from '../../rbac/authorize.ts';
import {type UseRight, whoCan} from '../../rbac/whoCan.ts';

/** Where and as whom pods are tried: what rights they come with follows from that. */
export interface Stand {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly requester: Identity;
  /** The policies that are open to it, in the order in which they are tried. */
  readonly policies: readonly string[];
}

/** The stands of a set of policies, and the policies without one. */
export interface Stands {
  readonly stands: readonly Stand[];
  /** Policies that somebody may use, of whom no stand can be made. */
  readonly without: readonly string[];
  /** Policies that nobody may use. */
  readonly unused: readonly string[];
}

/** What stands are made from. */
export type StandSource = Pick<Inventory, 'rbac' | 'policies' | 'serviceAccounts' | 'release'>;

/** Creates the pods of most workloads, and may use no policy by itself (pkg/controller/replicaset). */
const controller = tokenIdentity('kube-system', 'replicaset-controller');

/** A user of whom nothing is known but what is granted to its groups. */
const somebody = 'psp-verify';

/**
 * For each policy somebody who may use it: a service account where there is one, else a user or a member of a
 * group; one stand for all policies that are open to it, and one for pods to which none is.
 */
export function standsFor(source: StandSource): Stands {
  const authorizer = authorizerOf(source.rbac);
  const names = source.policies.map(({metadata}) => metadata.name);
  const rights = whoCan(authorizer, {policies: names, namespace: undefined, identity: undefined});
  const open = ({namespace, serviceAccount, requester}: Omit<Stand, 'policies'>) => {
    const byAccount = authorizer.usableBy(podIdentity(namespace, serviceAccount), namespace);
    const byRequester = authorizer.usableBy(requester, namespace);
    return names.filter(name => byAccount(name) || byRequester(name));
  };
  const stands = new Map<string, Stand>();
  const without: string[] = [];
  for (const name of names) {
    const made = rights
      .filter(({policy}) => policy === name)
      .toSorted((a, b) => preference(a) - preference(b))
      .flatMap(right => standOf(right, source))
      .map(stand => ({...stand, policies: open(stand)}))
      .filter(({policies}) => policies.includes(name));
    const [first] = made;
    if (first === undefined) without.push(name);
    else stands.set(`${first.namespace}/${first.serviceAccount}/${first.requester.user}`, first);
  }
  const used = new Set(rights.map(({policy}) => policy));
  const stranger = source.serviceAccounts
    .map(({metadata}) => accountStand(metadata?.namespace ?? '', metadata?.name ?? ''))
    .find(stand => open(stand).length === 0);
  return {
    stands: [...stands.values(), ...(stranger ? [{...stranger, policies: []}] : [])],
    without: without.filter(name => used.has(name)),
    unused: without.filter(name => !used.has(name)),
  };
}

/** Service accounts first: the controller that creates their pods may do so everywhere. */
function preference({subject: {kind, name}}: UseRight): number {
  if (kind === 'ServiceAccount') return 0;
  if (name.startsWith('system:serviceaccounts')) return 1;
  return kind === 'User' ? 2 : 3;
}

type Untold = Omit<Stand, 'policies'>;

function accountStand(namespace: string, serviceAccount: string): Untold {
  return {namespace, serviceAccount, requester: controller};
}

function standOf({subject, namespace}: UseRight, source: StandSource): readonly Untold[] {
  const accounts = source.serviceAccounts.map(({metadata}) => ({
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
  }));
  const isIn = (place: string) => namespace === undefined || namespace === place;
  const {kind, name} = subject;
  if (kind === 'ServiceAccount') {
    const home = subject.namespace ?? '';
    const exists = accounts.some(one => one.namespace === home && one.name === name);
    return exists && isIn(home) ? [accountStand(home, name)] : [];
  }
  const members = /^system:serviceaccounts(?::(.*))?$/.exec(name);
  if (kind === 'Group' && members !== null) {
    const [, home] = members;
    return accounts
      .filter(one => isIn(one.namespace) && (home === undefined || one.namespace === home))
      .slice(0, 1)
      .map(one => accountStand(one.namespace, one.name));
  }
  const requester = kind === 'User' ? requestIdentity(name, []) : requestIdentity(somebody, [name]);
  return accounts
    .filter(one => isIn(one.namespace))
    .slice(0, 1)
    .map(one => ({namespace: one.namespace, serviceAccount: one.name, requester}));
}
