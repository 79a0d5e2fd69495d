/**
 * node scripts/bundle/warm.ts CHUNKS FOLDER: runs the program's usual commands on chunks of scriptChunks
 * and writes what V8 compiled of each chunk as NAME.cache beside it. FOLDER is an empty one for files.
 * Runs on the Node that will run them.
 */
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {PassThrough} from 'node:stream';
import {setFlagsFromString} from 'node:v8';
import {Script} from 'node:vm';
import {mainChunk} from './bundle.ts';
import {chunkRequire} from './chunkLoader.ts';
import {startWarmServer} from './warmServer.ts';

const [chunks = '', folder = ''] = process.argv.slice(2);
const program = process.argv.slice(0, 2);
const scripts = new Map<string, Script>();

const manifest = join(folder, 'pod.yaml');
const kubeconfig = join(folder, 'kubeconfig');
const podText = `apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
spec:
  securityContext: {runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000}
  containers:
    - name: web
      image: nginx
      ports: [{containerPort: 80, hostPort: 8080}]
      securityContext: {capabilities: {drop: [ALL]}}
  volumes: [{name: data, hostPath: {path: /data}}]
`;
const kubeconfigText = (server: string) => `apiVersion: v1
kind: Config
current-context: here
contexts: [{name: here, context: {cluster: here, user: nobody}}]
clusters: [{name: here, cluster: {server: "${server}"}}]
users: [{name: nobody, user: {token: none}}]
`;

const commandLines: readonly (readonly string[])[] = [
  ['version'],
  ['version', '-o', 'json'],
  ['--help'],
  ['advise', '-f', manifest],
  ['who-can', '--demo', '-A'],
  ['why', '--demo', '-A'],
  ['--demo'],
  ['audit', '--demo', '-A'],
  ['check', '--demo'],
  ['who-can', '-n', 'shop'],
  ['why', '-A'],
  ['advise', '-A', '-o', 'table'],
];
const session = ['--demo'];

writeFileSync(manifest, podText);
writeFileSync(kubeconfig, kubeconfigText(await startWarmServer()));
process.env.KUBECONFIG = kubeconfig;
setFlagsFromString('--no-flush-bytecode'); // keep what was compiled until it is written

const waiting: (() => void)[] = [...commandLines.map(args => () => run(args)), runSession];
const exit = process.exit;
// A command ends with it; the session when nothing is left to do.
process.exit = (() => goOn()) as unknown as typeof process.exit;
process.on('beforeExit', () => goOn());
goOn();
process.on('exit', () => {
  setFlagsFromString('--flush-bytecode'); // V8 takes no cache that was made under other flags
  for (const [name, script] of scripts) writeCache(name, script);
});

function goOn(): void {
  const code = process.exitCode ?? 0;
  if (code !== 0) throw new Error(`${process.argv.slice(2).join(' ')} ended with ${code}`);
  const next = waiting.shift();
  if (next === undefined) exit(0);
  else setImmediate(next);
}

/** Runs one command line. */
function run(args: readonly string[]): void {
  process.argv = [...program, ...args];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  chunkRequire(scriptOf, createRequire(import.meta.url))(`./${mainChunk}/${mainChunk}`);
}

function scriptOf(name: string): Script {
  const file = join(chunks, name);
  if (!existsSync(file)) throw new Error(`there is no chunk ${name}`);
  const script = scripts.get(name) ?? new Script(readFileSync(file, 'utf8'), {filename: name});
  scripts.set(name, script);
  return script;
}

function writeCache(name: string, script: Script): void {
  const cachedData = script.createCachedData();
  const source = readFileSync(join(chunks, name), 'utf8');
  if (new Script(source, {filename: name, cachedData}).cachedDataRejected) {
    throw new Error(`V8 does not take its own cache of ${name}`);
  }
  writeFileSync(join(chunks, `${name}.cache`), cachedData);
}

/** The session, on a terminal of our own: its first screens, and the keys that move and end it. */
function runSession(): void {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => input,
    ref: () => input,
    unref: () => input,
  });
  const output = Object.assign(new PassThrough(), {isTTY: true, columns: 100, rows: 30});
  output.resume();
  Object.defineProperty(process, 'stdin', {value: input});
  Object.defineProperty(process, 'stdout', {value: output});
  run(session);
  const keys = ['\u001B[B', '\u001B[B', '\r', '\u001B', 'q'];
  const typing = setInterval(() => {
    const key = keys.shift();
    if (key !== undefined) input.write(key);
    else clearInterval(typing);
  }, 200);
}
