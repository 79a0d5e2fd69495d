import {buttonOf, elements} from './dom.ts';

/** So many rows of a long table or list are shown at first. */
const firstRows = 25;

interface LongList {
  readonly rows: readonly HTMLElement[];
  readonly more: HTMLButtonElement;
  isWhole: boolean;
}

/**
 * Long tables and lists begin with the first rows, with a button that shows all. Gives what narrows those
 * that are by namespace to one, by its index; '' is all namespaces.
 */
export function startLongLists(place: () => string): () => void {
  const lists = elements('.long').map(element => listOf(element, () => narrow()));
  const narrow = () => {
    for (const list of lists) narrowTo(list, place());
  };
  return narrow;
}

function listOf(element: HTMLElement, narrow: () => void): LongList {
  const isTable = element instanceof HTMLTableElement;
  const rows = elements(isTable ? 'tbody tr' : 'details', element);
  const more = buttonOf(`Show all ${rows.length} ${element.dataset.noun}`, () => {
    list.isWhole = true;
    narrow();
    const next = rows[firstRows];
    if (next !== undefined) elements('button, summary', next)[0]?.focus();
  });
  more.className = 'more-rows';
  // A table is in an element that scrolls.
  (isTable ? element.parentElement : element)?.after(more);
  const list: LongList = {rows, more, isWhole: false};
  return list;
}

function narrowTo({rows, more, isWhole}: LongList, place: string): void {
  const isScoped = place !== '' && rows.some(row => row.dataset.namespace !== undefined);
  for (const [index, row] of rows.entries()) {
    row.hidden = isScoped ? row.dataset.namespace !== place : !isWhole && index >= firstRows;
  }
  more.hidden = isScoped || isWhole || rows.length <= firstRows;
}
