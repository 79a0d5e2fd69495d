import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {objectOf} from '../support/run/output.ts';
import type {ApiServer} from '../support/server/apiServer.ts';

const demoFolder = join(import.meta.dirname, '../../scripts/demo');

/** The demo's manifests, as its cluster was made of them. */
export function demoObjects(): readonly JsonObject[] {
  return readdirSync(demoFolder)
    .filter(name => name.endsWith('.yaml') && !name.startsWith('later'))
    .sort()
    .flatMap(name => readDocuments(readFileSync(join(demoFolder, name), 'utf8'), name))
    .map(({value}) => objectOf(value));
}

/** The accounts in kube-system that create the pods of a kind. */
export const creators: Readonly<Record<string, string>> = {
  Deployment: 'replicaset-controller',
  ReplicaSet: 'replicaset-controller',
  ReplicationController: 'replication-controller',
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemon-set-controller',
  Job: 'job-controller',
  CronJob: 'job-controller',
};

/** For people: `Deployment shop/web`. */
export const keyOf = ({kind, metadata}: JsonObject) => {
  const {namespace = 'default', name} = objectOf(metadata);
  return `${kind} ${namespace}/${name}`;
};

/** The pod that a workload's controller makes of its template; undefined for what has no pods. */
export function templateOf({kind, metadata, spec}: JsonObject): JsonObject | undefined {
  if (kind === 'Pod') return {metadata: metadata ?? null, spec: spec ?? null};
  if (!(String(kind) in creators)) return undefined;
  const jobTemplate = objectOf(spec).jobTemplate;
  const owner = kind === 'CronJob' && isObject(jobTemplate) ? jobTemplate.spec : spec;
  const template = objectOf(objectOf(owner).template);
  const claims = objectOf(spec).volumeClaimTemplates;
  if (!Array.isArray(claims)) return template;
  // The controller of StatefulSets adds a volume for each claim.
  const added = claims.map(claim => {
    const {name = ''} = objectOf(objectOf(claim).metadata);
    return {name, persistentVolumeClaim: {claimName: `${name}-0`}};
  });
  const {volumes, ...rest} = objectOf(template.spec);
  const own = Array.isArray(volumes) ? volumes : [];
  return {...template, spec: {...rest, volumes: [...own, ...added]}};
}

/** Creates an object, if there is none of its name. */
export async function create(server: ApiServer, path: string, object: JsonObject): Promise<void> {
  const {status, text} = await server.request('POST', path, object);
  if (status !== 201 && status !== 409) throw new Error(`${path}: ${status}: ${text}`);
}
