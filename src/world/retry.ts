import {setTimeout as wait} from 'node:timers/promises';
import {ApiError} from './apiError.ts';
import {Breakdown} from './breakdown.ts';

/** How often and how long to try. */
export interface Patience {
  /** Requests in all. */
  readonly tries: number;
  /** The first pause, in milliseconds; it doubles with each try. */
  readonly baseMs: number;
  /** The longest pause, even if the server asks for a longer one. */
  readonly capMs: number;
  sleep(ms: number, signal: AbortSignal | undefined): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

/** About 3 seconds in all, unless the server asks for more. */
export const defaultPatience: Patience = {
  tries: 5,
  baseMs: 200,
  capMs: 30_000,
  sleep: (ms, signal) => wait(ms, undefined, {signal}),
  random: Math.random,
};

/** A failed attempt; `retryAfterMs` is what the server asked for. */
export interface FailedTry {
  readonly error: unknown;
  readonly retryAfterMs?: number | undefined;
}

/**
 * The pause before the next attempt in milliseconds, or undefined to give up. A request that may have
 * been carried out is never sent again, unless the server says that it has not accepted it (429).
 */
export function pauseAfter(
  {error, retryAfterMs}: FailedTry,
  tried: number,
  idempotent: boolean,
  patience: Patience,
): number | undefined {
  if (tried >= Math.min(patience.tries, triesFor(error, idempotent))) return undefined;
  if (retryAfterMs !== undefined) return Math.min(retryAfterMs, patience.capMs);
  const backOff = Math.min(patience.baseMs * 2 ** (tried - 1), patience.capMs);
  return backOff * (0.5 + patience.random() / 2);
}

/** Whether asking twice has the same effect as asking once: reading, or asking about rights. */
export function isRepeatable({method, path}: {readonly method: string; readonly path: string}) {
  return method === 'GET' || asksForRights(path);
}

/** Whether a request asks what somebody may do, which changes nothing. */
export function asksForRights(path: string): boolean {
  return path.startsWith('/apis/authorization.k8s.io/');
}

function triesFor(error: unknown, idempotent: boolean): number {
  if (error instanceof ApiError) {
    if (error.status === 429) return Infinity;
    if (!idempotent) return 1;
    if ([502, 503, 504].includes(error.status) || error.reason === 'BadAnswer') return Infinity;
    // Usually a lasting fault, but also what a change of etcd's leader looks like.
    return error.status === 500 ? 2 : 1;
  }
  if (!idempotent || !(error instanceof Breakdown)) return 1;
  if (error.kind === 'cutOff') return Infinity;
  if (error.kind === 'idleTimeout') return error.reused ? 2 : 1;
  return ['ECONNRESET', 'EPIPE', 'ECONNABORTED'].includes(error.code) ? Infinity : 1;
}

/** `Retry-After` in milliseconds: seconds, or a date. */
export function retryAfterOf(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}
