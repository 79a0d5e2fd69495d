import {isObject, type JsonObject} from '../../kube/json.ts';
import {authorizerOf, type Grant, type RbacObjects} from '../../rbac/authorize.ts';
import {byText} from '../../text.ts';
import type {PolicyRun} from './runs.ts';

/** So many members of a run can be tried for one pod. */
const mostCandidates = 12;

/** Which members of a run somebody may use, by namespace. */
export interface Candidates {
  readonly everywhere: readonly string[];
  /** Where there are more than those; with them. */
  readonly byNamespace: ReadonlyMap<string, readonly string[]>;
}

/** Says which members of a run are tried where; undefined if they are not put together. */
export type CandidatesOf = (run: PolicyRun) => Candidates | undefined;

/**
 * By the grants to single members; none if there are none, or too many in one place to try them all. Who may
 * use all policies finds them otherwise.
 */
export function candidatesBy(rbac: RbacObjects): CandidatesOf {
  const {grants} = authorizerOf(rbac);
  return run => {
    const granted = grantedOf(run, grants);
    const all = [granted.everywhere, ...granted.byNamespace.values()];
    const most = Math.max(...all.map(own => own.length));
    // Without a grant to any of them, it is not known where they are used.
    return most === 0 || most > mostCandidates ? undefined : granted;
  };
}

function grantedOf({members}: PolicyRun, grants: readonly Grant[]): Candidates {
  const names = new Set(members.map(({name}) => name));
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

/** The variable with the candidates of a namespace. */
export function candidatesName({prefix}: PolicyRun): string {
  return `${prefix}_candidates`;
}

/** The variables that it looks them up in, each a part of the table. */
export function candidateTable(run: PolicyRun): string {
  return `${candidatesName(run)}In`;
}

/**
 * The candidates that admission policies have, read back: whatever else is in these expressions is not in what is
 * compiled from the answer, and so a difference from it.
 */
export function candidatesIn(objects: readonly JsonObject[]): CandidatesOf {
  const variables = objects.flatMap(({kind, spec}) => {
    const all = kind === 'ValidatingAdmissionPolicy' && isObject(spec) ? spec.variables : [];
    return Array.isArray(all) ? all.filter(isObject) : [];
  });
  return run => {
    const own = variables.find(({name}) => name === candidatesName(run));
    if (own === undefined) return undefined;
    const table = candidateTable(run);
    const parts = variables.filter(
      ({name}) => name === table || String(name).startsWith(`${table}_`),
    );
    const rows = parts.flatMap(({expression}) => [
      ...String(expression).matchAll(/'([^'\\]*)': (\[[^\]]*\])/g),
    ]);
    // Of a lookup, the last list: what holds where the table has no row.
    const [list = ''] = String(own.expression).match(/\[('[^\]]*)?\]\)?$/) ?? [];
    return {
      everywhere: textsIn(list),
      byNamespace: new Map(
        rows.map(([, namespace = '', names = '']) => [namespace, textsIn(names)]),
      ),
    };
  };
}

function textsIn(list: string): readonly string[] {
  return [...list.matchAll(/'([^'\\]*)'/g)].map(([, text = '']) => text);
}

/** A grant of a member that is not tried where it counts. More than are granted do no harm: their rights are asked. */
export interface UntriedGrant {
  readonly policy: string;
  /** undefined: everywhere. */
  readonly namespace: string | undefined;
}

/** The first grant of these objects that the candidates of a run lack. */
export function untriedGrant(
  run: PolicyRun,
  known: Candidates,
  rbac: RbacObjects,
): UntriedGrant | undefined {
  const granted = grantedOf(run, authorizerOf(rbac).grants);
  const lists = [known.everywhere, ...known.byNamespace.values()].map(list => new Set(list));
  const everywhere = granted.everywhere.find(name => lists.some(list => !list.has(name)));
  if (everywhere !== undefined) return {policy: everywhere, namespace: undefined};
  for (const [namespace, names] of granted.byNamespace) {
    const tried = new Set(known.byNamespace.get(namespace) ?? known.everywhere);
    const policy = names.find(name => !tried.has(name));
    if (policy !== undefined) return {policy, namespace};
  }
  return undefined;
}
