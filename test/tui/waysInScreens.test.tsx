import {describe, expect, test} from 'vitest';
import {modelOf} from '../../src/tui/model.ts';
import type {View} from '../../src/tui/session.ts';
import {waysInTable} from '../../src/tui/waysIn.ts';
import {enter, esc, openScreen} from './screen.tsx';
import {agreeing, demo} from './standIns.ts';

/** Denied in the demo; its account may use log-shipper alone. */
const item = 'ci/CronJob/nightly-e2e';
const why: readonly View[] = [{name: 'pods'}, {name: 'why', item}];

describe('the ways in for a pod that is denied', () => {
  test('first what it may use, then what would let it in, each with what stands in the way', () => {
    const rows = waysInTable(modelOf(demo), item)?.rows ?? [];
    const groups = rows.map(({cells: [, may, obstacle]}) =>
      may === 'yes' ? 'usable' : obstacle === 'no grant: b binds it' ? 'bind' : 'both',
    );
    expect(groups).toEqual(groups.toSorted(byGroup));
    expect(rows[0]?.cells.slice(0, 3)).toEqual(['log-shipper', 'yes', 'denied by Volumes']);
    expect(new Set(groups)).toEqual(new Set(['usable', 'bind', 'both']));
  });

  test('e offers them; the editor is for this pod, and a loosens just enough for it', async () => {
    const screen = openScreen({start: why, columns: 120, rows: 40});
    await screen.press('e');
    const ways = await screen.shows('which runs as sa:ci/e2e');
    expect(ways).toMatch(/^> log-shipper +yes +denied by Volumes/m);
    await screen.press(enter);
    const editor = await screen.shows('For ci/CronJob/nightly-e2e: denied by Volumes');
    expect(editor).toMatch(/^> Volumes .*denies it/m);
    expect(editor).toContain('a loosen for it');
    await screen.press('a');
    const loosened = await screen.shows('For ci/CronJob/nightly-e2e: lets it in');
    expect(loosened.match(/edited/g)).toHaveLength(1);
    expect(loosened).toMatch(/So far: .*are no longer denied/);
  });

  test('b binds it to a policy that would let it in, with the command', async () => {
    const services = agreeing();
    const screen = openScreen({start: why, services, columns: 120, rows: 40});
    await screen.press('b', '/', ...'ci-builder', enter);
    await screen.shows(/^> ci-builder +no +no grant: b binds it/m);
    await screen.press('b');
    const asked = await screen.shows('$ kubectl psp bind ci-builder --to sa:ci/e2e');
    expect(asked).toContain('1 is no longer denied');
    expect(services.asked).toEqual(['plan grants', 'dryRun']);
    await screen.press(esc, esc, esc);
    await screen.press(enter, 'b');
    await screen.shows('$ kubectl psp bind');
  });

  test('a policy that it may not use is loosened for it all the same, and that is said', async () => {
    const screen = openScreen({
      start: [...why, {name: 'policy', policy: 'edge', item}],
      columns: 120,
      rows: 40,
    });
    await screen.shows('denied by Volumes; no grant: b binds it');
    await screen.press('a');
    await screen.shows('It may not use edge yet: b binds it');
  });
});

function byGroup(one: string, other: string): number {
  const order = ['usable', 'bind', 'both'];
  return order.indexOf(one) - order.indexOf(other);
}

test('b on a policy that it may use already says so, and binds nothing', async () => {
  const services = agreeing();
  const screen = openScreen({start: why, services, columns: 120, rows: 40});
  await screen.press('e');
  await screen.shows(/^> log-shipper +yes/m);
  await screen.press('b');
  await screen.shows('sa:ci/e2e may use log-shipper already, but it denies this: Enter edits it');
  expect(services.asked).toEqual([]);
});

test('of a policy that it may not use, the way says in a line which controls would refuse it', async () => {
  const screen = openScreen({start: why, columns: 120, rows: 40});
  const frame = await screen.shows('Policies in the order');
  expect(frame).toMatch(/^ {2}- node-agent +not usable +would refuse it: volumes\n {2}- priv/m);
  expect(frame).toMatch(/^ {2}✗ log-shipper +refused +1 reason, by .*\n {6}volume tmp: /m);
});
