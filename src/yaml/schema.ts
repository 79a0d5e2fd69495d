import {
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  type MappingTagDefinition,
  NOT_RESOLVED,
  Schema,
} from 'js-yaml';
import {integerOf, isObject, type Json} from '../kube/json.ts';
import {maxDepth, shown, tooDeep} from './problem.ts';
import {keyOf, resolvePlain, resolveTagged, type Scalar, yamlTag} from './resolve.ts';

type Members = {[key: string]: Json | undefined};

/** A list or mapping, with what an alias to it multiplies: its nodes, and how deep they go. */
interface Collection {
  readonly type: 'collection';
  readonly value: Json[] | Members;
  nodes: number;
  depth: number;
  /** A mapping's keys, without those that it merges, each with the type that it is written as. */
  readonly keys: Map<string, string>;
}

/** What a node becomes: text, another scalar with its type, or a collection. */
export type Built = string | Exclude<Scalar, {readonly type: 'str'}> | Merge | Collection;

/** `<<` as a key. Anywhere else it is text. */
interface Merge {
  readonly type: 'merge';
}

/** How many members `<<` may copy in a file. A manifest needs a few dozen at most. */
const maxMerged = 1_000_000;

const noFloat = 'JSON has no .inf and .nan';

/** A schema, and what it has to tell of the documents that it read. */
export interface CountingSchema {
  readonly schema: Schema;
  /** How many duplicate keys there were so far. */
  repeats(): number;
}

/**
 * Has js-yaml make of nodes what kubectl makes of them (gopkg.in/yaml.v2 v2.4.0, resolve.go and decode.go;
 * sigs.k8s.io/yaml v1.2.0, yaml.go). Of a duplicate key, the last one counts. It builds a Built. For
 * one file only, since it counts.
 */
export function kubectlSchema(): CountingSchema {
  let repeats = 0;
  const list = defineSequenceTag<Collection>('', {
    matchByTagPrefix: true,
    create: () => collection([]),
    addItem: (into, item) => addItem(into, item as Built),
    // With this, js-yaml refuses a collection that contains itself.
    finalize: checkedDepth,
    identify: () => false,
  });
  const mapping = mappingTag(() => {
    repeats += 1;
  });
  return {schema: new Schema([text, plain, tagged, list, mapping]), repeats: () => repeats};
}

function mappingTag(onRepeat: () => void): MappingTagDefinition<Collection> {
  let merged = 0;
  return defineMappingTag<Collection>('', {
    matchByTagPrefix: true,
    create: () => collection({}),
    addPair: (into, key, value) => {
      if (!isMerge(key as Built)) return addMember(into, key as Built, value as Built, onRepeat);
      merged += mergeSize(value as Built);
      return merged > maxMerged ? '<< repeats too much; write it out' : merge(into, value as Built);
    },
    finalize: checkedDepth,
    // Duplicate keys and merges are dealt with above, not by js-yaml.
    has: () => false,
    keys: () => [],
    get: () => undefined,
    identify: () => false,
  });
}

const text = defineScalarTag<Built>(`${yamlTag}str`, {resolve: source => source, identify: no});

const plain = defineScalarTag<Built>(`${yamlTag}null`, {
  implicit: true,
  resolve: (source, isExplicit, tag) =>
    isExplicit ? builtTagged(source, tag) : source === '<<' ? {type: 'merge'} : built(source),
  identify: no,
});

/** Every other tag, known or not. */
const tagged = defineScalarTag<Built>('', {
  matchByTagPrefix: true,
  resolve: (source, _isExplicit, tag) => builtTagged(source, tag),
  identify: no,
});

function no(): boolean {
  return false;
}

function built(source: string): Built {
  const scalar = resolvePlain(source);
  return scalar.type === 'str' ? scalar.value : scalar;
}

function builtTagged(source: string, tag: string): Built | typeof NOT_RESOLVED {
  if (source === '<<' && tag === `${yamlTag}merge`) return {type: 'merge'};
  const scalar = resolveTagged(source, tag);
  if (scalar === undefined) return NOT_RESOLVED;
  return scalar.type === 'str' ? scalar.value : scalar;
}

function collection(value: Json[] | Members): Collection {
  return {type: 'collection', value, nodes: 1, depth: 1, keys: new Map()};
}

function checkedDepth(made: Collection): Collection {
  if (made.depth > maxDepth) throw new Error(tooDeep);
  return made;
}

/** How many nodes the document has once its aliases are followed. */
export function nodesOf(node: Built): number {
  return typeof node === 'object' && node.type === 'collection' ? node.nodes : 1;
}

/** The JSON of a node; the reason why there is none, as an Error. */
export function jsonOf(node: Built): Json | Error {
  if (typeof node === 'string') return node;
  if (node.type === 'merge') return '<<';
  if (node.type === 'null') return null;
  if (node.type !== 'float') return node.value;
  const {value} = node;
  if (!Number.isFinite(value)) return new Error(noFloat);
  // In JSON, a float that is a whole number is an integer again, with as many digits as identify it.
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? integerOf(String(value)) : value;
}

/** Counts what goes into a collection, and gives its JSON. */
function taken(into: Collection, node: Built): Json | Error {
  into.nodes += nodesOf(node);
  if (typeof node === 'object' && node.type === 'collection') {
    into.depth = Math.max(into.depth, node.depth + 1);
  }
  return jsonOf(node);
}

/** '', or why it can't be added, as js-yaml wants it; the same goes for those below. */
function addItem(into: Collection, item: Built): string {
  const json = taken(into, item);
  if (json instanceof Error) return json.message;
  if (Array.isArray(into.value)) into.value.push(json);
  return '';
}

function addMember(into: Collection, key: Built, value: Built, onRepeat: () => void): string {
  const name = jsonKeyOf(key);
  if (name instanceof Error) return name.message;
  const json = taken(into, value);
  if (json instanceof Error) return json.message;
  const type = typeof key === 'string' ? 'str' : key.type;
  const before = into.keys.get(name);
  // To kubectl they are two keys, and chance decides which one is written to JSON last.
  if (before !== undefined && before !== type) {
    return `a mapping has the key ${shown(name)} twice, with and without quotes; remove one`;
  }
  if (before !== undefined) onRepeat();
  into.keys.set(name, type);
  into.nodes += 1;
  setMember(into, name, json);
  return '';
}

/** What a key is called in JSON; why it can't be one, as an Error. */
export function jsonKeyOf(key: Built): string | Error {
  if (typeof key === 'string') return key;
  if (key.type === 'collection') return new Error(collectionKey);
  const name = key.type === 'merge' ? '<<' : keyOf(key);
  if (name !== undefined) return name;
  return new Error(key.type === 'null' ? emptyKey : 'a key is larger than a signed 64-bit number');
}

/** Why a list or mapping can't be a key. */
export const collectionKey =
  'a key is a list or a mapping (a {{ }} template must be rendered first)';
/** Why an empty key is refused. */
export const emptyKey = 'a key is empty; put it in quotes';

function setMember({value: members}: Collection, key: string, value: Json | undefined): void {
  if (Array.isArray(members)) return;
  if (key !== '__proto__') members[key] = value;
  else {
    const settings = {enumerable: true, configurable: true, writable: true};
    Object.defineProperty(members, key, {value, ...settings});
  }
}

function isMerge(key: Built): key is Merge {
  return typeof key === 'object' && key.type === 'merge';
}

function mergeSize(node: Built): number {
  const value = typeof node === 'object' && node.type === 'collection' ? node.value : {};
  const mappings = Array.isArray(value) ? value : [value];
  return mappings.reduce<number>((sum, item) => sum + Object.keys(item ?? {}).length, 0);
}

/** Of equal keys the last one stays, whether merged or not; in a list of mappings, the first one. */
function merge(into: Collection, node: Built): string {
  const json = taken(into, node);
  const mappings: readonly (Json | Error)[] = Array.isArray(json) ? json.toReversed() : [json];
  for (const mapping of mappings) {
    if (mapping instanceof Error || !isObject(mapping)) {
      return 'the value of << is neither a mapping nor a list of mappings';
    }
    for (const [key, value] of Object.entries(mapping)) setMember(into, key, value);
  }
  return '';
}
