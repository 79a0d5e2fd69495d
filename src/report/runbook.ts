import {standardVersionText} from '../migrate/podSecurity/version.ts';
import type {Runbook, RunbookStep} from '../migrate/runbook.ts';
import {html, type Markup, ownMarkup} from './audit/html/markup.ts';
import {escapeText} from './escape.ts';

/** Of what cluster a runbook is, and when it was read. */
export interface RunbookHead {
  readonly source: string;
  /** ISO 8601; undefined for manifests. */
  readonly takenAt: string | undefined;
}

/** The runbook as one page of Markdown. */
export function runbookMarkdown({plan, steps}: Runbook, head: RunbookHead): string {
  const lines = factLines({plan, steps}, head).map(line => `${markdown(line)}  \n`);
  return [
    `# ${markdown(titleOf({plan, steps}))}\n`,
    lines.join(''),
    namespaceRows({plan, steps}),
    ...steps.map((step, index) => stepMarkdown(step, index + 1)),
  ].join('\n');
}

function titleOf({plan: {step, serverVersion}}: Runbook): string {
  const from = serverVersion === undefined ? '' : ` from ${serverVersion}`;
  return `The way off PodSecurityPolicies${from} to ${standardVersionText(step.to)}`;
}

function factLines({plan}: Runbook, {source, takenAt}: RunbookHead): readonly string[] {
  const {step, cluster} = plan;
  const {platform} = cluster;
  return [
    `Of ${source}${takenAt === undefined ? '' : `, read at ${takenAt}`}.`,
    `The road: ${step.says}.`,
    ...(platform === undefined ? [] : [`Platform: ${platform.name}, by ${platform.foundBy}.`]),
    ...cluster.notes.map(note => `Note: ${note}.`),
  ];
}

const columns = ['Namespace', 'Stage', 'With PSP', 'Without', 'Patches', 'Breaks'];

function cellsOf({plan: {namespaces}}: Runbook): readonly (readonly string[])[] {
  return namespaces.map(({namespace, stage, now, after, patches, breaks}) => [
    namespace,
    stage ?? '-',
    now ?? '-',
    after ?? '-',
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
  const {steps} = runbook;
  const title = titleOf(runbook);
  const rows = cellsOf(runbook).map(
    row => html`<tr>${row.map(cell => html`<td>${cell}</td>`)}</tr>\n`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${ownMarkup(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${factLines(runbook, head).map(line => html`<p>${line}</p>\n`)}<table>
<thead><tr>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
<ol>
${steps.map(stepHtml)}</ol>
</main>
</body>
</html>
`.markup;
}

function stepHtml({title, why, commands, see, back, items}: RunbookStep): Markup {
  return html`<li>
<h2>${title}</h2>
<p>${why}</p>
${items.length > 0 ? html`<ul>${items.map(item => html`<li>${item}</li>\n`)}</ul>\n` : undefined}${linesHtml(commands)}<p><b>See:</b> ${see}</p>
<p><b>Back:</b>${back.some(isCommand) ? undefined : html` ${back.join(' ')}`}</p>
${back.some(isCommand) ? linesHtml(back) : undefined}</li>
`;
}

function linesHtml(lines: readonly string[]): Markup {
  if (lines.length === 0) return html``;
  const marked = lines.map((line, index) => (index === 0 ? html`${line}` : html`\n${line}`));
  return html`<pre><code>${marked}</code></pre>\n`;
}

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;background:Canvas;color:CanvasText}
main{max-width:52rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;line-height:1.25}
h2{font-size:1.15rem;margin:2rem 0 .25rem}
ol{padding-left:1.5rem}
table{border-collapse:collapse;margin:1.5rem 0;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid color-mix(in srgb,CanvasText 20%,Canvas)}
pre{overflow-x:auto;padding:.75rem;background:color-mix(in srgb,CanvasText 7%,Canvas);border-radius:4px}
@media print{pre{white-space:pre-wrap}li{break-inside:avoid}}
`;
