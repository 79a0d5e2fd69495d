/** Why admission policies are not what the policies that they were made from come to. */
export type DriftCause =
  /** Somebody has changed their expressions, or what they match. */
  | 'edited'
  /** Somebody has changed the policies that they keep, and not what was made of them. */
  | 'sources'
  /** They are as they were made, by a version of this program that makes others. */
  | 'version'
  /** One of these: they don't say what they were when they were made. */
  | 'unknown';

/** That admission policies do something else than the policies that they were made from, or may. */
export interface NativeDrift {
  readonly cause: DriftCause;
  /** What differs, such as "ValidatingAdmissionPolicy kubectl-psp differs in spec.failurePolicy". */
  readonly places: readonly string[];
}

/** Which policies of many that differ in values alone are tried where. */
export interface Candidates {
  readonly everywhere: readonly string[];
  /** Where there are more than those; with them. */
  readonly byNamespace: ReadonlyMap<string, readonly string[]>;
}

/** Policies that are put together, and are tried in some places only. */
export interface TriedPolicies {
  readonly names: ReadonlySet<string>;
  readonly candidates: Candidates;
}

/** What admission policies turned out to be, compared with the policies that they were made from. */
export interface NativeFacts {
  readonly drift: NativeDrift | undefined;
  /** Those that are tried in some places only; who may use all policies gets any of them anywhere. */
  readonly tried: readonly TriedPolicies[];
}

/** Whether a policy is tried for pods of a namespace of somebody who may use it by its name. */
export function isTriedIn(
  tried: readonly TriedPolicies[],
  policy: string,
  namespace: string,
): boolean {
  return tried
    .filter(({names}) => names.has(policy))
    .every(({candidates: {everywhere, byNamespace}}) =>
      (byNamespace.get(namespace) ?? everywhere).includes(policy),
    );
}

/** The command that makes admission policies again as they are meant to be, on the stage that they are on. */
export const makeAgain = 'kubectl psp migrate policies --apply';

const causes: Readonly<Record<DriftCause, string>> = {
  edited: 'they were edited by hand',
  sources: 'the policies that they keep were changed since',
  version: 'another version of kubectl psp made them',
  unknown: 'they were edited, or made by another version of kubectl psp',
};

const shown = 3;

/** Why they are not what they should be. */
export function causeText({cause}: Pick<NativeDrift, 'cause'>): string {
  return causes[cause];
}

/** The same, and where that shows. */
export function driftText({cause, places}: NativeDrift): string {
  const more = places.length > shown ? ` and in ${places.length - shown} more places` : '';
  return `${causes[cause]}: ${places.slice(0, shown).join(', ')}${more}`;
}
