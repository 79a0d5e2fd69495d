/** What a mouse did: places are counted from 0 at the upper left. */
export type MouseEvent =
  | {readonly kind: 'wheel'; readonly direction: 1 | -1}
  | {readonly kind: 'click'; readonly column: number; readonly line: number};

/** Where what a mouse did comes from. */
export interface Mouse {
  /** Calls back with each event until the result is called. */
  subscribe(listener: (event: MouseEvent) => void): () => void;
}
