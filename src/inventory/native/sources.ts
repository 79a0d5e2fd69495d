import {policyVersion} from '../../kube/apiGroups.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../kube/json.ts';
import {decodePolicy, type Policy} from '../../kube/objects.ts';

/** Where the objects keep the PodSecurityPolicies that they were made from, as JSON. */
export const policiesKey = 'psp.kubectl/policies';
/** The names of the ConfigMaps that keep them where an annotation has no room. */
const policiesInKey = 'psp.kubectl/policies-in';

/** All annotations of an object may take 256 KiB (k8s.io/apimachinery, pkg/api/validation/objectmeta.go). */
const longestAnnotation = 200 * 1024;
/** An object may take 1 MiB or so in etcd, and a ConfigMap exactly that (pkg/apis/core/validation, MaxSecretSize). */
const longestConfigMap = 900 * 1024;

/** The namespace of the ConfigMaps: one that every cluster has. */
export const sourcesNamespace = 'kube-system';
const sourcesData = 'policies.json';

export interface Sources {
  readonly annotations: Readonly<Record<string, string>>;
  readonly configMaps: readonly JsonObject[];
}

/** Each policy as it is kept, as JSON. */
export function sourceTexts(policies: readonly Policy[]): readonly string[] {
  return policies.map(policy => printJson(plain(policy)));
}

/** The policies as they are kept: in an annotation, or in ConfigMaps that it names. */
export function keptSources(policies: readonly Policy[], name: string): Sources {
  const texts = sourceTexts(policies);
  const whole = `[${texts.join(',')}]`;
  if (byteLength(whole) <= longestAnnotation) {
    return {annotations: {[policiesKey]: whole}, configMaps: []};
  }
  const configMaps = chunksOf(texts).map((chunk, index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {name: `${name}-${index + 1}`, namespace: sourcesNamespace},
    data: {[sourcesData]: `[${chunk.join(',')}]`},
  }));
  const names = configMaps.map(({metadata}) => metadata.name).join(',');
  return {annotations: {[policiesInKey]: names}, configMaps};
}

/**
 * Without what belongs to the cluster that it was read from, and with its fields in the decoder's order: the
 * same policy gives the same text, wherever it comes from.
 */
function plain({metadata: {name, labels, annotations}, spec}: Policy) {
  const read = decodePolicy(parseJson(printJson({metadata: {name, labels, annotations}, spec})));
  return {apiVersion: policyVersion, kind: 'PodSecurityPolicy', ...read};
}

function chunksOf(texts: readonly string[]): readonly (readonly string[])[] {
  const chunks: string[][] = [[]];
  let length = 0;
  for (const text of texts) {
    // As a text within JSON, which is longer than the text.
    const own = byteLength(printJson(text));
    length += own;
    if (length > longestConfigMap) {
      chunks.push([]);
      length = own;
    }
    chunks.at(-1)?.push(text);
  }
  return chunks;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The names of the ConfigMaps that an admission policy keeps them in. */
export function sourceMapsOf({metadata}: JsonObject): readonly string[] {
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const names = isObject(annotations) ? annotations[policiesInKey] : undefined;
  return typeof names === 'string' ? names.split(',') : [];
}

/** What an object says of the policies that it was made from. */
export type FoundSources = {readonly policies: readonly Policy[]} | {readonly problem: string};

/** The policies that an admission policy was made from; undefined if it does not say. */
export function findSources(
  annotations: Readonly<Record<string, Json | undefined>>,
  objects: readonly JsonObject[],
): FoundSources | undefined {
  const {[policiesKey]: text, [policiesInKey]: names} = annotations;
  if (typeof text === 'string') return decodeAll([text], `annotation ${policiesKey}`);
  if (typeof names !== 'string') return undefined;
  const texts: string[] = [];
  for (const name of names.split(',')) {
    const found = objects.find(
      ({kind, metadata}) =>
        kind === 'ConfigMap' &&
        isObject(metadata) &&
        metadata.name === name &&
        metadata.namespace === sourcesNamespace,
    );
    const data = isObject(found?.data) ? found.data[sourcesData] : undefined;
    if (typeof data !== 'string') {
      return {
        problem: `ConfigMap ${sourcesNamespace}/${name} is not there, or has no ${sourcesData}`,
      };
    }
    texts.push(data);
  }
  return decodeAll(texts, `the ConfigMaps ${names}`);
}

function decodeAll(texts: readonly string[], where: string): FoundSources {
  try {
    const all = texts.flatMap(text => {
      const list = parseJson(text);
      if (!Array.isArray(list)) throw new TypeError('not a list');
      return list.map(one => decodePolicy(one));
    });
    return {policies: all};
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {problem: `${where}: not a list of PodSecurityPolicies (${reason})`};
  }
}
