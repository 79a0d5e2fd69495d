/** What identifies an object, or a subject of RBAC. */
export interface Reference {
  readonly kind: string;
  /** Absent or undefined if the kind is not in namespaces. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** Kind and name for people: `RoleBinding shop/psp:web`, `ClusterRole psp:web`, `User alice`. */
export function labelOf({kind, namespace, name}: Reference): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** `rolebinding psp:web -n shop`, for a command line of kubectl. */
export function kubectlName({kind, namespace, name}: Reference): string {
  return `${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

/** What identifies an object among those of its kind: `namespace/name`. */
export function placeOf(
  metadata:
    | {readonly namespace?: string | undefined; readonly name?: string | undefined}
    | undefined,
): string {
  return `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
}
