import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {basename, dirname, join, relative, sep} from 'node:path';
import {describe, expect, test} from 'vitest';
import {commands, rootCommand} from '../../src/commands/index.ts';
import {controls} from '../../src/controls/index.ts';

const root = join(import.meta.dirname, '../..');
const thisFile = 'test/house/layers.test.ts';

/**
 * The files and folders of src/ from high to low, as ARCHITECTURE.md lists them: a file may import from
 * its own line and from the lines below it.
 */
const layers: readonly string[] = layersIn(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'));

/** The start of the process, and what tells which Node runs. */
const besideWorld = ['src/main.ts', 'src/version.ts'];

const sources = filesUnder('src').filter(file => /\.tsx?$/.test(file));
const tests = filesUnder('test').filter(file => /\.tsx?$/.test(file));

describe('layers', () => {
  test('ARCHITECTURE.md has a line for all that is in src/, and for nothing else', () => {
    expect(layers.toSorted()).toEqual(readdirSync(join(root, 'src')).toSorted());
  });

  test('imports go from upper layers to lower ones', () => {
    const upward = sources.flatMap(file =>
      importsOf(file)
        .filter(target => target.startsWith('.'))
        .map(target => join(dirname(file), target))
        .filter(target => layerOf(target) < layerOf(file))
        .map(target => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test('only src/world/ talks to the world', () => {
    const outside = sources.filter(
      file => !file.startsWith('src/world/') && !besideWorld.includes(file),
    );
    const worldly =
      /^(@kubernetes\/client-node|(node:)?(fs|https?|http2|net|tls|dgram|dns|child_process|os|readline|process|worker_threads)(\/promises)?)$/;
    const touching = outside.flatMap(file => [
      ...importsOf(file).filter(target => worldly.test(target)),
      ...(withoutComments(read(file)).match(/\b(process|console)\.\w+|\bfetch\(/g) ?? []),
    ]);
    expect(touching).toEqual([]);
  });
});

describe('every', () => {
  test.each(controls.map(({id}) => id))('control has a file and a test of its name: %s', id => {
    expect(sources).toContain(`src/controls/${id}.ts`);
    expect(tests).toContain(`test/controls/${id}.test.ts`);
  });

  const commandFiles = sources.filter(
    file =>
      file.startsWith('src/commands/') && /^export const .*\bdefineCommand\(/m.test(read(file)),
  );
  test('command is registered, under the name of its file unless it is what runs without one', () => {
    const registry = 'src/commands/index.ts';
    const registered = importsOf(registry).map(target => join(dirname(registry), target));
    expect(commandFiles.filter(file => !registered.includes(file))).toEqual([]);
    const named = commandFiles
      .map(file => basename(file, '.ts'))
      .filter(name => commands.some(command => command.name === name));
    expect(named.length).toBe(commands.length);
    expect([rootCommand.name, named.length]).toEqual(['', commandFiles.length - 1]);
  });

  test.each(commandFiles)('command has a test of its name: %s', file => {
    expect(tests).toContain(file.replace(/^src/, 'test').replace(/\.ts$/, '.test.ts'));
  });
});

describe('nothing', () => {
  const written = ['src', 'test', 'scripts', 'bin', 'docs', '.ci']
    .flatMap(filesUnder)
    .concat(readdirSync(root).filter(name => name.endsWith('.md')))
    .filter(file => file !== thisFile && !file.startsWith('test/fixtures/'));

  test('is left for later', () => {
    // context.TODO() is a function of Go.
    expect(written.filter(file => /\b(TODO|FIXME)\b(?!\(\))/.test(read(file)))).toEqual([]);
  });

  test('speaks of one machine', () => {
    const homes = /(^|[^\w./-])\/(work|root|Users|home\/\w+)\//;
    expect(written.filter(file => homes.test(read(file)))).toEqual([]);
  });
});

/** The files below a folder, with paths from the root, written with slashes. */
function filesUnder(folder: string): readonly string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'));
}

/** What a file imports, also late and for its types alone. */
function importsOf(file: string): readonly string[] {
  const found = withoutComments(read(file)).matchAll(/\b(?:from|import)\s*\(?\s*'([^'\n]+)'/g);
  return Array.from(found, ([, target = '']) => target);
}

function layersIn(architecture: string): readonly string[] {
  const tree = /^src\/\n([\s\S]*?)^bin\//m.exec(architecture)?.[1] ?? '';
  return Array.from(tree.matchAll(/^ {2}([\w.]+)\/? {2,}\S/gm), ([, name = '']) => name);
}

function layerOf(file: string): number {
  return layers.indexOf(file.split('/')[1] ?? '');
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
