/** A policy that comes with a platform, known by its name. */
export interface ManagedPolicy {
  readonly policy: string;
  readonly platform: string;
  /** What an admin should know of it, without a full stop. */
  readonly says: string;
}

const eks =
  'lets every pod in, and ClusterRoleBinding eks:podsecuritypolicy:authenticated gives it to everybody: stricter policies bind nothing until that binding is gone';
const gke = 'for system pods: GKE puts it back when it is changed';
const rke2 =
  'made by RKE2 at its first start and then left to you: without its CIS profile everybody may use global-unrestricted-psp, with it global-restricted-psp, and system-unrestricted-psp is for kube-system';
const ibm = 'made by IBM Cloud: do not change it';
const tanzu = 'made by VMware Tanzu: nobody but its own services may use it until you bind it';

/** What is known by the whole name. */
const byName: Readonly<Record<string, readonly [platform: string, says: string]>> = {
  'eks.privileged': ['Amazon EKS', eks],
  'ack.privileged': [
    'Alibaba Cloud ACK',
    'lets every pod in, and its own pods need it: do not change it',
  ],
  'gardener.privileged': [
    'Gardener',
    'lets every pod in; everybody may use it if the shoot has allowPrivilegedContainers',
  ],
  'global-restricted-psp': ['RKE2', rke2],
  'global-unrestricted-psp': ['RKE2', rke2],
  'system-unrestricted-psp': ['RKE2', rke2],
  'vmware-system-privileged': ['VMware Tanzu', tanzu],
  'vmware-system-restricted': ['VMware Tanzu', tanzu],
  'ibm-anyuid-hostaccess-psp': ['IBM Cloud', ibm],
  'ibm-anyuid-hostpath-psp': ['IBM Cloud', ibm],
  'ibm-anyuid-psp': ['IBM Cloud', ibm],
  'ibm-privileged-psp': ['IBM Cloud', ibm],
  'ibm-restricted-psp': ['IBM Cloud', ibm],
  'psp-global': ['Huawei Cloud CCE', 'the default for everybody: it can be changed, not deleted'],
};

const azure = 'made by Azure when the feature was turned on: do not change it';

/**
 * The policies that a managed platform made, by their names. The name `privileged` alone says nothing:
 * Azure's is known by the RoleBinding that comes with it.
 */
export function managedPolicies(
  names: readonly string[],
  hasAzureBinding: boolean,
): readonly ManagedPolicy[] {
  return names.flatMap(policy => {
    if (policy.startsWith('gce.')) return [{policy, platform: 'Google GKE', says: gke}];
    if (policy === 'privileged' && hasAzureBinding) {
      return [{policy, platform: 'Azure AKS', says: azure}];
    }
    const [platform, says] = (Object.hasOwn(byName, policy) && byName[policy]) || [];
    return platform === undefined || says === undefined ? [] : [{policy, platform, says}];
  });
}
