import {describe, expect, test} from 'vitest';
import {grantObjects} from '../../src/advice/advice.ts';
import {objectsInventory} from '../../src/advice/reusePlan.ts';
import {withDrafts} from '../../src/effect/impact.ts';
import {mergeRbac} from '../../src/inventory/files/overlay.ts';
import {modelOf} from '../../src/tui/model.ts';
import type {View} from '../../src/tui/session.ts';
import {widthOf} from '../../src/tui/text.ts';
import {down, editor, enter, esc, openScreen, right} from './screen.tsx';
import {agreeing, changing, demo} from './standIns.ts';

describe('the views, by keys', () => {
  test('from a namespace to the reasons of a pod, and back to the same rows', async () => {
    const screen = openScreen();
    expect(screen.frame()).toMatch(/^kubectl psp {2}context demo .* jane +live /);
    await screen.press(down, enter);
    expect(await screen.shows('Namespaces > data')).toMatch(/> default +7 +data, denied/);
    await screen.press(enter, enter);
    expect(await screen.shows('> Why ')).toMatch(
      /Policies in the order in which admission tries them/,
    );
    await screen.press(esc, esc, esc);
    expect(await screen.shows('NAMESPACE')).toMatch(/^> data /m);
  });

  test('filter, sort, jump and help', async () => {
    const screen = openScreen();
    await screen.press('/', 's', 'h', 'o', enter);
    expect(await screen.shows('1 of 11, filter: sho')).toMatch(/^> shop/m);
    await screen.press(esc);
    await screen.shows('Row 1 of 11');
    await screen.press('s', 's');
    expect(await screen.shows('NAMESPACE↓')).toMatch(/^> shop(.|\n)*default/m);
    await screen.press('s');
    expect(await screen.shows('PODS↑')).toMatch(/default(.|\n)*shop/);
    await screen.press(':');
    await screen.shows('ns po deploy sa psp who-can grants findings advise migrate');
    await screen.press('n', 'o', enter);
    await screen.shows('! No view no;');
    await screen.press(':', 'p', 's', 'p', enter);
    await screen.shows(/^Policies ─/m);
    await screen.press('p');
    await screen.shows('Policies > baseline');
    await screen.press('?');
    await screen.shows('Everywhere');
  });

  test('advise: the scope by keys, then write and apply with the grants', async () => {
    const services = agreeing();
    const screen = openScreen({services, start: [{name: 'namespaces'}]});
    await screen.press('a');
    expect(await screen.shows('One policy for each:')).toContain('[service-account]');
    await screen.press(right);
    const scope = /\[([a-z-]+)\]/.exec(screen.frame())?.[1];
    expect(scope).not.toBe('service-account');
    await screen.press(enter);
    await screen.shows('kind: PodSecurityPolicy');
    await screen.press('w');
    await screen.shows('Write to: ');
    await screen.press(enter);
    await screen.shows('Wrote ');
    await screen.press('p');
    await screen.shows('and its grant? y/n');
    await screen.press('y');
    await screen.shows('apply: done');
    expect(services.asked.map(asked => asked.split(' ')[0])).toEqual([
      'writeFile',
      'plan',
      'dryRun',
      'apply',
    ]);
  });
});

test.each([
  ['v1.24.17', 24, 'v1.24.17  PSP'],
  ['v1.15.12', 16, 'v1.15.12, judged as v1.16  PSP'],
  [undefined, 21, 'judged as v1.21  PSP'],
] as const)(
  'the header says by whose rules a server of %s is judged',
  async (serverVersion, release, words) => {
    const inventory = {...demo, source: 'files', serverVersion, release};
    expect(openScreen({live: changing(inventory)}).frame()).toContain(
      `kubectl psp  files  ${words}`,
    );
  },
);

test('advise: all of a namespace in one apply, and then the grants that it no longer needs', async () => {
  const services = agreeing();
  const start: readonly View[] = [{name: 'advise', scope: 'service-account', namespace: 'shop'}];
  const live = changing(demo);
  const screen = openScreen({services, live, start, columns: 120, rows: 40});
  await screen.press('o');
  await screen.shows('No grant of a wider policy is known to be needed no longer');
  await screen.press('p');
  const asked = await screen.shows(/Create 5 policies with the grants\?|Type shop to apply:/);
  await screen.press(...(asked.includes('Type shop') ? [...'shop', enter] : ['y']));
  const applied = await screen.shows('apply: done');
  expect(applied).toContain(
    'kubectl psp unbind shop-legacy --to group:system:serviceaccounts:shop',
  );
  expect(services.asked).toEqual(['plan advice', 'dryRun', 'apply']);
  const advices = modelOf(demo)
    .advice('service-account', false)
    .filter(({namespace}) => namespace === 'shop');
  // Until the cluster tells of it, nobody can say what it spares.
  await screen.press(esc, 'o');
  await screen.shows('What was applied last is not seen in the cluster yet: try again');
  const rbac = mergeRbac(demo.rbac, objectsInventory([], advices.flatMap(grantObjects)).rbac);
  live.set(
    withDrafts(
      {...demo, rbac},
      advices.map(({policy}) => policy),
    ),
  );
  await screen.press('o');
  const old = await screen.shows('Take these grants away? y/n');
  expect(old).toContain('$ kubectl psp unbind shop-legacy');
  expect(old).toMatch(/Pods and workloads: \d+ stay as they are\./);
  await screen.press('y');
  await screen.shows('u takes it back');
});

describe('the cluster behind it', () => {
  test('a lost connection: stale with time, reason and next try; place and edit stay', async () => {
    const live = changing(demo);
    const screen = openScreen({live, start: editor('ci-builder')});
    await screen.press(down, down, right);
    const edited = screen.lines()[5];
    live.set(demo, {
      state: 'stale',
      since: '2023-05-16T09:20:00Z',
      reason: 'connection refused',
      retryInMs: 4000,
    });
    expect(await screen.shows(/STALE since \d\d:\d\d:\d\d/)).toContain(
      '! next try in 4 s: connection refused',
    );
    live.set({...demo, pods: demo.pods.slice(1)}, {state: 'live', at: '2023-05-16T09:21:00Z'});
    expect(await screen.shows('live ')).not.toContain('STALE');
    expect(screen.lines()[5]).toBe(edited);
  });

  test('what could not be read is named in every view, with the reason one jump away', async () => {
    const gaps = [
      {resource: 'rolebindings', namespace: undefined, reason: 'jane may not list them'},
    ];
    const screen = openScreen({live: changing({...demo, gaps})});
    await screen.shows('incomplete: rolebindings');
    await screen.press(enter);
    await screen.shows('incomplete: rolebindings');
    await screen.press(':', ...'gaps', enter);
    await screen.shows('rolebindings: jane may not list them');
  });

  test('an empty cluster has views too', async () => {
    const rbac = {clusterRoles: [], roles: [], clusterRoleBindings: [], roleBindings: []};
    const nothing = {
      ...demo,
      pods: [],
      workloads: [],
      policies: [],
      namespaces: [],
      serviceAccounts: [],
      rbac,
    };
    const screen = openScreen({live: changing(nothing)});
    await screen.shows('No namespaces yet.');
    await screen.press(enter, ':', ...'policies', enter);
    await screen.shows('The cluster has no PodSecurityPolicy: :advise makes some.');
    await screen.press(':', ...'pods', enter);
    await screen.shows('No pod and no idle workload here.');
  });
});

describe('the size of the terminal', () => {
  const item = 'ci/Pod/runner-7f4c2';
  const views: readonly View[] = [
    {name: 'namespaces'},
    {name: 'accounts', namespace: 'shop'},
    {name: 'pods'},
    {name: 'why', item},
    {name: 'policies'},
    {name: 'policy', policy: 'data'},
    {name: 'values', policy: 'data', control: 'volumes'},
    {name: 'walk', policy: 'data', step: 5},
    {name: 'walk', policy: 'data', step: 99},
    {name: 'impact', policy: 'data', kind: 'stay'},
    {name: 'diff', policy: 'data'},
    {name: 'advise', scope: 'namespace'},
    {name: 'help'},
    {name: 'gaps'},
  ];

  test.each([
    [60, 15],
    [80, 24],
    [250, 50],
  ])('every view fits %i columns and %i lines', (columns, rows) => {
    for (const view of views) {
      const screen = openScreen({start: [{name: 'policies'}, view], columns, rows});
      const lines = screen.lines();
      expect({view, lines: lines.length}).toEqual({view, lines: rows});
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      screen.close();
    }
  });

  test('names made to break screens stay text, in their columns', () => {
    const name = `\u001B[2J\u202Eevil\u0007日本${'e\u0301'.repeat(9)}${'x'.repeat(200)}`;
    const pods = demo.pods.map((pod, index) =>
      index === 0 ? {...pod, metadata: {...pod.metadata, name}} : pod,
    );
    const inventory = {...demo, pods};
    for (const view of [
      {name: 'pods'},
      {name: 'pods', namespace: pods[0]?.metadata.namespace},
    ] as const) {
      const screen = openScreen({live: changing(inventory), start: [view]});
      const lines = screen.lines();
      expect(lines.join('\n')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
      expect(lines).toHaveLength(24);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(80);
    }
  });

  test('it is followed, and the place kept', async () => {
    const screen = openScreen({start: [{name: 'policies'}]});
    await screen.press(down, down);
    await screen.resize(60, 15);
    expect(screen.lines()).toHaveLength(15);
    expect(screen.frame()).toMatch(/^> data /m);
    await screen.resize(250, 50);
    expect(screen.lines()).toHaveLength(50);
    expect(screen.frame()).toMatch(/^> data /m);
  });
});

test('while something is asked, the bottom line has the keys that answer it', async () => {
  const screen = openScreen({start: editor('ci-builder')});
  const last = () => screen.lines().at(-1)?.trim();
  await screen.press(':');
  await screen.shows('Tab complete');
  expect(last()).toBe('Enter go  Esc cancel  Tab complete');
  await screen.press('w', '\t');
  await screen.shows(':who-can ');
  await screen.press('e', '\t', enter);
  await screen.shows(/Who may use edge ─/);
  await screen.press('/');
  expect(await screen.shows('Enter keep')).toMatch(/^Enter keep {2}Esc clear$/m);
  await screen.press(esc, ':', ...'psp baseline', enter);
  await screen.shows('Nothing is edited yet');
  await screen.press(right, 'p');
  await screen.shows('Enter apply, once the name is typed  Esc cancel  ↑↓ PgDn scroll');
  expect(screen.frame()).not.toContain('q quit');
  await screen.press(esc, esc, 'q');
  await screen.shows(/^y yes {2}n no {2}Esc cancel$/m);
});
