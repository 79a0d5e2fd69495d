import type {Pod} from '../../kube/pod.ts';
import type {Refusal, StandardCheck} from '../check.ts';

/** None of the node's namespaces (policy/check_hostNamespaces.go, v1.37). */
export const hostNamespacesCheck: StandardCheck = {
  id: 'hostNamespaces',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse({spec}: Pod): Refusal | undefined {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter(key => spec[key] === true);
  if (shared.length === 0) return undefined;
  return {reason: 'host namespaces', detail: shared.map(key => `${key}=true`).join(', ')};
}
