import type {PodView} from '../kube/podView.ts';
import {podRuntime, yesOrNo} from './runtime.ts';
import {defineFlag, forbidHostFlag, hostFlagInCel, planHostFlag} from './shared/flag.ts';

const uses = ({hostNetwork}: PodView) => hostNetwork;

/** Whether pods may use the host's network. Set on the pod's spec, but reported under its security context. */
export const hostNetwork = defineFlag({
  id: 'hostNetwork',
  title: 'Host network',
  risk: "A pod on the node's network reads its neighbours' traffic and reaches what listens on localhost.",
  allows: 'Pods may use the network of the node itself instead of their own.',
  neededBy: 'network plugins, kube-proxy, node monitoring, ingress controllers on bare metal',
  subject: "the host's network",
  uses,
  forbid: forbidHostFlag('hostNetwork', uses, 'Host network is not allowed to be used'),
  forbidInCel: hostFlagInCel('hostNetwork'),
  plan: () => planHostFlag('hostNetwork'),
  // Unset is the network namespace of the pod (pkg/kubelet/kuberuntime/helpers.go, networkNamespaceForPod).
  runtime: podRuntime({...yesOrNo, read: uses}),
});
