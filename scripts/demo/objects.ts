import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';

/** The objects of a manifest of this folder; `name` is its file's name without the ending. */
export function readManifest(name: string): readonly JsonObject[] {
  const file = join(import.meta.dirname, `${name}.yaml`);
  return readDocuments(readFileSync(file, 'utf8'), file).map(({value}) => asObject(value));
}

const collections: Readonly<Record<string, {readonly root: string; readonly plural: string}>> = {
  ClusterRole: {root: '/apis/rbac.authorization.k8s.io/v1', plural: 'clusterroles'},
  ClusterRoleBinding: {root: '/apis/rbac.authorization.k8s.io/v1', plural: 'clusterrolebindings'},
  Job: {root: '/apis/batch/v1', plural: 'jobs'},
  Pod: {root: '/api/v1', plural: 'pods'},
  PodSecurityPolicy: {root: '/apis/policy/v1beta1', plural: 'podsecuritypolicies'},
  ReplicaSet: {root: '/apis/apps/v1', plural: 'replicasets'},
  RoleBinding: {root: '/apis/rbac.authorization.k8s.io/v1', plural: 'rolebindings'},
};

/** The path that objects of this kind are posted to; throws for kinds that the demo never sends. */
export function collectionPath({kind, metadata}: JsonObject): string {
  const collection = collections[String(kind)];
  if (collection === undefined) throw new Error(`the demo sends no ${String(kind)}`);
  const {namespace} = asObject(metadata);
  const inside = namespace === undefined ? '' : `/namespaces/${String(namespace)}`;
  return `${collection.root}${inside}/${collection.plural}`;
}

/** The value at a path of keys, as an object; empty if there is none. */
export function objectAt(value: Json | undefined, ...path: readonly string[]): JsonObject {
  let found = value;
  for (const key of path) found = isObject(found) ? found[key] : undefined;
  return found === undefined ? {} : asObject(found);
}

function asObject(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`expected an object, found ${JSON.stringify(value)}`);
  return value;
}

/** The letters that Kubernetes makes random names of (apimachinery v0.24, util/rand). */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** Letters as in the names that Kubernetes makes up, but always the same for the same text. */
export function lettersFor(text: string, length: number): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, length);
  return [...bytes].map(byte => letters.charAt(byte % letters.length)).join('');
}
