import type {PodView} from '../kube/podView.ts';
import {podRuntime, yesOrNo} from './runtime.ts';
import {defineFlag, forbidHostFlag, hostFlagInCel, planHostFlag} from './shared/flag.ts';

const uses = ({hostIPC}: PodView) => hostIPC;

/** Whether pods may use the host's IPC namespace. Set on the pod's spec, but reported under its security context. */
export const hostIPC = defineFlag({
  id: 'hostIPC',
  title: 'Host IPC',
  risk: "A pod in the node's IPC namespace can read and change the shared memory of its processes.",
  allows: 'Pods may share memory and message queues with the processes of the node.',
  neededBy: 'the few programs that exchange data with processes of the node through shared memory',
  subject: "the host's IPC namespace",
  uses,
  forbid: forbidHostFlag('hostIPC', uses, 'Host IPC is not allowed to be used'),
  forbidInCel: hostFlagInCel('hostIPC'),
  plan: () => planHostFlag('hostIPC'),
  // Unset is the IPC namespace of the pod (pkg/kubelet/kuberuntime/helpers.go, ipcNamespaceForPod).
  runtime: podRuntime({...yesOrNo, read: uses}),
});
