import type {Binding} from '../kube/objects.ts';
import {type Authorizer, type ObjectReference, policiesOf, type RbacObjects} from './authorize.ts';
import {type NearMiss, nearMisses} from './nearMisses.ts';
import type {UnreadRbac} from './unreadRbac.ts';

/** An object of RBAC that leads nowhere. */
export interface DanglingGrant {
  /**
   * A binding of a role that is missing; a role that names policies that do not exist; one with `*`
   * among the names, which is a name like any other; a binding without subjects.
   */
  readonly problem: 'missing-role' | 'missing-policy' | 'wildcard-name' | 'no-subjects';
  readonly object: ObjectReference;
  /** The role, or the policies. */
  readonly names: readonly string[];
}

/** All grants that lead nowhere. */
export function danglingGrants(
  {clusterRoles, roles, clusterRoleBindings, roleBindings}: RbacObjects,
  {grants}: Authorizer,
  policies: readonly string[],
): readonly DanglingGrant[] {
  const known = new Set([
    ...clusterRoles.map(({metadata}) => `ClusterRole/${metadata?.name}`),
    ...roles.map(({metadata}) => `Role/${metadata?.namespace}/${metadata?.name}`),
  ]);
  const missing = [...clusterRoleBindings, ...roleBindings].flatMap(
    (binding): readonly DanglingGrant[] => {
      const role = roleKey(binding);
      if (known.has(role)) return [];
      return [{problem: 'missing-role', object: referenceTo(binding, 'Binding'), names: [role]}];
    },
  );
  const exists = new Set(policies);
  const named = [...clusterRoles, ...roles].flatMap((role): readonly DanglingGrant[] => {
    const named = (role.rules ?? [])
      .map(policiesOf)
      .filter(names => names !== undefined && names !== 'all');
    const names = [...new Set(named.flat())].filter(name => !exists.has(name));
    const gone = names.filter(name => name !== '*');
    const object = referenceTo(role, '');
    return [
      ...(gone.length > 0 ? [{problem: 'missing-policy', object, names: gone} as const] : []),
      ...(names.includes('*') ? [{problem: 'wildcard-name', object, names: ['*']} as const] : []),
    ];
  });
  const unbound = grants
    .filter(({subjects}) => subjects.length === 0)
    .map(({binding}) => ({problem: 'no-subjects', object: binding, names: []}) as const);
  return [...missing, ...named, ...unbound];
}

/** Of what there is a note, and what of RBAC was read. */
interface NoteScope {
  /** The notes of this namespace and of the whole cluster; undefined: of all. */
  readonly namespace?: string | undefined;
  /** A role that was not read is not missing. */
  readonly unread: UnreadRbac;
}

/** The same in sentences, with what looks like a grant but is not one, sorted. */
export function danglingNotes(
  rbac: RbacObjects,
  authorizer: Authorizer,
  policies: readonly string[],
  {namespace, unread}: NoteScope,
): readonly string[] {
  const isAbout = ({object}: {readonly object: ObjectReference}) =>
    [undefined, object.namespace].includes(namespace) || object.namespace === undefined;
  const misses = nearMisses(rbac, policies);
  const explained = new Set(misses.map(({object}) => placeText(object)));
  const dangling = danglingGrants(rbac, authorizer, policies);
  const perhapsThere = new Set(
    dangling.filter(grant => mayExist(grant, unread)).map(({object}) => placeText(object)),
  );
  const isKnown = ({object}: NearMiss) => !perhapsThere.has(placeText(object));
  return [
    ...dangling
      .filter(isAbout)
      .filter(({problem, object}) => {
        const place = placeText(object);
        return problem !== 'missing-role' || !(explained.has(place) || perhapsThere.has(place));
      })
      .flatMap(notesOf),
    ...misses
      .filter(isAbout)
      .filter(isKnown)
      .map(({object, says}) => `${placeText(object)} ${says}`),
  ].sort();
}

/** Whether a binding's role may be one of those that were not read. */
function mayExist({problem, object, names: [role = '']}: DanglingGrant, unread: UnreadRbac) {
  if (problem !== 'missing-role') return false;
  const {namespace = ''} = object;
  if (!role.startsWith('Role/')) return unread.lacks('clusterroles', namespace);
  // A ClusterRoleBinding can't refer to a Role, wherever there is one.
  return namespace !== '' && unread.lacks('roles', namespace);
}

function notesOf({problem, object, names}: DanglingGrant): readonly string[] {
  const place = placeText(object);
  switch (problem) {
    case 'missing-role':
      return names.map(role => `${place} refers to ${role}, which does not exist`);
    case 'missing-policy':
      return names.map(
        policy => `${place} names policy ${JSON.stringify(policy)}, which does not exist`,
      );
    case 'wildcard-name':
      return [`${place} has the resource name "*", which is not a wildcard: it grants nothing`];
    case 'no-subjects':
      return [`${place} has no subjects`];
  }
}

function placeText({kind, namespace, name}: ObjectReference): string {
  return namespace === undefined ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

function roleKey({metadata, roleRef}: Binding): string {
  return roleRef?.kind === 'Role' && metadata?.namespace !== undefined
    ? `Role/${metadata.namespace}/${roleRef.name}`
    : `${roleRef?.kind}/${roleRef?.name}`;
}

function referenceTo<K extends '' | 'Binding'>(
  {metadata}: Pick<Binding, 'metadata'>,
  suffix: K,
): ObjectReference {
  const {namespace, name = ''} = metadata ?? {};
  return {
    kind: `${namespace ? '' : 'Cluster'}Role${suffix}`,
    namespace: namespace || undefined,
    name,
  };
}
