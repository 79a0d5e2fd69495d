import {isObject, type Json, type JsonObject, printJson} from '../../src/kube/json.ts';
import type {ApiClient} from '../../test/support/server/apiClient.ts';
import {collectionPath, lettersFor, objectAt} from './objects.ts';

/** A pod that the server refused, in its words. */
export interface Refusal {
  readonly owner: string;
  readonly message: string;
}

/** One object that a controller makes, and its account in kube-system. */
interface Child {
  readonly object: JsonObject;
  readonly account: string;
}

/** The nodes that daemons run on. */
const workers = ['worker-1', 'worker-2'];

/**
 * Does for one workload what kube-controller-manager does: makes what it owns down to the pods, under
 * the accounts of the real controllers, so that admission judges as it would. A controller whose pod
 * is refused makes no other. `minute` (since 1970) is when CronJobs last ran.
 */
export async function playController(
  server: ApiClient,
  workload: JsonObject,
  minute: number,
): Promise<readonly Refusal[]> {
  const refusals: Refusal[] = [];
  for (const {object, account} of childrenOf(workload, minute)) {
    const made = await submit(server, object, `system:serviceaccount:kube-system:${account}`);
    if (typeof made === 'string') {
      refusals.push({owner: `${String(workload.kind)} ${nameOf(workload)}`, message: made});
      break;
    }
    refusals.push(...(await playController(server, made, minute)));
  }
  return refusals;
}

/**
 * Makes an object as `USER[,GROUP...]`; a service account is in its groups without saying so. The
 * answer is the object as stored, or the message if it is forbidden; throws on any other refusal.
 */
export async function submit(
  server: ApiClient,
  object: JsonObject,
  creator: string,
): Promise<JsonObject | string> {
  const [as = '', ...groups] = creator.split(',');
  const namespace = /^system:serviceaccount:([^:]+):/.exec(as)?.[1];
  const accountGroups =
    namespace === undefined
      ? []
      : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  const asGroups = [...groups, ...accountGroups, 'system:authenticated'];
  const {status, json} = await server.request('POST', collectionPath(object), object, {
    as,
    asGroups,
  });
  if (status === 201 && isObject(json)) return json;
  const message = String(objectAt(json).message);
  if (status === 403) return message;
  throw new Error(`${String(object.kind)} ${nameOf(object)}: ${status} ${message}`);
}

function childrenOf(workload: JsonObject, minute: number): readonly Child[] {
  switch (workload.kind) {
    case 'Deployment':
      return [{object: replicaSetOf(workload), account: 'deployment-controller'}];
    case 'ReplicaSet':
      return podsOf(workload, 'replicaset-controller', replicasOf(workload));
    case 'ReplicationController':
      return podsOf(workload, 'replication-controller', replicasOf(workload));
    case 'StatefulSet':
      return statefulPodsOf(workload);
    case 'DaemonSet':
      return podsOf(workload, 'daemon-set-controller', workers);
    case 'CronJob':
      return jobsOf(workload, minute);
    case 'Job':
      return podsOf(workload, 'job-controller', isSuspended(workload) ? [] : ['0']);
    default:
      return [];
  }
}

function replicaSetOf(deployment: JsonObject): JsonObject {
  const {replicas, template} = objectAt(deployment, 'spec');
  const hash = lettersFor(printJson(template), 9);
  const labels = {...objectAt(template, 'metadata', 'labels'), 'pod-template-hash': hash};
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {...ownedBy(deployment), name: `${nameOf(deployment)}-${hash}`, labels},
    spec: {
      ...(replicas === undefined ? {} : {replicas}),
      selector: {matchLabels: labels},
      template: {...objectAt(template), metadata: {...objectAt(template, 'metadata'), labels}},
    },
  };
}

/** The last run, unless the history is not kept. */
function jobsOf(cronJob: JsonObject, minute: number): readonly Child[] {
  const {jobTemplate, successfulJobsHistoryLimit} = objectAt(cronJob, 'spec');
  if (isSuspended(cronJob) || successfulJobsHistoryLimit === 0) return [];
  const object = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {...ownedBy(cronJob), name: `${nameOf(cronJob)}-${minute}`},
    spec: objectAt(jobTemplate, 'spec'),
  };
  return [{object, account: 'cronjob-controller'}];
}

/** A pod for each of these places, which make their names differ. */
function podsOf(
  workload: JsonObject,
  account: string,
  places: readonly string[],
): readonly Child[] {
  const generateName = `${nameOf(workload)}-`;
  return places.map(place => ({
    account,
    object: podOf(workload, {
      generateName,
      name: `${generateName}${lettersFor(`${generateName}${place}`, 5)}`,
    }),
  }));
}

/** Pods by number, with the volumes of their claims (pkg/controller/statefulset, v1.24). */
function statefulPodsOf(workload: JsonObject): readonly Child[] {
  const claims = objectAt(workload, 'spec').volumeClaimTemplates;
  const claimNames = Array.isArray(claims) ? claims.map(nameOf) : [];
  return replicasOf(workload).map(ordinal => {
    const name = `${nameOf(workload)}-${ordinal}`;
    const pod = podOf(workload, {name});
    const spec = objectAt(pod, 'spec');
    const volumes = Array.isArray(spec.volumes) ? spec.volumes : [];
    const claimed = claimNames.map(claim => ({
      name: claim,
      persistentVolumeClaim: {claimName: `${claim}-${name}`},
    }));
    return {
      account: 'statefulset-controller',
      object: {...pod, spec: {...spec, hostname: name, volumes: [...claimed, ...volumes]}},
    };
  });
}

function podOf(workload: JsonObject, name: JsonObject): JsonObject {
  const {metadata, spec} = objectAt(workload, 'spec', 'template');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {...objectAt(metadata), ...ownedBy(workload), ...name},
    spec: objectAt(spec),
  };
}

function ownedBy({apiVersion, kind, metadata}: JsonObject): JsonObject {
  const {namespace = null, name = null, uid = null} = objectAt(metadata);
  const owner = {apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true};
  return {namespace, ownerReferences: [owner as JsonObject]};
}

function replicasOf(workload: JsonObject): readonly string[] {
  return Array.from(
    {length: Number(objectAt(workload, 'spec').replicas)},
    (_, index) => `${index}`,
  );
}

function isSuspended(workload: JsonObject): boolean {
  return objectAt(workload, 'spec').suspend === true;
}

function nameOf(object: Json): string {
  return String(objectAt(object, 'metadata').name);
}
