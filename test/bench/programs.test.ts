import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
  clusterOf,
  snapshotText,
  withOwnerUids,
  withoutOwners,
} from '../../scripts/bench/cluster.ts';
import {timeByTurns, timeGroups, usageRow} from '../../scripts/bench/run.ts';
import {judgeOf} from '../../src/admission/judge.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {itemsOf, templatesOf} from '../../src/inventory/submissions/items.ts';
import {isObject, type JsonObject, parseJson} from '../../src/kube/json.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-test-'));
});
afterAll(() => rmSync(folder, {recursive: true, force: true}));

function inventoryOf(text: string) {
  const value = parseJson(text);
  return inventoryOfSnapshot(isObject(value) ? value : {}, 'bench');
}

describe('the cluster of the benchmark', () => {
  test('is the same each time', () => {
    expect(snapshotText(clusterOf(300))).toBe(snapshotText(clusterOf(300)));
  });

  test('has the pods asked for, each spoken for by a workload', () => {
    const inventory = inventoryOf(snapshotText(clusterOf(395)));
    expect(inventory.pods).toHaveLength(395);
    expect(templatesOf(inventory).map(({kind}) => kind)).not.toContain('Pod');
    expect(templatesOf(inventory)).toHaveLength(40);
    expect(new Set(inventory.pods.map(({metadata}) => metadata.namespace)).size).toBe(10);
  });

  test('has pods of all fates', () => {
    const inventory = inventoryOf(snapshotText(clusterOf(640)));
    const judge = judgeOf(inventory);
    const states = new Set(itemsOf(inventory).map(item => judge.verdict(item).state));
    expect([...states].sort()).toEqual(['denied', 'drifted', 'mutated', 'ok']);
  });

  test('has pods that nobody owns, so many to a namespace, each judged by itself', () => {
    const inventory = inventoryOf(snapshotText(withoutOwners(clusterOf(80), 50)));
    expect(templatesOf(inventory).map(({kind}) => kind)).toEqual(Array(80).fill('Pod'));
    const counts = Map.groupBy(inventory.pods, ({metadata}) => metadata.namespace);
    expect([...counts.values()].map(pods => pods.length)).toEqual([50, 30]);
  });

  test('names owners by the uids that a server gave them', () => {
    const owner = (uid: string): JsonObject => ({kind: 'ReplicaSet', name: 'web', uid});
    const pod = {metadata: {name: 'web-0', ownerReferences: [owner('ReplicaSet/shop/web')]}};
    const stored = [{kind: 'ReplicaSet', metadata: {namespace: 'shop', name: 'web', uid: '12-34'}}];
    expect(withOwnerUids([pod], stored)).toEqual([
      {metadata: {name: 'web-0', ownerReferences: [owner('12-34')]}},
    ]);
  });
});

describe('timing of programs', () => {
  const command = (name: string, script: string) => ({
    name,
    program: 'sh',
    args: ['-c', script],
  });

  test('runs by turns, after a round that does not count', () => {
    const log = join(folder, 'log');
    const usages = timeByTurns(
      [command('a', `echo a >>${log}; sleep 0.05`), command('b', `echo b >>${log}`)],
      2,
    );
    // Each round in an order of its own.
    expect(readFileSync(log, 'utf8').split('\n').join('')).toMatch(/^ab(ab|ba)(ab|ba)$/);
    expect(usages.map(({name, runs}) => [name, runs])).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
    expect(usages[0]?.wall_s).toBeGreaterThan(0.05);
    expect(usages[1]?.wall_s).toBeGreaterThan(0);
  });

  test('runs some more often than others, and gives them back in their groups', () => {
    const log = join(folder, 'often');
    const quick = {...command('quick', `echo q >>${log}`), times: 3};
    const groups = timeGroups(
      {one: [], two: [command('slow', `echo s >>${log}`)], three: [quick]},
      2,
    );
    const runs = readFileSync(log, 'utf8').split('\n').join('');
    expect(runs).toHaveLength(2 + 2 * (1 + 3));
    expect(runs.match(/q/g)).toHaveLength(1 + 2 * 3);
    const names = Object.entries(groups).map(([key, usages]) => [
      key,
      ...usages.map(usage => `${usage.name} ${usage.runs}`),
    ]);
    expect(names).toEqual([['one'], ['two', 'slow 2'], ['three', 'quick 6']]);
  });

  test('stops at a program that fails, and says why', () => {
    const failing = command('broken', 'echo no such cluster >&2; exit 3');
    expect(() => timeByTurns([failing], 1)).toThrow(/^broken exited with 3: no such cluster/);
  });

  test('gives the environment on top of its own', () => {
    const file = join(folder, 'env');
    writeFileSync(file, '');
    const asked = {...command('env', `echo $ANSWER >${file}`), env: {ANSWER: '42'}};
    timeByTurns([asked], 1);
    expect(readFileSync(file, 'utf8')).toBe('42\n');
  });

  test('becomes a row with goal, ratio and memory', () => {
    const usage = (name: string, wall: number, peak: number | undefined) => ({
      name,
      runs: 3,
      wall_s: wall,
      cpu_s: 0.1,
      peak_rss_mib: peak,
    });
    expect(
      usageRow(usage('why', 0.5, 80), usage('kubectl', 0.25, 40), {ratio: 2, mib: 90}),
    ).toEqual({
      what: 'why',
      ours: '0.5 s',
      peer: 'kubectl 0.25 s',
      ratio: '2 x',
      goal: '2 x (met), 90 MiB (met)',
      peak: '80 MiB : 40 MiB',
    });
    const missed = {ratio: 1.9, seconds: 0.4, mib: 79};
    expect(usageRow(usage('why', 0.5, 80), usage('kubectl', 0.25, 40), missed).goal).toBe(
      '1.9 x (not met), 0.4 s (not met), 79 MiB (not met)',
    );
    expect(usageRow(usage('why', 0.5, undefined), undefined, {ratio: 2, mib: 90}).goal).toBe(
      '2 x, 90 MiB',
    );
    expect(usageRow(usage('why', 0.5, undefined), undefined)).toEqual({
      what: 'why',
      ours: '0.5 s',
      goal: '-',
      peak: '-',
    });
  });
});
