/**
 * The script of the page of `audit -o html`, for a browser. The page can be read without it: it filters and
 * searches the findings, follows one namespace through lists, picture and table, and copies commands. It
 * only hides, shows and writes text; the picture is the one thing that it sets as markup.
 */
import type {Flows} from '../picture/ways.ts';
import {startCopying} from './commands.ts';
import {buttonOf, elementOf, elements, wordsOf} from './dom.ts';
import {startDrawing} from './drawing.ts';
import {startFindings} from './findings.ts';
import {startLongLists} from './longLists.ts';
import {startPrinting} from './printing.ts';
import {startTotals} from './totals.ts';
import {startWaysTable} from './waysTable.ts';

document.documentElement.classList.add('scripted');
const flows: Flows = JSON.parse(wordsOf(document.getElementById('data')));

/** The states as the rows of the flows number them. */
const stateNames = elements('.outcome [data-total]').map(({dataset}) => dataset.total ?? '');

/** The choice of a namespace, by its index; a page of one namespace has none. */
const choice = elementOf('namespace', HTMLSelectElement);
const place = () => choice?.value ?? '';

const findings = startFindings(place, flows.namespaces, () => setPlace(''));
const narrow = startLongLists(place);
const draw = startDrawing(flows, place, setPlace);
const listWays = startWaysTable(flows, place);
const count = startTotals(flows, stateNames, place);
startCopying();
startPrinting();
startNamespaceButtons();
choice?.addEventListener('change', follow);
follow();

function setPlace(chosen: string): void {
  if (choice !== undefined) choice.value = chosen;
  follow();
}

function follow(): void {
  findings.filter();
  narrow();
  draw();
  listWays();
  count();
}

/** The names in the table of namespaces choose them; pressed once more, all. */
function startNamespaceButtons(): void {
  if (choice === undefined) return;
  for (const head of elements('#strictness th[scope=row]')) {
    const button = buttonOf(wordsOf(head), () => {
      setPlace(place() === '' ? (head.parentElement?.dataset.namespace ?? '') : '');
      button.focus();
    });
    head.replaceChildren(button);
  }
}
