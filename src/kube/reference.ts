/** What tells an object from all others. */
export interface Reference {
  readonly kind: string;
  /** Absent or undefined if the kind is not in namespaces. */
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** An object's kind and name for people: `RoleBinding shop/psp:web`, `ClusterRole psp:web`. */
export function labelOf({kind, namespace, name}: Reference): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** `rolebinding psp:web -n shop`, for a command line of kubectl. */
export function kubectlName({kind, namespace, name}: Reference): string {
  return `${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}
