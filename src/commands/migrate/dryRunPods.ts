import {isServerError, metadataOf} from '../../apply/change.ts';
import {templatePath} from '../../inventory/kinds/workloads.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import {validatedPolicyKey} from '../../kube/annotations.ts';
import {isObject, type Json, type JsonObject} from '../../kube/json.ts';
import {workloadKindOf} from '../../kube/workloadKinds.ts';
import type {Identity} from '../../rbac/authorize.ts';
import type {ConnectionFlags} from '../flags.ts';
import type {Cluster, World} from '../world.ts';

/** What a server says to the pod of a workload's template, without creating it. */
export interface PodTrial {
  readonly item: Item;
  /** `untried`: nobody knows who creates its pods, or it could not be asked. */
  readonly fate: 'admitted' | 'refused' | 'untried';
  /** The PodSecurityPolicy that let it in; undefined without one. */
  readonly policy: string | undefined;
  /** The server's reason, or why it was not tried. */
  readonly says: string;
}

/**
 * Has the server try the pods of workloads (`dryRun=All`), as the accounts of the controllers that create
 * them: as controllers send them, from the templates that it has now. That takes the right to impersonate.
 */
export async function dryRunPods(
  world: World,
  flags: ConnectionFlags,
  cluster: Cluster,
  items: readonly Item[],
): Promise<readonly PodTrial[]> {
  const trials: PodTrial[] = [];
  const clients = new Map<string, Cluster>();
  const clientFor = async ({user, groups}: Identity): Promise<Cluster> => {
    const known = clients.get(user);
    if (known !== undefined) return known;
    const made = await world.connect({...flags, as: user, asGroup: groups});
    clients.set(user, made);
    return made;
  };
  try {
    for (const item of items) {
      const untried = (says: string): PodTrial => ({
        item,
        fate: 'untried',
        policy: undefined,
        says,
      });
      const {requester} = item.submission;
      if (item.workload === undefined || requester === undefined) {
        trials.push(untried('who creates it is not known'));
        continue;
      }
      const pod = await podOf(cluster, item);
      if (typeof pod === 'string') trials.push(untried(pod));
      else trials.push({item, ...(await tryPod(await clientFor(requester), item, pod))});
    }
    return trials;
  } finally {
    for (const client of clients.values()) client.close();
  }
}

/** The pod as the controller sends it; a reason if there is none to be had. */
async function podOf(cluster: Cluster, {workload, namespace}: Item): Promise<JsonObject | string> {
  if (workload === undefined) return 'it has no template';
  const {apiVersion, kind, metadata} = workload;
  const plural = workloadKindOf(apiVersion, kind)?.plural;
  if (plural === undefined) return `${kind} is not one of Kubernetes' own kinds`;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const path = `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}/${encodeURIComponent(metadata.name ?? '')}`;
  let raw: Json;
  try {
    raw = await cluster.get(path);
  } catch (error) {
    if (isServerError(error)) return error.message;
    throw error;
  }
  const keys = templatePath(workload);
  const template = objectAt(raw, keys);
  const {labels, annotations} = metadataOf(template);
  const spec = objectAt(template, ['spec']);
  const claims = objectAt(raw, keys.slice(0, -1)).volumeClaimTemplates;
  const volumes = Array.isArray(spec.volumes) ? spec.volumes : [];
  // The controller of StatefulSets adds a volume for each claim (stateful_set_utils.go).
  const added = (Array.isArray(claims) ? claims : []).filter(isObject).map(claim => {
    const {name = null} = metadataOf(claim);
    return {name, persistentVolumeClaim: {claimName: `${String(name)}-0`}};
  });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${metadata.name}-`,
      labels: labels ?? {},
      annotations: annotations ?? {},
    },
    spec: {...spec, volumes: [...volumes, ...added]},
  };
}

function objectAt(value: Json | undefined, keys: readonly string[]): JsonObject {
  const found = keys.reduce<Json | undefined>(
    (tree, key) => (isObject(tree) ? tree[key] : undefined),
    value,
  );
  return isObject(found) ? found : {};
}

async function tryPod(
  client: Cluster,
  {namespace}: Item,
  pod: JsonObject,
): Promise<Omit<PodTrial, 'item'>> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All`;
  try {
    const stored = await client.send('POST', path, pod);
    const {annotations} = isObject(stored) ? metadataOf(stored) : ({} satisfies JsonObject);
    const policy = isObject(annotations) ? annotations[validatedPolicyKey] : undefined;
    const by = typeof policy === 'string' ? policy : undefined;
    return {fate: 'admitted', policy: by, says: by === undefined ? '' : `by policy ${by}`};
  } catch (error) {
    if (!isServerError(error) || error.status === 0 || error.status === 401) throw error;
    const words = wordsOf(error);
    const isOurs = /cannot impersonate resource/.test(words);
    return {fate: isOurs ? 'untried' : 'refused', policy: undefined, says: words};
  }
}

/** The server's own words, without what they mean for somebody who creates pods. */
function wordsOf({message, body}: Error & {readonly body?: unknown}): string {
  const status = body as Json | undefined;
  const said = isObject(status) ? status.message : undefined;
  return typeof said === 'string' ? said : message;
}
