import {globSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';

const root = join(import.meta.dirname, '../..');
const longestFile = 300;
const longestFunction = 50;

/** Functions that may be longer, as `FILE NAME`, each with its reason. */
const allowed: Readonly<Record<string, string>> = {
  'src/inventory/files/collect.ts collect':
    'one pass over documents, with the state of its clashes',
  'src/inventory/follow/liveRun.ts startRun': 'a state machine: its steps share one closure',
  'src/tui/App.tsx App': 'a component: hooks stay in one function',
  'src/tui/model.ts makeModel': 'one value with its lazy parts, a line or two each',
  'src/world/index.ts realWorld': 'the World as one value, a few lines for each of its methods',
};

const sources = filesOf('src/**/*.{ts,tsx}');

test(`no file of src/, and no test, is longer than ${longestFile} lines`, () => {
  const tests = filesOf('test/**/*.{ts,tsx}').filter(({file}) => !file.includes('/fixtures/'));
  const long = [...sources, ...tests].filter(({lines}) => lines.length > longestFile);
  expect(long.map(({file, lines}) => `${file}: ${lines.length}`)).toEqual([]);
});

test(`no function of src/ is longer than ${longestFunction} lines`, () => {
  const long = sources.flatMap(({file, lines}) =>
    functionsIn(lines)
      .filter(({name, length}) => length > longestFunction && !allowed[`${file} ${name}`])
      .map(({name, length}) => `${file} ${name}: ${length}`),
  );
  expect(long).toEqual([]);
});

test('the exceptions are needed', () => {
  const long = sources.flatMap(({file, lines}) =>
    functionsIn(lines)
      .filter(({length}) => length > longestFunction)
      .map(({name}) => `${file} ${name}`),
  );
  expect(Object.keys(allowed).filter(one => !long.includes(one))).toEqual([]);
});

test('functions are measured from their first line to their last', () => {
  const text =
    'export async function a({\n  b,\n}: C): D {\n  e();\n}\n\nconst f = (g) => {\n  h();\n};';
  expect(functionsIn(text.split('\n'))).toEqual([
    {name: 'a', length: 5},
    {name: 'f', length: 3},
  ]);
});

interface Measured {
  readonly name: string;
  readonly length: number;
}

/**
 * The functions at the top level of a file. The formatter indents all that is inside of one, so its first
 * line without indentation that is a closing brace alone ends it.
 */
function functionsIn(lines: readonly string[]): readonly Measured[] {
  return lines.flatMap((line, start) => {
    const [, declared, assigned] =
      /^(?:export )?(?:(?:async )?function\*? (\w+)[<(]|const (\w+) = (?:async )?(?:\w+|\(.*\).*) => \{$)/.exec(
        line,
      ) ?? [];
    const name = declared ?? assigned;
    if (name === undefined) return [];
    const length = lines.slice(start).findIndex(text => /^\};?$/.test(text)) + 1;
    return length === 0 ? [] : [{name, length}];
  });
}

function filesOf(glob: string) {
  return globSync(glob, {cwd: root})
    .sort()
    .map(file => {
      const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n');
      return {file: file.replaceAll('\\', '/'), lines};
    });
}
