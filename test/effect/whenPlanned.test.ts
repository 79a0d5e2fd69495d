import {expect, test} from 'vitest';
import type {PlannedChange} from '../../src/apply/applyAll.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {afterChanges, hasCreated, whenPlanned} from '../../src/effect/afterChanges.ts';
import {effectOf} from '../../src/effect/effect.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import type {JsonObject} from '../../src/kube/json.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const objectOf = (value: unknown) => value as JsonObject;
const web = demo.policies.find(({metadata}) => metadata.name === 'baseline');
const wide = objectOf(web);
const tight = objectOf({...web, spec: {...web?.spec, volumes: ['secret']}});
const binding = demo.rbac.roleBindings.find(({metadata}) => metadata?.name === 'psp-baseline');

function change(of: Partial<PlannedChange> & {readonly desired: JsonObject}): PlannedChange {
  const kind = of.kind ?? 'PodSecurityPolicy';
  const place = {kind, name: 'baseline', namespace: undefined, path: '', collection: ''};
  return {action: 'update', ...place, ...of};
}

test('what was read is what is known: the inventory is the same one', () => {
  expect(whenPlanned(demo, [change({desired: tight, before: wide})])).toBe(demo);
  const {namespace, name = ''} = binding?.metadata ?? {};
  const known = {
    kind: 'RoleBinding',
    name,
    namespace,
    desired: objectOf({...binding, subjects: []}),
  };
  expect(whenPlanned(demo, [change({...known, before: objectOf(binding)})])).toBe(demo);
  const fresh = change({action: 'create', name: 'new', desired: tight});
  expect(whenPlanned(demo, [fresh])).toBe(demo);
});

test('taking back what a watch has not told of yet does something', () => {
  // Just applied: the server has the tight policy, the inventory still the wide one.
  const undo = change({desired: wide, before: tight});
  expect(effectOf(demo, afterChanges(demo, [undo])).shifts).toEqual([]);
  const before = whenPlanned(demo, [undo]);
  const kinds = effectOf(before, afterChanges(before, [undo])).shifts.map(({kind}) => kind);
  expect(kinds).toContain('admitted');
});

test('so does a grant that somebody else took away, or a policy that is gone', () => {
  const {namespace, name = ''} = binding?.metadata ?? {};
  const place = {kind: 'RoleBinding', name, namespace, desired: objectOf(binding)};
  const empty = objectOf({...binding, subjects: []});
  const grant = change({...place, before: empty});
  const before = whenPlanned(demo, [grant]);
  expect(effectOf(before, afterChanges(before, [grant])).shifts.length).toBeGreaterThan(0);
  const create = change({action: 'create', desired: wide});
  expect(whenPlanned(demo, [create]).policies.map(({metadata}) => metadata.name)).not.toContain(
    'baseline',
  );
});

test('what was created is there once all of it is told of', () => {
  const {namespace, name = ''} = binding?.metadata ?? {};
  const policy = change({action: 'create', desired: wide});
  const grant = change({
    action: 'create',
    ...{kind: 'RoleBinding', name, namespace, desired: objectOf(binding)},
  });
  expect(hasCreated(demo, [policy, grant])).toBe(true);
  expect(hasCreated({...demo, policies: []}, [policy, grant])).toBe(false);
  expect(hasCreated({...demo, rbac: {...demo.rbac, roleBindings: []}}, [policy, grant])).toBe(
    false,
  );
});
