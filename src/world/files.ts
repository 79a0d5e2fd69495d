import {closeSync, createReadStream, fsync, openSync, rmSync, writeFile} from 'node:fs';
import {mkdir, readdir, readFile, rename, stat} from 'node:fs/promises';
import {dirname, extname, join} from 'node:path';
import {createInterface} from 'node:readline/promises';
import type {Readable} from 'node:stream';
import {promisify} from 'node:util';
import {exitCodes, UserError} from '../errors.ts';
import {mayBeManifest, unreadableDocument} from '../inventory/files/otherFiles.ts';
import {shellWord} from '../text.ts';
import {
  decodeText,
  maxFileSize,
  maxJsonSize,
  readDocuments,
  type SourceDocument,
  sizeLimit,
} from '../yaml/documents.ts';
import {expectMany} from './memory.ts';

/** Of a cluster of some thousand pods a snapshot is larger, in bytes. */
const manyObjectsSize = 2 ** 23;
const manifestEndings = ['.yaml', '.yml', '.json'];

/** The documents of files, folders and `-` (standard input), in the order given. */
export async function readFiles(paths: readonly string[]): Promise<readonly SourceDocument[]> {
  const documents: SourceDocument[] = [];
  for (const path of paths) {
    for (const file of await filesOf(path)) {
      const name = file === '-' ? 'standard input' : file;
      const text = decodeText(await bytesOf(file), name);
      documents.push(...(file === path ? readDocuments(text, name) : documentsFound(text, name)));
    }
  }
  return documents;
}

/** The documents of a file of a folder. One that is not Kubernetes' may be of any form. */
function documentsFound(text: string, file: string): readonly SourceDocument[] {
  try {
    return readDocuments(text, file).map(document => ({...document, isFound: true}));
  } catch (error) {
    if (!(error instanceof UserError) || mayBeManifest(text)) throw error;
    return [unreadableDocument(file)];
  }
}

/** The file itself, or the manifests in a folder and below it, sorted. */
async function filesOf(path: string): Promise<readonly string[]> {
  if (path === '-') return [path];
  refuseUrl(path);
  const info = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!info.isDirectory()) return [path];
  const entries = await readdir(path, {recursive: true, withFileTypes: true}).catch(
    (error: unknown) => {
      throw unreadable(path, error);
    },
  );
  const files = entries
    .filter(entry => !entry.isDirectory() && isManifest(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) {
    throw new UserError(`${path}: no ${manifestEndings.join(', ')} file in this folder`);
  }
  return files;
}

/** This program talks to the API server alone. */
function refuseUrl(path: string): void {
  if (!/^https?:\/\//i.test(path)) return;
  throw new UserError(
    `${path}: only files are read; pipe it: curl -fsSL ${shellWord(path)} | kubectl psp ... -f - (or --from -)`,
    exitCodes.usage,
  );
}

/** By its extension; a kustomization may have none. */
function isManifest(name: string): boolean {
  return manifestEndings.includes(extname(name)) || name === 'Kustomization';
}

async function bytesOf(file: string): Promise<Uint8Array> {
  if (file === '-') return readStart(process.stdin);
  try {
    const info = await stat(file);
    if (info.size > manyObjectsSize) expectMany();
    // In one piece: of a snapshot of 200 MB the pieces and what they are joined to would be there together.
    const isWhole = info.isFile() && info.size <= maxJsonSize;
    return await (isWhole ? readFile(file) : readStart(createReadStream(file)));
  } catch (error) {
    throw unreadable(file, error);
  }
}

/**
 * All there is, or a little more than the most that is read: a huge file, or a device without an
 * end, would fill the memory only to be refused.
 */
async function readStart(stream: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  let most: number | undefined;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size <= maxFileSize) continue;
    most ??= sizeLimit(Buffer.concat(chunks));
    if (size > most) break;
  }
  return Buffer.concat(chunks);
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the device',
  EROFS: 'read-only file system',
};

function unreadable(path: string, error: unknown): UserError {
  const code = (error as {readonly code?: string}).code ?? '';
  return new UserError(`${path}: ${reasons[code] ?? String(error)}`, exitCodes.unreadable, {
    cause: error,
  });
}

/** Makes a folder, and those that it is in, if they are not there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, {recursive: true});
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Writes a file that only its owner can read, whole or not at all, also where the process exits meanwhile.
 * One that exists is overwritten if `force` is set or the user says so at the terminal.
 */
export async function writePrivateFile(
  path: string,
  text: string | Iterable<string>,
  force: boolean,
): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isFile()) {
    // A device or a folder would be replaced by the file.
    throw new UserError(
      `${path}: is not a regular file; name one, or leave it out for standard output`,
    );
  }
  if (!force && existing !== undefined && !(await isAgreed(`${path} exists. Overwrite it?`))) {
    throw new UserError(`${path} exists; use --force to overwrite it`, exitCodes.usage);
  }
  const draft = join(dirname(path), `.${crypto.randomUUID()}.tmp`);
  const discard = () => removeIfThere(draft);
  process.once('exit', discard);
  try {
    await writeWhole(draft, text);
    await rename(draft, path);
  } catch (error) {
    // What is no matter of the file is one of its text.
    throw (error as NodeJS.ErrnoException).syscall === undefined ? error : unreadable(path, error);
  } finally {
    discard();
    process.removeListener('exit', discard);
  }
}

function removeIfThere(path: string): void {
  try {
    rmSync(path);
  } catch {
    // What made it impossible to write it is reported.
  }
}

async function writeWhole(path: string, text: string | Iterable<string>): Promise<void> {
  // Made at once: a file that is still being made when the process exits would appear after its clean-up.
  const file = openSync(path, 'wx', 0o600);
  try {
    // A file number goes on where it was.
    for (const part of typeof text === 'string' ? [text] : text) {
      await promisify(writeFile)(file, part);
    }
    await promisify(fsync)(file);
  } finally {
    closeSync(file);
  }
}

/** Whether there is anything at this path. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isAgreed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const terminal = createInterface({input: process.stdin, output: process.stderr});
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
