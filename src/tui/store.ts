import type {Draft} from './edit.ts';
import {type Action, reduce, type Session, startAt, type View} from './session.ts';

/**
 * Holds the session outside of React: several keys may come in one piece, and each has to see what the
 * one before it did, not what was last drawn.
 */
export interface SessionStore {
  get(): Session;
  dispatch(action: Action): void;
  subscribe(listener: () => void): () => void;
}

/**
 * A session that begins with these views, and with edits that an earlier one left; its lists are limited
 * to the namespace `only`.
 */
export function createStore(
  start: readonly View[],
  drafts: readonly Draft[] = [],
  only?: string,
): SessionStore {
  const named = drafts.map(draft => [draft.base.metadata.name, draft] as const);
  let session: Session = {...startAt(start, only), drafts: Object.fromEntries(named)};
  const listeners = new Set<() => void>();
  return {
    get: () => session,
    dispatch(action) {
      const next = reduce(session, action);
      if (next === session) return;
      session = next;
      for (const listener of [...listeners]) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Computes again only if an argument is another value than the last time. */
export function remember<A extends readonly unknown[], R>(compute: (...args: A) => R) {
  let last: {readonly args: A; readonly result: R} | undefined;
  return (...args: A): R => {
    if (last === undefined || args.some((arg, index) => arg !== last?.args[index])) {
      last = {args, result: compute(...args)};
    }
    return last.result;
  };
}
