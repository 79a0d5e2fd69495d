import type {Integer} from '../../kube/json.ts';
import type {Pod} from '../../kube/pod.ts';
import {hasOwnUsers, namesWhere, type Refusal, type StandardCheck} from '../check.ts';
import {settersText} from '../wording.ts';

/** Nobody asks for root by its number (policy/check_runAsUser.go, v1.37). */
export const runAsUserCheck: StandardCheck = {
  id: 'runAsUser',
  level: 'restricted',
  rows: [
    {since: 23, refuse},
    {since: 35, refuse: pod => (hasOwnUsers(pod) ? undefined : refuse(pod))},
  ],
};

function refuse(pod: Pod): Refusal | undefined {
  const setters = settersText(
    isRoot(pod.spec.securityContext?.runAsUser),
    namesWhere(pod, ({securityContext}) => isRoot(securityContext?.runAsUser)),
  );
  if (setters === '') return undefined;
  return {reason: 'runAsUser=0', detail: `${setters} must not set runAsUser=0`};
}

function isRoot(user: Integer | undefined): boolean {
  return user !== undefined && Number(user) === 0;
}
