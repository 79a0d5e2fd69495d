import type {Inventory} from '../inventory/inventory.ts';
import {isByLabels} from '../inventory/regime.ts';
import type {Binding, Role} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {podSecurityPrefix} from '../podSecurity/labels.ts';
import {refusalText} from '../policy/refused.ts';
import {type Authorizer, authorizerOf, policiesOf} from '../rbac/authorize.ts';
import {danglingNotes} from '../rbac/dangling.ts';
import {type UnreadRbac, unreadRbac} from '../rbac/unreadRbac.ts';

/** What a change contains, and the cluster without and with it. */
export interface ChangedInventory {
  readonly before: Inventory;
  readonly after: Inventory;
  /** What the files that are laid over hold; the rest of `after` is the same as before. */
  readonly files: Inventory;
}

/**
 * What is odd about a change in itself: policies that the API server would refuse or that nobody may
 * use, roles that nobody is bound to, grants that newly lead nowhere.
 */
export function changeNotes({before, after, files}: ChangedInventory): readonly string[] {
  const authorizer = authorizerOf(after.rbac);
  // That nothing refers to an object follows only from all that could.
  const unread = unreadRbac(before);
  const old = new Set(dangling(before, authorizerOf(before.rbac), unread));
  const {clusterRoles, roles} = files.rbac;
  return [
    ...(files.refused ?? []).map(refusalText),
    ...files.policies.flatMap(({metadata: {name}}) =>
      unread.isAny ||
      authorizer.grants.some(({policies}) => policies === undefined || policies.has(name))
        ? []
        : `nobody may use PodSecurityPolicy ${name}: no role that is bound grants it`,
    ),
    ...[...clusterRoles, ...roles]
      .filter(role => !unread.isAny && grantsUse(role) && !isBound(role, after.rbac))
      .map(role => `${roleLabel(role)} grants the use of policies, but no binding refers to it`),
    ...labelsKept(before, files),
    ...dangling(after, authorizer, unread).filter(note => !old.has(note)),
  ];
}

/** Why policies of a change have no effect on a server that knows none; undefined if there are none. */
export function policiesInVain(
  before: Inventory,
  {policies, refused = []}: Pick<Inventory, 'policies' | 'refused'>,
): string | undefined {
  const isNative = before.admissionPolicies !== undefined;
  if (isNative || !isByLabels(before) || policies.length + refused.length === 0) return undefined;
  const {serverVersion = 'this version'} = before;
  return `the change has PodSecurityPolicies, and the server (${serverVersion}) has no PodSecurityPolicy: migrate policies makes objects of them that it enforces`;
}

/** The levels of namespaces that are kept, though the files leave them out. */
function labelsKept(before: Inventory, {namespaces}: Inventory): readonly string[] {
  if (!isByLabels(before) || before.origin !== 'cluster') return [];
  const old = new Map(before.namespaces.map(({metadata}) => [metadata?.name, metadata?.labels]));
  return namespaces.flatMap(({metadata: {name, labels = {}} = {}}) => {
    const kept = Object.keys(old.get(name) ?? {}).filter(
      key => key.startsWith(podSecurityPrefix) && !Object.hasOwn(labels, key),
    );
    return kept.length === 0
      ? []
      : `Namespace ${name} is taken to keep ${kept.join(', ')}, which the files leave out: kubectl apply takes away just what it set itself`;
  });
}

function dangling(
  {rbac, policies}: Inventory,
  authorizer: Authorizer,
  unread: UnreadRbac,
): readonly string[] {
  const names = policies.map(({metadata}) => metadata.name);
  return danglingNotes(rbac, authorizer, names, {unread});
}

function grantsUse({rules = []}: Role): boolean {
  return rules.some(rule => policiesOf(rule) !== undefined);
}

function isBound({metadata}: Role, rbac: Inventory['rbac']): boolean {
  const {name, namespace} = metadata ?? {};
  const refers = ({metadata: place, roleRef}: Binding) =>
    roleRef?.name === name &&
    (namespace === undefined
      ? roleRef?.kind === 'ClusterRole'
      : roleRef?.kind === 'Role' && place?.namespace === namespace);
  return [...rbac.clusterRoleBindings, ...rbac.roleBindings].some(refers);
}

function roleLabel({metadata}: Role): string {
  const {name, namespace} = metadata ?? {};
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  return labelOf({kind, namespace, name: String(name)});
}
