import type {Name, Scaffold} from './made.ts';

/** A command, with its flags, its run and its test. */
export function newCommand({kebab, camel, pascal}: Name): Scaffold {
  const folder = `src/commands/${kebab}`;
  const test = `test/commands/${kebab}/${kebab}.test.ts`;
  return {
    files: [
      {
        path: `${folder}/${kebab}.ts`,
        text: `import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {${camel}Flags, ${camel}Formats} from './${camel}Flags.ts';

export const ${camel}Command = defineCommand({
  name: '${kebab}',
  summary: 'Tell what it tells, in one line',
  description: 'More about it, in paragraphs.',
  examples: [{says: 'The cluster of the demo', types: 'kubectl psp ${kebab} --demo'}],
  flags: ${camel}Flags,

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(\`${kebab} takes no argument, got \${args.join(' ')}\`, exitCodes.usage);
    }
    const format = choose('-o', flags.output, ${camel}Formats);
    const {run${pascal}} = await import('./${camel}Run.ts');
    return run${pascal}(world, flags, format);
  },
});
`,
      },
      {
        path: `${folder}/${camel}Flags.ts`,
        text: `import {type Flags, outputFlag, scopeFlags, sourceFlags} from '../flags.ts';

/** The output formats of \`${kebab}\`. */
export const ${camel}Formats = ['table', 'json', 'yaml'] as const;

/** The flags of \`${kebab}\`. */
export const ${camel}Flags = {
  ...scopeFlags,
  ...outputFlag(...${camel}Formats),
  ...sourceFlags,
} as const satisfies Flags;
`,
      },
      {
        path: `${folder}/${camel}Run.ts`,
        text: `import {type ExitCode, exitCodes} from '../../errors.ts';
import {document} from '../../report/machine.ts';
import {printMachine} from '../answer.ts';
import {load, type SourceRequest} from '../input/load.ts';
import type {World} from '../world.ts';
import type {${camel}Formats} from './${camel}Flags.ts';

/** Reads what the flags name, and answers. */
export async function run${pascal}(
  world: World,
  flags: SourceRequest,
  format: (typeof ${camel}Formats)[number],
): Promise<ExitCode> {
  const needs = {policies: true, workloads: true, caller: false};
  const {inventory} = await load(world, flags, needs);
  const names = inventory.policies.map(({metadata}) => metadata.name);
  if (format === 'table') world.print(names.map(name => \`\${name}\\n\`).join(''));
  else await printMachine(world, format, document('${pascal}', names.map(name => ({name})), inventory.gaps));
  return exitCodes.ok;
}
`,
      },
      {
        path: test,
        text: `import {expect, test} from 'vitest';
import {runHere} from '../../support/run/run.ts';

test('${kebab} of the demo', async () => {
  const out = 'what it prints\\n';
  expect(await runHere('${kebab}', '--demo', '-A')).toEqual({code: 0, err: '', out});
});
`,
      },
    ],
    additions: [
      {
        path: 'src/commands/index.ts',
        at: "import {advise} from './advise/advise.ts';\n",
        where: 'before',
        text: `import {${camel}Command} from './${kebab}/${kebab}.ts';\n`,
      },
      {
        path: 'src/commands/index.ts',
        at: '  version,\n];\n',
        where: 'before',
        text: `  ${camel}Command,\n`,
      },
      {
        path: 'test/support/faults/commands.ts',
        at: "  {name: 'audit', args: ['audit', '-o', 'json']},\n",
        where: 'before',
        text: `  {name: '${kebab}', args: ['${kebab}', '-A', '-o', 'json']},\n`,
      },
    ],
    test: [test],
    steps: [
      `Say in ${folder}/${kebab}.ts and ${camel}Flags.ts what it is, and put it where it belongs in the help: src/commands/index.ts.`,
      `Write ${camel}Run.ts. What it prints is made in src/report; what it answers, in a room of its own that knows no flags.`,
      `Put the expected words into ${test}.`,
      'If it asks a cluster in other ways, change its row in test/support/faults/commands.ts; if it asks none, name it in test/faults/commands.test.ts.',
      'If it is seldom asked, name its Run file in scripts/bundle/laterPlugin.ts.',
      "Put it into the README's table and the change log, give it an example there or in docs/guide, and run npm run docs.",
    ],
  };
}
