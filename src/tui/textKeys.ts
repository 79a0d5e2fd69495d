import type {Context} from './context.ts';
import {inform} from './context.ts';
import {topOf} from './session.ts';

/** Whether a line has the text, whatever its case. */
export function hasText(line: string, text: string): boolean {
  return text !== '' && line.toLowerCase().includes(text.toLowerCase());
}

/** Scrolls to the next line with what is searched for, or the one before; round and round. */
export function search(context: Context, direction: 'here' | 'next' | 'previous'): void {
  const {session, lastScroll, dispatch} = context;
  const {filter, scroll} = topOf(session);
  if (filter === '') {
    inform(context, 'Nothing is searched for: / begins');
    return;
  }
  const lines = context.textLines();
  const found = lines.flatMap((line, index) => (hasText(line, filter) ? [index] : []));
  const here = Math.min(scroll, lastScroll);
  const [first, last] = [found[0], found.at(-1)];
  if (first === undefined || last === undefined) {
    inform(context, `Not found: ${filter}`);
    return;
  }
  const isAfter = (index: number) => (direction === 'here' ? index >= here : index > here);
  const to =
    direction === 'previous'
      ? (found.findLast(index => index < here) ?? last)
      : (found.find(isAfter) ?? first);
  // Matches on the last page can't come to the top.
  const isStuck = direction === 'next' && here === lastScroll && to > here;
  dispatch({type: 'scroll', to: isStuck ? Math.min(first, lastScroll) : Math.min(to, lastScroll)});
}
