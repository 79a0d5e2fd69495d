import {weaklyKeyed} from '../../once.ts';
import {tokenVolumePrefix} from '../pod.ts';
import type {Message} from './message.ts';
import {type Wire, wireTypes} from './wire.ts';

/**
 * A text for the message up to `end` that is the same for messages that say the same, except for fields that
 * are each object's own and for the random names of token volumes: of those, it only tells which ones are
 * the same. Throws DecodeError.
 */
export function likenessOfMessage(message: Message, wire: Wire, end: number): string {
  return write(message, wire, end, new Map());
}

const randomName = new RegExp(`^${tokenVolumePrefix}[a-z0-9]{5}$`);

function write(message: Message, wire: Wire, end: number, names: Map<string, number>): string {
  let text = '';
  let from = wire.at;
  // With its length, no bytes can be mistaken for something else.
  const keep = (to: number): void => {
    if (to > from) text += `${to - from}:${wire.bytes.toString('latin1', from, to)}`;
  };
  while (wire.at < end) {
    const start = wire.at;
    const tag = wire.small(end);
    const field = (tag & 7) === wireTypes.bytes ? message.numbered[tag >>> 3] : undefined;
    const isNested = typeof field?.type === 'object' && doesVary(field.type);
    if (field?.varies === undefined && !isNested) {
      wire.skip(tag & 7, end);
      continue;
    }
    keep(start);
    if (field?.varies === 'own') wire.skip(tag & 7, end);
    else if (field?.varies === 'name') text += `n${tag}${nameFor(wire.string(end), names)}`;
    else {
      const last = wire.bytesEnd(end);
      text += `m${tag}(${write(field?.type as Message, wire, last, names)})`;
    }
    from = wire.at;
  }
  keep(end);
  return text;
}

function nameFor(name: string, names: Map<string, number>): string {
  if (!randomName.test(name)) return JSON.stringify(name);
  const number = names.get(name) ?? names.size;
  names.set(name, number);
  return `#${number};`;
}

/** Whether a field of the message, or of a message in it, varies. */
const doesVary: (message: Message) => boolean = weaklyKeyed((message: Message) =>
  Object.values(message.fields).some(
    ({varies, type}) => varies !== undefined || (typeof type === 'object' && doesVary(type)),
  ),
);
