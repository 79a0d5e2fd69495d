import type {Name, Scaffold} from './made.ts';

/** A view of the session, with its test. */
export function newView({kebab, camel, pascal}: Name): Scaffold {
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
import {openScreen} from './screen.tsx';
import {demo} from './standIns.ts';

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
        at: "    case 'help':\n      return helpLines(view.of, isByLabels(model.inventory)).map(helpLine);\n",
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
