import type {Candidates} from '../../inventory/native/nativeFacts.ts';
import {mostCandidates} from '../../inventory/native/nativeLimits.ts';
import {grantedOf} from '../../inventory/native/untriedGrants.ts';
import {isObject, type JsonObject} from '../../kube/json.ts';
import {authorizerOf, type RbacObjects} from '../../rbac/authorize.ts';
import type {PolicyRun} from './runs.ts';

/** Says which members of a run are tried where; undefined if they are not put together. */
export type CandidatesOf = (run: PolicyRun) => Candidates | undefined;

/**
 * By the grants to single members; none if there are none, or too many in one place to try them all. Who may
 * use all policies finds them otherwise.
 */
export function candidatesBy(rbac: RbacObjects): CandidatesOf {
  const {grants} = authorizerOf(rbac);
  return run => {
    const granted = grantedOf(namesIn(run), grants);
    const all = [granted.everywhere, ...granted.byNamespace.values()];
    const most = Math.max(...all.map(own => own.length));
    // Without a grant to any of them, it is not known where they are used.
    return most === 0 || most > mostCandidates ? undefined : granted;
  };
}

/** The names of the policies that are put together. */
export function namesIn({members}: PolicyRun): ReadonlySet<string> {
  return new Set(members.map(({name}) => name));
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
