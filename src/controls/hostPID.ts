import type {PodView} from '../kube/podView.ts';
import {podRuntime, yesOrNo} from './runtime.ts';
import {defineFlag, forbidHostFlag, hostFlagInCel, planHostFlag} from './shared/flag.ts';

const uses = ({hostPID}: PodView) => hostPID;

/** Whether pods may use the host's process namespace. Set on the pod's spec, but reported under its security context. */
export const hostPID = defineFlag({
  id: 'hostPID',
  title: 'Host processes',
  risk: "A pod among the node's processes can read their environment and memory, and stop them.",
  allows: 'Pods may run among the processes of the node, and so see all of them.',
  neededBy: 'process monitors, security agents, debuggers of the node',
  subject: "the host's process namespace",
  uses,
  forbid: forbidHostFlag('hostPID', uses, 'Host PID is not allowed to be used'),
  forbidInCel: hostFlagInCel('hostPID'),
  plan: () => planHostFlag('hostPID'),
  // Unset is the process namespace of the pod (pkg/kubelet/kuberuntime/helpers.go, pidNamespaceForPod).
  runtime: podRuntime({...yesOrNo, read: uses}),
});
