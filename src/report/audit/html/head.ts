import type {State} from '../../../admission/judgement.ts';
import type {Audit} from '../../../audit/finding.ts';
import {severities} from '../../../audit/finding.ts';
import {absenceText, isAbsence} from '../../../inventory/gaps.ts';
import type {Gap} from '../../../inventory/inventory.ts';
import {isByLabels} from '../../../inventory/regime.ts';
import {barOf} from './bar.ts';
import {judgedWords} from './flows.ts';
import {html, type Markup} from './markup.ts';
import {grouped, groupedCount} from './numbers.ts';
import {severitySigns, states, stateWords} from './words.ts';

/** The top of the page: what was audited, what a restart would do, and how many findings there are. */
export function pageHead(audit: Audit, namespaces: readonly string[]): Markup {
  const byLabels = isByLabels(audit.inventory);
  return html`<header class="masthead">
<div class="lede"><p class="overline">${byLabels ? 'Pod Security' : 'PodSecurityPolicy'} audit</p>
<h1>${audit.inventory.source}</h1>
${ledeOf(audit)}
${outcomeOf(audit)}</div>
${factsOf(audit, namespaces)}
${severityTiles(audit)}
</header>${gapsOf(audit.inventory.gaps)}`;
}

function countStates({verdicts}: Audit): (state: State) => number {
  const by = new Map<State, number>();
  for (const {state} of verdicts) by.set(state, (by.get(state) ?? 0) + 1);
  return state => by.get(state) ?? 0;
}

function ledeOf(audit: Audit): Markup {
  const of = countStates(audit);
  const {verdicts, namespace} = audit;
  if (verdicts.length === 0) return html`<p class="sentence">There are no pods to judge here.</p>`;
  const where = namespace === undefined ? html`` : html` of namespace <b>${namespace}</b>`;
  const denied =
    of('denied') === 0
      ? html`deny <strong class="fine" data-total="denied">none</strong>`
      : html`deny <strong data-total="denied">${grouped(of('denied'))}</strong>`;
  const number = (state: State) => html`<span data-total="${state}">${grouped(of(state))}</span>`;
  const unknown =
    of('unknown') === 0
      ? html``
      : html` What it would do to <strong data-total="unknown">${grouped(of('unknown'))}</strong> is unknown.`;
  if (isByLabels(audit.inventory)) {
    return html`<p class="sentence">A restart of the <span data-total="all">${judgedWords(audit)}</span>${where} would ${denied}, and warn of ${number('warned')}.${unknown}</p>`;
  }
  const {admission} = audit;
  const condition =
    admission === undefined || admission.answer === 'yes'
      ? html``
      : html`<p class="sentence">PSP admission is ${admission.says}. What follows holds if it is on.</p>`;
  return html`${condition}<p class="sentence">A restart of the <span data-total="all">${judgedWords(audit)}</span>${where} would ${denied}, change ${number('mutated')}, and move ${number('drifted')} to another policy.${unknown}</p>`;
}

function factsOf({inventory, namespace}: Audit, namespaces: readonly string[]): Markup {
  const {rbac, policyApi} = inventory;
  const bindings = rbac.clusterRoleBindings.length + rbac.roleBindings.length;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Server', inventory.serverVersion],
    ['Policy API', policyApi === 'absent' ? 'not served: removed in v1.25' : policyApi],
    ['Taken at', inventory.takenAt],
    ['Scope', namespace === undefined ? 'the whole cluster' : `namespace ${namespace}`],
    ['Namespaces', grouped(namespaces.length)],
    ['Policies', grouped(inventory.policies.length)],
    ['Bindings', grouped(bindings)],
    ['Accounts', grouped(inventory.serviceAccounts.length)],
  ];
  const rows = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [html`<div><dt>${name}</dt><dd>${value}</dd></div>`],
  );
  return html`<dl class="facts">${rows}</dl>`;
}

function outcomeOf(audit: Audit): Markup {
  if (audit.verdicts.length === 0) return html``;
  const of = countStates(audit);
  const parts = states.map(state => ({
    name: `state-${state}`,
    words: stateWords[state],
    pods: of(state),
  }));
  const legend = parts.map(
    ({name, words, pods}) =>
      html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="${name}" width="10" height="10"/></svg>${words} <b data-total="${name.replace('state-', '')}">${grouped(pods)}</b></li>`,
  );
  return html`<div class="outcome">${barOf(parts, 'bar-large')}<ul class="legend" aria-label="After a restart">${legend}</ul></div>`;
}

function severityTiles({findings}: Audit): Markup {
  const tiles = severities.map(severity => {
    const number = findings.filter(finding => finding.severity === severity).length;
    const words = html`<span class="number">${grouped(number)}</span> <span class="name"><span aria-hidden="true">${severitySigns[severity]}</span> ${severity}</span>`;
    const inside =
      number === 0
        ? html`<p>${words}</p>`
        : html`<a href="#findings" data-only="${severity}">${words}</a>`;
    return html`<li class="tile ${severity}">${inside}</li>`;
  });
  return html`<ul class="tiles" aria-label="Findings by severity">${tiles}</ul>`;
}

function gapsOf(gaps: readonly Gap[]): Markup {
  if (gaps.length === 0) return html``;
  const read = gaps.filter(gap => !isAbsence(gap));
  const absence = absenceText(gaps);
  const lines = read.map(
    ({resource, namespace, reason}) =>
      html`<li><code>${resource}</code>${namespace === undefined ? html`` : html` in namespace <code>${namespace}</code>`}: ${reason}</li>`,
  );
  return html`<section class="gaps" aria-labelledby="gaps-title">
<h2 id="gaps-title">This report is incomplete${read.length === 0 ? html`` : html`: ${groupedCount(read.length, 'thing')} could not be read`}</h2>
<p>What depends on the following is missing here.</p>
<ul>${lines}${absence === undefined ? html`` : html`<li>${absence} among the files</li>`}</ul></section>`;
}
