import {PassThrough} from 'node:stream';
import type {ReadStream} from 'node:tty';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {keyReader, openKeys} from '../../src/world/keyInput.ts';

/** What comes out key by key of what a terminal sends in pieces. */
async function keysOf(pieces: readonly string[], count: number): Promise<readonly string[]> {
  const terminal = new PassThrough();
  const {stream, close} = openKeys(terminal as unknown as ReadStream);
  const seen: string[] = [];
  for (const piece of pieces) terminal.write(piece);
  await new Promise<void>(resolve => {
    stream.on('readable', () => {
      for (let key = stream.read(); key !== null; key = stream.read()) seen.push(key);
      if (seen.length >= count) resolve();
    });
  });
  Object.assign(terminal, {unref() {}});
  close();
  return seen;
}

test('what is typed fast comes out key by key', async () => {
  expect(await keysOf(['jj\u001B[B\u001B[A\u001BOPx\r'], 7)).toEqual([
    'j',
    'j',
    '\u001B[B',
    '\u001B[A',
    '\u001BOP',
    'x',
    '\r',
  ]);
  expect(await keysOf(['日é👍', '\u001B[5~'], 4)).toEqual(['日', 'é', '👍', '\u001B[5~']);
});

test('Escape and the key after it are two, and Escape comes in a form that nothing can follow', async () => {
  expect(await keysOf(['\u001Bq'], 2)).toEqual(['\u001B[27u', 'q']);
  expect(await keysOf(['\u001B\u001B'], 2)).toEqual(['\u001B[27u', '\u001B[27u']);
});

test('no key is lost, however many come at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'Z', ' ', '\t', '\r', '\u001B[C', '\u0003', 'ß'), {
        minLength: 1,
        maxLength: 60,
      }),
      async keys => {
        expect(await keysOf([keys.join('')], keys.length)).toEqual(keys);
      },
    ),
    {numRuns: 30},
  );
});

const pasteOf = (text: string) => `\u001B[200~${text}\u001B[201~`;

test('what is pasted comes as one, without control characters, however it is cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('q', 'y', '\r', '\u001B', '\u0003', '[201', '日', 'x'.repeat(9000))),
      fc.array(fc.nat({max: 40}), {maxLength: 6}),
      (pieces, cuts) => {
        const text = pieces.join('');
        const sent = `j${pasteOf(text)}\u001B[A`;
        const places = cuts.map(cut => cut % sent.length).sort((a, b) => a - b);
        // Escape, alone or with a bracket, may be a key by itself.
        const read = keyReader();
        const parts = [0, ...places.filter(place => place !== 2 && place !== 3), sent.length];
        const chunks = parts.slice(1).map((end, index) => sent.slice(parts[index], end));
        fc.pre(!chunks.includes('\u0003')); // Ctrl-C alone ends a paste
        const tokens = chunks.flatMap(read);
        const kept = text.replaceAll(/[\u001B\u0003]/g, '');
        expect(tokens.slice(0, 2)).toEqual(['j', pasteOf(kept)]);
      },
    ),
  );
});

test('a paste whose end is lost ends by Ctrl-C', () => {
  const read = keyReader();
  expect(read('\u001B[200~qqq')).toEqual([]);
  expect(read('y')).toEqual([]);
  expect(read('\u0003')).toEqual(['\u0003']);
  expect(read('j')).toEqual(['j']);
});

test.each(['\u001B[<0;12;5M', '\u001B[<65;3;20M', '\u001B[<0;12;5m', '\u001B[M #!'])(
  'what a mouse did (%j) is one piece and no text, in how many pieces it comes',
  report => {
    for (let cut = 1; cut < report.length; cut++) {
      const read = keyReader();
      const keys = [...read(`j${report.slice(0, cut)}`), ...read(`${report.slice(cut)}k`)];
      const isNumbered = report.startsWith('\u001B[<');
      if (cut > 1) expect({cut, keys}).toEqual({cut, keys: ['j', report, 'k']});
      // Escape alone is a key until more comes.
      else if (isNumbered) expect(keys).toEqual(['j', '\u001B', report, 'k']);
    }
  },
);

test('what a mouse did in the middle of a paste is no text of it', () => {
  const pasted = '\u001B[200~ab\u001B[<0;12;5Mcd\u001B[<64;1;1Me\u001B[201~';
  expect(keyReader()(pasted)).toEqual([pasteOf('abcde')]);
});

test('what a mouse did reaches its listener, in turn with the keys, and nobody else', async () => {
  const terminal = new PassThrough();
  const seen: unknown[] = [];
  const {stream, close} = openKeys(terminal as unknown as ReadStream, {
    onMouse: event => seen.push(event),
  });
  terminal.write(
    'j\u001B[<64;1;1M\u001B[<65;1;1M\u001B[<4;1;1M\u001B[<0;9;3M\u001B[<0;9;3m\u001B[M #!k',
  );
  await new Promise<void>(resolve => {
    stream.on('readable', () => {
      for (let key = stream.read(); key !== null; key = stream.read()) {
        seen.push(key);
        if (key === 'k') resolve();
      }
    });
  });
  Object.assign(terminal, {unref() {}});
  close();
  expect(seen).toEqual([
    'j',
    {kind: 'wheel', direction: -1},
    {kind: 'wheel', direction: 1},
    {kind: 'click', column: 8, line: 2},
    'k',
  ]);
});

test('what came before anybody listened is not told at once: the effect of a key is there before the next', async () => {
  const terminal = new PassThrough();
  const {stream, close} = openKeys(terminal as unknown as ReadStream);
  terminal.write(':psp\n');
  await new Promise(resolve => setTimeout(resolve, 20));
  const turns: string[] = [];
  await new Promise<void>(resolve => {
    stream.on('readable', () => {
      let turn = '';
      for (let key = stream.read(); key !== null; key = stream.read()) turn += key;
      if (turn !== '') turns.push(turn);
      if (turn.endsWith('\r')) resolve();
    });
  });
  Object.assign(terminal, {unref() {}});
  close();
  expect(turns).toEqual([':', 'p', 's', 'p', '\r']);
});
