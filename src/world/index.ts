import {writeSync} from 'node:fs';
import type {ConnectionFlags} from '../commands/flags.ts';
import type {World} from '../commands/world.ts';
import {exitCodes, UserError} from '../errors.ts';
import {escapeText} from '../report/escape.ts';
import type {Progress} from './progress.ts';

interface RealWorld extends World {
  /** Whether a session was opened and has not failed: only a session's output is not written at once. */
  hadSession(): boolean;
  /** Whether one is open now. */
  isInSession(): boolean;
}

/** The real world. What few commands need, even Node's own modules, is loaded when it is needed. */
export function realWorld(signal: AbortSignal): RealWorld {
  const {env} = process;
  let progress: Progress | undefined;
  let session: 'none' | 'open' | 'over' | 'failed' = 'none';
  const warn = (line: string) => {
    progress?.clear();
    write(2, `${line.split('\n').map(escapeText).join('\n')}\n`);
  };
  return {
    print(text) {
      progress?.clear();
      write(1, text);
    },
    warn,
    get noSession() {
      return noSessionReason(env); // when asked: Node takes a while to look at its streams
    },
    async openSession(options) {
      progress?.stop(); // the session shows its own
      const {openSession} = await import('./terminal.tsx');
      session = 'open';
      try {
        const end = await openSession(options, signal);
        session = 'over';
        return end;
      } catch (error) {
        session = 'failed';
        throw error;
      }
    },
    isInSession: () => session === 'open',
    hadSession: () => session === 'open' || session === 'over',
    now: () => new Date().toISOString(),
    async readDocuments(paths) {
      const {readFiles} = await import('./files.ts');
      return readFiles(paths);
    },
    async renderKustomization(folder) {
      const {renderKustomization} = await import('./kustomize.ts');
      return renderKustomization(folder, {env, signal});
    },
    async writeFile(path, text, force) {
      const {writePrivateFile} = await import('./files.ts');
      return writePrivateFile(path, text, force);
    },
    async fileExists(path) {
      const {exists} = await import('./files.ts');
      return exists(path);
    },
    async makeFolder(path) {
      const {makeFolder} = await import('./files.ts');
      return makeFolder(path);
    },
    temporaryFolder: () => process.getBuiltinModule('node:os').tmpdir(),
    async ask(question) {
      const {askAtTerminal} = await import('./ask.ts');
      return askAtTerminal(question);
    },
    async demo() {
      const {demoSnapshot} = await import('../demo/index.ts');
      return demoSnapshot;
    },
    defaultNamespace: flags => namespaceOf(flags, env),
    async connect(flags) {
      const {connect, isForbidden, isNotFound} = await import('./client.ts');
      const level = logLevel(flags.v);
      progress ??= await openProgress();
      const log = (of: number, line: string) => {
        // In a session, a line would land in the middle of the screen.
        if (of <= level && !(session === 'open' && process.stderr.isTTY)) warn(line);
      };
      const client = await connect(flags, {env, signal, warn, log, progress});
      return {...client, isForbidden, isNotFound};
    },
    async kubeconfigNames({kubeconfig = ''}) {
      const {readKubeconfig} = await import('./kubeconfigFiles.ts');
      const {contexts, clusters, users} = readKubeconfig(kubeconfig, env);
      return {
        contexts: [...contexts.keys()],
        clusters: [...clusters.keys()],
        users: [...users.keys()],
      };
    },
    async installCompleter() {
      const {installCompleter} = await import('./completer.ts');
      return installCompleter(env.PATH ?? env.Path ?? '', process.platform);
    },
  };
}

/** A line of progress on standard error, if that is a terminal. */
async function openProgress(): Promise<Progress | undefined> {
  if (!process.getBuiltinModule('node:tty').isatty(2)) return undefined;
  const {createProgress} = await import('./progress.ts');
  const progress = createProgress({
    write: text => write(2, text),
    columns: () => process.stderr.columns || 80,
    after: (ms, task) => void setTimeout(task, ms).unref(),
  });
  process.once('exit', progress.clear);
  return progress;
}

function logLevel(text: string | undefined): number {
  if (text === undefined || /^\d+$/.test(text)) return Number(text ?? 0);
  throw new UserError(`-v: ${JSON.stringify(text)} is not a number`, exitCodes.usage);
}

function noSessionReason({TERM}: NodeJS.ProcessEnv): string | undefined {
  if (process.stdout.isTTY !== true || process.stdin.isTTY !== true) return 'no terminal';
  return TERM === 'dumb' ? 'this terminal (TERM=dumb) can show no session' : undefined;
}

/** Without a usable kubeconfig, files without a namespace go to `default`. */
async function namespaceOf(flags: ConnectionFlags, env: NodeJS.ProcessEnv): Promise<string> {
  const {resolveTarget} = await import('./kubeconfig.ts');
  try {
    return resolveTarget(flags, env).namespace;
  } catch (error) {
    if (flags.context !== undefined || flags.kubeconfig) throw error;
    return 'default';
  }
}

/** Writes all of it before it returns, so that nothing is lost when the process ends. */
function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const {code} = error as {readonly code?: string};
      if (code === 'EAGAIN') Atomics.wait(pause, 0, 0, 5);
      else if (code === 'EPIPE') process.exit(0);
      else if (descriptor === 2)
        return; // there is nowhere left to report it
      else throw new UserError(`standard output: ${code === 'ENOSPC' ? 'no space left' : code}`);
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));
