import {authorizerOf, type Grant, type RbacObjects} from '../../rbac/authorize.ts';
import {byText} from '../../text.ts';
import type {Candidates, TriedPolicies} from './nativeFacts.ts';

/** Which of these policies the grants open where, each by its name. */
export function grantedOf(names: ReadonlySet<string>, grants: readonly Grant[]): Candidates {
  const everywhere = new Set<string>();
  const byNamespace = new Map<string, Set<string>>();
  for (const {policies, binding} of grants) {
    for (const name of policies ?? []) {
      if (!names.has(name)) continue;
      if (binding.namespace === undefined) everywhere.add(name);
      else {
        const known = byNamespace.get(binding.namespace) ?? new Set();
        byNamespace.set(binding.namespace, known.add(name));
      }
    }
  }
  const all = new Map(
    [...byNamespace].map(([namespace, own]) => [
      namespace,
      [...new Set([...own, ...everywhere])].sort(byText),
    ]),
  );
  return {everywhere: [...everywhere].sort(byText), byNamespace: all};
}

/** A grant of a policy that is not tried where it counts. More than are granted do no harm: their rights are asked. */
export interface UntriedGrant {
  readonly policy: string;
  /** undefined: everywhere. */
  readonly namespace: string | undefined;
}

/** The grants of these objects that admission policies were made before, and know nothing of. */
export function untriedGrants(
  tried: readonly TriedPolicies[],
  rbac: RbacObjects,
): readonly UntriedGrant[] {
  if (tried.length === 0) return [];
  const {grants} = authorizerOf(rbac);
  return tried.flatMap(({names, candidates}) => {
    const granted = grantedOf(names, grants);
    const lists = [candidates.everywhere, ...candidates.byNamespace.values()].map(
      list => new Set(list),
    );
    const everywhere = granted.everywhere
      .filter(policy => lists.some(list => !list.has(policy)))
      .map(policy => ({policy, namespace: undefined}));
    const wide = new Set(everywhere.map(({policy}) => policy));
    const inPlaces = [...granted.byNamespace].flatMap(([namespace, own]) => {
      const known = new Set(candidates.byNamespace.get(namespace) ?? candidates.everywhere);
      return own
        .filter(policy => !known.has(policy) && !wide.has(policy))
        .map(policy => ({policy, namespace}));
    });
    return [...everywhere, ...inPlaces];
  });
}
