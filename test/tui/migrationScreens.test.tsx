import {expect, test} from 'vitest';
import {enter, esc, openScreen} from './screen.tsx';
import {agreeing, changing, demo} from './standIns.ts';

const place = ['/', ...'payments', enter];

/** The demo, with these labels of Pod Security in the namespace payments. */
function labelled(labels: Readonly<Record<string, string>>) {
  const entries = Object.entries(labels).map(
    ([key, value]) => [`pod-security.kubernetes.io/${key}`, value] as const,
  );
  return {
    ...demo,
    namespaces: demo.namespaces.map(namespace =>
      namespace.metadata?.name === 'payments'
        ? {...namespace, metadata: {...namespace.metadata, labels: Object.fromEntries(entries)}}
        : namespace,
    ),
  };
}

const way = (namespace?: string) => [{name: 'migrate', namespace} as const];

test(':migrate has a row a namespace; Enter leads to its workloads, and to T, P and what is lost', async () => {
  const screen = openScreen({columns: 120, rows: 60});
  await screen.press(':', ...'migrate', enter);
  await screen.shows("To v1.25: Nothing is known to break; of 12 workloads it can't be told.");
  expect(screen.frame()).toMatch(
    /^ +NAMESPACE +LEVEL NOW +NEEDED +BREAKS +PATCHES +UNKNOWN +STAGE$/m,
  );
  expect(screen.frame()).toMatch(/^ +payments +baseline +baseline +0 +4 +4 +-$/m);
  await screen.press(...place, enter);
  const rows = await screen.shows('payments: stage -');
  expect(rows).toMatch(/^. \w+ +\S+ +\S+ +baseline +baseline +yes +unknown$/m);
  await screen.press('/', ...'yes', enter, enter);
  const text = await screen.shows('T, the pod as it is submitted: baseline in v1.25');
  expect(text).toContain('P, what PodSecurityPolicy makes of it: baseline');
  expect(text).toContain('Lost, and no level asks for it: it may fail when it runs\n  /spec/');
  expect(text).toContain(
    'The patch that keeps P: kubectl psp migrate patches --for psp -n payments',
  );
  expect(text).toMatch(/^T to P\n-before\n\+after$/m);
  expect(text).toMatch(/^ {2}spec:$/m);
  await screen.press(esc, esc, esc, 'd');
  await screen.shows(/^kind: Namespace$/m);
});

test('a key sets a stage once it is tried and agreed to, and u takes it back', async () => {
  const services = agreeing();
  const screen = openScreen({services, start: way(), columns: 120, rows: 40});
  await screen.press(...place, 'w');
  const asked = await screen.shows('Set warn in payments? y/n');
  expect(asked).toContain('payments: warn: (not set) -> baseline');
  expect(asked).toContain('payments: warn-version: (not set) -> v1.25');
  expect(asked).toContain('Enforced in payments: privileged:v1.24, as before');
  expect(asked).not.toContain('Pods and workloads:');
  expect(services.asked).toEqual(['plan labels', 'dryRun']);
  await screen.press('y');
  await screen.shows('u takes it back');
  await screen.press(esc, 'u');
  await screen.shows('This takes back: Stage warn: payments');
  await screen.press('y');
  await screen.shows('apply: done');
  expect(services.asked.slice(2)).toEqual(['apply', 'plan undo', 'dryRun', 'apply']);
});

test('x takes the last stage back; without one there is nothing to take back', async () => {
  const live = changing(labelled({warn: 'baseline', enforce: 'baseline'}));
  const screen = openScreen({live, start: way('payments'), columns: 120, rows: 40});
  await screen.shows('payments: stage enforce');
  await screen.press('x');
  const asked = await screen.shows('Take enforce of payments back? y/n');
  expect(asked).toContain('payments: enforce: baseline -> (not set)');
  expect(asked).not.toContain('warn:');
  await screen.press(esc, esc);
  live.set(labelled({}));
  await screen.shows('payments: stage -');
  await screen.press('x');
  await screen.shows('payments has no stage to take back');
});

test('a level that is stricter than needed is not loosened, and what refuses is asked with the name', async () => {
  const strict = labelled({enforce: 'restricted'});
  const screen = openScreen({
    live: changing(strict),
    start: way('payments'),
    columns: 120,
    rows: 40,
  });
  await screen.press('e');
  await screen.shows('payments: not yet, it enforces restricted, which is stricter');
});

test('where nothing can be changed the step is shown, with the line to type', async () => {
  const services = agreeing({readOnly: "The demo can't be changed"});
  const screen = openScreen({services, start: way('payments'), columns: 120, rows: 40});
  await screen.press('e');
  const shown = await screen.shows("The demo can't be changed: only shown");
  expect(shown).toContain(
    '$ kubectl psp migrate labels -n payments --stage enforce --apply\npayments: warn: (not set) -> baseline',
  );
  expect(shown).toContain(
    'Enforced in payments: privileged:v1.24 -> baseline:v1.24, on pods that are created from now on',
  );
  expect(services.asked).toEqual([]);
});

test('a cluster without policies still shows its way', async () => {
  const live = changing({...demo, policies: [], policyApi: 'absent', serverVersion: 'v1.25.0'});
  const screen = openScreen({live, start: way(), columns: 120, rows: 40});
  await screen.shows(/^To v1\.26: /m);
});

test('where workloads were not read, none are said to be needed or to run', async () => {
  const live = changing({
    ...demo,
    gaps: [{resource: 'cronjobs', namespace: 'default', reason: 'forbidden'}],
  });
  const screen = openScreen({live, start: way(), columns: 120, rows: 60});
  expect(await screen.shows('NEEDED')).toMatch(/^. default +- +\? +0 +0 +0 +-$/m);
  expect(screen.frame()).toMatch(/^. kube-public +- +- +0 +0 +0 +-$/m);
  await screen.press('/', ...'default', enter, enter);
  await screen.shows('Nothing that was read runs here.');
});
