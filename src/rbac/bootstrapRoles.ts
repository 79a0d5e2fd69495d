import type {JsonObject} from '../kube/json.ts';
import {type Binding, type Role, role} from '../kube/objects.ts';
import {placeOf} from '../kube/reference.ts';
import {aggregateRules} from './aggregate.ts';

const aggregates = (to: string): JsonObject => ({
  [`rbac.authorization.k8s.io/aggregate-to-${to}`]: 'true',
});
const everything = {apiGroups: ['*'], resources: ['*']};
const rbacGroups = ['rbac.authorization.k8s.io'];

/** The ClusterRoles that others are aggregated into, or that reach policies, roles or bindings. */
const reachingRoles: readonly JsonObject[] = [
  {metadata: {name: 'cluster-admin'}, rules: [{...everything, verbs: ['*']}]},
  aggregated('admin', {}),
  aggregated('edit', aggregates('admin')),
  aggregated('view', aggregates('edit')),
  {
    metadata: {name: 'system:aggregate-to-admin', labels: aggregates('admin')},
    rules: [
      {
        apiGroups: rbacGroups,
        resources: ['rolebindings', 'roles'],
        verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
      },
    ],
  },
  {metadata: {name: 'system:aggregate-to-edit', labels: aggregates('edit')}},
  {metadata: {name: 'system:aggregate-to-view', labels: aggregates('view')}},
  {
    metadata: {name: 'system:controller:clusterrole-aggregation-controller'},
    rules: [
      {
        apiGroups: rbacGroups,
        resources: ['clusterroles'],
        verbs: ['escalate', 'get', 'list', 'patch', 'update', 'watch'],
      },
    ],
  },
  {
    metadata: {name: 'system:controller:generic-garbage-collector'},
    rules: [{...everything, verbs: ['delete', 'get', 'list', 'patch', 'update', 'watch']}],
  },
];

/** All others; what they grant has nothing to do with policies or RBAC, except for reading. */
const otherNames: readonly string[] = [
  ...[
    'auth-delegator',
    'basic-user',
    'certificates.k8s.io:certificatesigningrequests:nodeclient',
    'certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    'certificates.k8s.io:kube-apiserver-client-approver',
    'certificates.k8s.io:kube-apiserver-client-kubelet-approver',
    'certificates.k8s.io:kubelet-serving-approver',
    'certificates.k8s.io:legacy-unknown-approver',
    'discovery',
    'heapster',
    'kube-aggregator',
    'kube-controller-manager',
    'kube-dns',
    'kube-scheduler',
    'kubelet-api-admin',
    'monitoring',
    'node',
    'node-bootstrapper',
    'node-problem-detector',
    'node-proxier',
    'persistent-volume-provisioner',
    'public-info-viewer',
    'service-account-issuer-discovery',
    'volume-scheduler',
  ].map(name => `system:${name}`),
  ...[
    'attachdetach-controller',
    'certificate-controller',
    'cronjob-controller',
    'daemon-set-controller',
    'deployment-controller',
    'disruption-controller',
    'endpoint-controller',
    'endpointslice-controller',
    'endpointslicemirroring-controller',
    'ephemeral-volume-controller',
    'expand-controller',
    'horizontal-pod-autoscaler',
    'job-controller',
    'namespace-controller',
    'node-controller',
    'persistent-volume-binder',
    'pod-garbage-collector',
    'pv-protection-controller',
    'pvc-protection-controller',
    'replicaset-controller',
    'replication-controller',
    'resourcequota-controller',
    'root-ca-cert-publisher',
    'route-controller',
    'service-account-controller',
    'service-controller',
    'statefulset-controller',
    'ttl-after-finished-controller',
    'ttl-controller',
  ].map(name => `system:controller:${name}`),
];

/**
 * The ClusterRoles that the API server creates in every cluster, with what they grant of policies, roles
 * and bindings (plugin/pkg/auth/authorizer/rbac/bootstrappolicy, v1.24); rules about other things, and the
 * verbs that only read or delete, are left out of most.
 */
export const bootstrapRoles: readonly Role[] = [
  ...reachingRoles,
  ...otherNames.map(name => ({metadata: {name}})),
].map(role);

/**
 * The Roles that the API server creates in namespaces of its own; none of them has to do with policies
 * (bootstrappolicy/namespace_policy.go, v1.24).
 */
const namespacedNames: Readonly<Record<string, readonly string[]>> = {
  'kube-public': ['system:controller:bootstrap-signer'],
  'kube-system': [
    'extension-apiserver-authentication-reader',
    'system::leader-locking-kube-controller-manager',
    'system::leader-locking-kube-scheduler',
    'system:controller:bootstrap-signer',
    'system:controller:cloud-provider',
    'system:controller:token-cleaner',
  ],
};

const namespacedRoles: readonly Role[] = Object.entries(namespacedNames).flatMap(
  ([namespace, names]) => names.map(name => role({metadata: {namespace, name}})),
);

const controllerPrefix = 'system:controller:';

/**
 * The accounts in kube-system of the controllers of kube-controller-manager: each has a ClusterRole of its
 * name. Those that create pods create them for objects of their own kinds.
 */
export const controllerAccounts: readonly string[] = bootstrapRoles.flatMap(({metadata}) => {
  const name = metadata?.name ?? '';
  return name.startsWith(controllerPrefix) ? [name.slice(controllerPrefix.length)] : [];
});

/**
 * The roles of manifests, the ClusterRoles with their aggregated rules, and with those bootstrap roles that the
 * bindings refer to: every cluster has them, so a binding to one is no mistake. Roles in the files win.
 */
export function withBootstrapRoles(
  {clusterRoles, roles}: {readonly clusterRoles: readonly Role[]; readonly roles: readonly Role[]},
  bindings: readonly Binding[],
): {readonly clusterRoles: readonly Role[]; readonly roles: readonly Role[]} {
  const own = new Set([...clusterRoles, ...roles].map(keyOf));
  const referred = new Set(
    bindings.flatMap(({metadata, roleRef}) => {
      if (roleRef?.kind === 'ClusterRole') return [placeOf({name: roleRef.name})];
      const {namespace} = metadata ?? {};
      return roleRef?.kind === 'Role' && namespace
        ? [placeOf({namespace, name: roleRef.name})]
        : [];
    }),
  );
  const added = bootstrapRoles.filter(one => !own.has(keyOf(one)));
  const addedHere = namespacedRoles.filter(one => !own.has(keyOf(one)) && referred.has(keyOf(one)));
  return {
    clusterRoles: aggregateRules([...clusterRoles, ...added]).filter(
      one => own.has(keyOf(one)) || referred.has(keyOf(one)),
    ),
    roles: [...roles, ...addedHere],
  };
}

const bootstrapKeys: ReadonlySet<string> = new Set(
  [...bootstrapRoles, ...namespacedRoles].map(keyOf),
);

/** Whether the API server creates a role of this name in every cluster. */
export function isBootstrapRole(one: Role): boolean {
  return bootstrapKeys.has(keyOf(one));
}

function keyOf({metadata}: Role): string {
  return placeOf(metadata);
}

function aggregated(name: string, labels: JsonObject): JsonObject {
  return {
    metadata: {name, labels},
    aggregationRule: {clusterRoleSelectors: [{matchLabels: aggregates(name)}]},
  };
}
