import type {Audit, Finding, IgnoredFinding, Severity} from '../../../audit/finding.ts';
import {severities} from '../../../audit/finding.ts';
import {rules} from '../../../audit/rules/index.ts';
import {html, type Markup} from './markup.ts';
import {grouped, groupedCount} from './numbers.ts';
import {severitySigns} from './words.ts';

/** Characters of HTML that findings may take; so that the page still opens for a large cluster. */
const mostCharacters = 1_000_000;
/** Lines of evidence that a finding shows. */
const mostEvidence = 12;

/** The findings by severity and rule, with what filters them, and those that are ignored. */
export function findingsSection(audit: Audit, namespaces: readonly string[]): Markup {
  const groups = groupsOf(audit.findings);
  const place = new Map(namespaces.map((name, index) => [name, index]));
  const budget = mostCharacters / Math.max(1, groups.length);
  const shown = groups.map(group => groupMarkup(group, place, budget));
  const body =
    groups.length === 0
      ? html`<p class="empty">Nothing was found. Every rule of the audit passes.</p>`
      : html`${filtersOf(groups)}<div class="results">${shown}</div><p class="empty" id="no-match" hidden>No finding matches these filters.</p>`;
  return html`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>${body}${ignoredMarkup(audit.ignored)}</section>`;
}

interface Group {
  readonly severity: Severity;
  readonly rule: string;
  readonly findings: readonly Finding[];
}

function groupsOf(findings: readonly Finding[]): readonly Group[] {
  const groups = Map.groupBy(findings, ({severity, rule}) => `${severity} ${rule}`);
  return [...groups.values()]
    .flatMap(same => same.slice(0, 1).map(({severity, rule}) => ({severity, rule, findings: same})))
    .sort((one, other) => severities.indexOf(one.severity) - severities.indexOf(other.severity));
}

function filtersOf(groups: readonly Group[]): Markup {
  const chips = severities
    .filter(severity => groups.some(group => group.severity === severity))
    .map(
      severity =>
        html`<label class="chip ${severity}"><input type="checkbox" name="severity" value="${severity}" checked><span aria-hidden="true">${severitySigns[severity]}</span> ${severity}</label>`,
    );
  const rules = [...new Set(groups.map(({rule}) => rule))].map(
    rule => html`<option value="${rule}">${titleOf(rule)}</option>`,
  );
  return html`<form class="filters needs-script" role="search" aria-label="Filter the findings">
<fieldset><legend>Severity</legend>${chips}</fieldset>
<label class="field">Rule <select id="rule"><option value="">All rules</option>${rules}</select></label>
<label class="field grow">Search <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Name, message, evidence"></label>
<div class="buttons"><button type="button" id="open-all">Open all</button><button type="reset">Reset</button></div>
<p class="status" role="status" id="status"></p></form>`;
}

function groupMarkup(
  {severity, rule, findings}: Group,
  place: ReadonlyMap<string, number>,
  budget: number,
): Markup {
  const shown: Markup[] = [];
  let size = 0;
  for (const finding of findings) {
    const markup = findingMarkup(finding, place);
    size += markup.markup.length;
    if (size > budget && shown.length > 0) break;
    shown.push(markup);
  }
  const left = findings.length - shown.length;
  const note =
    left === 0
      ? html``
      : html`<p class="left-out">This page has no room for ${groupedCount(left, 'more finding')} of this rule. <code>kubectl psp audit -o json</code> has them all; <code>-n NAMESPACE</code> makes a page of one namespace.</p>`;
  return html`<section class="group ${severity}" data-severity="${severity}" data-rule="${rule}">
<div class="about"><h3><span class="badge"><span aria-hidden="true">${severitySigns[severity]}</span> ${severity}</span> ${titleOf(rule)} <span class="count">${grouped(findings.length)}</span></h3>${whyOf(rule)}</div>
<div class="list">${shown}</div>${note}</section>`;
}

/** The title of a rule; of one that is not known here, its id. */
function titleOf(id: string): string {
  return rules.find(rule => rule.id === id)?.title ?? id;
}

function whyOf(id: string): Markup {
  const rule = rules.find(known => known.id === id);
  return rule === undefined ? html`` : html`<p class="why">${rule.why}</p>`;
}

function findingMarkup(finding: Finding, place: ReadonlyMap<string, number>): Markup {
  const {object, message, evidence, remedy, id} = finding;
  const namespace = object.kind === 'Namespace' ? object.name : object.namespace;
  const number = namespace === undefined ? undefined : place.get(namespace);
  return html`<details class="finding" data-namespace="${number ?? ''}"><summary><span class="object"><span class="kind">${object.kind}</span> ${placeMarkup(object.namespace)}<b>${object.name}</b></span> <span class="message">${message}</span></summary><dl>${evidenceMarkup(evidence)}${controlsMarkup(finding)}<dt>What to do</dt><dd>${remedyMarkup(remedy)}</dd><dt>Id</dt><dd><code class="id">${id}</code></dd></dl></details>
`;
}

function placeMarkup(namespace: string | undefined): Markup {
  return namespace === undefined ? html`` : html`<span class="place">${namespace}/</span>`;
}

function evidenceMarkup(evidence: readonly string[]): Markup {
  if (evidence.length === 0) return html``;
  const lines = evidence.slice(0, mostEvidence).map(line => html`<li>${line}</li>`);
  const left = evidence.length - lines.length;
  const more =
    left > 0 ? html`<li class="more">and ${groupedCount(left, 'more line')}</li>` : html``;
  return html`<dt>Evidence</dt><dd><ul class="evidence">${lines}${more}</ul></dd>`;
}

function controlsMarkup({controls}: Finding): Markup {
  if (controls.length === 0) return html``;
  return html`<dt>Rests on</dt><dd>${controls.map(({title}) => title).join(', ')}</dd>`;
}

/** Commands get a button that copies them: just what is seen, with nothing hidden in it. */
function remedyMarkup(remedy: string): Markup {
  const lines = remedy.split('\n');
  if (!remedy.startsWith('kubectl ')) return html`${lines.map(line => html`<p>${line}</p>`)}`;
  const code = lines.map((line, index) => html`${index === 0 ? '' : lineBreak}${line}`);
  return html`<div class="command"><pre tabindex="0"><code>${code}</code></pre></div>`;
}

const lineBreak: Markup = {markup: '\n'};

function ignoredMarkup(ignored: readonly IgnoredFinding[]): Markup {
  if (ignored.length === 0) return html``;
  const rows = ignored.map(
    ({finding, reason, until}) =>
      html`<tr><td>${titleOf(finding.rule)}<td><span class="kind">${finding.object.kind}</span> ${placeMarkup(finding.object.namespace)}<b>${finding.object.name}</b><td>${reason}<td>${until === undefined ? 'forever' : `until ${until}`}`,
  );
  return html`<details class="ignored"><summary><h3>${groupedCount(ignored.length, 'finding')} ignored</h3></summary>
<div class="scroll" tabindex="0" role="region" aria-label="Ignored findings"><table><caption>What the ignore file silences, and why</caption>
<thead><tr><th scope="col">Rule<th scope="col">Object<th scope="col">Reason<th scope="col">How long</thead><tbody>${rows}</tbody></table></div></details>`;
}
