import {expect, test} from 'vitest';
import {keyReader} from '../../src/world/keyInput.ts';
import {colorsOf, groundOf} from '../../src/world/theme.ts';

test('the environment says what the terminal can do', () => {
  expect(colorsOf({TERM: 'xterm-256color', COLORTERM: 'truecolor'})).toBe('any');
  expect(colorsOf({TERM: 'xterm-256color'})).toBe('fixed');
  expect(colorsOf({TERM: 'linux'})).toBe('named');
  expect(colorsOf({TERM: 'xterm-256color', COLORTERM: '24bit', NO_COLOR: '1'})).toBe('none');
  expect(colorsOf({TERM: 'xterm-256color', NO_COLOR: ''})).toBe('fixed');
});

test('the answer about the ground says whether it is light', () => {
  expect(groundOf('11;rgb:ffff/ffff/ffff')).toBe('light');
  expect(groundOf('11;rgb:fd/f6/e3')).toBe('light');
  expect(groundOf('11;rgba:0000/2b2b/3636/ffff')).toBe('dark');
  expect(groundOf('10;rgb:ffff/ffff/ffff')).toBeUndefined();
  expect(groundOf('11;?')).toBeUndefined();
});

test.each(['\u0007', '\u001B\\'])(
  'what the terminal answers is not a key, in how many pieces it comes (ending %j)',
  end => {
    const answer = `\u001B]11;rgb:1e1e/1e1e/2e2e${end}`;
    for (let cut = 1; cut < answer.length; cut++) {
      if (answer.slice(0, cut) === '\u001B') continue; // that is the key Escape, until more comes
      const replies: string[] = [];
      const read = keyReader(reply => replies.push(reply));
      const keys = [...read(`j${answer.slice(0, cut)}`), ...read(`${answer.slice(cut)}k`)];
      expect({cut, keys, replies}).toEqual({
        cut,
        keys: ['j', 'k'],
        replies: ['11;rgb:1e1e/1e1e/2e2e'],
      });
    }
  },
);

test('what is pasted is no answer', () => {
  const replies: string[] = [];
  const pasted = '\u001B[200~a\u001B]11;rgb:0/0/0\u0007b\u001B[201~';
  expect(keyReader(reply => replies.push(reply))(pasted)).toHaveLength(1);
  expect(replies).toEqual([]);
});
