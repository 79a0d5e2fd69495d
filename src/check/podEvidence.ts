import {metadataOf} from '../apply/change.ts';
import {listPath, resources} from '../inventory/kinds/resources.ts';
import type {ClusterReader} from '../inventory/read/reader.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {isObject, type JsonObject} from '../kube/json.ts';
import {byText} from '../text.ts';
import {ask, itemsIn} from './asking.ts';

/** What the annotations of running pods say about the plugin, which writes them. */
export interface PodEvidence {
  readonly pods: number;
  /** How many were let in by a policy, according to their annotations. */
  readonly marked: number;
  /** The pod that was created last; undefined if there is none, or if it is unknown which one it is. */
  readonly youngest: {readonly name: string; readonly isMarked: boolean} | undefined;
}

/** How many pods are looked at: one page. */
const manyPods = 500;

/** The pods of the namespace; if there are none, those of all namespaces, if they may be listed. */
export async function readEvidence(
  client: ClusterReader,
  namespace: string,
): Promise<PodEvidence | undefined> {
  let found: PodEvidence | undefined;
  for (const place of [namespace, undefined]) {
    const path = listPath(resources.pods, 'v1', place);
    const answer = await ask(client, `${path}?limit=${manyPods}`);
    if (answer === undefined) continue;
    found = evidenceOf(itemsIn(answer, 'items'));
    if (found.pods > 0) return found;
  }
  return found;
}

function evidenceOf(pods: readonly JsonObject[]): PodEvidence {
  const seen = pods
    .map(metadataOf)
    .map(({name, namespace: home, creationTimestamp, annotations}) => ({
      name: `${home}/${name}`,
      made: String(creationTimestamp ?? ''),
      isMarked: isObject(annotations) && annotations[validatedPolicyKey] !== undefined,
    }));
  const [youngest] = seen.toSorted((a, b) => byText(b.made, a.made) || byText(a.name, b.name));
  return {
    pods: seen.length,
    marked: seen.filter(({isMarked}) => isMarked).length,
    youngest: youngest && {name: youngest.name, isMarked: youngest.isMarked},
  };
}
