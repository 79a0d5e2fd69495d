import {Readable} from 'node:stream';
import type {ReadStream} from 'node:tty';

/** The keys that a person pressed, and how to stop listening for them. */
export interface Keys {
  /** Behaves as the terminal does, but gives each key by itself. */
  readonly stream: ReadStream;
  close(): void;
}

/** An escape sequence, whole or as far as it has come, or one character. */
const key = /\u001B(?:\[[0-9;?<>=]*[ -/]*[@-~]?|O.?)|./gsu;

/**
 * How long after Escape the next key is held back, in milliseconds: what follows at once would be taken
 * for the rest of an escape sequence.
 */
const afterEscapeMs = 40;

/**
 * Reads keys one by one. What is typed fast, or while the program computes, comes in one piece, which
 * Ink would hand on as one text: so most of the keys in it would be lost.
 */
export function openKeys(terminal: ReadStream): Keys {
  const waiting: string[] = [];
  let isHeld = false;
  const stream = new Readable({objectMode: true, read() {}});
  const next = () => {
    isHeld = false;
    const token = waiting.shift();
    if (token === undefined) return;
    stream.push(token);
    isHeld = true;
    // A turn of the event loop later, what this key did is drawn and listens for the next one.
    if (token === '\u001B') setTimeout(next, afterEscapeMs);
    else setImmediate(next);
  };
  const onData = (data: string | Uint8Array) => {
    waiting.push(...(String(data).match(key) ?? []));
    if (!isHeld) next();
  };
  const onEnd = () => stream.push(null);
  terminal.setEncoding('utf8');
  terminal.on('data', onData);
  terminal.once('end', onEnd);
  const like = Object.assign(stream, {
    isTTY: true,
    setEncoding: () => like,
    setRawMode(isRaw: boolean) {
      terminal.setRawMode(isRaw);
      return like;
    },
    ref() {
      terminal.ref();
      return like;
    },
    unref() {
      terminal.unref();
      return like;
    },
  }) as unknown as ReadStream;
  return {
    stream: like,
    close() {
      terminal.removeListener('data', onData);
      terminal.removeListener('end', onEnd);
      terminal.pause();
      terminal.unref();
    },
  };
}
