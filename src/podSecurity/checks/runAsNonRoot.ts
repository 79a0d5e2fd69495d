import type {Pod} from '../../kube/pod.ts';
import {hasOwnUsers, namesWhere, type Refusal, type StandardCheck} from '../check.ts';
import {containersText, settersText} from '../wording.ts';

/** Not as root: the pod or each container says so (policy/check_runAsNonRoot.go, v1.37). */
export const runAsNonRootCheck: StandardCheck = {
  id: 'runAsNonRoot',
  level: 'restricted',
  rows: [
    {since: 0, refuse},
    {since: 35, refuse: pod => (hasOwnUsers(pod) ? undefined : refuse(pod))},
  ],
};

function refuse(pod: Pod): Refusal | undefined {
  const ofPod = pod.spec.securityContext?.runAsNonRoot;
  const saying = (value: boolean | undefined) =>
    namesWhere(pod, ({securityContext}) => securityContext?.runAsNonRoot === value);
  const setters = settersText(ofPod === false, saying(false));
  if (setters !== '') {
    return refusal(`${setters} must not set securityContext.runAsNonRoot=false`);
  }
  const silent = ofPod === true ? [] : saying(undefined);
  if (silent.length === 0) return undefined;
  return refusal(`pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true`);
}

function refusal(detail: string): Refusal {
  return {reason: 'runAsNonRoot != true', detail};
}
