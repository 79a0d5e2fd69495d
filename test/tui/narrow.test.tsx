import {expect, test} from 'vitest';
import {down, enter, left, openScreen, right} from './screen.tsx';

test('in 60 columns what tells rows apart is whole, and the chosen row says what is left out', async () => {
  const screen = openScreen({columns: 60, rows: 15});
  const namespaces = await screen.shows('NAMESPACE');
  expect(namespaces).toMatch(/^ {2}NAMESPACE +PODS +DENIED +CHANGED +MOVED +RISKIEST$/m);
  expect(namespaces).toMatch(/^ {2}idle: 1 {3}accounts: 5$/m);
  await screen.press('s', 's', 's', 's', 's');
  expect(await screen.shows(/^ {2}accounts: 1$/m)).toContain('IDLE↑');
  await screen.press(':', ...'advise', enter);
  const advice = await screen.shows('WORKLOADS');
  expect(advice).toMatch(/^> 0-least-nodes\.kube-system +4 +privileged$/m);
  expect(advice).toContain('namespace: kube-system   subjects: system:nodes');
});

test('two lines say what is left out where one is too short', async () => {
  const screen = openScreen({start: [{name: 'advise', scope: 'service-account'}]});
  const advice = await screen.shows('0-least.kube-system.cluster-autoscaler');
  expect(advice).toMatch(
    /^ {2}subjects: system:nodes {3}next level: baseline but for host network, volumes,\n {2}SELinux, AppArmor$/m,
  );
});

test('what keeps a policy from the next level is counted where it cannot be named', async () => {
  const screen = openScreen({start: [{name: 'policies'}]});
  const policies = await screen.shows('NEXT LEVEL');
  expect(policies).toMatch(/^> baseline .* baseline but for 3$/m);
  expect(policies).toContain('  baseline but for SELinux, seccomp, AppArmor');
  await screen.resize(120, 40);
  expect(await screen.shows('NEXT LEVEL')).toMatch(
    /^> baseline .* baseline but for SELinux, seccomp, AppArmor$/m,
  );
});

test('the tab that is shown is in sight, however narrow it is', async () => {
  const start = [{name: 'policy', policy: 'data'}] as const;
  const screen = openScreen({start, columns: 60, rows: 15});
  await screen.press(right, 'i');
  expect(await screen.shows('BEFORE')).toMatch(/^ 0 denied .*\[17 stay\]$/m);
  await screen.resize(30, 15);
  await screen.shows(/\[17 stay\]$/m);
});

test('what is edited and looser than needed says so in 60 columns too, in fewer words', async () => {
  const start = [{name: 'policy', policy: 'data'}] as const;
  const screen = openScreen({start, columns: 60, rows: 15});
  await screen.press(...Array<string>(10).fill(down), left);
  expect(await screen.shows('So far')).toMatch(/^> Group +MayRunAs … +no group set +\* looser$/m);
  await screen.resize(120, 40);
  await screen.shows(/^> Group .* edited, looser$/m);
});

test('where the editor has no room for what an edit does, the status line says it', async () => {
  const start = [{name: 'policy', policy: 'data'}] as const;
  const screen = openScreen({start, columns: 60, rows: 15});
  await screen.shows(/^Nothing is edited yet$/m);
  await screen.press(right);
  await screen.shows(/^So far: 17 stay$/m);
});

test('a text says which of its lines are in sight, if not all are', async () => {
  const start = [{name: 'why', item: 'ci/CronJob/nightly-e2e'}] as const;
  const screen = openScreen({start, columns: 80, rows: 24});
  const [, last = ''] = /^Lines 1-19 of (\d+)$/m.exec(await screen.shows('Lines')) ?? [];
  await screen.press('G');
  await screen.shows(`Lines ${Number(last) - 18}-${last} of ${last}`);
  await screen.resize(160, 60);
  await screen.shows('API server says');
  expect(screen.frame()).not.toContain('Lines');
});

test('what describes a policy has a line a subject, numbers at the right, in 60 columns too', async () => {
  const start = [{name: 'describe', what: 'policy', key: 'baseline'}] as const;
  const screen = openScreen({start});
  const frame = await screen.shows('Who may use baseline');
  expect(frame).toMatch(/^ {2}SUBJECT +IN +BINDING +PODS$/m);
  expect(frame).toMatch(
    /^ {2}group:system:serviceaccounts:monitoring +monitoring +psp-baseline {6}9$/m,
  );
  await screen.resize(60, 24);
  const narrow = await screen.shows(/^ {2}SUBJECT +IN +BINDING +PODS$/m);
  expect(narrow).toMatch(/^ {2}group:…monitoring +monitoring +psp-baseline {6}9$/m);
});

test('beside a text that is longer than the view, a bar says where in it one is', async () => {
  const screen = openScreen({start: [{name: 'help'}]});
  const bar = () =>
    screen
      .lines()
      .flatMap(line => / ([┃│])$/.exec(line)?.[1] ?? [])
      .join('');
  await screen.shows('Lines 1-19 of ');
  expect(bar()).toMatch(/^┃{2,}│{2,}$/);
  await screen.press('G');
  expect(bar()).toMatch(/^│{2,}┃{2,}$/);
  await screen.resize(80, 100);
  expect(bar()).toBe('');
});
