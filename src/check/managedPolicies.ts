/** A policy that comes with a platform, known by its name. */
export interface ManagedPolicy {
  readonly policy: string;
  readonly platform: string;
  /** What an admin should know about it, without a full stop. */
  readonly says: string;
}

/** What a cluster has in connection with a policy that may come with a platform. */
export interface PolicyReach {
  readonly policy: string;
  /** Whether it lets every pod in; undefined if only its name is known. */
  readonly letsAllIn: boolean | undefined;
  /** The bindings that give it to everybody; undefined if they could not be read. */
  readonly everybody: readonly WideBinding[] | undefined;
}

/** A binding for everybody who logs in, or for all service accounts. */
export interface WideBinding {
  readonly name: string;
  readonly to: 'everybody' | 'all service accounts';
}

const rke2 = 'made by RKE2 at its first start and then left to you';
const ibm = 'made by IBM Cloud: do not change it';
const tanzu = 'made by VMware Tanzu';
const gke = 'for system pods: GKE puts it back when it is changed';

/** Policies known by their whole name: the platform, and what it does with the policy. */
const byName: Readonly<Record<string, readonly [platform: string, about: string]>> = {
  'eks.privileged': ['Amazon EKS', 'made by EKS with the cluster and then left to you'],
  'ack.privileged': ['Alibaba Cloud ACK', 'its own pods need it: do not change it'],
  'gardener.privileged': ['Gardener', 'made by Gardener'],
  'global-restricted-psp': ['RKE2', rke2],
  'global-unrestricted-psp': ['RKE2', rke2],
  'system-unrestricted-psp': ['RKE2', `${rke2}; for kube-system`],
  'vmware-system-privileged': ['VMware Tanzu', tanzu],
  'vmware-system-restricted': ['VMware Tanzu', tanzu],
  'ibm-anyuid-hostaccess-psp': ['IBM Cloud', ibm],
  'ibm-anyuid-hostpath-psp': ['IBM Cloud', ibm],
  'ibm-anyuid-psp': ['IBM Cloud', ibm],
  'ibm-privileged-psp': ['IBM Cloud', ibm],
  'ibm-restricted-psp': ['IBM Cloud', ibm],
  'psp-global': ['Huawei Cloud CCE', 'it can be changed, not deleted'],
};

const azure = 'made by Azure when the feature was turned on: do not change it';

/**
 * The policies that a managed platform made, by their names, with what this cluster says about them. The
 * name `privileged` alone says nothing: Azure's is known by the RoleBinding that comes with it.
 */
export function managedPolicies(
  reaches: readonly PolicyReach[],
  hasAzureBinding: boolean,
): readonly ManagedPolicy[] {
  return reaches.flatMap(reach => {
    const {policy} = reach;
    const [platform, about] = knownAs(policy, hasAzureBinding) ?? [];
    if (platform === undefined || about === undefined) return [];
    const pods = reach.letsAllIn === true ? 'it lets every pod in' : undefined;
    const facts = [about, pods, reachText(reach)].filter(text => text !== undefined);
    return [{policy, platform, says: facts.join('; ')}];
  });
}

/** Whether the name may be that of a platform's policy. */
export function isPlatformName(policy: string): boolean {
  return knownAs(policy, true) !== undefined;
}

function knownAs(
  policy: string,
  hasAzureBinding: boolean,
): readonly [platform: string, about: string] | undefined {
  if (policy.startsWith('gce.')) return ['Google GKE', gke];
  if (policy === 'privileged') return hasAzureBinding ? ['Azure AKS', azure] : undefined;
  return Object.hasOwn(byName, policy) ? byName[policy] : undefined;
}

/** Who may use it, according to the bindings of the cluster. */
function reachText({letsAllIn, everybody}: PolicyReach): string {
  if (everybody === undefined) return 'who may use it could not be read';
  if (everybody.length === 0) return 'no ClusterRoleBinding gives it to everybody';
  const given = everybody.map(({name, to}) => `ClusterRoleBinding ${name} gives it to ${to}`);
  const isForAll = letsAllIn === true && everybody.some(({to}) => to === 'everybody');
  return `${given.join(', ')}${isForAll ? ', so no pod is denied until that binding is gone' : ''}`;
}
