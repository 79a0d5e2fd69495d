import {html, type Markup, ownMarkup} from './audit/html/markup.ts';

/** One page of HTML that needs nothing else, no script among it. */
export function plainPage(title: string, body: Markup): string {
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
${body}</main>
</body>
</html>
`.markup;
}

/** Lines to type. */
export function linesBlock(lines: readonly string[]): Markup {
  if (lines.length === 0) return html``;
  const marked = lines.map((line, index) => (index === 0 ? html`${line}` : html`\n${line}`));
  return html`<pre><code>${marked}</code></pre>\n`;
}

/** A table that scrolls by itself where it is too wide. */
export function plainTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): Markup {
  const body = rows.map(row => html`<tr>${row.map(cell => html`<td>${cell}</td>`)}</tr>\n`);
  return html`<div class="scroll"><table>
<thead><tr>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

/** A heading and a list; nothing without items. */
export function listSection(title: string, items: readonly string[]): Markup {
  if (items.length === 0) return html``;
  return html`<h2>${title}</h2>\n<ul>${items.map(item => html`<li>${item}</li>\n`)}</ul>\n`;
}

const style = `
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif;--fine:#2a7d4f;--open:#8a6100;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--fine:#6fcf97;--open:#e2b33c;--bad:#ff8a80}}
body{margin:0;background:Canvas;color:CanvasText}
main{max-width:60rem;margin:0 auto;padding:1.5rem}
h1{font-size:1.6rem;line-height:1.25}
h2{font-size:1.15rem;margin:2rem 0 .25rem}
ol{padding-left:1.5rem}
li,td{overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:1rem 0;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid color-mix(in srgb,CanvasText 20%,Canvas)}
pre{overflow-x:auto;padding:.75rem;background:color-mix(in srgb,CanvasText 7%,Canvas);border-radius:4px}
.verdict{font-size:1.15rem;font-weight:600}
.road{width:100%;min-width:40rem;height:auto;font:13px system-ui,sans-serif}
.road text{fill:CanvasText}
.road .way{stroke:color-mix(in srgb,CanvasText 22%,Canvas);stroke-width:2}
.road .gone{stroke-width:2}
.road .head{font-weight:600}
.road .mark{fill:Canvas;font-weight:700;text-anchor:middle}
.fine{fill:var(--fine);stroke:var(--fine)}.unknown{fill:var(--open);stroke:var(--open)}.breaks{fill:var(--bad);stroke:var(--bad)}
.road text.note{stroke:none}
@media print{pre{white-space:pre-wrap}li,tr{break-inside:avoid}}
`;
