import {integerOf, type Json} from '../kube/json.ts';
import type {AliasNode, MappingNode, Node, ScalarNode} from './nodes.ts';
import {maxDepth, Problem, shown, tooDeep} from './problem.ts';
import {yamlTag} from './properties.ts';
import {keyOf, resolvePlain, resolveTagged, type Scalar} from './resolve.ts';

interface Decoder {
  /** Nodes decoded so far, those an alias stands for each time anew. */
  decoded: number;
  throughAliases: number;
  aliasDepth: number;
  depth: number;
  readonly open: Set<AliasNode>;
}

type Members = {[key: string]: Json | undefined};

/**
 * The JSON that kubectl makes of a document (gopkg.in/yaml.v2 v2.4.0, decode.go;
 * sigs.k8s.io/yaml v1.2.0, yaml.go), with one difference: a key that comes twice is a problem,
 * where kubectl v1.24 takes the last without a word. Throws a Problem.
 */
export function decode(root: Node): Json {
  return decodeNode(
    {decoded: 1, throughAliases: 0, aliasDepth: 0, depth: 0, open: new Set()},
    root,
  );
}

function decodeNode(decoder: Decoder, node: Node): Json {
  count(decoder, node);
  switch (node.kind) {
    case 'scalar':
      return jsonOf(scalarOf(node), node);
    case 'alias':
      return followed(decoder, node, () => decodeNode(decoder, node.target));
    case 'list':
      return deeper(decoder, node, () => node.items.map(item => decodeNode(decoder, item)));
    case 'mapping':
      return deeper(decoder, node, () => {
        const members: Members = {};
        addMembers(decoder, members, node);
        return members;
      });
  }
}

/** Limits what aliases may multiply a document to, as yaml.v2 does (decode.go, unmarshal). */
function count(decoder: Decoder, {line}: Node): void {
  decoder.decoded += 1;
  if (decoder.aliasDepth > 0) decoder.throughAliases += 1;
  if (decoder.throughAliases <= 100 || decoder.decoded <= 1000) return;
  if (decoder.throughAliases / decoder.decoded <= allowedShare(decoder.decoded)) return;
  throw new Problem('aliases (*) repeat too much of the document; write it out', line);
}

/** 99 % of the nodes may come through aliases in a small document, 10 % in a large one. */
function allowedShare(decoded: number): number {
  const [small, large] = [400_000, 4_000_000];
  const place = Math.min(Math.max((decoded - small) / (large - small), 0), 1);
  return 0.99 - 0.89 * place;
}

function followed<T>(decoder: Decoder, alias: AliasNode, then: () => T): T {
  if (decoder.open.has(alias)) {
    throw new Problem(`the anchor ${shown(`&${alias.name}`)} contains itself`, alias.line);
  }
  decoder.open.add(alias);
  decoder.aliasDepth += 1;
  const result = then();
  decoder.aliasDepth -= 1;
  decoder.open.delete(alias);
  return result;
}

function deeper<T>(decoder: Decoder, {line}: Node, then: () => T): T {
  decoder.depth += 1;
  if (decoder.depth > maxDepth) throw new Problem(tooDeep, line);
  const result = then();
  decoder.depth -= 1;
  return result;
}

/** Adds a mapping to an object. Of equal keys the last one stays, be it merged or not. */
function addMembers(decoder: Decoder, members: Members, mapping: MappingNode): void {
  const seen = new Set<string>();
  for (const [keyNode, valueNode] of mapping.pairs) {
    if (isMerge(keyNode)) {
      merge(decoder, members, valueNode);
      continue;
    }
    const key = decodeKey(decoder, keyNode);
    const value = decodeNode(decoder, valueNode);
    if (seen.has(key)) {
      throw new Problem(
        `the key ${shown(key)} comes twice in a mapping; remove one (kubectl takes the last)`,
        keyNode.line,
      );
    }
    seen.add(key);
    setMember(members, key, value);
  }
}

function setMember(members: Members, key: string, value: Json): void {
  if (key !== '__proto__') {
    members[key] = value;
    return;
  }
  Object.defineProperty(members, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function decodeKey(decoder: Decoder, node: Node): string {
  count(decoder, node);
  if (node.kind === 'alias') return followed(decoder, node, () => decodeKey(decoder, node.target));
  if (node.kind !== 'scalar')
    throw new Problem(
      'a key is a list or a mapping (a {{ }} template must be rendered first)',
      node.line,
    );
  const scalar = scalarOf(node);
  const key = keyOf(scalar);
  if (key === undefined) {
    const what = scalar.type === 'null' ? 'empty' : 'larger than 64 bits with a sign can hold';
    throw new Problem(`a key is ${what}; put it in quotes`, node.line);
  }
  return key;
}

function isMerge(node: Node): boolean {
  if (node.kind !== 'scalar' || node.text !== '<<') return false;
  return node.implicit || node.tag === `${yamlTag}merge`;
}

/** Adds what `<<` names to an object. */
function merge(decoder: Decoder, members: Members, node: Node): void {
  // What comes first in a list wins.
  const items = node.kind === 'list' ? node.items.toReversed() : [node];
  for (const item of items) mergeOne(decoder, members, item);
}

function mergeOne(decoder: Decoder, members: Members, node: Node): void {
  const mapping = node.kind === 'alias' ? node.target : node;
  if (mapping.kind !== 'mapping') {
    throw new Problem('the value of << is no mapping and no list of mappings', node.line);
  }
  count(decoder, node);
  const add = (): void => deeper(decoder, mapping, () => addMembers(decoder, members, mapping));
  if (node.kind === 'alias') {
    followed(decoder, node, () => {
      count(decoder, mapping);
      add();
    });
  } else {
    add();
  }
}

function scalarOf(node: ScalarNode): Scalar {
  if (node.tag === '') {
    return node.implicit ? resolvePlain(node.text) : {type: 'str', value: node.text};
  }
  const scalar = resolveTagged(node.text, node.tag);
  if (scalar !== undefined) return scalar;
  const tag = node.tag.replace(yamlTag, '!!');
  throw new Problem(`${shown(node.text)} is not of the type of its tag ${tag}`, node.line);
}

function jsonOf(scalar: Scalar, {line}: ScalarNode): Json {
  if (scalar.type === 'null') return null;
  if (scalar.type !== 'float') return scalar.value;
  if (!Number.isFinite(scalar.value)) throw new Problem('JSON has no .inf and .nan', line);
  // In JSON a float that is a whole number is an integer again, with as many digits as tell it apart.
  return Number.isInteger(scalar.value) && Math.abs(scalar.value) < 1e21
    ? integerOf(String(scalar.value))
    : scalar.value;
}
