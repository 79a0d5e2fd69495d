import {spansOf} from './ansi.ts';
import {svgOf} from './svg.ts';
import {openTerminal, type Terminal} from './terminal.ts';

/** The keys that lead to each view of the demo from anywhere, and what it then shows. */
const views: Readonly<Record<string, readonly [keys: readonly string[], shows: RegExp]>> = {
  namespaces: [jump('ns'), /^Namespaces/m],
  accounts: [[...jump('ns'), 'End', 'Enter'], /Namespaces > /],
  pods: [jump('po'), /^Pods/m],
  denied: [[...jump('po'), 'Enter'], /> Why/],
  changed: [[...jump('po'), '/', ...'etl-full', 'Enter', 'Enter'], /> Why etl-full/],
  'ways in': [['Escape', 'Escape', ...jump('po'), 'Enter', 'e'], /MAY USE/],
  policies: [jump('psp'), /^Policies(?: ─| *$)/m],
  editor: [[...jump('psp'), 'Down', 'Down', 'Enter'], /Nothing is edited/],
  edited: [
    [
      ...jump('psp'),
      'Down',
      'Down',
      'Enter',
      ...Array<string>(10).fill('Down'),
      'Left',
      'Up',
      'Up',
    ],
    /So far/,
  ],
  impact: [['i'], /BEFORE/],
  diff: [['Escape', 'd'], /^\+/m],
  values: [
    [...jump('psp'), 'Down', 'Down', 'Enter', ...Array<string>(5).fill('Down'), 'Enter'],
    /\[[x ]\]|\([x ]\)/,
  ],
  guide: [['Escape', 't'], /Pods need/],
  advise: [jump('advise'), /WORKLOADS/],
  advice: [['Enter'], /> 0-least/],
  help: [['?'], /^Here/m],
  workloads: [jump('deploy'), /^Deployments/m],
  grants: [jump('grants'), /BINDING/],
  subjects: [jump('who-can web'), /SUBJECT/],
  rights: [['Enter'], /> What group:/],
  describe: [[...jump('psp'), 'd'], /\(YAML\)/],
  'way off': [jump('migrate'), /STAGE/],
  'way off of a namespace': [['Enter'], /> Way off of/],
  findings: [jump('findings'), /SEVERITY/],
  finding: [['Enter'], /> denied-now/],
  filter: [[...jump('po'), '/', ...'shop den'], /^\/shop den/m],
  command: [[...jump('ns'), ':', 'p'], /^:p/m],
  'not found': [[...jump('nowhere')], /No view/],
};

const sizes = [
  {columns: 80, lines: 24},
  {columns: 120, lines: 40},
  {columns: 60, lines: 15},
] as const;

const looks = [
  {name: 'dark', ground: 'dark', args: ['--theme', 'dark'], env: {COLORTERM: 'truecolor'}},
  {name: 'light', ground: 'light', args: ['--theme', 'light'], env: {COLORTERM: 'truecolor'}},
  {name: '16', ground: 'dark', args: [], env: {TERM: 'screen'}},
  {name: 'no-color', ground: 'dark', args: [], env: {NO_COLOR: '1'}},
] as const;

/** A picture and the name of its file. */
interface Picture {
  readonly name: string;
  readonly svg: string;
}

/** Pictures of every view on the built program, for each size and look. */
export async function* drawViews(program: string): AsyncGenerator<Picture> {
  for (const size of sizes) {
    for (const {name: look, ground, args, env} of looks) {
      const terminal = openTerminal(program, ['--demo', ...args], {...size, env});
      try {
        await terminal.until(/^> /m);
        for (const [view, [keys, shows]] of Object.entries(views)) {
          await press(terminal, keys);
          const isDone = keys.at(-1) === 'Enter' || !/[:/]/.test(keys.join(''));
          await terminal.until(now => shows.test(now) && !(isDone && /^[:/]/m.test(now)));
          const screen = spansOf(terminal.colored());
          const name = `${view.replaceAll(' ', '-')}-${size.columns}x${size.lines}-${look}.svg`;
          yield {name, svg: svgOf(view, [{caption: view, screen}], {...size, ground})};
        }
      } finally {
        terminal.close();
      }
    }
  }
}

/** One after the other, as the program may take time for each. */
async function press(terminal: Terminal, keys: readonly string[]): Promise<void> {
  if (keys[0] === ':') terminal.press('Escape');
  for (const key of keys) terminal.press(key);
}

function jump(name: string): readonly string[] {
  return [':', ...name, 'Enter'];
}
