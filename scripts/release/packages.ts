import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Metafile} from 'esbuild';
import {root} from '../bundle/bundle.ts';

/** An npm package of which something is in the bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As package.json has it: an SPDX expression. */
  readonly license: string;
  readonly author: string | undefined;
  readonly homepage: string | undefined;
  /** Its licence and notice files: name and text. */
  readonly texts: readonly {readonly file: string; readonly text: string}[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | {readonly name?: string};
  readonly homepage?: string;
  readonly repository?: string | {readonly url?: string};
}

/** The packages that esbuild took code from, by name and version; each once, wherever it lies. */
export function bundledPackages({outputs}: Metafile): readonly BundledPackage[] {
  const files = Object.values(outputs).flatMap(({inputs}) =>
    Object.entries(inputs).flatMap(([file, {bytesInOutput}]) => (bytesInOutput > 0 ? [file] : [])),
  );
  const folders = new Set(files.flatMap(file => packageFolder(file) ?? []));
  const found = new Map([...folders].map(packageIn).map(each => [idOf(each), each]));
  return [...found.values()].sort((a, b) => compare(idOf(a), idOf(b)));
}

/** `node_modules/a/node_modules/@b/c` of a file below it. */
function packageFolder(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function packageIn(folder: string): BundledPackage {
  const path = join(root, folder);
  const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
  const {name, version, license, author, homepage, repository} = manifest;
  if (license === undefined) throw new Error(`${folder}: its package.json names no licence`);
  const files = readdirSync(path).filter(file => /^(licen[cs]e|copying|notice)/i.test(file));
  return {
    name,
    version,
    license,
    author: typeof author === 'object' ? author.name : author,
    homepage: homepage ?? (typeof repository === 'object' ? repository.url : repository),
    texts: files.sort(compare).map(file => ({file, text: readFileSync(join(path, file), 'utf8')})),
  };
}

function idOf({name, version}: BundledPackage): string {
  return `${name}@${version}`;
}

/** By code units, which is the same in every locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
