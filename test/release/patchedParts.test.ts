import type {Command as CommandType, Option as OptionType} from 'commander';
import fc from 'fast-check';
import {createElement} from 'react';
import {beforeAll, describe, expect, test} from 'vitest';
import type YogaModule from 'yoga-layout';
import type {Node} from 'yoga-layout';
import {commands} from '../../src/commands/index.ts';
import {runsOf} from '../support/run/runs.ts';
import {type Bundled, bundlePatched, originalOf} from './bundledPackages.ts';

const paths = {
  yoga: 'yoga-layout/dist/src/index.js',
  ink: 'ink/build/index.js',
  commander: 'commander/index.js',
} as const;

let patched: Bundled = {};
beforeAll(async () => {
  // With DEV=true Ink asks for React's developer tools, which the bundle has to leave alone.
  patched = await bundlePatched(paths, {DEV: 'true'});
});

type Yoga = typeof YogaModule;

/** A box of a made-up screen. */
interface Shape {
  readonly direction: number;
  readonly width: number | 'auto' | `${number}%`;
  readonly grow: number;
  readonly padding: number;
  /** The width of its text, if it holds one and no boxes. */
  readonly text: number;
  readonly inner: readonly Shape[];
}

const shapes = (depth: number): fc.Arbitrary<Shape> =>
  fc.record({
    direction: fc.integer({min: 0, max: 3}),
    width: fc.oneof(fc.nat({max: 90}), fc.constantFrom('auto' as const, '50%' as const)),
    grow: fc.nat({max: 2}),
    padding: fc.nat({max: 3}),
    text: fc.nat({max: 100}),
    inner: depth === 0 ? fc.constant([]) : fc.array(shapes(depth - 1), {maxLength: 3}),
  });

function layout(yoga: Yoga, outer: Shape, columns: number): unknown {
  const made = (each: Shape): Node => {
    const node = yoga.Node.create();
    node.setFlexDirection(each.direction);
    node.setWidth(each.width);
    node.setFlexGrow(each.grow);
    node.setFlexShrink(1);
    node.setPadding(8, each.padding);
    if (each.inner.length === 0) {
      node.setMeasureFunc(width => {
        const lines = Math.max(1, Math.ceil(each.text / Math.max(1, width)));
        return {width: Math.min(each.text, width), height: lines};
      });
    }
    for (const [index, child] of each.inner.entries()) node.insertChild(made(child), index);
    return node;
  };
  const places = (node: Node): unknown => [
    node.getComputedLayout(),
    Array.from({length: node.getChildCount()}, (_, index) => places(node.getChild(index))),
  ];
  const root = made(outer);
  try {
    root.calculateLayout(columns, undefined, 1);
    return places(root);
  } finally {
    root.freeRecursive();
  }
}

describe('in the bundle it does what the package does', () => {
  test('yoga: the same constants, and the same layout of any boxes', async () => {
    const {default: original, ...named} = await originalOf(paths.yoga);
    const {default: ours, ...namedOurs} = patched.yoga ?? {};
    expect(namedOurs).toEqual(named);
    expect(Object.keys(ours as object)).toEqual(Object.keys(original as object));
    fc.assert(
      fc.property(shapes(3), fc.integer({min: 1, max: 120}), (boxes, columns) => {
        expect(layout(ours as Yoga, boxes, columns)).toEqual(
          layout(original as Yoga, boxes, columns),
        );
      }),
      {numRuns: runsOf(200)},
    );
  });

  test.each([10, 47, 80])("Ink's reconciler: the same frame of %i columns", async columns => {
    const frame = ({Box, Text, renderToString}: typeof import('ink')) =>
      renderToString(
        createElement(
          Box,
          {flexDirection: 'column', borderStyle: 'round'},
          createElement(Text, {bold: true, wrap: 'truncate'}, `kubectl psp ${'─'.repeat(60)} 漢字`),
          createElement(Text, {wrap: 'wrap'}, `${'many words '.repeat(9)}e\u0301`),
          createElement(Text, {wrap: 'truncate-middle', color: 'red'}, '0123456789'.repeat(7)),
        ),
        {columns},
      );
    const original = (await originalOf(paths.ink)) as typeof import('ink');
    expect(frame(patched.ink as typeof import('ink'))).toBe(frame(original));
  });
});

/** What commander has to do with its names. */
interface Commander {
  readonly Command: typeof CommandType;
  readonly Option: typeof OptionType;
}

/** What a program with a subcommand says and does when it is called so. */
async function called({Command, Option}: Commander, args: readonly string[]): Promise<unknown> {
  const said: unknown[] = [];
  const program = new Command('kubectl psp');
  const configured = (command: CommandType) =>
    command
      .exitOverride()
      .showSuggestionAfterError(true)
      .enablePositionalOptions()
      .configureOutput({
        writeOut: text => void said.push(['out', text]),
        writeErr: text => void said.push(['err', text]),
        getOutHelpWidth: () => 100,
        getErrHelpWidth: () => 100,
      })
      .argument('[arguments...]')
      .addOption(new Option('-o, --output <FORMAT>', 'output format'))
      .addOption(new Option('--reuse [HOW]', 'reuse').preset('any'))
      .addOption(new Option('--no-headers', 'no headers'))
      .action(
        (given: unknown, options: unknown) => void said.push([command.name(), given, options]),
      );
  configured(program).addHelpCommand('help [command]', 'help');
  for (const {name, summary} of commands) configured(program.command(name)).summary(summary);
  try {
    await program.parseAsync([...args], {from: 'user'});
  } catch (error) {
    const {code, exitCode, message} = error as {code?: string; exitCode?: number; message?: string};
    said.push({code, exitCode, message});
  }
  return said;
}

test.each(
  [
    [],
    ['--help'],
    ['help', 'why'],
    ['why', '--help'],
    ['why', 'web', 'api', '-o', 'json'],
    ['-o', 'yaml', 'why', '--', '-o'],
    ['why', '-ojson', '--reuse'],
    ['why', '--reuse=exact', '--no-headers'],
    ['why', '-o'],
    ['why', '--ouput', 'json'],
    ['wyh'],
    ['--no-such'],
  ].map(args => [args]),
)('commander without child processes, for %j', async args => {
  const original = (await originalOf(paths.commander)) as unknown as Commander;
  expect(await called(patched.commander as unknown as Commander, args)).toEqual(
    await called(original, args),
  );
});
