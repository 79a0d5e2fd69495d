import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {main} from '../../../src/cli.ts';
import type {World} from '../../../src/commands/world.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
} from '../../../src/kube/json.ts';
import {escapeText} from '../../../src/report/escape.ts';
import {realWorld} from '../../../src/world/index.ts';
import type {Ran} from './run.ts';

/** Runs a command line inside this process: the real files and servers, but not the real output. */
export async function runHere(...args: readonly string[]): Promise<Ran> {
  return runWith({}, ...args);
}

/** What a user does while a command runs, and where. */
export interface UserSide {
  /** What they answer to each question; without it there is no terminal to ask at. */
  readonly answers?: readonly string[];
  /** Where new files go. */
  readonly folder?: string;
}

/** The same at a terminal, or in a folder; questions go to standard error. */
export async function runWith(
  {answers, folder}: UserSide,
  ...args: readonly string[]
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const left = [...(answers ?? [])];
  const real = realWorld(new AbortController().signal);
  const world: World = {
    ...real,
    print: (text: string) => void out.push(text),
    warn: (text: string) => void err.push(`${text.split('\n').map(escapeText).join('\n')}\n`),
    async ask(question) {
      if (answers === undefined) return real.ask(question);
      err.push(`${question}\n`);
      return left.shift() ?? '';
    },
    writeFile: (path, text, force) =>
      real.writeFile(folder === undefined ? path : join(folder, path), text, force),
  };
  const code = await main(args, world);
  return {code, out: out.join(''), err: err.join('')};
}

/** The items of `why -o json` or `advise -o json`; fails if the program does. */
export async function itemsHere(...args: readonly string[]): Promise<readonly JsonObject[]> {
  const {code, out, err} = await runHere(...args, '-o', 'json');
  if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${code}: ${err}`);
  return itemsOf(out);
}

/** The items of a document of machine output. */
export function itemsOf(text: string): readonly JsonObject[] {
  const items = objectOf(parseJson(text)).items;
  if (!Array.isArray(items)) throw new Error('no items');
  return items.filter(isObject);
}

/** The value, if it is an object; fails if not. */
export function objectOf(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw new Error(`no object: ${printJson(value)}`);
  return value;
}

/** A new folder with these files (paths below it and what is in them); gone after the run. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'psp-commands-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, content);
  }
  return folder;
}

/** A new file with this in it, objects as one stream of JSON; gone after the run. */
export function fileOf(content: string | readonly object[], name = 'objects.yaml'): string {
  const text =
    typeof content === 'string'
      ? content
      : content.map(object => `${printJson(object)}\n`).join('');
  return join(folderOf({[name]: text}), name);
}
