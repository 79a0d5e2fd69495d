import {html, type Markup, ownMarkup} from './markup.ts';
import {grouped} from './numbers.ts';
import {drawGraph} from './picture/draw.ts';
import {graphOf} from './picture/graph.ts';
import {layOut} from './picture/layout.ts';
import {type Flows, type PolicyTone, policyTones} from './picture/ways.ts';
import {toneWords} from './words.ts';

/** As wide as the page's text on a screen that has the room; the page redraws it for others. */
const width = 1120;
const mostRows = 25;

/** The picture of the pods' ways to their policies, with the same as a table. */
export function pictureSection(flows: Flows): Markup {
  if (flows.rows.length === 0) return html``;
  const graph = graphOf(flows, -1, false);
  const picture = ownMarkup(drawGraph(graph, layOut(graph, width)));
  return html`<section id="picture" aria-labelledby="picture-title">
<h2 id="picture-title">Who gets which policy</h2>
<p class="intro" id="picture-words">Each band stands for pods: from where they run, through the grant that lets them use the policy, to the policy that admission chooses and what happens to them after a restart. The colour shows how strict the policy is. The table below has the same data.<span class="needs-script"> Choose a namespace above, or click one here, to see its service accounts and bindings.</span></p>
${toneLegend()}
<p class="needs-script back"><button type="button" id="all-namespaces" hidden>Back to all namespaces</button></p>
<figure><div id="drawing">${picture}</div></figure>
${waysTable(flows)}</section>`;
}

function toneLegend(): Markup {
  const keys = policyTones.map(
    tone =>
      html`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="${tone}" width="10" height="10"/></svg>${legendWords[tone]}</li>`,
  );
  return html`<ul class="legend" aria-label="Colours: the Pod Security Standard that the policy meets">${keys}</ul>`;
}

const legendWords: Readonly<Record<PolicyTone, string>> = {
  ...toneWords,
  denied: 'no policy: denied',
  many: 'privileged: 6 or more controls open',
  some: 'privileged: 3 to 5',
  few: 'privileged: 1 or 2',
};

/** The largest ways; the page fills the same table for one namespace. */
function waysTable(flows: Flows): Markup {
  const largest = flows.rows.toSorted((one, other) => other[6] - one[6]).slice(0, mostRows);
  const rows = largest.map(
    ([namespace, account, , binding, policy, state, pods, names]) =>
      html`<tr><td>${flows.namespaces[namespace]}<td>${flows.accounts[account]}<td>${flows.bindings[binding]}<td>${flows.policies[policy]} <td>${flows.states[state]}<td class="n">${grouped(pods)}<td class="names">${names}`,
  );
  const left = flows.rows.length - largest.length;
  const note =
    left > 0 ? `The ${largest.length} largest of ${grouped(flows.rows.length)} ways` : '';
  return html`<details id="ways-details"><summary>The ways as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="The ways of the pods"><table id="ways"><caption>${note || 'Pods that go the same way, most first'}</caption>
<thead><tr><th scope="col">Namespace<th scope="col">Service account<th scope="col">Through<th scope="col">Policy<th scope="col">After a restart<th scope="col" class="n">Pods<th scope="col">Among them</thead><tbody>${rows}</tbody></table></div></details>`;
}
