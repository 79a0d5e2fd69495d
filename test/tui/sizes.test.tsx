import fc from 'fast-check';
import {expect, test} from 'vitest';
import {widthOf} from '../../src/tui/text.ts';
import {isThorough} from '../support/kubernetes/reference.ts';
import {anyViews} from './anyView.ts';
import {openScreen} from './screen.tsx';

/** The sizes of terminals that are promised to work, in columns and lines. */
const size = fc.record({
  columns: fc.oneof(fc.integer({min: 20, max: 250}), fc.integer({min: 20, max: 85})),
  rows: fc.oneof(fc.integer({min: 5, max: 60}), fc.integer({min: 5, max: 25})),
});

/** What stands in the question at the bottom: short, cut by Ink, wide, joined. */
const typed = fc.constantFrom(
  '',
  'a',
  'b'.repeat(45),
  '漢'.repeat(30),
  `e\u0301👩‍👩‍👧${'c'.repeat(300)}`,
);

test('every view fits every terminal, also after it was resized and with a question', async () => {
  const view = fc.constantFrom(...anyViews);
  await fc.assert(
    fc.asyncProperty(view, size, size, typed, async (shown, first, second, text) => {
      const screen = openScreen({start: [{name: 'policies'}, shown], ...first});
      try {
        expectToFit(screen.lines(), first);
        if (text !== '' && shown.name !== 'values') {
          await screen.press(':', text);
          expectToFit(screen.lines(), first);
        }
        if (first.columns !== second.columns || first.rows !== second.rows) {
          await screen.resize(second.columns, second.rows);
          await expect.poll(() => screen.lines().length, {interval: 1}).toBe(second.rows);
        }
        expectToFit(screen.lines(), second);
      } finally {
        screen.close();
      }
    }),
    {numRuns: isThorough ? 300 : 40},
  );
});

function expectToFit(lines: readonly string[], {columns, rows}: {columns: number; rows: number}) {
  expect(lines).toHaveLength(rows);
  for (const line of lines) expect(widthOf(line), line).toBeLessThanOrEqual(columns);
}
