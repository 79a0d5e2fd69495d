import type {Runbook, RunbookStep} from '../migrate/runbook.ts';
import {html, type Markup} from './audit/html/markup.ts';
import {escapeText} from './escape.ts';
import {wayTitle} from './migrate.ts';
import {linesBlock, plainPage, plainTable} from './plainPage.ts';

/** Of what cluster a runbook is, and when it was read. */
export interface RunbookHead {
  readonly source: string;
  /** ISO 8601; undefined for manifests. */
  readonly takenAt: string | undefined;
  /** What could not be read, in sentences. */
  readonly unread: readonly string[];
}

/** The runbook as one page of Markdown. */
export function runbookMarkdown({plan, steps}: Runbook, head: RunbookHead): string {
  const lines = factLines({plan, steps}, head).map(line => `${markdown(line)}  \n`);
  return [
    `# ${markdown(wayTitle(plan))}\n`,
    lines.join(''),
    namespaceRows({plan, steps}),
    ...steps.map((step, index) => stepMarkdown(step, index + 1)),
  ].join('\n');
}

function factLines({plan}: Runbook, {source, takenAt, unread}: RunbookHead): readonly string[] {
  const {step, cluster} = plan;
  const {platform} = cluster;
  return [
    `Of ${source}${takenAt === undefined ? '' : `, read at ${takenAt}`}.`,
    `The road: ${step.says}.`,
    ...(platform === undefined ? [] : [`Platform: ${platform.name}, by ${platform.foundBy}.`]),
    ...cluster.notes.map(note => `Note: ${note}.`),
    ...unread.map(text => `Incomplete: ${text}. The steps are those of what was read.`),
  ];
}

const columns = ['Namespace', 'Stage', 'With PSP', 'Without', 'Patches', 'Breaks'];

function cellsOf({plan: {namespaces}}: Runbook): readonly (readonly string[])[] {
  return namespaces.map(({namespace, labels, stage, now, after, isUncertain, patches, breaks}) => [
    namespace,
    labels === undefined ? 'not read' : (stage ?? '-'),
    now ?? '-',
    `${after ?? (isUncertain ? '' : '-')}${isUncertain ? '?' : ''}`,
    String(patches.length),
    String(breaks.length),
  ]);
}

function namespaceRows(runbook: Runbook): string {
  const rows = [
    columns,
    columns.map(() => '---'),
    ...cellsOf(runbook).map(row => row.map(markdown)),
  ];
  return rows.map(row => `| ${row.join(' | ')} |\n`).join('');
}

function stepMarkdown({title, why, commands, see, back, items}: RunbookStep, n: number): string {
  const isShell = back.some(isCommand);
  return [
    `## ${n}. ${markdown(title)}\n`,
    `${markdown(why)}\n`,
    ...(items.length > 0 ? [items.map(item => `- ${markdown(item)}\n`).join('')] : []),
    ...(commands.length > 0 ? [fenced(commands)] : []),
    `**See:** ${markdown(see)}\n`,
    isShell ? `**Back:**\n\n${fenced(back)}` : `**Back:** ${back.map(markdown).join(' ')}\n`,
  ].join('\n');
}

/** Whether a way back is a line to type, and no sentence. */
function isCommand(line: string): boolean {
  return !/^[A-Z].*\.$/.test(line);
}

function fenced(lines: readonly string[]): string {
  const text = lines.map(line => `${escapeText(line)}\n`).join('');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${text}${fence}\n`;
}

/** Text that means nothing else in Markdown. */
function markdown(text: string): string {
  return escapeText(text).replaceAll(/[\\`*_{}[\]<>|#&~]/g, String.raw`\$&`);
}

/** The runbook as one page of HTML that needs nothing else. */
export function runbookHtml(runbook: Runbook, head: RunbookHead): string {
  const facts = factLines(runbook, head).map(line => html`<p>${line}</p>\n`);
  const steps = runbook.steps.map(stepHtml);
  const body = html`${facts}${plainTable(columns, cellsOf(runbook))}<ol>\n${steps}</ol>\n`;
  return plainPage(wayTitle(runbook.plan), body);
}

function stepHtml({title, why, commands, see, back, items}: RunbookStep): Markup {
  const isShell = back.some(isCommand);
  return html`<li>
<h2>${title}</h2>
<p>${why}</p>
${items.length > 0 ? html`<ul>${items.map(item => html`<li>${item}</li>\n`)}</ul>\n` : undefined}${linesBlock(commands)}<p><b>See:</b> ${see}</p>
<p><b>Back:</b>${isShell ? undefined : html` ${back.join(' ')}`}</p>
${isShell ? linesBlock(back) : undefined}</li>
`;
}
