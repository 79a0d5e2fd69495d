import {isObject, type Json, type JsonObject} from '../../../src/kube/json.ts';
import type {Field, Message} from '../../../src/kube/protobuf/message.ts';
import {objectMetaMessage} from '../../../src/kube/protobuf/meta.ts';
import {kinds, type LateKind} from '../../../src/kube/protobuf/objects.ts';
import {podSpecMessage} from '../../../src/kube/protobuf/pod.ts';

/** A number's bytes in protobuf: 7 bits each, the lowest first; negative ones as 64 bits. */
export function varint(value: number | bigint): Buffer {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  while (rest >= 128n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  return Buffer.from([...bytes, Number(rest)]);
}

/** A field of bytes. */
export function bytesField(number: number, bytes: Buffer | string): Buffer {
  const value = Buffer.from(bytes);
  return Buffer.concat([varint(number * 8 + 2), varint(value.length), value]);
}

/** A field that is a number. */
export function numberField(number: number, value: number | bigint): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

/**
 * The object as Go writes it: in the order of the numbers; what is no pointer also where it is empty.
 * What the message does not know is left out.
 */
export function encodeMessage({fields}: Message, value: JsonObject): Buffer {
  const parts = Object.entries(fields)
    .sort(([, a], [, b]) => a.number - b.number)
    .flatMap(([name, field]) => encodeField(field, value, name));
  return Buffer.concat(parts);
}

/** The object as Go writes it in JSON: without empty lists and maps, and without what is left out if empty. */
export function asServed({fields}: Message, value: JsonObject): JsonObject {
  const result: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || member === null) continue;
    const field = fields[name] ?? inlined(fields, name);
    if (field === undefined) continue;
    const {type, shape} = field;
    const of = (item: Json): Json =>
      typeof type === 'object' && isObject(item) ? asServed(type, item) : item;
    const isEmpty =
      Array.isArray(member) || shape === 'map'
        ? Object.keys(member).length === 0
        : shape === 'omitEmpty' && (member === '' || member === false || member === 0);
    if (!isEmpty) result[name] = Array.isArray(member) ? member.map(of) : of(member);
  }
  return result;
}

/** A field that stands in the object around its message. */
function inlined(fields: Message['fields'], name: string): Field | undefined {
  return Object.values(fields)
    .filter(({shape}) => shape === 'inline')
    .flatMap(({type}) => messageOf(type).fields[name] ?? [])[0];
}

function encodeField(field: Field, object: JsonObject, name: string): readonly Buffer[] {
  const {number, type, shape} = field;
  const value = object[name];
  if (shape === 'inline') return [bytesField(number, encodeMessage(messageOf(type), object))];
  if (shape === 'list') {
    return (Array.isArray(value) ? value : []).map(item => encodeValue(number, type, item));
  }
  if (shape === 'map') {
    return Object.entries(isObject(value) ? value : {}).map(([key, text]) =>
      bytesField(number, Buffer.concat([bytesField(1, key), bytesField(2, String(text))])),
    );
  }
  if (value !== undefined && value !== null) return [encodeValue(number, type, value)];
  if (shape !== 'omitEmpty') return [];
  return [encodeValue(number, type, type === 'string' ? '' : 0)];
}

function encodeValue(number: number, type: Field['type'], value: Json): Buffer {
  switch (type) {
    case 'string':
      return bytesField(number, String(value));
    case 'bool':
    case 'int32':
    case 'int64':
      return numberField(number, typeof value === 'bigint' ? value : Number(value));
    default:
      return bytesField(number, encodeMessage(messageOf(type), value as JsonObject));
  }
}

function messageOf(type: Field['type']): Message {
  if (typeof type !== 'object') throw new Error(`${type} is not a message`);
  return type;
}

/** What Kubernetes wraps a message in. */
export function envelope(apiVersion: string, kind: string, raw: Buffer): Buffer {
  const typeMeta = Buffer.concat([bytesField(1, apiVersion), bytesField(2, kind)]);
  return Buffer.concat([
    Buffer.from('k8s\0'),
    bytesField(1, typeMeta),
    bytesField(2, raw),
    bytesField(3, ''),
    bytesField(4, ''),
  ]);
}

/** A list of pods as a server sends it. */
export function podList(items: readonly JsonObject[], meta?: ListMeta): Buffer {
  return listOf({apiVersion: 'v1', kind: 'Pod'}, items.map(encodePod), meta);
}

interface ListMeta {
  readonly next?: string;
  readonly remaining?: number;
}

/** A list of encoded objects of a kind as a server sends it. */
export function listOf(
  {apiVersion, kind}: {readonly apiVersion: string; readonly kind: string},
  items: readonly Buffer[],
  {next = '', remaining}: ListMeta = {},
): Buffer {
  const listMeta = Buffer.concat([
    bytesField(1, ''),
    bytesField(2, '7'),
    bytesField(3, next),
    ...(remaining === undefined ? [] : [numberField(4, remaining)]),
  ]);
  const raw = [bytesField(1, listMeta), ...items.map(item => bytesField(2, item))];
  return envelope(apiVersion, `${kind}List`, Buffer.concat(raw));
}

/** With a status and a managed field, which nobody reads. */
function encodePod({metadata = {}, spec = {}}: JsonObject): Buffer {
  const managed = bytesField(17, bytesField(1, 'kubelet'));
  const head = encodeMessage(objectMetaMessage, metadata as JsonObject);
  return Buffer.concat([
    bytesField(1, Buffer.concat([head, managed])),
    bytesField(2, encodeMessage(podSpecMessage, spec as JsonObject)),
    bytesField(3, bytesField(1, 'Running')),
  ]);
}

/** All messages that are read, each once. */
export function allMessages(more: readonly Message[]): readonly Message[] {
  const found = new Set<Message>();
  const visit = (message: Message): void => {
    if (found.has(message)) return;
    found.add(message);
    for (const {type} of Object.values(message.fields)) if (typeof type === 'object') visit(type);
  };
  for (const kind of Object.values<Message | LateKind>(kinds)) {
    if ('parts' in kind) {
      visit(kind.parts);
      if (kind.spec) visit(kind.spec);
    } else visit(kind);
  }
  for (const message of more) visit(message);
  return [...found];
}
