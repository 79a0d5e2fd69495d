import {expect, test} from 'vitest';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {isDaring, labelImpact} from '../../src/migrate/labelImpact.ts';
import {labelImpactLines} from '../../src/report/migrateLabels.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const enforce = (level: string) => ({'pod-security.kubernetes.io/enforce': level});

test('labels that refuse what runs are told and asked about; the way back frees the same', () => {
  const on = labelImpact(demo, 'ci', {before: {}, after: enforce('restricted')});
  const back = labelImpact(demo, 'ci', {before: enforce('restricted'), after: {}});
  expect(on.refused.length).toBeGreaterThan(0);
  expect([isDaring(on), isDaring(back)]).toEqual([true, false]);
  expect(back.freed.map(({item}) => item)).toEqual(on.refused.map(({item}) => item));
  expect(labelImpactLines(on).slice(0, 2)).toEqual([
    'Enforced in ci: privileged:v1.24 -> restricted:v1.24, on pods that are created from now on',
    `Workloads whose pods would be refused: ${on.refused.length}`,
  ]);
});

test('a level that none has is restricted to the server; labels that only warn refuse nothing', () => {
  const wrong = labelImpact(demo, 'ci', {before: {}, after: enforce('strict')});
  expect(wrong.after.level).toBe('restricted');
  const warn = {'pod-security.kubernetes.io/warn': 'restricted'};
  const impact = labelImpact(demo, 'ci', {before: {}, after: warn});
  expect(isDaring(impact)).toBe(false);
  expect(labelImpactLines(impact)).toEqual(['Enforced in ci: privileged:v1.24, as before']);
});

test('pods that could not be read may be refused', () => {
  const gap = {resource: 'pods', namespace: 'ci', reason: 'forbidden', kind: 'forbidden'} as const;
  const unread = {...demo, gaps: [gap]} as typeof demo;
  const impact = labelImpact(unread, 'ci', {before: {}, after: enforce('baseline')});
  expect(impact.isUnread).toBe(true);
  expect(isDaring(impact)).toBe(true);
});
