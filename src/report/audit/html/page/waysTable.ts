import {grouped} from '../numbers.ts';
import type {Flows} from '../picture/ways.ts';
import {elementOf, wordsOf} from './dom.ts';

/** Gives what fills the table of the ways for the chosen namespace; '' is the largest ways of all. */
export function startWaysTable(flows: Flows, place: () => string): () => void {
  const table = elementOf('ways', HTMLTableElement);
  const [first] = table?.tBodies ?? [];
  if (table === undefined || first === undefined) return () => {};
  const words = wordsOf(table.caption);
  return () => {
    const chosen = place();
    table.tBodies[0]?.replaceWith(chosen === '' ? first : bodyOf(flows, Number(chosen)));
    if (table.caption === null) return;
    table.caption.textContent =
      chosen === ''
        ? words
        : `The ways of the pods of namespace ${flows.namespaces[Number(chosen)] ?? ''}`;
  };
}

function bodyOf(flows: Flows, chosen: number): HTMLTableSectionElement {
  const body = document.createElement('tbody');
  for (const [namespace, account, , binding, policy, state, pods, names] of flows.rows) {
    if (namespace !== chosen) continue;
    const row = body.insertRow();
    const cell = (text: string | undefined, className = '') => {
      const made = row.insertCell();
      made.textContent = text ?? '';
      if (className !== '') made.className = className;
    };
    cell(flows.namespaces[namespace]);
    cell(flows.accounts[account]);
    cell(flows.bindings[binding]);
    cell(flows.policies[policy]);
    cell(flows.states[state]);
    cell(grouped(pods), 'n');
    cell(names, 'names');
  }
  return body;
}
