import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {Addition, Name, Scaffold} from './made.ts';

/** A mistake of whoever runs the script, in one line. */
export class Misuse extends Error {}

/** The name in all ways of writing; throws Misuse if it is none. */
export function nameOf(kebab: string): Name {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(kebab)) {
    throw new Misuse(`${JSON.stringify(kebab)} is not a name: give lower-case words, as near-miss`);
  }
  const camel = kebab.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return {kebab, camel, pascal: camel.charAt(0).toUpperCase() + camel.slice(1)};
}

/**
 * Makes the files below `root`, adds the lines and has the formatter put all in order. Nothing is written
 * unless everything fits; else it throws Misuse.
 */
export function build({files, additions}: Scaffold, root: string): void {
  const taken = files.find(({path}) => existsSync(join(root, path)));
  if (taken !== undefined) throw new Misuse(`${taken.path} is there already`);
  const changed = new Map<string, string>();
  for (const addition of additions) {
    const {path} = addition;
    const before = changed.get(path) ?? readFileSync(join(root, path), 'utf8');
    changed.set(path, withAddition(before, addition));
  }
  const written = [...files.map(({path, text}) => [path, text] as const), ...changed];
  for (const [path, text] of written) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    writeFileSync(join(root, path), text);
  }
  const biome = join(root, 'node_modules/.bin/biome');
  const paths = written.map(([path]) => path);
  const {status, stderr} = spawnSync(biome, ['check', '--write', ...paths], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`biome: ${stderr}`);
}

function withAddition(text: string, {path, at, where, text: added}: Addition): string {
  const pieces = text.split(at);
  const [before, after] = pieces;
  if (before === undefined || after === undefined || pieces.length > 2) {
    throw new Misuse(
      `${path} has ${pieces.length - 1} places for it, not one: adapt scripts/new (${JSON.stringify(at)})`,
    );
  }
  return where === 'before' ? `${before}${added}${at}${after}` : `${before}${at}${added}${after}`;
}
