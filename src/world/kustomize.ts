import {spawn} from 'node:child_process';
import {text} from 'node:stream/consumers';
import {exitCodes, UserError} from '../errors.ts';
import {readDocuments, type SourceDocument} from '../yaml/documents.ts';

/** What rendering needs from its surroundings. */
export interface KustomizeEnvironment {
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The objects of a kustomization folder as `kubectl kustomize` renders them. A UserError if there is no
 * kubectl, or it fails.
 */
export async function renderKustomization(
  folder: string,
  {env, signal}: KustomizeEnvironment,
): Promise<readonly SourceDocument[]> {
  const command = `kubectl kustomize ${folder}`;
  const kubectl = spawn('kubectl', ['kustomize', folder], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const ended = new Promise<number | string>((resolve, reject) => {
    kubectl.on('error', (error: Error & {readonly code?: string}) => {
      reject(new UserError(`-k ${folder}: ${startProblem(error)}`, exitCodes.unreadable));
    });
    kubectl.on('close', (code, stopped) => resolve(code ?? stopped ?? ''));
  });
  const [code, out, err] = await Promise.all([ended, text(kubectl.stdout), text(kubectl.stderr)]);
  if (code === 0) return readDocuments(out, command);
  const [said = ''] = err
    .trim()
    .split('\n')
    .filter(line => line !== '')
    .slice(-1);
  throw new UserError(
    `${command}: ${plainError(said) || `ended with ${code}`}`,
    exitCodes.unreadable,
  );
}

/** What went wrong, of a line that may be one of kubectl's log, with `err="..."` at its end. */
function plainError(line: string): string {
  const [, quoted] = /^E\d{4} .*? err=("(?:[^"\\]|\\.)*")$/.exec(line) ?? [];
  if (quoted === undefined) return line.replace(/^error: /, '');
  return quoted.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}

function startProblem({code, message}: Error & {readonly code?: string}): string {
  if (code !== 'ENOENT') return `kubectl can't be run: ${message}`;
  return 'kubectl, which renders it, is not in PATH; or render it elsewhere and give it with -f -';
}
