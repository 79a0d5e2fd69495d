import {drawGraph, graphOf, layOut} from './picture.ts';

/**
 * The script of the page: plain JavaScript, checked by the tests with the types of a browser. It only
 * hides, shows and writes text; the picture is the one thing that it sets as markup, and that is
 * drawn by the very functions that draw it here, which escape what they write.
 */
export function pageScript(): string {
  return `'use strict';
const graphOf = ${graphOf};
const layOut = ${layOut};
const drawGraph = ${drawGraph};
${behaviour.trim()}
`;
}

const behaviour = String.raw`
const pageSize = 25;
document.documentElement.classList.add('scripted');
const flows = JSON.parse(document.getElementById('data').textContent);
/** @type {(selector: string, root?: ParentNode) => HTMLElement[]} */
const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
const one = id => document.getElementById(id);
const make = (tag, text, props = {}) =>
  Object.assign(document.createElement(tag), {textContent: text}, props);
const plural = (number, noun) => number.toLocaleString('en') + ' ' + noun + (number === 1 ? '' : 's');

// Findings: what is asked for is shown, the first ones of each rule until more are wanted.
const groups = all('.group').map(element => {
  const more = make('button', '', {type: 'button'});
  const findings = all('.finding', element);
  const about = element.dataset.rule + ' ' + element.querySelector('h3').textContent;
  element.querySelector('.list').append(more);
  const group = {
    element, more, findings, limit: pageSize, count: element.querySelector('.count'),
    texts: findings.map(finding => (about + ' ' + finding.textContent).toLowerCase()),
    total: element.querySelector('.count').textContent,
  };
  more.addEventListener('click', () => {
    const next = findings.filter(finding => !finding.hidden).length;
    group.limit += 4 * pageSize;
    filter();
    findings.filter(finding => !finding.hidden)[next]?.querySelector('summary').focus();
  });
  return group;
});
const scope = /** @type {HTMLSelectElement | null} */ (one('namespace'));
const rules = /** @type {HTMLSelectElement} */ (one('rule'));
const search = /** @type {HTMLInputElement} */ (one('search'));
const form = document.querySelector('.filters');
const chips = /** @type {HTMLInputElement[]} */ (all('input[name=severity]'));

function filter() {
  if (form === null) return;
  const place = scope?.value ?? '';
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rule = rules.value;
  const severities = chips.filter(chip => chip.checked).map(chip => chip.value);
  let matching = 0;
  for (const {element, more, findings, texts, limit, count, total} of groups) {
    const {severity, rule: own} = element.dataset;
    const isAsked = severities.includes(severity) && (rule === '' || rule === own);
    let shown = 0;
    findings.forEach((finding, index) => {
      const isMatch = isAsked && (place === '' || finding.dataset.namespace === place) &&
        words.every(word => texts[index].includes(word));
      if (isMatch) shown++;
      finding.hidden = !isMatch || shown > limit;
    });
    element.hidden = shown === 0;
    more.hidden = shown <= limit;
    more.textContent = 'Show ' + Math.min(4 * pageSize, shown - limit) + ' more of ' + (shown - limit);
    const isAll = shown === findings.length;
    count.textContent = isAll ? total : shown + ' of ' + total;
    matching += shown;
  }
  const everything = groups.reduce((sum, {findings}) => sum + findings.length, 0);
  const where = place === '' ? '' : ' in namespace ' + flows.namespaces[place];
  one('status').textContent = matching === everything
    ? plural(everything, 'finding')
    : matching.toLocaleString('en') + ' of ' + plural(everything, 'finding') + where;
  one('no-match').hidden = matching > 0;
}

form?.addEventListener('input', filter);
form?.addEventListener('submit', event => event.preventDefault());
form?.addEventListener('reset', () => setTimeout(() => setScope('')));
const openAll = one('open-all');
openAll?.addEventListener('click', () => {
  const isOpening = openAll.textContent === 'Open all';
  for (const finding of all('.finding:not([hidden])')) finding.toggleAttribute('open', isOpening);
  openAll.textContent = isOpening ? 'Close all' : 'Open all';
});
for (const link of all('[data-only]')) {
  link.addEventListener('click', () => {
    for (const chip of chips) chip.checked = chip.value === link.dataset.only;
    filter();
  });
}

// Commands can be copied; what is copied is what is seen.
for (const command of all('.command')) {
  const button = make('button', 'Copy', {type: 'button'});
  const code = command.querySelector('code');
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'Press Ctrl+C';
    }
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  });
  command.append(button);
}

// Long tables and lists begin with the first rows.
const long = all('.long').map(element => {
  const isTable = element instanceof HTMLTableElement;
  const rows = all(isTable ? 'tbody tr' : 'details', element);
  const more = make('button', 'Show all ' + rows.length + ' ' + element.dataset.noun, {
    type: 'button', className: 'more-rows',
  });
  (isTable ? element.parentElement : element).after(more);
  const state = {rows, more, limit: pageSize};
  more.addEventListener('click', () => {
    state.limit = Infinity;
    narrowTables();
    all('button, summary', rows[pageSize])[0]?.focus();
  });
  return state;
});
function narrowTables() {
  const place = scope?.value ?? '';
  for (const {rows, more, limit} of long) {
    const isScoped = place !== '' && rows.some(row => row.dataset.namespace !== undefined);
    rows.forEach((row, index) => {
      row.hidden = isScoped ? row.dataset.namespace !== place : index >= limit;
    });
    more.hidden = isScoped || rows.length <= limit;
  }
}

// The picture, of all namespaces or of one, as wide as there is room.
const drawing = one('drawing');
let drawn = '';
function draw() {
  if (drawing === null) return;
  const {paddingLeft, paddingRight} = getComputedStyle(drawing);
  const width = Math.floor(drawing.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight));
  const place = scope?.value ?? '';
  if (width < 1 || drawn === width + '/' + place) return;
  drawn = width + '/' + place;
  const graph = graphOf(flows, place === '' ? -1 : Number(place), width < 640);
  drawing.innerHTML = graph.ways.length === 0
    ? '<p>No pods here.</p>'
    : drawGraph(graph, layOut(graph, width));
  one('all-namespaces').hidden = place === '';
}
/** @type {(event: Event) => HTMLElement | undefined} */
const nodeAt = ({target}) =>
  target instanceof Element ? target.closest('.node') ?? undefined : undefined;
function light(event) {
  const node = event.type === 'mouseleave' ? undefined : nodeAt(event)?.dataset.node;
  drawing.classList.toggle('faded', node !== undefined);
  if (node === undefined) return;
  for (const way of all('.way', drawing)) {
    way.classList.toggle('lit', way.dataset.nodes.split(' ').includes(node));
  }
}
drawing?.addEventListener('mouseover', light);
drawing?.addEventListener('mouseleave', light);
drawing?.addEventListener('click', event => {
  const place = nodeAt(event)?.dataset.namespace;
  if (place !== undefined && scope !== null) setScope(place);
});
one('all-namespaces')?.addEventListener('click', () => setScope(''));

const ways = /** @type {HTMLTableElement | null} */ (one('ways'));
const firstWays = ways && {body: ways.tBodies[0], caption: ways.caption.textContent};
function listWays() {
  if (ways === null) return;
  const place = scope?.value ?? '';
  if (place === '') {
    ways.tBodies[0].replaceWith(firstWays.body);
    ways.caption.textContent = firstWays.caption;
    return;
  }
  const body = make('tbody', '');
  for (const [namespace, account, , binding, policy, state, pods, names] of flows.rows) {
    if (namespace !== Number(place)) continue;
    const row = body.insertRow();
    const cells = [
      flows.namespaces[namespace], flows.accounts[account], flows.bindings[binding],
      flows.policies[policy], flows.states[state],
      pods.toLocaleString('en'), names,
    ];
    for (const text of cells) row.insertCell().textContent = text;
    row.cells[5].className = 'n';
    row.cells[6].className = 'names';
  }
  ways.tBodies[0].replaceWith(body);
  ways.caption.textContent = 'The ways of the pods of namespace ' + flows.namespaces[place];
}

function setScope(place) {
  if (scope !== null) scope.value = place;
  follow();
}
function follow() {
  filter();
  narrowTables();
  draw();
  listWays();
}
scope?.addEventListener('change', follow);
for (const head of all('#strictness th[scope=row]')) {
  if (scope === null) break;
  const button = make('button', head.textContent, {type: 'button'});
  button.addEventListener('click', () => {
    setScope(scope.value === '' ? head.parentElement.dataset.namespace : '');
    button.focus();
  });
  head.replaceChildren(button);
}
addEventListener('resize', draw);
let opened = [];
addEventListener('beforeprint', () => {
  opened = all('details:not([open])');
  for (const details of opened) details.toggleAttribute('open', true);
});
addEventListener('afterprint', () => {
  for (const details of opened) details.toggleAttribute('open', false);
});
follow();
`;
