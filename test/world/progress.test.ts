import {expect, test} from 'vitest';
import {createProgress} from '../../src/world/progress.ts';

/** A terminal of one line, and a clock that the test moves. */
function terminal(columns = 80) {
  let now = 0;
  let shown = '';
  let column = 0;
  const due: {at: number; task(): void}[] = [];
  const progress = createProgress({
    write(text) {
      for (const character of text) {
        if (character === '\r') column = 0;
        else {
          shown = shown.slice(0, column).padEnd(column) + character + shown.slice(column + 1);
          column += 1;
        }
      }
    },
    columns: () => columns,
    after: (ms, task) => void due.push({at: now + ms, task}),
  });
  return {
    progress,
    shown: () => shown.trimEnd(),
    column: () => column,
    wait(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = due.filter(({at}) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        now = next.at;
        next.task();
      }
      now = end;
    },
  };
}

test('what is over within a second leaves no word', () => {
  const {progress, shown, wait} = terminal();
  const pods = progress.begin('reading pods');
  wait(999);
  pods.end();
  wait(5000);
  expect(shown()).toBe('');
});

test('after a second: what, how many, of about how many; gone at the end', () => {
  const {progress, shown, column, wait} = terminal();
  const pods = progress.begin('reading pods');
  const roles = progress.begin('reading roles');
  roles.count(3, 3);
  pods.count(500, 20_500);
  wait(1000);
  expect(shown()).toBe('reading pods: 500 of about 20500, reading roles: 3 of about 3 ...');
  roles.end();
  pods.count(1000, 20_500);
  wait(100);
  expect(shown()).toBe('reading pods: 1000 of about 20500 ...');
  pods.end();
  expect([shown(), column()]).toEqual(['', 0]);
});

test('without totals, in parts, and more of it than a line takes', () => {
  const {progress, shown, wait} = terminal();
  const one = progress.begin('reading pods');
  one.count(7, undefined);
  one.end();
  progress.begin('reading pods').count(2, undefined);
  for (const kind of ['jobs', 'roles', 'secrets']) progress.begin(`reading ${kind}`);
  wait(1000);
  expect(shown()).toBe('reading pods: 9, reading jobs, and 2 more ...');
  const narrow = terminal(20);
  narrow.progress.begin('reading replicationcontrollers');
  narrow.wait(1000);
  expect(narrow.shown()).toBe('reading replication');
});

test('other text gets the line to itself, and after a stop nothing comes', () => {
  const {progress, shown, wait} = terminal();
  progress.begin('reading pods');
  wait(1000);
  progress.clear();
  expect(shown()).toBe('');
  wait(100);
  expect(shown()).toBe('reading pods ...');
  progress.stop();
  wait(5000);
  expect(shown()).toBe('');
});
