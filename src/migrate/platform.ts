import type {Inventory} from '../inventory/inventory.ts';

/** What runs a cluster's control plane; each has its own switch for the admission plugin. */
export const platformIds = [
  'kubeadm',
  'eks',
  'gke',
  'aks',
  'rke2',
  'k3s',
  'rke',
  'kops',
  'openshift',
] as const;
export type PlatformId = (typeof platformIds)[number];

/** How the plugin PodSecurityPolicy is turned off somewhere, and on again. */
export interface PluginSwitch {
  /** Where it is, as a sentence without a full stop. */
  readonly says: string;
  /** Lines for a shell or a file; words in capitals stand for the user's own. */
  readonly off: readonly string[];
  /** What takes that back; empty where there is no way back. */
  readonly on: readonly string[];
}

/** What runs the control plane of a cluster. */
export interface Platform {
  readonly id: PlatformId;
  readonly name: string;
  readonly plugin: PluginSwitch;
  /** How the server is given an AdmissionConfiguration; undefined where nobody can. */
  readonly configuration: string | undefined;
}

/** A platform, and what gave it away. */
export interface FoundPlatform extends Platform {
  readonly foundBy: string;
}

const manifest = '/etc/kubernetes/manifests/kube-apiserver.yaml';

/** By the guides of each platform for the way to v1.25. */
export const platforms: {readonly [id in PlatformId]: Platform} = {
  kubeadm: {
    id: 'kubeadm',
    name: 'kubeadm',
    plugin: {
      says: `on each control plane node, in ${manifest}, and in the ConfigMap kubeadm-config, or an upgrade brings it back`,
      // The kubelet runs every file of that folder, copies too.
      off: [
        `sudo cp ${manifest} /etc/kubernetes/kube-apiserver.before.yaml`,
        `sudo sed -i 's/,PodSecurityPolicy//; s/PodSecurityPolicy,//; /=PodSecurityPolicy$/d' ${manifest}`,
        'kubectl -n kube-system edit configmap kubeadm-config   # apiServer.extraArgs.enable-admission-plugins',
      ],
      on: [
        `sudo cp /etc/kubernetes/kube-apiserver.before.yaml ${manifest}`,
        'kubectl -n kube-system edit configmap kubeadm-config   # apiServer.extraArgs.enable-admission-plugins',
      ],
    },
    configuration:
      'as a file on each control plane node, named by apiServer.extraArgs admission-control-config-file and mounted by extraVolumes',
  },
  eks: {
    id: 'eks',
    name: 'Amazon EKS',
    plugin: {
      says: 'none: the plugin is always on, and the upgrade to v1.25 takes it away; until then bind eks.privileged to everybody',
      off: [
        'kubectl create clusterrolebinding eks:podsecuritypolicy:authenticated --clusterrole=eks:podsecuritypolicy:privileged --group=system:authenticated',
      ],
      on: ['kubectl delete clusterrolebinding eks:podsecuritypolicy:authenticated'],
    },
    configuration: undefined,
  },
  gke: {
    id: 'gke',
    name: 'Google GKE',
    plugin: {
      says: 'a feature of the cluster, which has to be off before v1.25',
      off: ['gcloud beta container clusters update CLUSTER --no-enable-pod-security-policy'],
      on: ['gcloud beta container clusters update CLUSTER --enable-pod-security-policy'],
    },
    configuration: undefined,
  },
  aks: {
    id: 'aks',
    name: 'Azure AKS',
    plugin: {
      says: 'a preview feature of the cluster, which has to be off before v1.25',
      off: ['az aks update --resource-group GROUP --name CLUSTER --disable-pod-security-policy'],
      on: ['az aks update --resource-group GROUP --name CLUSTER --enable-pod-security-policy'],
    },
    configuration: undefined,
  },
  rke2: {
    id: 'rke2',
    name: 'RKE2',
    plugin: {
      says: 'none: v1.24 always has it, v1.25 never; with profile cis-1.6 go to cis-1.23 in the same step, or the server does not start',
      off: [
        "sudo sed -i.before 's/^profile: .*cis-1.6.*/profile: cis-1.23/' /etc/rancher/rke2/config.yaml   # as rke2 is upgraded",
      ],
      on: [],
    },
    configuration:
      'as a file on each server node, named by pod-security-admission-config-file in /etc/rancher/rke2/config.yaml',
  },
  k3s: {
    id: 'k3s',
    name: 'K3s',
    plugin: {
      says: 'kube-apiserver-arg enable-admission-plugins, in /etc/rancher/k3s/config.yaml or the arguments of k3s server',
      off: [
        "sudo sed -i.before '/enable-admission-plugins/ {s/,PodSecurityPolicy//; s/PodSecurityPolicy,//}' /etc/rancher/k3s/config.yaml",
        'sudo systemctl restart k3s',
      ],
      on: [
        'sudo mv /etc/rancher/k3s/config.yaml.before /etc/rancher/k3s/config.yaml',
        'sudo systemctl restart k3s',
      ],
    },
    configuration:
      'as a file on each server node, named by kube-apiserver-arg admission-control-config-file',
  },
  rke: {
    id: 'rke',
    name: 'Rancher RKE',
    plugin: {
      says: 'services.kube-api.pod_security_policy in cluster.yml; in Rancher, "Pod Security Policy Support" of the cluster, after its projects have no policy',
      off: [
        "sed -i.before 's/pod_security_policy: true/pod_security_policy: false/' cluster.yml",
        'rke up',
      ],
      on: ['mv cluster.yml.before cluster.yml', 'rke up'],
    },
    configuration:
      'by services.kube-api.pod_security_configuration in cluster.yml; in Rancher, a Pod Security Admission configuration template',
  },
  kops: {
    id: 'kops',
    name: 'kOps',
    plugin: {
      says: 'spec.kubeAPIServer.enableAdmissionPlugins or appendAdmissionPlugins of the cluster',
      off: [
        'kops edit cluster CLUSTER   # take PodSecurityPolicy out of spec.kubeAPIServer',
        'kops update cluster CLUSTER --yes',
        'kops rolling-update cluster CLUSTER --instance-group-roles master --yes',
      ],
      on: [
        'kops edit cluster CLUSTER   # put PodSecurityPolicy back into spec.kubeAPIServer',
        'kops update cluster CLUSTER --yes',
        'kops rolling-update cluster CLUSTER --instance-group-roles master --yes',
      ],
    },
    configuration:
      'as a file by spec.fileAssets, named by spec.kubeAPIServer.admissionControlConfigFile',
  },
  openshift: {
    id: 'openshift',
    name: 'OpenShift',
    plugin: {
      says: 'none: OpenShift has SecurityContextConstraints in place of policies, and keeps the warn and audit labels itself',
      off: [],
      on: [],
    },
    configuration: 'by the KubeAPIServer object of its operator',
  },
};

type Clue = readonly [PlatformId, (inventory: Inventory) => string | undefined];

const version =
  (pattern: RegExp) =>
  ({serverVersion}: Inventory): string | undefined =>
    serverVersion !== undefined && pattern.test(serverVersion)
      ? `the server's version ${serverVersion}`
      : undefined;

const first = (kind: string, names: readonly (string | undefined)[], pattern: RegExp) => {
  const name = names.find(one => one !== undefined && pattern.test(one));
  return name === undefined ? undefined : `${kind} ${name}`;
};

const binding =
  (pattern: RegExp) =>
  ({rbac}: Inventory): string | undefined =>
    first(
      'ClusterRoleBinding',
      rbac.clusterRoleBindings.map(({metadata}) => metadata?.name),
      pattern,
    );

const policy =
  (pattern: RegExp) =>
  ({policies}: Inventory): string | undefined =>
    first(
      'PodSecurityPolicy',
      policies.map(({metadata}) => metadata.name),
      pattern,
    );

const namespace =
  (pattern: RegExp) =>
  ({namespaces}: Inventory): string | undefined =>
    first(
      'Namespace',
      namespaces.map(({metadata}) => metadata?.name),
      pattern,
    );

/** What tells a platform, the surest first: versions, then objects that it makes itself. */
const clues: readonly Clue[] = [
  ['eks', version(/-eks-/)],
  ['gke', version(/-gke\./)],
  ['rke2', version(/\+rke2r/)],
  ['k3s', version(/\+k3s/)],
  ['openshift', namespace(/^openshift-(apiserver|kube-apiserver|monitoring)$/)],
  ['eks', policy(/^eks\.privileged$/)],
  ['gke', policy(/^gce\.(privileged|unprivileged-addon)$/)],
  [
    'aks',
    binding(/^(aks-cluster-admin-binding|aks-service-rolebinding|system:azure-cloud-provider)$/),
  ],
  ['rke2', policy(/^(global-(un)?restricted-psp|system-unrestricted-psp)$/)],
  ['rke', binding(/^(job-deployer|system-node-default-role-binding)$/)],
  ['kops', binding(/^kops[:-]/)],
  ['kubeadm', binding(/^kubeadm:/)],
  ['rke', namespace(/^cattle-system$/)],
];

/** The platform that the objects and the version give away; undefined if none does. */
export function platformOf(inventory: Inventory): FoundPlatform | undefined {
  for (const [id, findIn] of clues) {
    const foundBy = findIn(inventory);
    if (foundBy !== undefined) return {...platforms[id], foundBy};
  }
  return undefined;
}
