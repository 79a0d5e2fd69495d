import {isObject, type Json, type JsonObject} from '../../../src/kube/json.ts';
import type {ApiClient} from '../server/apiClient.ts';

/** What others depend on is made first: namespaces, then what admission looks up. */
const early = ['CustomResourceDefinition', 'Namespace', 'ServiceAccount', 'RuntimeClass'];

/**
 * Makes the objects, at most `concurrency` at a time: the kinds of `early` first, in that order,
 * then the others in the order given. A namespaced object without a namespace goes to `default`.
 * Answers with the objects as stored, in the order given; throws at the first that is refused.
 */
export async function createAll(
  client: ApiClient,
  objects: readonly JsonObject[],
  concurrency = 16,
): Promise<readonly Json[]> {
  const pathOf = collectionPaths(client);
  const stored: Json[] = [];
  const create = async (index: number) => {
    const object = objects[index];
    if (!object) return;
    const {status, json, text} = await client.request('POST', await pathOf(object), object);
    if (status !== 201) throw new Error(`${nameOf(object)}: ${status} ${messageIn(json) ?? text}`);
    stored[index] = json ?? null;
  };
  const kinds = objects.map(({kind}) => String(kind));
  for (const kind of [...early, undefined]) {
    const due = kinds.flatMap((other, index) =>
      (kind === undefined ? !early.includes(other) : other === kind) ? [index] : [],
    );
    await forEachOf(due, concurrency, create);
  }
  return stored;
}

/** Runs `task` on every item, at most `concurrency` at a time; stops at the first failure. */
async function forEachOf<T>(
  items: readonly T[],
  concurrency: number,
  task: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  let isOver = false;
  const worker = async () => {
    for (const item of queue) {
      if (isOver) return;
      await task(item);
    }
  };
  const workers = Array.from({length: Math.min(concurrency, items.length)}, worker);
  try {
    await Promise.all(workers);
  } finally {
    isOver = true;
    await Promise.allSettled(workers);
  }
}

/** Finds the path an object is posted to, through the server's discovery, asked once a version. */
function collectionPaths(client: ApiClient): (object: JsonObject) => Promise<string> {
  const known = new Map<string, Promise<readonly JsonObject[]>>();
  const resourcesOf = async (root: string): Promise<readonly JsonObject[]> => {
    const {json} = await client.request('GET', root);
    const resources = isObject(json) ? json.resources : undefined;
    return Array.isArray(resources) ? resources.filter(isObject) : [];
  };
  return async object => {
    const version = String(object.apiVersion);
    const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const asked = known.get(root) ?? resourcesOf(root);
    known.set(root, asked);
    const resource = (await asked).find(
      ({kind, name}) => kind === object.kind && !String(name).includes('/'),
    );
    if (!resource) throw new Error(`${nameOf(object)}: the server has no such kind`);
    const {namespace = 'default'} = isObject(object.metadata) ? object.metadata : {};
    return resource.namespaced
      ? `${root}/namespaces/${namespace}/${resource.name}`
      : `${root}/${resource.name}`;
  };
}

function nameOf(object: JsonObject): string {
  const {name, generateName} = isObject(object.metadata) ? object.metadata : {};
  return `${object.apiVersion} ${object.kind} ${name ?? generateName ?? '(no name)'}`;
}

function messageIn(json: Json | undefined): string | undefined {
  return isObject(json) && typeof json.message === 'string' ? json.message : undefined;
}
