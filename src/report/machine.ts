import type {Gap} from '../inventory/inventory.ts';
import {printJson} from '../kube/json.ts';
import {printedCandidate} from '../policy/conformance.ts';
import type {Verdict} from '../policy/why.ts';
import {escapeJson} from './escape.ts';

export const apiVersion = 'psp.kubectl/v1alpha1';

/** A versioned document of machine output. `gaps` are there if something could not be read. */
export function document(kind: string, items: readonly object[], gaps: readonly Gap[]): object {
  return {apiVersion, kind, items, gaps: gaps.length > 0 ? gaps : undefined};
}

/** A document as JSON text; what a terminal would act on is written as an escape. */
export function jsonText(answer: object): string {
  return `${escapeJson(printJson(answer, 2))}\n`;
}

/** One verdict as `why -o json` prints it. */
export function printedVerdict({item, state, chosen, candidates, via, ...rest}: Verdict): object {
  return {
    namespace: item.namespace,
    kind: item.kind,
    name: item.name,
    serviceAccount: item.submission.serviceAccount,
    requester: rest.requester ?? null,
    allowed: chosen !== undefined,
    policy: chosen?.policy.name ?? null,
    via: via.map(({right, binding, role}) => ({
      right,
      binding: binding ?? null,
      role: role ?? null,
    })),
    state,
    message: rest.message ?? null,
    changes: rest.changes,
    candidates: candidates.map(printedCandidate),
    admittedBy: item.admittedBy,
    judgedForCaller: rest.judgedForCaller || undefined,
    judgedByLivePod: item.submission.isLivePod || undefined,
  };
}
