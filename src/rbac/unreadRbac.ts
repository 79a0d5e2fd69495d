import type {RbacObjects} from './authorize.ts';

/** Why nothing is known about a kind of which the files hold no object: its objects may be kept elsewhere. */
export const notAmongFiles = 'not among the files';

/** What could not be read, as an inventory notes it. */
interface UnreadKind {
  /** The plural name of the kind. */
  readonly resource: string;
  /** undefined: in no namespace. */
  readonly namespace: string | undefined;
  /** Where it could be read all the same. */
  readonly except?: readonly string[] | undefined;
  readonly reason?: string;
}

/** Whether objects of the kind that count in a namespace were not read. */
export function isUnreadIn({namespace, except = []}: UnreadKind, wanted: string): boolean {
  return namespace === undefined ? !except.includes(wanted) : namespace === wanted;
}

/** The kinds of RBAC, which decide about rights, in the order in which answers name what they need. */
const rbacResources = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'] as const;
export type RbacResource = (typeof rbacResources)[number];

/** Which parts of RBAC were not read: there may be more objects than those that are known. */
export interface UnreadRbac {
  /** Whether anything is missing anywhere. */
  readonly isAny: boolean;
  /** Whether objects of a kind that count in a namespace may be missing. */
  lacks(resource: RbacResource, namespace: string): boolean;
  /** What would have to be read to know the rights in a namespace; empty if everything is known. */
  needs(namespace: string): readonly string[];
}

/** What an inventory has to say about RBAC. */
export interface RbacSource {
  readonly origin: 'cluster' | 'manifests';
  readonly rbac: RbacObjects;
  readonly gaps: readonly UnreadKind[];
}

/**
 * Which parts of RBAC were not read. Every cluster has roles and bindings; manifests without a single one
 * leave them to somebody else.
 */
export function unreadRbac({origin, rbac, gaps}: RbacSource): UnreadRbac {
  if (origin === 'manifests' && isVoid(rbac)) return allUnread;
  const kinds: ReadonlySet<string> = new Set(rbacResources);
  const relevant = gaps.filter(({resource}) => kinds.has(resource));
  if (relevant.length === 0) return nothingUnread;
  const byResource = Map.groupBy(relevant, ({resource}) => resource);
  const lacks = (resource: RbacResource, namespace: string): boolean =>
    byResource.get(resource)?.some(gap => isUnreadIn(gap, namespace)) === true;
  if (relevant.every(({reason}) => reason === notAmongFiles)) {
    const has = (kind: RegExp) => relevant.some(({resource}) => kind.test(resource));
    return lackingFiles(
      [...(has(/roles$/) ? ['roles'] : []), ...(has(/bindings$/) ? ['bindings'] : [])],
      lacks,
    );
  }
  return {
    isAny: true,
    lacks,
    needs: namespace =>
      rbacResources
        .filter(resource => lacks(resource, namespace))
        .map(resource => (/^cluster/.test(resource) ? resource : `${resource} in ${namespace}`)),
  };
}

/**
 * Files that hold no object of these kinds. A binding that is kept elsewhere may be of a role that every cluster has,
 * such as cluster-admin.
 */
function lackingFiles(kinds: readonly string[], lacks: UnreadRbac['lacks']): UnreadRbac {
  const needs = [`${kinds.join(' and ')}, of which the files have none`];
  return {
    isAny: true,
    lacks: (resource, namespace) =>
      lacks(resource, namespace) ||
      (resource === 'clusterroles' && lacks('clusterrolebindings', namespace)),
    needs: () => needs,
  };
}

/** RBAC that was read completely. */
const nothingUnread: UnreadRbac = {isAny: false, lacks: () => false, needs: () => []};

const allUnread = lackingFiles(['roles', 'bindings'], () => true);

function isVoid(rbac: RbacObjects): boolean {
  return Object.values(rbac).every(objects => objects.length === 0);
}
