import {spawnSync} from 'node:child_process';
import {basename, delimiter, join} from 'node:path';
import {isExecutable} from '../run/executables.ts';

/** The programs that test/kubernetes/build.sh makes; test/kubernetes/README.md says what each does. */
export const binaryNames = [
  'etcd',
  'kube-apiserver',
  'psa-reference',
  'psp-bench',
  'psp-cases',
  'psp-coverage',
  'psp-reference',
  'yaml-reference',
] as const;
export type BinaryName = (typeof binaryNames)[number];

/** Whether nothing may be skipped and time matters less, as in CI; else the longest checks are shorter. */
export const isThorough = process.env.PSP_REQUIRE_REFERENCE === '1';

const buildScript = join(import.meta.dirname, '../../kubernetes/build.sh');
const here = {env: process.env, cache: builtDir};

/** Where to look for programs: the environment, and the folder that build.sh builds into. */
export interface Places {
  readonly env: NodeJS.ProcessEnv;
  readonly cache: () => string | undefined;
}

/**
 * The path of a reference program, or undefined if there is none. Looked for in
 * `$KUBEBUILDER_ASSETS` (where controller-runtime's envtest keeps its etcd and kube-apiserver),
 * then in the folder that build.sh builds into, then in `$PATH`.
 */
export function findBinary(name: BinaryName, {env, cache}: Places = here): string | undefined {
  const folders = [env.KUBEBUILDER_ASSETS, cache(), ...(env.PATH ?? '').split(delimiter)];
  return folders.flatMap(folder => (folder ? [join(folder, name)] : [])).find(isExecutable);
}

/** Why a test is skipped, and what to do about it, in one line. */
export function skipLine(name: BinaryName): string {
  return `skipped: ${missingLine(name)}`;
}

/**
 * Whether all these programs are there; for `describe.runIf(hasReference('etcd'))`. If not, it says
 * so in one line on stderr; or throws it, if the environment has `PSP_REQUIRE_REFERENCE=1`, so
 * that a run that shall skip nothing fails.
 */
export function hasReference(...names: readonly BinaryName[]): boolean {
  const missing = names.find(name => !findBinary(name));
  if (!missing) return true;
  if (isThorough) throw new Error(missingLine(missing));
  process.stderr.write(`${skipLine(missing)}\n`);
  return false;
}

/** The path of a reference program; throws if there is none. */
export function requireBinary(name: BinaryName): string {
  const path = findBinary(name);
  if (!path) throw new Error(missingLine(name));
  return path;
}

/** What a reference program prints for `input`, as bytes; throws what it says if it fails. */
export function runReference(
  name: BinaryName,
  args: readonly string[],
  input: string | Uint8Array = '',
): Buffer {
  return runProgram(requireBinary(name), args, input);
}

/** What the program at `path` prints for `input`, as bytes; throws what it says if it fails. */
export function runProgram(
  path: string,
  args: readonly string[],
  input: string | Uint8Array = '',
  env: NodeJS.ProcessEnv = process.env,
): Buffer {
  const {status, stdout, stderr, error} = spawnSync(path, args, {input, env, maxBuffer: 2 ** 30});
  if (error) throw error;
  const failure = `${basename(path)} exited with ${status}: ${stderr.toString().trim()}`;
  if (status !== 0) throw new Error(failure);
  return stdout;
}

let asked: string | undefined;

function missingLine(name: BinaryName): string {
  return `${name} not found; run test/kubernetes/build.sh or set KUBEBUILDER_ASSETS`;
}

/** The folder that build.sh builds into. Only the script knows it: it is named after a hash. */
function builtDir(): string | undefined {
  asked ??= spawnSync('bash', [buildScript, '--dir'], {encoding: 'utf8'}).stdout ?? '';
  return asked.trim() || undefined;
}
