import {isObject, type Json, type JsonObject, parseJson} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {policyErrors, preparePolicy} from '../../src/policy/evaluate.ts';

const replicaSets = 'system:serviceaccount:kube-system:replicaset-controller';
const useAll = {name: 'use-all'};
const rbacGroup = 'rbac.authorization.k8s.io';

/**
 * The input that psp-bench makes of a file of cases (JSON Lines), in the shape of its dump: the first
 * `policyCount` usable policies under new names, the first `pods` created pods, and the right to use
 * all policies for every service account.
 */
export function dumpOf(cases: string, pods: number, policyCount: number): JsonObject {
  const all = cases.split('\n').filter(line => line.trim() !== '');
  const objects = all.map(parseJson).filter(isObject);
  const policies = objects.flatMap(({policies}) => objectsIn(policies)).filter(isUsable);
  const created = objects.filter(({operation}) => operation === 'CREATE').slice(0, pods);
  const first = policies.slice(0, policyCount);
  return {
    pods,
    user: {
      username: replicaSets,
      groups: [
        'system:serviceaccounts',
        'system:serviceaccounts:kube-system',
        'system:authenticated',
      ],
    },
    rbac: {
      clusterRoles: [
        {
          metadata: useAll,
          rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']}],
        },
      ],
      roles: [],
      clusterRoleBindings: [
        {
          metadata: useAll,
          roleRef: {apiGroup: rbacGroup, kind: 'ClusterRole', ...useAll},
          subjects: [{kind: 'Group', apiGroup: rbacGroup, name: 'system:serviceaccounts'}],
        },
      ],
      roleBindings: [],
    },
    policies: Array.from({length: policyCount}, (_, index) =>
      renamed(first[index % first.length] ?? {}, `bench-${String(index).padStart(5, '0')}`),
    ),
    distinctPods: created.map(({namespace, pod}) => ({namespace, pod: withServiceAccount(pod)})),
  };
}

function isUsable(tree: JsonObject): boolean {
  try {
    const policy = decodePolicy(tree);
    return (
      policyErrors(policy, lastRelease).length === 0 &&
      preparePolicy(policy, lastRelease).unusable === undefined
    );
  } catch {
    return false; // some cases hold what the API server could not decode
  }
}

/** Under the name, and without the one field that depends on a feature gate. */
function renamed(policy: JsonObject, name: string): JsonObject {
  const {allowedProcMountTypes: _, ...spec} = objectAt(policy, 'spec');
  return {...policy, metadata: {...objectAt(policy, 'metadata'), name}, spec};
}

function withServiceAccount(pod: Json | undefined): JsonObject {
  const tree = isObject(pod) ? pod : {};
  const spec = objectAt(tree, 'spec');
  if ((spec.serviceAccountName ?? spec.serviceAccount ?? null) !== null) return tree;
  return {...tree, spec: {...spec, serviceAccountName: 'default'}};
}

function objectAt(tree: JsonObject, key: string): JsonObject {
  const value = tree[key];
  return isObject(value) ? value : {};
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
