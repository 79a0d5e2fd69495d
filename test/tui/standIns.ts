import {grantObjects} from '../../src/advice/advice.ts';
import type {PlannedChange} from '../../src/apply/applyAll.ts';
import {
  objectPath,
  planCreate,
  planDelete,
  planLabels,
  planPolicyUpdate,
  planSubjects,
} from '../../src/apply/planChange.ts';
import {planReverse} from '../../src/apply/reverse.ts';
import {plain} from '../../src/apply/sameMeaning.ts';
import {objectOfStep} from '../../src/commands/grantChanges.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import type {Freshness, LiveInventory} from '../../src/inventory/follow/followCluster.ts';
import {emptyInventory, type Inventory} from '../../src/inventory/inventory.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import type {Binding} from '../../src/kube/objects.ts';
import {printablePolicy} from '../../src/report/advice.ts';
import type {Services, Wanted} from '../../src/tui/services.ts';

/** The cluster of the demo. */
export const demo: Inventory = inventoryOfSnapshot(demoSnapshot, 'demo');

/** An inventory that a test changes. */
export interface Changing extends LiveInventory {
  set(inventory: Inventory, freshness?: Freshness): void;
}

export function changing(first: Inventory): Changing {
  const listeners = new Set<() => void>();
  let view = {
    inventory: first,
    freshness: {state: 'live', at: '2023-05-16T09:20:00Z'} as Freshness,
  };
  return {
    current: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    set(inventory, freshness = view.freshness) {
      view = {inventory, freshness};
      for (const listener of listeners) listener();
    },
    refresh() {},
    stop() {},
  };
}

/** Services that take everything, and remember what they were asked for. */
export function agreeing(overrides: Partial<Services> = {}): Services & {readonly asked: string[]} {
  const asked: string[] = [];
  const stored = new Map<string, JsonObject>();
  return {
    asked,
    readOnly: undefined,
    async plan(wanted) {
      asked.push(`plan ${wanted.kind}`);
      return planFor(wanted, stored);
    },
    async dryRun() {
      asked.push('dryRun');
      return {ok: true, lines: ['dryRun: done']};
    },
    async apply(changes) {
      asked.push('apply');
      for (const {action, path, desired} of changes) {
        if (action === 'delete') stored.delete(path);
        else stored.set(path, desired);
      }
      const made = changes.map(change => ({change, stored: change.desired, backup: 'backup.yaml'}));
      return {ok: true, lines: ['apply: done'], made};
    },
    async writeFile(path) {
      asked.push(`writeFile ${path}`);
      return 'written';
    },
    async contexts() {
      return ['reference', 'prod'];
    },
    async readChange(path) {
      asked.push(`readChange ${path}`);
      return emptyInventory;
    },
    async snapshot() {
      asked.push('snapshot');
      return '{}\n';
    },
    copy: text => void asked.push(`copy ${text}`),
    diff: (before, after) => (before === after ? ['same'] : ['-before', '+after']),
    ...overrides,
  };
}

/** What the program plans of a cluster that has just what the demo and earlier changes have. */
async function planFor(
  wanted: Wanted,
  stored: ReadonlyMap<string, JsonObject>,
): Promise<readonly PlannedChange[]> {
  const creations = (objects: readonly object[]) =>
    objects.flatMap(object => {
      const planned = planCreate(object, stored.get(objectPath(object)));
      return planned.plan === 'change' ? [planned.change] : [];
    });
  switch (wanted.kind) {
    case 'policy': {
      const {name} = wanted.draft.metadata;
      const old = demo.policies.find(({metadata}) => metadata.name === name) ?? wanted.draft;
      const raw = stored.get(objectPath(printablePolicy(old))) ?? plain(printablePolicy(old));
      const change = planPolicyUpdate(wanted.draft, raw);
      return change === undefined ? [] : [change];
    }
    case 'advice':
      return creations(
        wanted.advices.flatMap(advice => [printablePolicy(advice.policy), ...grantObjects(advice)]),
      );
    case 'grants': {
      const {deleted, steps} = wanted.change;
      const gone = deleted === undefined ? [] : [planDelete(plain(printablePolicy(deleted)))];
      const others = steps.flatMap((step): readonly PlannedChange[] => {
        const object = plain(objectOfStep(step));
        if (step.action === 'delete') return [planDelete(object)];
        if (step.action === 'create') return creations([object]);
        const {subjects = []} = step.object.body as Binding;
        const before = objectOfStep({
          action: 'create',
          object: {...step.object, body: step.before},
        });
        return [planSubjects(plain(before), subjects)];
      });
      return [...gone, ...others];
    }
    case 'labels': {
      const {namespace, set} = wanted.change;
      const object = {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespace}};
      return [planLabels(stored.get(objectPath(object)) ?? object, set)];
    }
    case 'undo':
      return planReverse(wanted.made, async path => stored.get(path));
  }
}
