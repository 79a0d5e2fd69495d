import {DecodeError} from '../decode.ts';
import type {Json, JsonObject} from '../json.ts';
import {broken, Wire, wireTypes} from './wire.ts';

/** A field that is read; those of a message that have none are skipped. */
export interface Field {
  /** Its number in Kubernetes' generated.proto; never changes. */
  readonly number: number;
  /** The type of one value. `raw` is a message that is not read: only its place is given. */
  readonly type: 'string' | 'bool' | 'int32' | 'int64' | 'raw' | Message;
  /**
   * How it is in JSON: a list; a map of strings; a value that is left out if it is empty (Go writes it
   * into protobuf all the same); or a message whose fields are those of the object around it.
   */
  readonly shape?: 'list' | 'map' | 'omitEmpty' | 'inline';
  /**
   * How objects of one template differ in it: each has its own value, or a volume has a random name, by
   * which others refer to it.
   */
  readonly varies?: 'own' | 'name';
  /** Whether only later versions than v1.24 have it. */
  readonly isLater?: boolean;
  /** For a map: the keys to keep. */
  keep?(key: string): boolean;
}

/** A message, as the fields that are wanted from it. Messages don't contain themselves. */
export interface Message {
  /** Where Go has it: `k8s.io/api/core/v1.Pod`. */
  readonly goType: string;
  /** By their names in JSON. */
  readonly fields: Readonly<Record<string, Field>>;
  /** By their numbers. */
  readonly numbered: readonly (NumberedField | undefined)[];
  /** What an object starts out as: empty, or with all fields undefined. */
  readonly blank: Readonly<Record<string, undefined>>;
}

interface NumberedField extends Field {
  readonly name: string;
  readonly wireType: number;
}

/** A message of these fields. */
export function message(goType: string, fields: Readonly<Record<string, Field>>): Message {
  const numbered: (NumberedField | undefined)[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const isNumber = ['bool', 'int32', 'int64'].includes(String(field.type));
    const wireType = isNumber ? wireTypes.varint : wireTypes.bytes;
    numbered[field.number] = {...field, name, wireType};
  }
  return {goType, fields, numbered: Array.from(numbered), blank: {}};
}

/** A message whose objects have all fields, the unset ones as undefined: as decoders of JSON make them. */
export function fullMessage(goType: string, fields: Readonly<Record<string, Field>>): Message {
  const blank = Object.fromEntries(Object.keys(fields).map(name => [name, undefined]));
  return {...message(goType, fields), blank};
}

/** The field, of which v1.24 knows nothing. */
export function later(field: Field): Field {
  return {...field, isLater: true};
}

/** A field that JSON has if it is on the wire: a pointer in Go, or never left out. */
export function one(number: number, type: Field['type']): Field {
  return {number, type};
}

/** A field that JSON leaves out where it is empty, false or 0. */
export function nonZero(number: number, type: Field['type']): Field {
  return {number, type, shape: 'omitEmpty'};
}

/** A list. */
export function many(number: number, type: Field['type']): Field {
  return {number, type, shape: 'list'};
}

/** A message whose fields stand in the object around it. */
export function inline(number: number, type: Message): Field {
  return {number, type, shape: 'inline'};
}

/** A map of strings, of the keys that are kept. */
export function map(number: number, keep: (key: string) => boolean = () => true): Field {
  return {number, type: 'string', shape: 'map', keep};
}

type Value = Json | Span | Value[] | Fillable | undefined;
interface Fillable {
  [name: string]: Value;
}

/** Reads a whole message as the object that JSON has for it. Throws DecodeError. */
export function decodeMessage(message: Message, bytes: Buffer): JsonObject {
  return readMessage(message, new Wire(bytes), bytes.length) as JsonObject;
}

/** Where an unread message stands in the bytes. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Reads the message up to `end`. Values of raw fields are spans. Throws DecodeError. */
export function readMessage(
  message: Message,
  wire: Wire,
  end: number,
): Readonly<Record<string, unknown>> {
  const result: Fillable = {...message.blank};
  readInto(result, message, wire, end);
  return result;
}

function readInto(target: Fillable, {numbered}: Message, wire: Wire, end: number): void {
  let name: string | undefined;
  try {
    while (wire.at < end) {
      name = undefined;
      const tag = wire.small(end);
      const wireType = tag & 7;
      const field = numbered[tag >>> 3];
      if (field !== undefined) {
        name = field.name;
        if (wireType !== field.wireType) throw broken(`the wire type ${wireType}`);
        readField(target, field, wire, end);
      } else if (tag < 8) {
        throw broken('a field with the number 0');
      } else {
        wire.skip(wireType, end);
      }
    }
  } catch (error) {
    throw error instanceof DecodeError && name !== undefined ? error.below(name) : error;
  }
}

function readField(target: Fillable, field: NumberedField, wire: Wire, end: number): void {
  const {name, type, shape} = field;
  if (shape === 'map') {
    readEntry(target, field, wire, end);
  } else if (shape === 'list') {
    const value = readValue(type, wire, end, undefined);
    const list = target[name];
    if (Array.isArray(list)) list.push(value);
    else target[name] = [value];
  } else if (shape === 'inline') {
    readValue(type, wire, end, target);
  } else {
    // If a message comes in parts, the parts add up.
    const before = typeof type === 'object' ? (target[name] as Fillable | undefined) : undefined;
    const value = readValue(type, wire, end, before);
    if (shape !== 'omitEmpty' || (value !== '' && value !== false && value !== 0)) {
      target[name] = value;
    }
  }
}

function readValue(
  type: Field['type'],
  wire: Wire,
  end: number,
  into: Fillable | undefined,
): Value {
  switch (type) {
    case 'string':
      return wire.string(end);
    case 'bool':
      return wire.boolean(end);
    case 'int32':
      return wire.int32(end);
    case 'int64':
      return wire.int64(end);
    case 'raw': {
      const last = wire.bytesEnd(end);
      const span: Span = {from: wire.at, to: last};
      wire.at = last;
      return span;
    }
    default: {
      const last = wire.bytesEnd(end);
      const target = into ?? {...type.blank};
      readInto(target, type, wire, last);
      return target;
    }
  }
}

/** A map's entry is a message of its key (1) and its value (2). */
function readEntry(target: Fillable, {name, keep}: NumberedField, wire: Wire, end: number): void {
  const last = wire.bytesEnd(end);
  let key = '';
  let value = '';
  while (wire.at < last) {
    const tag = wire.small(last);
    if (tag === 0x0a) key = wire.string(last);
    else if (tag !== 0x12) wire.skip(tag & 7, last);
    else if (keep === undefined || keep(key)) value = wire.string(last);
    else wire.skip(wireTypes.bytes, last);
  }
  const entries = (target[name] ?? {}) as Fillable;
  target[name] = entries;
  // The key __proto__ is lost, as in the decoders of JSON: a string can't be a prototype.
  if (keep === undefined || keep(key)) entries[key] = value;
}
