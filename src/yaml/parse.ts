import {
  type AliasEvent,
  COLLECTION_STYLE,
  constructFromEvents,
  EVENT_ID,
  type Event,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import type {Json} from '../kube/json.ts';
import {maxDepth, type RepeatedKey, shown, tooDeep, visible, YamlProblem} from './problem.ts';
import {repeatedKeys} from './repeats.ts';
import {
  type Built,
  type CountingSchema,
  collectionKey,
  emptyKey,
  jsonOf,
  nodesOf,
} from './schema.ts';

/** A document's value, and the line in its file (from 1) on which it begins. */
export interface YamlValue {
  readonly line: number;
  readonly value: Json;
  readonly repeated: readonly RepeatedKey[];
}

interface Source {
  readonly text: string;
  /** The line of the file on which the text begins. */
  readonly line: number;
}

/**
 * The value of the first document in a text, which is the only one that kubectl reads; undefined if there is none.
 * `line` is the line of the file on which the text begins, `schema` a kubectlSchema(). Throws a
 * YamlProblem, even where js-yaml (YAML 1.2) merely reads something differently from kubectl (YAML 1.1).
 */
export function readYaml(
  text: string,
  line: number,
  {schema, repeats}: CountingSchema,
): YamlValue | undefined {
  const before = repeats();
  try {
    const parsed = parse(text);
    const source = {text: parsed.text, line};
    const root = parsed.events[1];
    if (root === undefined) return undefined;
    checkEvents(source, parsed.events);
    const [built] = constructFromEvents(parsed.events, {source: parsed.text, schema}) as [Built];
    checkAliases(source, parsed.events, built);
    const value = jsonOf(built);
    const start = lineAt(source, positionOf(root) ?? 0);
    if (value instanceof Error) throw new YamlProblem(value.message, start);
    const lineOf = (position: number) => lineAt(source, position);
    const repeated =
      repeats() === before ? [] : repeatedKeys(parsed.events, parsed.text, schema, lineOf);
    return {line: start, value, repeated};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const {buffer = '', position = 0} = error.mark ?? {};
    // Not the empty line at the end.
    const at = Math.min(position, buffer.trimEnd().length);
    const isTab = tabIndents.test(buffer.slice(buffer.lastIndexOf('\n', at - 1) + 1));
    const reason = isTab ? tabReason : explained(error.reason);
    throw new YamlProblem(reason, lineAt({text: buffer, line}, at));
  }
}

/** How many characters parse() may read again to indent lines. */
const maxReread = 50_000_000;

/**
 * The events of the first document, and the text they are about. YAML 1.2 wants lines within
 * brackets and quotes to be deeper than their key, kubectl takes them as they are; so they are
 * indented here, which changes nothing else.
 */
function parse(original: string): {readonly text: string; readonly events: Event[]} {
  let text = original;
  for (let left = maxReread; ; left -= text.length) {
    try {
      const events = parseEvents(text, {maxDepth: maxDepth + 2});
      const end = events.findIndex(({type}, at) => at > 0 && type === EVENT_ID.DOCUMENT);
      return {text, events: end === -1 ? events : events.slice(0, end)};
    } catch (error) {
      if (!(error instanceof YAMLException) || error.reason !== 'deficient indentation') {
        throw error;
      }
      const {position = 0, column = 0} = error.mark ?? {};
      const start = position - column;
      // That ends the document.
      if (left < 0 || text.startsWith('...', start)) throw error;
      text = `${text.slice(0, start)}${' '.repeat(100)}${text.slice(start)}`;
    }
  }
}

function positionOf(event: Event): number | undefined {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return undefined;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  const start = event.type === EVENT_ID.SCALAR ? event.valueStart : event.start;
  return [start, event.tagStart, event.anchorStart].find(position => position !== -1);
}

function lineAt({text, line}: Source, position: number): number {
  return line + (text.slice(0, position).match(/\r\n?|\n/g)?.length ?? 0);
}

/** An open list or mapping, or the document. */
interface Open {
  readonly isFlow: boolean;
  /** For a mapping: whether a key comes next. */
  atKey: boolean | undefined;
}

/** Refuses what can't be a key, and what js-yaml would read differently from kubectl. */
function checkEvents(source: Source, events: readonly Event[]): void {
  const open: Open[] = [];
  let position = 0;
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    position = positionOf(event) ?? position;
    const parent = open.at(-1);
    const reason =
      (parent?.atKey === true ? keyProblem(event) : undefined) ??
      oddity(source.text, event, parent?.isFlow === true);
    if (reason !== undefined) throw new YamlProblem(reason, lineAt(source, position));
    if (parent?.atKey !== undefined) parent.atKey = !parent.atKey;
    if (event.type === EVENT_ID.DOCUMENT) open.push({isFlow: false, atKey: undefined});
    else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) {
      const isFlow = event.style === COLLECTION_STYLE.FLOW;
      open.push({isFlow, atKey: event.type === EVENT_ID.MAPPING || undefined});
    }
  }
}

/** Here and not in the schema, because js-yaml doesn't tell the line of these. */
function keyProblem(event: Event): string | undefined {
  if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.MAPPING) return collectionKey;
  const isEmpty = event.type === EVENT_ID.SCALAR && positionOf(event) === undefined;
  return isEmpty ? emptyKey : undefined;
}

const anchorName = /^[-\w]+$/;
const flowIndicator = /[,[\]{}]/;

/** Why kubectl reads a node differently from js-yaml, or not at all. */
function oddity(text: string, event: Event, inFlow: boolean): string | undefined {
  if (event.type === EVENT_ID.DOCUMENT || event.type === EVENT_ID.POP) return undefined;
  if (event.anchorStart !== -1) {
    const name = text.slice(event.anchorStart, event.anchorEnd);
    if (!anchorName.test(name)) {
      return `the name of an anchor has only letters, digits, - and _, unlike ${shown(name)}`;
    }
  }
  if (event.type === EVENT_ID.ALIAS) return undefined;
  if (event.tagStart !== -1) {
    const tag = text.slice(event.tagStart, event.tagEnd);
    if (tag === '!!') return 'a tag has no name after !!';
    if (flowIndicator.test(text.charAt(event.tagEnd))) return 'a tag has no blank after it';
  }
  return event.type === EVENT_ID.SCALAR ? scalarOddity(text, event, inFlow) : undefined;
}

/** An escape in double quotes; the group is one that kubectl lacks, or uses for something else. */
const anyEscape =
  /\\(?:(\/|u[dD][89a-fA-F]|U(?!000[\da-fA-F]|0010)|U0000[dD][89a-fA-F]|[\r\n][ \t]*[\r\n])|[\s\S])/g;

function scalarOddity(text: string, event: ScalarEvent, inFlow: boolean): string | undefined {
  const {valueStart, valueEnd, style} = event;
  if (style === SCALAR_STYLE.DOUBLE_QUOTED && !event.fast) {
    for (const [found, odd] of text.slice(valueStart, valueEnd).matchAll(anyEscape)) {
      if (odd !== undefined) return `${shown(found)} is not an escape that kubectl reads`;
    }
  }
  if (style !== SCALAR_STYLE.PLAIN) return undefined;
  const plain = text.slice(valueStart, valueEnd);
  if (plain === '<<' && event.tagEnd === event.tagStart + 1) {
    return 'a << with the tag ! is a merge to kubectl and text to others; take the tag away';
  }
  if (!inFlow) return undefined;
  if (plain.includes('?')) {
    return 'a value within brackets has a ? in it, which ends it for kubectl; put it in quotes';
  }
  return text.charAt(valueEnd) === ':' && flowIndicator.test(text.charAt(valueEnd + 1))
    ? 'a ":" has no blank after it, so kubectl takes it for part of the text; put one there'
    : undefined;
}

/** Limits how much aliases may multiply a document, much as yaml.v2 does (decode.go, unmarshal). */
function checkAliases(source: Source, events: readonly Event[], root: Built): void {
  const alias = events.find((event): event is AliasEvent => event.type === EVENT_ID.ALIAS);
  const nodes = nodesOf(root);
  if (alias === undefined || nodes <= 1000) return;
  const written = events.filter(({type}) => type !== EVENT_ID.POP).length;
  if (1 - written / nodes <= allowedShare(nodes)) return;
  const line = lineAt(source, alias.anchorStart);
  throw new YamlProblem('aliases (*) repeat too much of the document; write it out', line);
}

/** 99 % of the nodes may come through aliases in a small document, 10 % in a large one. */
function allowedShare(nodes: number): number {
  const [small, large] = [400_000, 4_000_000];
  const place = Math.min(Math.max((nodes - small) / (large - small), 0), 1);
  return 0.99 - 0.89 * place;
}

const tabIndents = /^ *\t/;
const tabReason = 'a tab indents a line; use spaces';

/** What js-yaml says, and what to do about it. */
const explanations: readonly (readonly [RegExp, (match: RegExpMatchArray) => string])[] = [
  [/^tab characters must not/, () => tabReason],
  [
    /^bad indentation of|^end of the stream or a document separator/,
    () =>
      'a key or a list item is expected; check the indentation, and look for a value that needs quotes',
  ],
  [
    /^expected ':' after|multiline key/,
    () => 'a key has no ":" after it, here or in the line above',
  ],
  [/^deficient indentation/, () => 'a line within brackets or quotes is indented too little'],
  [/^unknown escape/, () => 'YAML has no such escape; write \\\\ for a backslash'],
  [/quoted scalar$/, () => 'the document ends within a quoted string'],
  [/^missed comma|within a flow collection$/, () => '"," or the closing bracket is expected'],
  [/^unidentified alias "(.*)"$/s, ([, name = '']) => `there is no anchor ${shown(`&${name}`)}`],
  [
    /^recursive alias "(.*?)"/s,
    ([, name = '']) => `the anchor ${shown(`&${name}`)} contains itself`,
  ],
  [
    /with !<(?:tag:yaml\.org,2002:)?(.*)> explicit tag$/s,
    ([, tag = '']) => `a value is not of the type of its tag !!${tag}`,
  ],
  [/^nesting exceeded/, () => tooDeep],
];

function explained(reason: string): string {
  for (const [pattern, text] of explanations) {
    const match = reason.match(pattern);
    if (match !== null) return text(match);
  }
  return visible(reason.slice(0, 200));
}
