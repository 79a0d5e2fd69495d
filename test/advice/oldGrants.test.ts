import {expect, test} from 'vitest';
import {adviceFor} from '../../src/advice/advice.ts';
import {oldGrantCommand, oldGrantsOf} from '../../src/advice/oldGrants.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {effectOf} from '../../src/effect/effect.ts';
import {afterSteps} from '../../src/grant/bindingSteps.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {templatesOf} from '../../src/inventory/submissions/items.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');
const shop = adviceFor(
  templatesOf(demo).filter(({namespace}) => namespace === 'shop'),
  'service-account',
  false,
);

test('grants of wider policies to the same subjects go, and no others', () => {
  const commands = oldGrantsOf(demo, shop, {isWhole: true}).grants.map(oldGrantCommand);
  expect(commands).toContain(
    'kubectl psp unbind shop-legacy --to group:system:serviceaccounts:shop -n shop',
  );
  expect(commands).toContain(
    'kubectl psp unbind web --to sa:shop/storefront --to sa:shop/catalog -n shop',
  );
  for (const command of commands) expect(command).toMatch(/ -n shop$/);
});

test('without the advice they are needed: what is taken away then denies pods', () => {
  const {steps} = oldGrantsOf(demo, shop, {isWhole: true});
  const kinds = effectOf(demo, {...demo, rbac: afterSteps(demo.rbac, steps)}).shifts.map(
    ({kind}) => kind,
  );
  expect(kinds).toContain('denied');
});

test('a grant that another workload needs stays', () => {
  const some = adviceFor(
    templatesOf(demo).filter(
      ({namespace, submission}) => namespace === 'data' && submission.serviceAccount !== 'default',
    ),
    'service-account',
    false,
  );
  const {grants} = oldGrantsOf(demo, some, {isWhole: true});
  expect(grants.map(({policy, namespace}) => `${policy} ${namespace}`)).not.toContain('data data');
});

test('where something was not read, no grant is said to be no longer needed', () => {
  const gaps = [{resource: 'pods', namespace: undefined, reason: 'forbidden'}];
  expect(oldGrantsOf({...demo, gaps}, shop, {isWhole: true}).grants).toEqual([]);
});
