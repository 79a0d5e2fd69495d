import {readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {delimiter, join} from 'node:path';
import {load, YAMLException} from 'js-yaml';
import {UserError} from '../errors.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';

/** One named entry of a kubeconfig; `file` is where it stands (its paths are relative to that). */
export interface Entry {
  readonly file: string;
  readonly fields: JsonObject;
}

/** Several kubeconfig files laid over each other. */
export interface Kubeconfig {
  readonly currentContext: string;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/**
 * The files kubectl reads (client-go tools/clientcmd/loader.go): `--kubeconfig` alone, else the list
 * in $KUBECONFIG, else ~/.kube/config. Files that do not exist are skipped, except an explicit one.
 */
export function readKubeconfig(explicit: string, env: NodeJS.ProcessEnv): Kubeconfig {
  if (explicit !== '') return merge([parseFile(explicit, readFileSyncOr(explicit))]);
  const files = kubeconfigPaths(env);
  return merge(
    files.flatMap(file => {
      const text = readIfThere(file);
      return text === undefined ? [] : [parseFile(file, text)];
    }),
  );
}

/** The files to look for when none is named on the command line. */
export function kubeconfigPaths(env: NodeJS.ProcessEnv): readonly string[] {
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter(file => file !== '');
  if (listed.length > 0) return [...new Set(listed)];
  const drive = env.HOMEDRIVE && env.HOMEPATH ? env.HOMEDRIVE + env.HOMEPATH : undefined;
  const homes = process.platform === 'win32' ? [env.HOME, drive, env.USERPROFILE] : [env.HOME];
  const known = homes.filter(home => home !== undefined && home !== '');
  return (known.length > 0 ? known : [homedir()]).map(home => join(home ?? '', '.kube', 'config'));
}

/** A string field; a UserError if it is something else, as with kubectl. Never shows the value. */
export function text(entry: Entry, ...path: readonly string[]): string | undefined {
  let value: Json | undefined = entry.fields;
  for (const key of path) value = isObject(value) ? value[key] : undefined;
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  throw new UserError(`${entry.file}: ${path.join('.')} is not a string: put it in quotes`);
}

/** A list of strings; missing is empty. */
export function texts(entry: Entry, key: string): readonly string[] {
  const value = entry.fields[key] ?? [];
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  throw new UserError(`${entry.file}: ${key} is not a list of strings`);
}

function merge(configs: readonly Kubeconfig[]): Kubeconfig {
  // The first file that names an entry, or a current context, wins.
  const first = (pick: (config: Kubeconfig) => ReadonlyMap<string, Entry>) =>
    new Map(configs.toReversed().flatMap(config => [...pick(config)]));
  return {
    currentContext: configs.find(config => config.currentContext !== '')?.currentContext ?? '',
    contexts: first(config => config.contexts),
    clusters: first(config => config.clusters),
    users: first(config => config.users),
  };
}

function parseFile(file: string, content: string): Kubeconfig {
  const root = parseYaml(file, content);
  const whole = {file, fields: root};
  return {
    currentContext: text(whole, 'current-context') ?? '',
    contexts: entries(whole, 'contexts', 'context'),
    clusters: entries(whole, 'clusters', 'cluster'),
    users: entries(whole, 'users', 'user'),
  };
}

function parseYaml(file: string, content: string): JsonObject {
  const bare = content.replace(/^\uFEFF/, '');
  if (bare.trim() === '') return {};
  try {
    const root = jsonIn(bare) ?? (load(bare) as Json);
    if (isObject(root)) return root;
    if (root === null) return {};
  } catch (error) {
    // The parser's own message quotes the lines around the fault, and they may hold a token.
    const where = error instanceof YAMLException ? `:${(error.mark?.line ?? 0) + 1}` : '';
    const why = error instanceof YAMLException ? error.reason : 'it cannot be parsed';
    throw new UserError(`${file}${where}: not YAML: ${why}`);
  }
  throw new UserError(`${file}: not a kubeconfig: it is not a mapping`);
}

/** JSON is YAML too, but faster to read as what it is. */
function jsonIn(content: string): Json | undefined {
  if (!content.startsWith('{')) return undefined;
  try {
    return JSON.parse(content) as Json;
  } catch {
    return undefined;
  }
}

function entries(whole: Entry, list: string, key: string): Map<string, Entry> {
  const items = whole.fields[list] ?? [];
  if (!Array.isArray(items)) throw new UserError(`${whole.file}: ${list} is not a list`);
  const found = new Map<string, Entry>();
  for (const [index, item] of items.entries()) {
    const entry = {file: whole.file, fields: isObject(item) ? item : {}};
    const name = text(entry, 'name');
    if (name === undefined) throw new UserError(`${whole.file}: ${list}[${index}] has no name`);
    if (found.has(name)) {
      throw new UserError(`${whole.file}: ${list} has ${JSON.stringify(name)} twice: remove one`);
    }
    const fields = entry.fields[key];
    found.set(name, {file: whole.file, fields: isObject(fields) ? fields : {}});
  }
  return found;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unreadable(file, error);
  }
}

function readFileSyncOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): UserError {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === 'ENOENT'
      ? 'there is no such file'
      : code === 'EACCES'
        ? 'you may not read it'
        : code === 'EISDIR'
          ? 'it is a folder'
          : `reading it failed (${code ?? 'unknown error'})`;
  return new UserError(`kubeconfig ${file}: ${why}`);
}
