import {expect, test} from 'vitest';
import {policySet} from '../../src/admission/admit.ts';
import {judgeBy} from '../../src/admission/judge.ts';
import {judgeLean} from '../../src/audit/judge.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import {preparePolicy} from '../../src/policy/evaluate.ts';
import {authorizerOf} from '../../src/rbac/authorize.ts';

test('an audit judges as why does, but for the errors of policies that nobody may use', () => {
  const inventory = inventoryOfSnapshot(demoSnapshot, 'demo');
  const items = itemsOf(inventory);
  const options = {requester: undefined, assumeAuthorized: false};
  const plain = items.map(judgeBy(inventory, options)).map(verdict => ({
    ...verdict,
    candidates: verdict.candidates.map(({policy, errors, ...rest}) => {
      const isUsable = rest.rights.serviceAccount || rest.rights.requester;
      return {...rest, name: policy.name, errors: isUsable ? errors : []};
    }),
    chosen: verdict.chosen?.policy.name,
  }));
  const policies = policySet(inventory.policies.map(preparePolicy));
  const judge = judgeLean(inventory.caller, policies, authorizerOf(inventory.rbac));
  const lean = items.map(judge).map(verdict => {
    const {chosen, candidates} = verdict;
    if (chosen !== undefined) expect(candidates).toContain(chosen);
    return {
      ...verdict,
      candidates: candidates.map(({policy, ...rest}) => ({...rest, name: policy.name})),
      chosen: chosen?.policy.name,
    };
  });
  expect(lean).toEqual(plain);
  expect(lean.some(({candidates}) => candidates.some(({errors}) => errors.length > 0))).toBe(true);
});
