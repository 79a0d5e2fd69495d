import type {Audit} from '../../../audit/finding.ts';
import {barOf} from './bar.ts';
import {html, type Markup} from './markup.ts';
import {grouped, groupedCount} from './numbers.ts';
import {type PolicyTone, policyTones} from './picture/ways.ts';
import {toneOf, toneWords} from './words.ts';

/** Above so many, namespaces with nothing to look at are left out. */
const mostNamespaces = 1000;

interface Row {
  readonly name: string;
  readonly index: number;
  readonly pods: number;
  readonly by: Readonly<Record<PolicyTone, number>>;
}

/** How strict the policies are that the pods of each namespace get. */
export function namespacesSection(audit: Audit, namespaces: readonly string[]): Markup {
  const rows = rowsOf(audit, namespaces);
  if (rows.length === 0) return html``;
  const shown = rows.slice(0, mostNamespaces);
  const left = rows.length - shown.length;
  const head = policyTones.map(
    tone =>
      html`<th scope="col" class="n"><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="${tone}" width="10" height="10"/></svg>${toneWords[tone]}`,
  );
  const empty = namespaces.length - rows.length;
  return html`<section id="namespaces" aria-labelledby="namespaces-title">
<h2 id="namespaces-title">How strict each namespace is</h2>
<p class="intro">Pods and idle workloads by the Pod Security Standard that their policy enforces. Most policies enforce none, because one open control is enough for that: they are distinguished by the number of controls that they leave open. The most exposed namespaces come first.${empty > 0 ? ` ${groupedCount(empty, 'namespace')} without pods ${empty === 1 ? 'is' : 'are'} not listed.` : ''}${left > 0 ? ` The ${grouped(left)} least exposed are left out of this page.` : ''}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Strictness by namespace"><table id="strictness" class="long" data-noun="namespaces"><caption>Pods of each namespace by strictness</caption>
<thead><tr><th scope="col">Namespace<th scope="col" class="wide"><span class="hidden-words">Shares</span>${head}<th scope="col" class="n">Pods</thead>
<tbody>${shown.map(rowMarkup)}</tbody></table></div></section>`;
}

function rowMarkup({name, index, pods, by}: Row): Markup {
  const bar = barOf(
    policyTones.map(tone => ({name: tone, pods: by[tone]})),
    'bar-small',
  );
  const cells = policyTones.map(tone =>
    by[tone] === 0 ? html`<td class="n zero">0` : html`<td class="n">${grouped(by[tone])}`,
  );
  return html`<tr data-namespace="${index}"><th scope="row">${name}<td>${bar}${cells}<td class="n">${grouped(pods)}
`;
}

function rowsOf({inventory, verdicts}: Audit, namespaces: readonly string[]): readonly Row[] {
  const levels = new Map<string, PolicyTone>(
    inventory.policies.map(policy => [policy.metadata.name, toneOf(policy)]),
  );
  const byNamespace = Map.groupBy(verdicts, ({item}) => item.namespace);
  const rows = namespaces.flatMap((name, index): readonly Row[] => {
    const here = byNamespace.get(name) ?? [];
    const by: Record<PolicyTone, number> = {
      denied: 0,
      unknown: 0,
      many: 0,
      some: 0,
      few: 0,
      baseline: 0,
      restricted: 0,
    };
    for (const {chosen, state} of here) {
      by[levels.get(chosen?.policy.name ?? '') ?? (state === 'unknown' ? state : 'denied')]++;
    }
    return here.length === 0 ? [] : [{name, index, pods: here.length, by}];
  });
  const exposed = ({by, pods}: Row) => (by.many * 6 + by.some * 3 + by.denied * 2 + by.few) / pods;
  return rows.sort(
    (one, other) =>
      exposed(other) - exposed(one) || other.pods - one.pods || one.index - other.index,
  );
}
