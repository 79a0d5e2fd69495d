import {grouped, groupedCount} from '../numbers.ts';
import {buttonOf, elementById, elementOf, elements, hide, say, wordsOf} from './dom.ts';

/** So many findings of a rule are shown at first, and four times as many more each time. */
const pageSize = 25;
const moreSize = 4 * pageSize;

/** The findings of one rule and severity. */
interface FindingGroup {
  readonly element: HTMLElement;
  readonly findings: readonly HTMLElement[];
  /** What is searched for each of the findings. */
  readonly texts: readonly string[];
  readonly count: Element | null;
  readonly total: string;
  readonly more: HTMLButtonElement;
  limit: number;
}

/** What the reader asks for. */
interface Wish {
  readonly place: string;
  readonly rule: string;
  readonly words: readonly string[];
  readonly severities: readonly string[];
}

/** The list of findings: shows what is asked for, the first ones of each rule until more are wanted. */
export interface FindingList {
  /** Shows what the filters and the namespace ask for. */
  filter(): void;
}

/**
 * Makes the filters work. `place` tells the index of the chosen namespace, or '' for all; `names` are the
 * names of the namespaces; `onReset` is called after the filters were reset.
 */
export function startFindings(
  place: () => string,
  names: readonly string[],
  onReset: () => void,
): FindingList {
  const form = document.querySelector<HTMLFormElement>('.filters');
  const groups = elements('.group').map(element => groupOf(element, filter));
  const chips = elements('input[name=severity]').filter(chip => chip instanceof HTMLInputElement);
  const rule = elementOf('rule', HTMLSelectElement);
  const search = elementOf('search', HTMLInputElement);

  function filter(): void {
    if (form === null) return;
    const wish: Wish = {
      place: place(),
      rule: rule?.value ?? '',
      words: (search?.value ?? '').toLowerCase().split(/\s+/).filter(Boolean),
      severities: chips.filter(chip => chip.checked).map(chip => chip.value),
    };
    const matching = groups.reduce((sum, group) => sum + showIn(group, wish), 0);
    const everything = groups.reduce((sum, {findings}) => sum + findings.length, 0);
    const where = wish.place === '' ? '' : ` in namespace ${names[Number(wish.place)] ?? ''}`;
    const all = groupedCount(everything, 'finding');
    say('status', matching === everything ? all : `${grouped(matching)} of ${all}${where}`);
    hide('no-match', matching > 0);
  }

  form?.addEventListener('input', filter);
  form?.addEventListener('submit', event => event.preventDefault());
  // The event comes before the fields are reset.
  form?.addEventListener('reset', () => setTimeout(onReset));
  for (const link of elements('[data-only]')) {
    link.addEventListener('click', () => {
      for (const chip of chips) chip.checked = chip.value === link.dataset.only;
      filter();
    });
  }
  startOpenAll();
  return {filter};
}

function groupOf(element: HTMLElement, filter: () => void): FindingGroup {
  const findings = elements('.finding', element);
  const about = `${element.dataset.rule} ${wordsOf(element.querySelector('h3'))}`;
  const count = element.querySelector('.count');
  const more = buttonOf('', () => {
    const next = shownOf(group).length;
    group.limit += moreSize;
    filter();
    shownOf(group)[next]?.querySelector('summary')?.focus();
  });
  element.querySelector('.list')?.append(more);
  const group: FindingGroup = {
    element,
    findings,
    texts: findings.map(finding => `${about} ${wordsOf(finding)}`.toLowerCase()),
    count,
    total: wordsOf(count),
    more,
    limit: pageSize,
  };
  return group;
}

function shownOf({findings}: FindingGroup): readonly HTMLElement[] {
  return findings.filter(finding => !finding.hidden);
}

/** Shows what is asked for of a group; tells how many findings that are. */
function showIn(group: FindingGroup, wish: Wish): number {
  const {element, more, findings, texts, limit, count, total} = group;
  const isAsked =
    wish.severities.includes(element.dataset.severity ?? '') &&
    (wish.rule === '' || wish.rule === element.dataset.rule);
  let matching = 0;
  for (const [index, finding] of findings.entries()) {
    const isMatch =
      isAsked &&
      (wish.place === '' || finding.dataset.namespace === wish.place) &&
      wish.words.every(word => texts[index]?.includes(word));
    if (isMatch) matching++;
    finding.hidden = !isMatch || matching > limit;
  }
  element.hidden = matching === 0;
  more.hidden = matching <= limit;
  const left = matching - limit;
  more.textContent = `Show ${Math.min(moreSize, left)} more of ${left}`;
  if (count !== null) {
    count.textContent = matching === findings.length ? total : `${matching} of ${total}`;
  }
  return matching;
}

function startOpenAll(): void {
  const button = elementById('open-all');
  button?.addEventListener('click', () => {
    const isOpening = button.textContent === 'Open all';
    for (const finding of elements('.finding:not([hidden])')) {
      finding.toggleAttribute('open', isOpening);
    }
    button.textContent = isOpening ? 'Close all' : 'Open all';
  });
}
