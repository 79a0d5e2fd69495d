import type {Pod} from '../../kube/pod.ts';
import {isForWindows, namesWhere, type Refusal, type StandardCheck} from '../check.ts';
import {containersText} from '../wording.ts';

/** No container may gain privileges: each says so (policy/check_allowPrivilegeEscalation.go, v1.37). */
export const allowPrivilegeEscalationCheck: StandardCheck = {
  id: 'allowPrivilegeEscalation',
  level: 'restricted',
  rows: [
    {since: 8, refuse},
    {since: 25, refuse: pod => (isForWindows(pod) ? undefined : refuse(pod))},
  ],
};

function refuse(pod: Pod): Refusal | undefined {
  const names = namesWhere(
    pod,
    ({securityContext}) => securityContext?.allowPrivilegeEscalation !== false,
  );
  if (names.length === 0) return undefined;
  return {
    reason: 'allowPrivilegeEscalation != false',
    detail: `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`,
  };
}
