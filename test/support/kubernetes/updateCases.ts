import {isObject, type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';

/** How an update differs from the pod that it updates; made from that pod without its status. */
type Change = (pod: JsonObject, old: JsonObject) => JsonObject;

const owner = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  name: 'adopter',
  uid: '0a1b2c3d-0000-4000-8000-000000000009',
  controller: true,
};
const manager = {manager: 'kubelet', operation: 'Update', apiVersion: 'v1', fieldsType: 'FieldsV1'};
const finalizers = ['example.com/hold'];

/** Changes of an update, by name: what garbage collection does, and what only looks like it. */
const changes: Readonly<Record<string, Change>> = {
  nothing: pod => pod,
  status: pod => ({...pod, status: {phase: 'Failed'}}),
  owners: withMeta({ownerReferences: [owner]}),
  noOwners: withMeta({ownerReferences: null}),
  finalizers: withMeta({finalizers}),
  managedFields: withMeta({managedFields: [manager]}),
  all: withMeta({ownerReferences: [owner], finalizers, managedFields: [manager]}),
  otherVersion: withMeta({ownerReferences: [owner], resourceVersion: '999'}),
  noVersion: withMeta({finalizers, resourceVersion: null}),
  emptyVersion: withMeta({managedFields: [manager], resourceVersion: ''}),
  onlyOtherVersion: withMeta({resourceVersion: '7'}),
  noUid: withMeta({finalizers, uid: null}),
  otherGeneration: withMeta({ownerReferences: [owner], generation: 4}),
  selfLink: withMeta({finalizers, selfLink: '/api/v1/namespaces/shop/pods/web'}),
  clusterName: withMeta({finalizers, clusterName: 'east'}),
  otherBirth: withMeta({finalizers, creationTimestamp: '2022-05-03T10:00:00Z'}),
  noNamespace: withMeta({finalizers, namespace: null}),
  emptyMaps: (pod, old) => {
    const {labels = {}, annotations = {}} = metaOf(old);
    const changed = withMeta({labels, annotations, finalizers})(pod, old);
    return withSpec({nodeSelector: specOf(old).nodeSelector ?? {}})(changed, old);
  },
  label: (pod, old) => {
    const labels = {...objectIn(metaOf(old).labels), 'example.com/rev': '2'};
    return withMeta({labels, ownerReferences: [owner]})(pod, old);
  },
  annotation: (pod, old) => {
    const annotations = {...objectIn(metaOf(old).annotations), 'example.com/note': 'x'};
    return withMeta({annotations, finalizers})(pod, old);
  },
  deadline: (pod, old) =>
    withSpec({activeDeadlineSeconds: 600})(withMeta({finalizers})(pod, old), old),
};

/**
 * Cases of updates, out of recorded ones: for each change a few that have an old pod, with their
 * policies and rights, so that many are refused by all policies unless admission does not look.
 */
export function updateCases(recorded: readonly JsonObject[], perChange = 6): readonly JsonObject[] {
  // Short ones say as much as long ones.
  const updates = recorded
    .filter(({oldPod}) => isObject(oldPod))
    .toSorted((a, b) => printJson(a).length - printJson(b).length);
  return Object.entries(changes).flatMap(([name, change], index) =>
    Array.from({length: perChange}, (_, round): JsonObject => {
      const base = updates[(index + round * 7) % updates.length] ?? {};
      const old = storedOf(objectIn(base.oldPod), round);
      const {status: _status, ...pod} = old;
      return {...base, name: `u-${name}-${round}`, oldPod: old, pod: change(pod, old)};
    }),
  );
}

/** As a cluster keeps it: every other one has been written by somebody, and is owned. */
function storedOf(old: JsonObject, round: number): JsonObject {
  if (round % 2 === 0) return old;
  const kept = {generation: 1, creationTimestamp: '2022-05-03T09:00:00Z'};
  return withMeta({...kept, managedFields: [manager], ownerReferences: [owner]})(old, old);
}

function withMeta(fields: JsonObject): Change {
  return pod => ({...pod, metadata: merged(metaOf(pod), fields)});
}

function withSpec(fields: JsonObject): Change {
  return pod => ({...pod, spec: merged(specOf(pod), fields)});
}

/** A null takes the field away. */
function merged(object: JsonObject, fields: JsonObject): JsonObject {
  const entries = Object.entries({...object, ...fields});
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function metaOf({metadata}: JsonObject): JsonObject {
  return objectIn(metadata);
}

function specOf({spec}: JsonObject): JsonObject {
  return objectIn(spec);
}

function objectIn(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
