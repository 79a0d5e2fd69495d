import type {IncomingHttpHeaders} from 'node:http';
import type {Readable} from 'node:stream';

/** How long to wait, in milliseconds; 0 means forever. */
export interface Waits {
  /** For a connection, including TLS. */
  readonly connectMs: number;
  /** For any further byte. */
  readonly idleMs: number;
  /** For the whole answer. */
  readonly totalMs: number;
}

/** A request as it goes over a connection; header values are bytes as Latin-1. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | undefined;
  readonly idleMs: number;
}

/** Hears what becomes of a request. */
export interface Hearing {
  /** It has a connection. */
  onConnected(): void;
  /** No byte has come for as long as it may take. */
  onIdle(): void;
  /** There is no answer. */
  onError(error: NodeJS.ErrnoException): void;
  onAnswer(answer: Answer): void;
}

/** An answer that begins. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** If it closes without an end, there is more of it. */
  readonly body: Readable;
  /** Once the body has ended: whether that is all of it. */
  isWhole(): boolean;
}

/** A request under way. */
export interface Underway {
  /** Its connection was there before it: it may have been dead by then. */
  readonly reused: boolean;
  /** It waits for others to leave a connection to it. */
  isQueued(): boolean;
  cancel(): void;
}

/** Calls `expire` after so many milliseconds; never after 0, or after a time that is too long for Node's timers. */
export function deadline(ms: number, expire: () => void): NodeJS.Timeout | undefined {
  return ms > 0 && ms < 2 ** 31 ? setTimeout(expire, ms) : undefined;
}
