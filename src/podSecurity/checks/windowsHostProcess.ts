import type {Pod} from '../../kube/pod.ts';
import {namesWhere, type Refusal, type StandardCheck} from '../check.ts';
import {settersText} from '../wording.ts';

/** No processes of the node on Windows (policy/check_windowsHostProcess.go, v1.37). */
export const windowsHostProcessCheck: StandardCheck = {
  id: 'windowsHostProcess',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const setters = settersText(
    pod.spec.securityContext?.windowsOptions?.hostProcess === true,
    namesWhere(pod, ({securityContext}) => securityContext?.windowsOptions?.hostProcess === true),
  );
  if (setters === '') return undefined;
  return {
    reason: 'hostProcess',
    detail: `${setters} must not set securityContext.windowsOptions.hostProcess=true`,
  };
}
