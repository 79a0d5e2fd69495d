import {printedCandidate} from '../policy/conformance.ts';
import type {Verdict} from '../policy/why.ts';

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
