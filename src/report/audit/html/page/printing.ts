import {elements} from './dom.ts';

/** Opens everything that is folded up while the page is printed. */
export function startPrinting(): void {
  let opened: readonly HTMLElement[] = [];
  addEventListener('beforeprint', () => {
    opened = elements('details:not([open])');
    for (const details of opened) details.toggleAttribute('open', true);
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.toggleAttribute('open', false);
  });
}
