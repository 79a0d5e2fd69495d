import {constructFromEvents, EVENT_ID, type Event, type Schema} from 'js-yaml';
import {pathText, type RepeatedKey} from './problem.ts';
import {type Built, jsonKeyOf} from './schema.ts';

/** A list or mapping that is open, or the document. */
interface OpenNode {
  /** Of a list the index of the next item, of a mapping the key whose value comes. */
  step: string | number | undefined;
  /** A mapping's keys so far; undefined for others. */
  readonly keys: Set<string> | undefined;
  atKey: boolean;
}

/**
 * The keys that come again in their mapping, with path and line, of a document that was read. Only asked
 * if there are any: it makes every key a second time.
 */
export function repeatedKeys(
  events: readonly Event[],
  source: string,
  schema: Schema,
  lineOf: (position: number) => number,
): readonly RepeatedKey[] {
  const found: RepeatedKey[] = [];
  const [document] = events;
  if (document === undefined) return [];
  const open: OpenNode[] = [];
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const parent = open.at(-1);
    if (parent?.atKey && parent.keys !== undefined) {
      const name = keyName([document, event], source, schema);
      parent.step = name;
      if (name !== undefined && parent.keys.has(name) && event.type === EVENT_ID.SCALAR) {
        const steps = open.flatMap(({step}) => step ?? []);
        found.push({path: pathText(steps), line: lineOf(event.valueStart)});
      }
      if (name !== undefined) parent.keys.add(name);
    } else if (typeof parent?.step === 'number') parent.step += 1;
    if (parent?.keys !== undefined) parent.atKey = !parent.atKey;
    if (event.type === EVENT_ID.MAPPING) open.push({step: undefined, keys: new Set(), atKey: true});
    else if (event.type === EVENT_ID.SEQUENCE) open.push({step: -1, keys: undefined, atKey: false});
    else if (event.type === EVENT_ID.DOCUMENT) {
      open.push({step: undefined, keys: undefined, atKey: false});
    }
  }
  return found;
}

/** What a key is called in JSON; undefined for `<<` and for what an alias stands for. */
function keyName(
  [document, event]: readonly [Event, Event],
  source: string,
  schema: Schema,
): string | undefined {
  if (event.type !== EVENT_ID.SCALAR) return undefined;
  const alone = {...event, anchorStart: -1, anchorEnd: -1};
  const [built] = constructFromEvents([document, alone, {type: EVENT_ID.POP}], {source, schema});
  const key = built as Built;
  if (typeof key === 'object' && key.type === 'merge') return undefined;
  const name = jsonKeyOf(key);
  return name instanceof Error ? undefined : name;
}
