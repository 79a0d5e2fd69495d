import {describe, expect, test} from 'vitest';
import {resources, workloadResources} from '../../../src/inventory/kinds/resources.ts';
import {fileOf} from '../../support/run/files.ts';
import {runHere} from '../../support/run/run.ts';

const running = ['pods', ...workloadResources.map(({plural}) => plural)];
const all = [...Object.values(resources).map(({plural}) => plural), ...running];
const open = {
  metadata: {name: 'open'},
  spec: {
    seLinux: {rule: 'RunAsAny'},
    runAsUser: {rule: 'RunAsAny'},
    supplementalGroups: {rule: 'RunAsAny'},
    fsGroup: {rule: 'RunAsAny'},
    volumes: ['*'],
  },
};

/** A snapshot of somebody who could not read these kinds. */
function snapshotWithout(kinds: readonly string[], found: object = {}): string {
  return fileOf([
    {
      apiVersion: 'psp.kubectl/v1alpha1',
      kind: 'Snapshot',
      origin: 'cluster',
      source: 'context test',
      serverVersion: 'v1.24.17',
      policyApi: 'policy/v1beta1',
      gaps: [...new Set(kinds)].map(resource => ({resource, reason: 'forbidden'})),
      ...found,
    },
  ]);
}

/** The exit code, and all that is printed. */
async function answer(file: string, ...args: readonly string[]) {
  const {code, out, err} = await runHere('migrate', ...args, '--from', file);
  return {code, said: `${out}${err}`};
}

describe('where nothing may be read, nothing is known', () => {
  const file = snapshotWithout(all);

  test('the plan', async () => {
    const {code, said} = await answer(file, '-A');
    expect(code).toBe(3);
    expect(said).toContain(
      "Nothing is known to break; of what was not read it can't be told.\nWhat comes next depends on what was not read.\n",
    );
  });

  test('the plan as a page', async () => {
    const {said} = await answer(file, '-A', '-o', 'html');
    expect(said).toContain('<p>What comes next depends on what was not read.</p>');
  });

  test('labels', async () => {
    expect((await answer(file, 'labels', '-A')).code).toBe(3);
  });

  test('defaults', async () => {
    const {code, said} = await answer(file, 'defaults');
    expect([code, said]).toEqual([3, expect.stringContaining('so keep this back')]);
  });

  test('the runbook says so, and keeps the steps that may be needed', async () => {
    const {said} = await answer(file, 'runbook', '-A');
    expect(said).toContain('The steps are those of what was read.');
    expect(said).toContain('Turn the admission plugin off');
    expect(said).toContain('Delete policies and what only served them');
  });

  test('cleanup', async () => {
    const {code, said} = await answer(file, 'cleanup');
    expect([code, said]).toEqual([3, expect.stringContaining('in what could be read.')]);
  });
});

test('workloads of one kind that were not read leave the level in doubt', async () => {
  const file = snapshotWithout(['cronjobs'], {namespaces: [{metadata: {name: 'shop'}}]});
  const {code, said} = await answer(file, '-n', 'shop');
  expect([code, said]).toEqual([3, expect.stringMatching(/^shop +<none> +0 +<none> +\? +0 +0$/m)]);
  const page = await answer(file, 'runbook', '-n', 'shop');
  expect(page.said).toContain('| shop | - | - | ? | 0 | 0 |');
});

describe('bypass', () => {
  const places = {policies: [open], namespaces: [{metadata: {name: 'shop'}}]};

  test('is sure of what was read', async () => {
    const {code, said} = await answer(snapshotWithout([], places), 'bypass', '-n', 'shop');
    expect([code, said]).toEqual([0, expect.stringContaining('it has no label to enforce one')]);
  });

  test('does not take workloads that were not read for none', async () => {
    const {code, said} = await answer(
      snapshotWithout(['deployments'], places),
      'bypass',
      '-n',
      'shop',
    );
    expect([code, said]).toEqual([3, expect.stringContaining('Not all that runs in shop was')]);
  });

  test('does not take labels that were not read for none', async () => {
    const file = snapshotWithout(['namespaces'], {policies: [open]});
    const {said} = await answer(file, 'bypass', '-n', 'shop');
    expect(said).toContain('is not known: its labels were not read');
    expect(said).not.toContain('no label');
  });
});
