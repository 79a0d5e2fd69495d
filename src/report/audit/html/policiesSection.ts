import type {Audit} from '../../../audit/finding.ts';
import type {Level} from '../../../controls/control.ts';
import {controls} from '../../../controls/index.ts';
import type {Policy} from '../../../kube/objects.ts';
import {levelGap, openness, policyLevel, titleInText} from '../../../policy/level.ts';
import {unreadRbac} from '../../../rbac/unreadRbac.ts';
import type {UseRight} from '../../../rbac/whoCan.ts';
import {byText} from '../../../text.ts';
import {html, type Markup} from './markup.ts';
import {grouped, groupedCount} from './numbers.ts';
import {openControls} from './words.ts';

/** Above so many, the least open policies are left out. */
const mostPolicies = 300;
/** Ways to use a policy that its entry shows. */
const mostRights = 8;

const letters: Readonly<Record<Level, string>> = {restricted: 'R', baseline: 'B', privileged: 'P'};

/** All policies: what each leaves open and to whom, and the matrix of policies and controls. */
export function policiesSection(audit: Audit): Markup {
  const {policies} = audit.inventory;
  if (policies.length === 0) return html``;
  const sorted = policies
    .map(policy => ({policy, open: openControls(policy) * 1000 + openness(policy)}))
    .sort((one, other) => other.open - one.open || byName(one.policy, other.policy))
    .map(({policy}) => policy);
  const shown = sorted.slice(0, mostPolicies);
  const left = sorted.length - shown.length;
  const pods = podsByPolicy(audit);
  const rights = Map.groupBy(audit.rights, ({policy}) => policy);
  const podsOf = ({metadata}: Policy) => pods.get(metadata.name) ?? 0;
  const {isAny} = unreadRbac(audit.inventory);
  const entry = (policy: Policy) =>
    entryOf(policy, podsOf(policy), rights.get(policy.metadata.name) ?? [], isAny);
  return html`<section id="policies" aria-labelledby="policies-title">
<h2 id="policies-title">What each policy leaves open</h2>
<p class="intro">The most open policy first. A policy's level is that of its loosest control, so one open control makes it privileged.${left > 0 ? ` The ${grouped(left)} least open are left out of this page.` : ''}</p>
${matrixOf(shown, podsOf)}
<h3>Policies in words</h3>
<div class="list long" data-noun="policies">${shown.map(entry)}</div></section>`;
}

function byName(one: Policy, other: Policy): number {
  return byText(one.metadata.name, other.metadata.name);
}

function podsByPolicy({verdicts}: Audit): ReadonlyMap<string, number> {
  const pods = new Map<string, number>();
  for (const {chosen} of verdicts) {
    const name = chosen?.policy.name;
    if (name !== undefined) pods.set(name, (pods.get(name) ?? 0) + 1);
  }
  return pods;
}

function matrixOf(policies: readonly Policy[], podsOf: (policy: Policy) => number): Markup {
  const spoken = controls.filter(control =>
    policies.some(policy => control.level(policy) !== undefined),
  );
  const head = spoken.map(({title}) => html`<th scope="col" class="turned"><span>${title}</span>`);
  const rows = policies.map(policy => {
    const cells = spoken.map(control => {
      const level = control.level(policy);
      return level === undefined ? dash : cellOf[level];
    });
    const level = policyLevel(policy);
    return html`<tr><th scope="row">${policy.metadata.name}<td><span class="level ${level}">${level}</span><td class="n">${openControls(policy)}<td class="n">${grouped(podsOf(policy))}${cells}
`;
  });
  return html`<ul class="legend letters" aria-label="The letters"><li><span class="cell restricted">R</span> as restricted requires</li><li><span class="cell baseline">B</span> as baseline requires</li><li><span class="cell privileged">P</span> open: privileged</li></ul>
<div class="scroll" tabindex="0" role="region" aria-label="Policies and controls"><table class="matrix long" data-noun="policies"><caption>The Pod Security Standard that each control of each policy meets</caption>
<thead><tr><th scope="col">Policy<th scope="col">Level<th scope="col" class="n">Open<th scope="col" class="n">Pods${head}</thead><tbody>${rows}</tbody></table></div>`;
}

const dash = html`<td class="c unsaid">–`;
const cellOf: Readonly<Record<Level, Markup>> = {
  restricted: html`<td class="c restricted">R`,
  baseline: html`<td class="c baseline">B`,
  privileged: html`<td class="c privileged">P`,
};

function entryOf(
  policy: Policy,
  pods: number,
  rights: readonly UseRight[],
  isUnread: boolean,
): Markup {
  const level = policyLevel(policy);
  const open = controls.filter(control => {
    const of = control.level(policy);
    return of !== undefined && letters[of] !== 'R';
  });
  const lines = open.map(
    control =>
      html`<li><span class="cell ${control.level(policy)}">${letters[control.level(policy) ?? 'restricted']}</span> <b>${control.title}</b> <span class="value">${control.describeForPeople(policy)}</span>`,
  );
  const leaves =
    open.length === 0
      ? html`<p>Nothing: it keeps to the restricted standard.</p>`
      : html`<ul class="controls">${lines}</ul>`;
  return html`<details class="policy"><summary><b>${policy.metadata.name}</b> <span class="level ${level}">${level}</span> <span class="message">${groupedCount(pods, 'pod')}, ${grantsText(rights.length, isUnread)}</span></summary><dl>${nextLevel(policy)}<dt>Leaves open</dt><dd>${leaves}</dd><dt>Who may use it</dt><dd>${rightsMarkup(rights, isUnread)}</dd></dl></details>
`;
}

/** What keeps the policy from the next stricter level. */
function nextLevel(policy: Policy): Markup {
  const {next, controls: keeping} = levelGap(policy);
  if (next === undefined) return html``;
  const titles = keeping.map(({title}) => titleInText(title)).join(', ');
  return html`<dt>Kept from ${next} by</dt><dd><p>${titles}</p></dd>`;
}

function grantsText(grants: number, isUnread: boolean): string {
  if (grants > 0) return `${groupedCount(grants, 'grant')}${isUnread ? ' that could be read' : ''}`;
  return isUnread ? 'unknown who may use it' : 'nobody may use it';
}

function rightsMarkup(rights: readonly UseRight[], isUnread: boolean): Markup {
  if (rights.length === 0) {
    return isUnread ? html`<p>Unknown: not all grants were read.</p>` : html`<p>Nobody.</p>`;
  }
  const lines = rights.slice(0, mostRights).map(({subject, namespace, via, notes}) => {
    const name =
      subject.namespace === undefined ? subject.name : `${subject.namespace}/${subject.name}`;
    const ways = via.map(({binding}) => `${binding.kind} ${binding.name}`).join(', ');
    return html`<li><span class="kind">${subject.kind}</span> <b>${name}</b> ${namespace === undefined ? 'in the whole cluster' : `in ${namespace}`}, through ${ways}${notes.map(note => html` <span class="note">${note}</span>`)}`;
  });
  const left = rights.length - lines.length;
  const more =
    left > 0
      ? html`<li class="more">and ${groupedCount(left, 'more grant')}: see <code>kubectl psp who-can</code>`
      : html``;
  const unread = isUnread
    ? html`<li class="more">perhaps others: not all grants were read`
    : html``;
  return html`<ul class="rights">${lines}${more}${unread}</ul>`;
}
