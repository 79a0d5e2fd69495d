import fc from 'fast-check';
import {expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import type {Verdict} from '../../src/admission/judgement.ts';
import {verdictGroupsOf} from '../../src/audit/groups.ts';
import {auditOf} from '../../src/audit/index.ts';

import {summarize} from '../../src/effect/summary.ts';

import type {Inventory} from '../../src/inventory/inventory.ts';
import {itemKey, itemsOf} from '../../src/inventory/submissions/items.ts';
import {planOf} from '../../src/migrate/plan.ts';
import {migrationOf} from '../../src/tui/migrationRows.ts';
import {type Model, modelOf} from '../../src/tui/model.ts';
import {tallyOf} from '../../src/tui/tally.ts';
import {demo} from './standIns.ts';

type Change = (inventory: Inventory, index: number) => Inventory;

/** Something of a list is dropped, doubled under another name, or given another label or place. */
function changeOf<K extends 'pods' | 'workloads' | 'serviceAccounts' | 'namespaces'>(
  list: K,
  how: 'drop' | 'double' | 'label' | 'move',
): Change {
  return (inventory, index) => {
    const all = inventory[list] as readonly Inventory['pods'][number][];
    const at = index % Math.max(1, all.length);
    const one = all[at];
    if (one === undefined) return inventory;
    const {name = '', namespace, labels} = one.metadata;
    const other = {
      drop: [],
      double: [one, {...one, metadata: {...one.metadata, name: `${name}-2`, uid: `${index}`}}],
      label: [{...one, metadata: {...one.metadata, labels: {...labels, turn: `${index}`}}}],
      move: [{...one, metadata: {...one.metadata, namespace: namespace && `${namespace}-2`}}],
    }[how];
    return {...inventory, [list]: all.toSpliced(at, 1, ...other)};
  };
}

const changes = fc.array(
  fc.record({
    change: fc
      .tuple(
        fc.constantFrom('pods', 'workloads', 'serviceAccounts', 'namespaces'),
        fc.constantFrom('drop', 'double', 'label', 'move'),
      )
      .map(([list, how]) => changeOf(list, how)),
    index: fc.nat(10_000),
  }),
  {minLength: 1, maxLength: 6},
);

test('after any changes, all that is shown is what a session that begins then would show', () => {
  fc.assert(
    fc.property(changes, steps => {
      let inventory = demo;
      for (const {change, index} of steps) {
        inventory = change(inventory, index);
        expectFresh(modelOf(inventory), inventory);
      }
    }),
    {numRuns: 6, seed: 5},
  );
});

function expectFresh(model: Model, inventory: Inventory): void {
  const fresh = itemsOf(inventory).map(judgeOf(inventory).verdict);
  expect(model.verdicts.map(told)).toEqual(fresh.map(told));
  expect(model.namespaces).toEqual(summarize(inventory, undefined));
  expect(model.groups.map(groupTold)).toEqual(verdictGroupsOf(inventory, fresh).map(groupTold));
  const {pods, idle} = tallyOf(model);
  expect([pods, pods + idle]).toEqual([
    fresh.filter(({item}) => item.kind === 'Pod').length,
    fresh.length,
  ]);
  const {findings} = auditOf(inventory, {namespace: undefined, isWhole: true});
  expect(model.findings).toEqual(findings);
  const plan = (of: ReturnType<typeof planOf>) =>
    of.namespaces.map(({namespace, now, after, breaks, workloads}) => [
      [namespace, now, after],
      [...breaks.map(({says}) => says), ...workloads.map(({item}) => itemKey(item))],
    ]);
  expect(plan(migrationOf(model))).toEqual(plan(planOf(inventory)));
}

function told({item, state, chosen, message}: Verdict) {
  return [itemKey(item), item.labels, state, chosen?.policy.name, message];
}

function groupTold({object, verdicts, runs}: Model['groups'][number]) {
  return [object, verdicts.map(told), runs];
}

/** The demo, as an inventory that no model was made of yet: what is kept is that of the one before. */
const fresh = (): Inventory => ({...demo});

test('where a pod changes, all of the other namespaces is the same as before', () => {
  const first = fresh();
  const before = modelOf(first).parts;
  const inventory = changeOf('pods', 'label')(first, 3);
  const model = modelOf(inventory);
  const changed = model.parts.filter((part, index) => part !== before[index]);
  expect(changed.map(({namespace}) => namespace)).toEqual([demo.pods[3]?.metadata.namespace]);
  const [part] = changed;
  const old = before.find(({namespace}) => namespace === part?.namespace);
  expect(part?.verdicts.filter(verdict => !old?.verdicts.includes(verdict))).toHaveLength(1);
});

test('findings are made again for what the audit looks at, and for nothing else', () => {
  const first = fresh();
  const {findings} = modelOf(first);
  const labelled = changeOf('pods', 'label')(first, 3);
  expect(modelOf(labelled).findings).toBe(findings);
  expect(modelOf(changeOf('pods', 'drop')(labelled, 3)).findings).not.toBe(findings);
});

test('the plan of the way off is made again for what it is about, and for nothing else', () => {
  const first = fresh();
  const plan = migrationOf(modelOf(first));
  const ofPods = changeOf('pods', 'label')(first, 3);
  expect(migrationOf(modelOf(ofPods))).toBe(plan);
  const ofWorkloads = changeOf('workloads', 'drop')(ofPods, 0);
  expect(migrationOf(modelOf(ofWorkloads))).not.toBe(plan);
});
