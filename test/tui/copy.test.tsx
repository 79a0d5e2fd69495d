import {expect, test} from 'vitest';
import type {View} from '../../src/tui/session.ts';
import {openScreen} from './screen.tsx';
import {agreeing} from './standIns.ts';

/** What `y` puts into the clipboard in a view. */
async function copiedIn(view: View): Promise<string> {
  const copied: string[] = [];
  const services = {...agreeing(), copy: (text: string) => void copied.push(text)};
  const screen = openScreen({start: [view], services});
  await screen.press('y');
  await screen.shows('Copied');
  return copied.join();
}

test('a text whose words have colours is copied as these words', async () => {
  const text = await copiedIn({name: 'why', item: 'ci/CronJob/nightly-e2e'});
  expect(text).toMatch(
    /^CronJob\/nightly-e2e in namespace ci: denied\n\n {2}Service account {2}e2e\n/,
  );
  expect(text).toContain(
    '  ✗ log-shipper  refused      1 reason, by service account and requester\n',
  );
  expect(text).not.toContain('[object');
});

test('a table in a text is copied whole, each column under its title', async () => {
  const text = await copiedIn({name: 'describe', what: 'policy', key: 'web'});
  const lines = text.split('\n');
  const title = lines.findIndex(line => line.startsWith('  SUBJECT'));
  expect(lines[title]).toMatch(/^ {2}SUBJECT +IN +BINDING +ROLE +PODS$/);
  expect(lines[title + 1]).toMatch(/^ {2}group:on-call +\(cluster\) +on-call +on-call +0$/);
  expect(lines[title + 1]).toHaveLength(lines[title]?.length ?? 0);
});
