import type {DOMElement} from 'ink';
import {createContext, useContext, useLayoutEffect, useRef} from 'react';

/** The rows of a list that are on the screen. */
export interface RowsInSight {
  readonly element: DOMElement | null;
  /** The place of the first one. */
  readonly first: number;
  readonly count: number;
}

/** Where a list says which of its rows are in sight, each time it is drawn. */
export const RowsContext = createContext<{current: RowsInSight | undefined}>({current: undefined});

/** For the box that has just these rows, a line each: a click finds them by it. */
export function useRowsInSight(first: number, count: number) {
  const inSight = useContext(RowsContext);
  const box = useRef<DOMElement>(null);
  useLayoutEffect(() => {
    inSight.current = {element: box.current, first, count};
    return () => {
      inSight.current = undefined;
    };
  }, [inSight, first, count]);
  return box;
}
