import {maxDepth, Problem, shown, tooDeep} from './problem.ts';
import {type Scanner, scannerOf, type Token, type TokenKind} from './scanner.ts';
import {peek, skip} from './tokens.ts';

/*
 * A reader of its own, because those for JavaScript read YAML 1.2: js-yaml refuses a "]" that is no
 * deeper than its key and takes {a:} for {a: null}, where kubectl reads the one and finds "a:" in
 * the other. What it reads is tested against kubectl's reader.
 */

/** What a document is made of, before its scalars are understood. Lines are the file's, from 1. */
export type Node = ScalarNode | ListNode | MappingNode | AliasNode;

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly line: number;
  readonly text: string;
  /** In full; '' for none, '!' for the one without a name. */
  readonly tag: string;
  /** That its text says what type it is of: unquoted and without a tag. */
  readonly implicit: boolean;
}

export interface ListNode {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly Node[];
}

export interface MappingNode {
  readonly kind: 'mapping';
  readonly line: number;
  readonly pairs: readonly (readonly [key: Node, value: Node])[];
}

export interface AliasNode {
  readonly kind: 'alias';
  readonly line: number;
  readonly name: string;
  /** For an alias within what it stands for, a node that isn't complete yet. */
  readonly target: Node;
}

interface Parser {
  readonly scanner: Scanner;
  readonly anchors: Map<string, Node>;
  depth: number;
}

/** What may stand where a node is expected. */
interface Place {
  /** Blocks: not within brackets. */
  readonly block: boolean;
  /** A list whose dashes are no deeper than the key of the mapping it is in. */
  readonly flatList: boolean;
}

const inBlock: Place = {block: true, flatList: false};
const inBlockMapping: Place = {block: true, flatList: true};
const inFlow: Place = {block: false, flatList: false};

/**
 * The root node of a document as gopkg.in/yaml.v2 v2.4.0 reads it (parserc.go, decode.go): what
 * follows the root node is not read. Undefined if there is none. `text` holds no character that is
 * forbidden; its first line is `line` in its file. Throws a Problem.
 */
export function parseNode(text: string, line: number): Node | undefined {
  const scanner = scannerOf(text, line);
  const parser: Parser = {scanner, anchors: new Map(), depth: 0};
  let first = peek(scanner);
  if (first.kind === 'end') return undefined;
  if (first.kind === 'start') {
    skip(scanner);
    first = peek(scanner);
    if (isOneOf(first, ['start', 'stop', 'end'])) return undefined;
  }
  const root = takeNode(parser, inBlock);
  peek(scanner);
  return root;
}

function isOneOf(token: Token, kinds: readonly TokenKind[]): boolean {
  return kinds.includes(token.kind);
}

function emptyScalar(line: number): ScalarNode {
  return {kind: 'scalar', line, text: '', tag: '', implicit: true};
}

/** A node, unless one of `ends` shows that it was left out. */
function takeOptional(parser: Parser, place: Place, ends: readonly TokenKind[]): Node {
  const token = peek(parser.scanner);
  return isOneOf(token, ends) ? emptyScalar(token.line) : takeNode(parser, place);
}

function takeNode(parser: Parser, place: Place): Node {
  const {scanner} = parser;
  const first = peek(scanner);
  if (first.kind === 'alias') {
    skip(scanner);
    const target = parser.anchors.get(first.text);
    if (target === undefined)
      throw new Problem(`there is no anchor ${shown(`&${first.text}`)}`, first.line);
    return {kind: 'alias', line: first.line, name: first.text, target};
  }
  const properties = takeProperties(parser);
  const token = peek(scanner);
  const remember = <T extends Node>(node: T): T => {
    if (properties.anchor !== undefined) parser.anchors.set(properties.anchor, node);
    return node;
  };
  const tag = properties.tag ?? '';
  if (token.kind === 'scalar') {
    skip(scanner);
    const implicit = tag === '!' || (tag === '' && token.plain);
    return remember({kind: 'scalar', line: token.line, text: token.text, tag, implicit});
  }
  const take = collectionReader(token.kind, place);
  if (take !== undefined) return takeCollection(parser, remember, token, take);
  if (properties.anchor === undefined && tag === '') throw unexpected(token);
  return remember({kind: 'scalar', line: token.line, text: '', tag, implicit: tag === ''});
}

function unexpected(token: Token): Problem {
  if (token.kind === 'end')
    return new Problem('the document ends where a value is expected', token.line);
  const what = token.kind.length === 1 ? `"${token.kind}"` : 'the indentation';
  return new Problem(
    `a value is expected, but ${what} is found; look at the line above too`,
    token.line,
  );
}

/** An anchor and a tag in either order, at most one of each. */
function takeProperties({scanner}: Parser): {readonly anchor?: string; readonly tag?: string} {
  const properties: {anchor?: string; tag?: string} = {};
  for (;;) {
    const {kind, text} = peek(scanner);
    if ((kind !== 'anchor' && kind !== 'tag') || properties[kind] !== undefined) return properties;
    properties[kind] = text;
    skip(scanner);
  }
}

type CollectionReader =
  | {readonly kind: 'list'; readonly read: (parser: Parser, items: Node[]) => void}
  | {readonly kind: 'mapping'; readonly read: (parser: Parser, pairs: [Node, Node][]) => void};

function collectionReader(kind: TokenKind, place: Place): CollectionReader | undefined {
  if (kind === '-' && place.flatList) return {kind: 'list', read: takeFlatList};
  if (kind === '[') return {kind: 'list', read: takeFlowList};
  if (kind === '{') return {kind: 'mapping', read: takeFlowMapping};
  if (kind === 'list' && place.block) return {kind: 'list', read: takeBlockList};
  if (kind === 'mapping' && place.block) return {kind: 'mapping', read: takeBlockMapping};
  return undefined;
}

function takeCollection(
  parser: Parser,
  remember: <T extends Node>(node: T) => T,
  {line}: Token,
  reader: CollectionReader,
): Node {
  parser.depth += 1;
  if (parser.depth > maxDepth) throw new Problem(tooDeep, line);
  // The node is remembered before it is complete: an alias may stand in it, to no good end.
  if (reader.kind === 'list') {
    const items: Node[] = [];
    const node = remember({kind: 'list', line, items});
    reader.read(parser, items);
    parser.depth -= 1;
    return node;
  }
  const pairs: [Node, Node][] = [];
  const node = remember({kind: 'mapping', line, pairs});
  reader.read(parser, pairs);
  parser.depth -= 1;
  return node;
}

function takeBlockList(parser: Parser, items: Node[]): void {
  const {scanner} = parser;
  skip(scanner);
  while (peek(scanner).kind === '-') {
    skip(scanner);
    items.push(takeOptional(parser, inBlock, ['-', 'dedent']));
  }
  const token = peek(scanner);
  if (token.kind !== 'dedent') {
    throw new Problem('a list item ("- ") is expected; look at the indentation', token.line);
  }
  skip(scanner);
}

function takeFlatList(parser: Parser, items: Node[]): void {
  while (peek(parser.scanner).kind === '-') {
    skip(parser.scanner);
    items.push(takeOptional(parser, inBlock, ['-', '?', ':', 'dedent']));
  }
}

function takeBlockMapping(parser: Parser, pairs: [Node, Node][]): void {
  const {scanner} = parser;
  const ends: readonly TokenKind[] = ['?', ':', 'dedent'];
  skip(scanner);
  while (peek(scanner).kind === '?') {
    skip(scanner);
    const key = takeOptional(parser, inBlockMapping, ends);
    pairs.push([key, takeValue(parser, inBlockMapping, ends)]);
  }
  const token = peek(scanner);
  if (token.kind !== 'dedent') {
    throw new Problem('a key is expected; look at the indentation', token.line);
  }
  skip(scanner);
}

/** What follows `:`, if that follows. */
function takeValue(parser: Parser, place: Place, ends: readonly TokenKind[]): Node {
  const token = peek(parser.scanner);
  if (token.kind !== ':') return emptyScalar(token.line);
  skip(parser.scanner);
  return takeOptional(parser, place, ends);
}

/** Goes past the comma before an entry that isn't the first; whether there is an entry. */
function takeComma(parser: Parser, close: ']' | '}', first: boolean): boolean {
  const {scanner} = parser;
  if (peek(scanner).kind === close) return false;
  if (first) return true;
  const token = peek(scanner);
  if (token.kind !== ',') throw new Problem(`"," or "${close}" is expected`, token.line);
  skip(scanner);
  return peek(scanner).kind !== close;
}

function takeFlowList(parser: Parser, items: Node[]): void {
  const {scanner} = parser;
  skip(scanner);
  while (takeComma(parser, ']', items.length === 0)) {
    const token = peek(scanner);
    items.push(token.kind === '?' ? takeFlowPair(parser) : takeNode(parser, inFlow));
  }
  skip(scanner);
}

/** A mapping of one pair, without braces, within a list. */
function takeFlowPair(parser: Parser): Node {
  const {scanner} = parser;
  const {line} = peek(scanner);
  const ends: readonly TokenKind[] = [',', ']'];
  skip(scanner);
  const token = peek(scanner);
  let key: Node;
  if (isOneOf(token, [':', ...ends])) {
    // kubectl's reader goes past this token, whatever it is.
    skip(scanner);
    key = emptyScalar(token.line);
  } else {
    key = takeNode(parser, inFlow);
  }
  return {kind: 'mapping', line, pairs: [[key, takeValue(parser, inFlow, ends)]]};
}

function takeFlowMapping(parser: Parser, pairs: [Node, Node][]): void {
  const {scanner} = parser;
  const ends: readonly TokenKind[] = [',', '}'];
  skip(scanner);
  while (takeComma(parser, '}', pairs.length === 0)) {
    const token = peek(scanner);
    if (token.kind === '?') {
      skip(scanner);
      const key = takeOptional(parser, inFlow, [':', ...ends]);
      pairs.push([key, takeValue(parser, inFlow, ends)]);
    } else {
      pairs.push([takeNode(parser, inFlow), emptyScalar(token.line)]);
    }
  }
  skip(scanner);
}
