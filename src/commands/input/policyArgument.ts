/** What an argument that stands for a policy may be. */
export type PolicyArgument =
  | {readonly kind: 'name'; readonly name: string}
  | {readonly kind: 'builtin'; readonly name: string}
  /** `name`: which of the policies in it; undefined if it holds just one. */
  | {readonly kind: 'file'; readonly path: string; readonly name: string | undefined};

/**
 * Tells the name of a policy (also `psp/NAME`) from `builtin:LEVEL` and from a file: what has a slash or
 * ends like a manifest, perhaps with `#NAME` after it, and `-`.
 */
export function parsePolicyArgument(text: string): PolicyArgument {
  const builtin = /^builtin:(.*)$/s.exec(text)?.[1];
  if (builtin !== undefined) return {kind: 'builtin', name: builtin};
  const hash = text.lastIndexOf('#');
  const [path, name] = hash < 0 ? [text, undefined] : [text.slice(0, hash), text.slice(hash + 1)];
  const bare = policyName(text);
  const isFile = /\.(ya?ml|json)$/i.test(path) || path === '-' || bare.includes('/');
  return isFile ? {kind: 'file', path, name} : {kind: 'name', name: bare};
}

/** Whether it takes the policies of a cluster to know what an argument means. */
export function isPolicyName(text: string): boolean {
  return parsePolicyArgument(text).kind === 'name';
}

/** The name of a policy as an argument has it: `psp/web` and `podsecuritypolicies/web` are `web`. */
export function policyName(argument: string): string {
  return argument.replace(/^(psp|podsecuritypolic(y|ies))(\.[a-z0-9.]+)?\//i, '');
}

/** Whether it is one of kubectl's names for the kind of policies. */
export function isPolicyKind(text: string | undefined): boolean {
  return /^(psp|podsecuritypolic(y|ies))(\.[a-z0-9.]+)?$/i.test(text ?? '');
}
