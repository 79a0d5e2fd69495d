/** A file that is new. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

/** Lines that go into a file that is there, before or after a line of it that occurs once. */
export interface Addition {
  readonly path: string;
  /** The line, or the lines, as they stand in the file. */
  readonly at: string;
  readonly where: 'before' | 'after';
  readonly text: string;
}

/** What the name is in each way of writing. */
export interface Name {
  /** `near-miss`, as it is typed. */
  readonly kebab: string;
  /** `nearMiss` */
  readonly camel: string;
  /** `NearMiss` */
  readonly pascal: string;
}

/** All that a new thing needs, and what is left to its author. */
export interface Scaffold {
  readonly files: readonly NewFile[];
  readonly additions: readonly Addition[];
  /** The test that fails until the thing is written, as arguments of vitest. */
  readonly test: readonly string[];
  /** What to do next, in order. */
  readonly steps: readonly string[];
}

export type Kind = 'rule' | 'command' | 'view';

/** What there is to make, by what it is called on the command line. */
export const scaffolds: Readonly<Record<Kind, (name: Name) => Scaffold>> = {
  rule: newRule,
  command: newCommand,
  view: newView,
};

function newRule({kebab, camel}: Name): Scaffold {
  const file = `src/audit/rules/${camel}.ts`;
  const cases = `test/audit/cases/${camel}.ts`;
  return {
    files: [
      {
        path: file,
        text: `import {defineRule} from '../rule.ts';

/** What it finds, in a sentence. */
export const ${camel} = defineRule({
  id: '${kebab}',
  severity: 'medium',
  title: 'What it finds, in a few words',
  why: 'Why that matters.',
  remedy: 'What to do about it in general.',
  needs: ['rbac', 'workloads'],
  breadth: 'namespace',
  find: ({inventory}) =>
    inventory.policies.flatMap(({metadata: {name}}) => {
      const isFound = false;
      if (!isFound) return [];
      return [
        {
          object: {kind: 'PodSecurityPolicy', namespace: undefined, name},
          message: 'what is wrong with it',
          evidence: ['what shows that'],
          remedy: \`kubectl psp who-can use \${name} -A\`,
        },
      ];
    }),
});
`,
      },
      {
        path: cases,
        text: `import {psp} from '../../support/builders/audits.ts';
import type {RuleCases} from './ruleCase.ts';

/** The case of the rule about what \`title\` says. */
export const ${camel}Case: RuleCases = {
  '${kebab}': {
    yes: [psp('bad')],
    finds: [
      'PodSecurityPolicy/bad',
      'medium',
      'what is wrong with it',
      'kubectl psp who-can use bad -A',
    ],
    shows: 'what shows that',
    no: [],
  },
};
`,
      },
    ],
    additions: [
      {
        path: 'src/audit/rules/index.ts',
        at: "import {contradictedAnnotation, stalePolicyAnnotation, templateAnnotation} from './annotations.ts';\n",
        where: 'before',
        text: `import {${camel}} from './${camel}.ts';\n`,
      },
      {
        path: 'src/audit/rules/index.ts',
        at: '  noPolicy, notAnswered,\n',
        where: 'after',
        text: `  ${camel},\n`,
      },
      {
        path: 'test/audit/rules.test.ts',
        at: "import {podRules} from './cases/podRules.ts';\n",
        where: 'before',
        text: `import {${camel}Case} from './cases/${camel}.ts';\n`,
      },
      {
        path: 'test/audit/rules.test.ts',
        at: '...podRules, ...policyRules, ...rightsRules',
        where: 'after',
        text: `, ...${camel}Case`,
      },
    ],
    test: ['test/audit/rules.test.ts', '-t', kebab],
    steps: [
      `Write the rule in ${file}, or move it to the file of its family; it gets what src/audit/context.ts says.`,
      `Give it its case in ${cases}: objects in which it finds one thing, and much the same ones in which it does not.`,
      'Put it where it belongs in src/audit/rules/index.ts, and its case in test/audit/rules.test.ts: the two have one order.',
      'npm run docs writes docs/RULES.md. Its id is in ignore files: it never changes.',
    ],
  };
}

function newCommand({kebab, camel, pascal}: Name): Scaffold {
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

function newView({kebab, camel, pascal}: Name): Scaffold {
  const file = `src/tui/${camel}Lines.ts`;
  const test = `test/tui/${camel}Lines.test.ts`;
  return {
    files: [
      {
        path: file,
        text: `import type {Model} from './model.ts';

/** What the view ${kebab} says. */
export function ${camel}Lines({inventory}: Model): readonly string[] {
  return inventory.policies.map(({metadata}) => metadata.name);
}
`,
      },
      {
        path: test,
        text: `import {expect, test} from 'vitest';
import {modelOf} from '../../src/tui/model.ts';
import {${camel}Lines} from '../../src/tui/${camel}Lines.ts';
import {demo, openScreen} from './screen.tsx';

test('the view ${kebab} says what it is for', () => {
  expect(${camel}Lines(modelOf(demo))).toEqual(['what it says']);
});

test('the view ${kebab} has its title', async () => {
  const screen = openScreen({start: [{name: 'namespaces'}, {name: '${kebab}'}]});
  await screen.shows('Namespaces > ${pascal}');
});
`,
      },
    ],
    additions: [
      {
        path: 'src/tui/session.ts',
        at: "  | {readonly name: 'help'; readonly of?: View | undefined};\n",
        where: 'before',
        text: `  | {readonly name: '${kebab}'}\n`,
      },
      {
        path: 'src/tui/titles.ts',
        at: "  help: () => 'Help',\n",
        where: 'before',
        text: `  '${kebab}': () => '${pascal}',\n`,
      },
      {
        path: 'src/tui/keys.ts',
        at: '  help: texts,\n',
        where: 'before',
        text: `  '${kebab}': texts,\n`,
      },
      {
        path: 'src/tui/lines.ts',
        at: "    case 'help':\n      return helpLines(view.of);\n",
        where: 'before',
        text: `    case '${kebab}':\n      return ${camel}Lines(model);\n`,
      },
      {
        path: 'src/tui/lines.ts',
        at: "import type {Draft} from './edit.ts';\n",
        where: 'before',
        text: `import {${camel}Lines} from './${camel}Lines.ts';\n`,
      },
      {
        path: 'test/tui/anyView.ts',
        at: "  help: [{name: 'help'}],\n",
        where: 'before',
        text: `  '${kebab}': [{name: '${kebab}'}],\n`,
      },
    ],
    test: [test],
    steps: [
      `Write ${file}; or, for a table, a function of src/tui/rows.ts that tableOf of src/tui/state.ts calls.`,
      `Put the expected lines into ${test}, and drive the view by keys.`,
      'Say in src/tui/session.ts what the view has to know, in src/tui/titles.ts what it is called, and in src/tui/keys.ts which keys it has.',
      'Say how one gets there: a key in src/tui/viewKeys.ts, or a name to jump to in src/tui/jumps.ts.',
    ],
  };
}
