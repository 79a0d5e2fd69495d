import {exitCodes, UserError} from '../errors.ts';
import type {Json} from '../kube/json.ts';
import {jsonValues} from './jsonStream.ts';
import {readYaml, type YamlValue} from './parse.ts';
import {type RepeatedKey, YamlProblem} from './problem.ts';
import {kubectlSchema} from './schema.ts';
import {templateKindOf} from './template.ts';

export {printYaml} from './print.ts';
export type {RepeatedKey} from './problem.ts';

/** One object of a file, or whatever else stands in one of its documents. */
export interface SourceDocument {
  readonly file: string;
  /** Its place among the documents of the file that hold something, from 1. */
  readonly index: number;
  /** The line it begins on, from 1. */
  readonly line: number;
  readonly value: Json;
  /** Keys that it has again in a mapping; absent if there are none. */
  readonly repeated?: readonly RepeatedKey[];
  /** Whether its file was found in a folder that was named. */
  readonly isFound?: boolean;
}

/** The largest file of YAML that is read: 64 MiB. etcd holds 8 GiB at most, a namespace a few MiB. */
export const maxFileSize = 64 * 1024 * 1024;

/** The largest one of JSON: 256 MiB. The snapshot of a cluster of 80,000 pods has 150. */
export const maxJsonSize = 4 * maxFileSize;

/** How many bytes of a file that begins like this are read: JSON takes a fraction of the memory. */
export function sizeLimit(start: Uint8Array): number {
  const first = start.subarray(0, sniffed).find(byte => !isSpace(byte));
  return first === openingBrace ? maxJsonSize : maxFileSize;
}

const openingBrace = 0x7b;

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/**
 * The text of a UTF-8 file without its byte order mark. `file` is its name, for errors. Throws a
 * UserError if it is something else or larger than it may be.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const most = sizeLimit(bytes);
  if (bytes.length > most) {
    const [size, limit] = [bytes.length, most].map(length => Math.ceil(length / 1024 / 1024));
    throw unreadable(`${file}: has ${size} MiB, and at most ${limit} MiB are read; split it`);
  }
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw unreadable(`${file}: UTF-16 text can't be read; save it as UTF-8`);
  }
  if (bytes.includes(0)) {
    throw unreadable(
      `${file}: contains NUL bytes, so it is not a manifest (a binary file or UTF-16?)`,
    );
  }
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (error) {
    throw unreadable(`${file}: is not UTF-8 text; save it as UTF-8`, error);
  }
}

function unreadable(message: string, cause?: unknown): UserError {
  return new UserError(message, exitCodes.unreadable, {cause});
}

/**
 * The documents of a file as kubectl v1.24 reads them with -f (k8s.io/cli-runtime v0.24.17,
 * pkg/resource/visitor.go, StreamVisitor): a text that begins with `{` is a stream of JSON values,
 * any other is YAML. Empty documents are left out. `file` is its name. Throws a UserError with the
 * file, the document and the line of what can't be read.
 */
export function readDocuments(text: string, file: string): readonly SourceDocument[] {
  const documents: SourceDocument[] = [];
  try {
    for (const {value, line, repeated} of isJson(text) ? jsonValues(text) : yamlValues(text)) {
      if (value === null) continue;
      const document = {file, index: documents.length + 1, line, value};
      documents.push(repeated.length > 0 ? {...document, repeated} : document);
    }
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    const place = `document ${documents.length + 1}, line ${error.line}`;
    const template = templateKindOf(text, file, error.line);
    const reason =
      template === undefined
        ? error.message
        : `a template (${template.marks}) is not a manifest; ${template.render}`;
    throw unreadable(`${file}: ${place}: ${reason}`, error);
  }
  return documents;
}

/** How many bytes kubectl looks at for the `{` (StreamVisitor: NewYAMLOrJSONDecoder). */
const sniffed = 4096;

function isJson(text: string): boolean {
  const [lead = ''] = leadingSpace.exec(text) ?? [];
  return text.charAt(lead.length) === '{' && Buffer.byteLength(lead) < sniffed;
}

/** What Go's unicode.IsSpace takes for space, at the start of a text. */
const leadingSpace = /^[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/;

/**
 * What YAML forbids in a stream (yaml.v2, readerc.go), and line breaks that only YAML 1.1 has,
 * which js-yaml would take for text.
 */
const forbiddenCharacter =
  /[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function* yamlValues(text: string): Generator<YamlValue> {
  const schema = kubectlSchema();
  for (const part of splitYaml(text)) {
    const forbidden = forbiddenCharacter.exec(part.text);
    if (forbidden !== null) throw forbiddenProblem(part, forbidden);
    const read = readYaml(part.text, part.line, schema);
    if (read !== undefined) yield read;
  }
}

function forbiddenProblem(part: Part, {0: character, index}: RegExpExecArray): YamlProblem {
  const line = part.line + part.text.slice(0, index).split('\n').length - 1;
  const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
  return new YamlProblem(
    `YAML can't contain the character U+${code.toUpperCase()}; write it as "\\u${code}"`,
    line,
  );
}

interface Part {
  readonly text: string;
  readonly line: number;
}

/**
 * A YAML text split at lines that begin with `---`, wherever they are, even in a string
 * (k8s.io/apimachinery v0.24.17, pkg/util/yaml/decoder.go, YAMLReader).
 */
function* splitYaml(text: string): Generator<Part> {
  let start = 0;
  let startLine = 1;
  let line = 1;
  for (let at = 0; at < text.length; line += 1) {
    const end = endOfLine(text, at);
    if (text.startsWith('---', at)) {
      checkSeparator(text.slice(at + 3, end).replace(leadingSpace, ''), line);
      if (at > start) {
        yield partOf(text.slice(start, at), startLine);
        start = end;
        startLine = line + 1;
      }
    }
    at = end;
  }
  if (start < text.length) yield partOf(text.slice(start), startLine);
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

function checkSeparator(rest: string, line: number): void {
  if (rest === '' || rest.startsWith('#')) return;
  throw new YamlProblem('text follows --- on its line; kubectl wants it on the next line', line);
}

function partOf(text: string, line: number): Part {
  const lines = text.replaceAll('\r\n', '\n');
  return {text: lines.endsWith('\n') ? lines : `${lines}\n`, line};
}
