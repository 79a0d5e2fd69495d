import {Readable} from 'node:stream';
import type {ReadStream} from 'node:tty';
import type {MouseEvent} from '../tui/mouse.ts';
import {isMouseReport, mouseEventOf, mouseReport} from './mouseReports.ts';

/** The keys that a person presses, and how to stop listening for them. */
export interface Keys {
  /** Behaves like the terminal, but delivers each key by itself. */
  readonly stream: ReadStream;
  close(): void;
}

/** Who is told what the terminal sends that is not a key. */
interface Listeners {
  /** What it answers about itself. */
  readonly onReply?: (text: string) => void;
  readonly onMouse?: (event: MouseEvent) => void;
}

/** One with numbers, as it might come in the middle of a paste. */
const numberedReport = /\u001B\[<[\d;]*[Mm]/gu;

/** What a mouse did, an escape sequence, whole or as far as it has come, or one character. */
const key = new RegExp(String.raw`${mouseReport}|\u001B(?:\[[0-9;?<>=]*[ -/]*[@-~]?|O.?)|.`, 'gsu');

/** What the terminal answers about itself: an operating system command, as the question was. */
const reply = /\u001B\](\d+;[^\u0007\u001B]*)(?:\u0007|\u001B\\)/gu;
/** One that has not come to its end. */
const cutReply = /\u001B\](?:\d[^\u0007\u001B]*\u001B?)?$/u;

/**
 * Escape as the Kitty keyboard protocol writes it: an Escape by itself, Ink would keep for 20 ms, in case that more comes,
 * and what follows it at once would be taken for the rest of a sequence. Here it is known to be whole.
 */
const escapeKey = '\u001B[27u';

const pasteBegins = '\u001B[200~';
const pasteEnds = '\u001B[201~';
const ctrlC = '\u0003';
/** The beginning of one of them, or of what a mouse did, at the end of what has come so far. */
const cutMark = /\u001B\[(?:20{0,2}|201?|<[\d;]*|M.{0,2})?$/su;
/** What a mouse did, but for the Escape that came before it by itself. */
const beheaded = /^\[<\d/u;
/** What is not text: in pasted text it might be taken for keys. Line ends and tabs are left to the receiver. */
const noText = /(?![\t\r\n])\p{Control}/gu;

/**
 * Splits what comes from the terminal into keys. Pasted text comes as one piece, between the terminal's marks
 * and without control characters; a Ctrl-C that comes alone also ends a paste whose end was lost. What the terminal answers
 * about itself is not a key: `onReply` gets it. What a mouse did comes as one piece.
 */
export function keyReader(
  onReply: (text: string) => void = () => {},
): (data: string) => readonly string[] {
  let rest = '';
  let pasted: string | undefined;
  let isAfterEscape = false;
  return data => {
    const tokens: string[] = [];
    let text = (isAfterEscape && beheaded.test(data) ? '\u001B' : rest) + data;
    rest = '';
    isAfterEscape = false;
    if (pasted === undefined && !text.includes(pasteBegins)) {
      for (const [, answer = ''] of text.matchAll(reply)) onReply(answer);
      text = text.replaceAll(reply, '');
      const cut = cutReply.exec(text);
      if (cut !== null) [text, rest] = [text.slice(0, cut.index), cut[0]];
    }
    while (text !== '') {
      if (pasted === undefined) {
        const start = text.indexOf(pasteBegins);
        const cut = cutMark.exec(text)?.index ?? text.length;
        tokens.push(...(text.slice(0, start < 0 ? cut : start).match(key) ?? []));
        if (start < 0) {
          rest = text.slice(cut) + rest;
          isAfterEscape = rest === '' && tokens.at(-1) === '\u001B';
          break;
        }
        pasted = '';
        text = text.slice(start + pasteBegins.length);
      } else if (data === ctrlC) {
        pasted = undefined;
      } else {
        pasted += text;
        const end = pasted.indexOf(pasteEnds);
        if (end < 0) break;
        tokens.push(pasteBegins + pastedText(pasted.slice(0, end)) + pasteEnds);
        text = pasted.slice(end + pasteEnds.length);
        pasted = undefined;
      }
    }
    return tokens;
  };
}

/** What is pasted, without what is not text. */
function pastedText(sent: string): string {
  return sent.replaceAll(numberedReport, '').replaceAll(noText, '');
}

/**
 * Reads keys one by one. What is typed fast, or while the program computes, comes in one piece, which
 * Ink would pass on as one text, so that most of the keys in it would be lost.
 */
export function openKeys(terminal: ReadStream, {onReply, onMouse}: Listeners = {}): Keys {
  const waiting: string[] = [];
  const tokensOf = keyReader(onReply);
  // Until somebody listens, keys wait: all of them at once, the effect of none would be drawn before the next.
  let isHeld = true;
  const stream = new Readable({objectMode: true, read() {}});
  const next = () => {
    isHeld = false;
    const token = waiting.shift();
    if (token === undefined) return;
    isHeld = true;
    if (isMouseReport(token)) {
      const event = mouseEventOf(token);
      if (event !== undefined) onMouse?.(event);
      setImmediate(next);
      return;
    }
    // Before the terminal is told otherwise, it says Enter like the end of a line.
    stream.push(token === '\n' ? '\r' : token === '\u001B' ? escapeKey : token);
    // One turn of the event loop later, the effect of this key is drawn and listens for the next one.
    setImmediate(next);
  };
  const onData = (data: string | Uint8Array) => {
    waiting.push(...tokensOf(String(data)));
    if (!isHeld) next();
  };
  const onEnd = () => stream.push(null);
  const begin = (event: string | symbol) => {
    if (event !== 'readable' && event !== 'data') return;
    stream.removeListener('newListener', begin);
    setImmediate(next);
  };
  stream.on('newListener', begin);
  terminal.setEncoding('utf8');
  terminal.on('data', onData);
  terminal.once('end', onEnd);
  terminal.resume(); // an earlier session may have paused it
  return {
    stream: likeTerminal(stream, terminal),
    close() {
      terminal.removeListener('data', onData);
      terminal.removeListener('end', onEnd);
      terminal.pause();
      terminal.unref();
    },
  };
}

/** The stream, with what else Ink asks of a terminal. */
function likeTerminal(stream: Readable, terminal: ReadStream): ReadStream {
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
  return like;
}
