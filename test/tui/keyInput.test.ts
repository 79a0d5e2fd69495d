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

test('Escape and the key after it are two', async () => {
  expect(await keysOf(['\u001Bq'], 2)).toEqual(['\u001B', 'q']);
  expect(await keysOf(['\u001B\u001B'], 2)).toEqual(['\u001B', '\u001B']);
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
