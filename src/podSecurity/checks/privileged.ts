import type {Pod} from '../../kube/pod.ts';
import {namesWhere, type Refusal, type StandardCheck} from '../check.ts';
import {containersText} from '../wording.ts';

/** No privileged containers (policy/check_privileged.go, v1.37). */
export const privilegedCheck: StandardCheck = {
  id: 'privileged',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const names = namesWhere(pod, ({securityContext}) => securityContext?.privileged === true);
  if (names.length === 0) return undefined;
  return {
    reason: 'privileged',
    detail: `${containersText(names)} must not set securityContext.privileged=true`,
  };
}
