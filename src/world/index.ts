import {writeSync} from 'node:fs';
import {gunzipSync} from 'node:zlib';
import type {World} from '../commands/world.ts';
import type {JsonObject} from '../kube/json.ts';
import {parseJson} from '../kube/json.ts';
import {escapeText} from '../report/escape.ts';
import {readDocuments, writePrivateFile} from './files.ts';
import {resolveTarget} from './kubeconfig.ts';

/** The real world. What is rarely needed is loaded when it is. */
export function realWorld(signal: AbortSignal): World {
  const {env} = process;
  const warn = (line: string) => write(2, `${line.split('\n').map(escapeText).join('\n')}\n`);
  return {
    print: text => write(1, text),
    warn,
    stdoutIsTerminal: process.stdout.isTTY === true,
    now: () => new Date().toISOString(),
    readDocuments,
    writeFile: writePrivateFile,
    async demo() {
      const {demoSnapshot} = await import('../demo/index.ts');
      const bytes = gunzipSync(Buffer.from(demoSnapshot, 'base64'));
      return parseJson(bytes.toString('utf8')) as JsonObject;
    },
    defaultNamespace: flags => namespaceOf(flags, env),
    async connect(flags) {
      const {connect, isForbidden, isNotFound} = await import('./client.ts');
      const client = await connect(flags, {env, signal, warn});
      return {...client, isForbidden, isNotFound};
    },
  };
}

/** Where there is no usable kubeconfig, files without a namespace go to `default`. */
function namespaceOf(flags: Parameters<typeof resolveTarget>[0], env: NodeJS.ProcessEnv): string {
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
      else throw error;
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));
