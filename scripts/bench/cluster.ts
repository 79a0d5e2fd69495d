import {collect} from '../../src/inventory/files/collect.ts';
import {snapshotText as inventoryText} from '../../src/inventory/files/snapshot.ts';
import {emptyInventory, type Inventory} from '../../src/inventory/inventory.ts';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {accountRbacOf, policies, rbacOf} from './clusterRights.ts';
import {type Template, templates, tokenMount, tokenVolume} from './templates.ts';

/** The objects of a cluster, in the order in which they can be created. */
export interface BenchCluster {
  readonly policies: readonly JsonObject[];
  readonly rbac: readonly JsonObject[];
  readonly namespaces: readonly JsonObject[];
  readonly serviceAccounts: readonly JsonObject[];
  /** What no other workload owns: Deployments, StatefulSets, DaemonSets, Jobs. */
  readonly workloads: readonly JsonObject[];
  readonly replicaSets: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
}

const podsOfWorkload = 10;
const workloadsOfNamespace = 4;
/** Which program each workload is: mostly the first four, as in a cluster. */
const mix = [0, 1, 2, 3, 0, 1, 4, 0, 3, 1, 2, 6, 0, 1, 5, 3];

/** What a cluster has besides its pods and their workloads. */
export interface Surroundings {
  readonly policies: number;
  /** Whether each account has a Role and a RoleBinding of its own, besides those of its namespace. */
  readonly accountRoles: boolean;
}

/** A cluster of so many pods, the same each time: 10 a workload, 40 a namespace. */
export function clusterOf(
  podCount: number,
  {policies: policyCount, accountRoles}: Surroundings = {policies: 10, accountRoles: false},
): BenchCluster {
  const count = Math.ceil(podCount / podsOfWorkload);
  const apps = Array.from({length: count}, (_, index) => appOf(index));
  const namespaces = [...new Set(apps.map(({namespace}) => namespace))];
  return {
    policies: policies(policyCount),
    rbac: [
      ...namespaces.flatMap((namespace, index) => rbacOf(namespace, index, policyCount)),
      ...(accountRoles ? apps.flatMap((app, index) => accountRbacOf(app, index, policyCount)) : []),
    ],
    namespaces: namespaces.map(name => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {name, labels: {team: name}},
    })),
    serviceAccounts: apps.map(({namespace, name}) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {name, namespace},
    })),
    workloads: apps.map(workloadOf),
    replicaSets: apps.filter(({template}) => template.kind === 'Deployment').map(replicaSetOf),
    pods: apps.flatMap(podsOf).slice(0, podCount),
  };
}

/** One workload: a template under its own name, labels and account. */
interface App {
  readonly template: Template;
  readonly namespace: string;
  readonly name: string;
  readonly labels: JsonObject;
}

function appOf(index: number): App {
  const template = templates[mix[index % mix.length] ?? 0] as Template;
  const name = `${template.name}-${index % workloadsOfNamespace}`;
  const namespace = `team-${String(Math.floor(index / workloadsOfNamespace)).padStart(4, '0')}`;
  const labels = {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/part-of': namespace,
    'app.kubernetes.io/version': '1.42.0',
  };
  return {template, namespace, name, labels};
}

function specOf({template, name}: App): JsonObject {
  return {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    serviceAccountName: name,
    serviceAccount: name,
    ...template.spec,
  };
}

function podTemplateOf(app: App, labels: JsonObject): JsonObject {
  const {annotations = {}} = app.template;
  return {metadata: {labels, annotations: {...annotations, ...bystander}}, spec: specOf(app)};
}

/** What other programs leave on objects, and this one has to read over. */
const bystander = {
  'prometheus.io/scrape': 'true',
  'checksum/config': '5f2b8c1d9e0a4f7b6c3d2e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b',
};

function workloadOf(app: App): JsonObject {
  const {template, name, labels} = app;
  const head = {apiVersion: versionOf(template.kind), kind: template.kind};
  const metadata = {...metadataOf(app, name), labels};
  const selector = {matchLabels: labels};
  const pod = podTemplateOf(app, labels);
  switch (template.kind) {
    case 'Job':
      return {
        ...head,
        metadata,
        spec: {parallelism: podsOfWorkload, completions: podsOfWorkload, template: pod},
      };
    case 'DaemonSet':
      return {...head, metadata, spec: {selector, template: pod}};
    case 'StatefulSet':
      return {
        ...head,
        metadata,
        spec: {selector, replicas: podsOfWorkload, serviceName: name, template: pod},
      };
    case 'Deployment':
      return {...head, metadata, spec: {selector, replicas: podsOfWorkload, template: pod}};
  }
}

function versionOf(kind: Template['kind'] | 'ReplicaSet'): string {
  return kind === 'Job' ? 'batch/v1' : 'apps/v1';
}

const podHash = '6d4cf56db6';

function replicaSetOf(app: App): JsonObject {
  const labels = {...app.labels, 'pod-template-hash': podHash};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...metadataOf(app, `${app.name}-${podHash}`),
      labels,
      ownerReferences: [ownerOf(app.template.kind, app.name, app)],
    },
    spec: {
      replicas: podsOfWorkload,
      selector: {matchLabels: labels},
      template: podTemplateOf(app, labels),
    },
  };
}

/** The pods as the API server has them once they run: with their node and their account's token. */
function podsOf(app: App): readonly JsonObject[] {
  const isDeployed = app.template.kind === 'Deployment';
  const owner = isDeployed
    ? ownerOf('ReplicaSet', `${app.name}-${podHash}`, app)
    : ownerOf(app.template.kind, app.name, app);
  const labels = isDeployed ? {...app.labels, 'pod-template-hash': podHash} : app.labels;
  const {annotations = {}} = app.template;
  const spec = specOf(app);
  const mounted = (list: unknown) =>
    (Array.isArray(list) ? list.filter(isObject) : []).map(container => ({
      ...container,
      volumeMounts: [...listOf(container.volumeMounts), tokenMount],
    }));
  return Array.from({length: podsOfWorkload}, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadataOf(app, `${owner.name}-${index}`),
      labels,
      annotations: {...annotations, ...bystander, 'kubernetes.io/psp': 'privileged'},
      ownerReferences: [owner],
    },
    spec: {
      ...spec,
      nodeName: `node-${String((index * 37) % 100).padStart(3, '0')}`,
      volumes: [...listOf(spec.volumes), tokenVolume],
      ...(spec.initContainers === undefined ? {} : {initContainers: mounted(spec.initContainers)}),
      containers: mounted(spec.containers),
    },
  }));
}

function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value : [];
}

function metadataOf({namespace}: App, name: string) {
  return {name, namespace};
}

/** The owner by its place; the uid that a server gave it is filled in with `withOwnerUids`. */
function ownerOf(kind: string, name: string, {namespace}: App) {
  return {
    apiVersion: versionOf(kind as Template['kind']),
    kind,
    name,
    uid: `${kind}/${namespace}/${name}`,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The objects with the uids of their stored owners in place of the places. */
export function withOwnerUids(
  objects: readonly JsonObject[],
  stored: readonly unknown[],
): readonly JsonObject[] {
  const uids = new Map<string, string>();
  for (const {kind, metadata} of stored as readonly JsonObject[]) {
    if (!isObject(metadata)) continue;
    uids.set(`${kind}/${metadata.namespace}/${metadata.name}`, String(metadata.uid));
  }
  return objects.map(object => {
    const metadata = isObject(object.metadata) ? object.metadata : {};
    const ownerReferences = listOf(metadata.ownerReferences).map(owner => ({
      ...owner,
      uid: uids.get(String(owner.uid)) ?? String(owner.uid),
    }));
    return {...object, metadata: {...metadata, ownerReferences}};
  });
}

/** The cluster with the pods alone, owned by nobody and so many to a namespace. */
export function withoutOwners(cluster: BenchCluster, podsOfNamespace: number): BenchCluster {
  const places = cluster.serviceAccounts.map(({metadata}) => (isObject(metadata) ? metadata : {}));
  const names = [...new Set(places.map(({namespace}) => String(namespace)))];
  const pods = cluster.pods.map((pod, index) => {
    const {ownerReferences: _, ...metadata} = isObject(pod.metadata) ? pod.metadata : {};
    const spec = isObject(pod.spec) ? pod.spec : {};
    const namespace = names[Math.floor(index / podsOfNamespace)] ?? 'default';
    const account = {serviceAccountName: 'default', serviceAccount: 'default'};
    return {
      ...pod,
      metadata: {...metadata, namespace, name: `pod-${index}`},
      spec: {...spec, ...account},
    };
  });
  const accounts = names.map(namespace => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {namespace, name: 'default'},
  }));
  return {...cluster, serviceAccounts: accounts, workloads: [], replicaSets: [], pods};
}

/** What `kubectl psp snapshot` would write of the cluster. */
export function snapshotText(cluster: BenchCluster): string {
  const objects = Object.values(cluster).flat() as readonly JsonObject[];
  const {
    remarks: _,
    clusterRoles,
    roles,
    clusterRoleBindings,
    roleBindings,
    ...found
  } = collect(
    objects.map(value => ({where: '', value})),
    'default',
  );
  const rbac = {clusterRoles, roles, clusterRoleBindings, roleBindings};
  const inventory: Inventory = {
    ...emptyInventory,
    ...found,
    origin: 'cluster',
    source: 'bench',
    policyApi: 'policy/v1beta1',
    rbac,
    takenAt: '2024-01-01T00:00:00.000Z',
    serverVersion: 'v1.24.17',
  };
  return [...inventoryText(inventory)].join('');
}
