import type {PlannedChange} from '../apply/applyAll.ts';
import {afterSteps, type BindingStep} from '../grant/bindingSteps.ts';
import {merged} from '../inventory/files/overlay.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {binding, decodePolicy, role} from '../kube/objects.ts';
import type {ObjectReference} from '../rbac/authorize.ts';

/** The inventory as it would be once these changes are made: of policies, roles and bindings. */
export function afterChanges(inventory: Inventory, changes: readonly PlannedChange[]): Inventory {
  const policies = changes.filter(({kind}) => kind === 'PodSecurityPolicy');
  const gone = new Set(policies.filter(({action}) => action === 'delete').map(({name}) => name));
  const stored = policies.filter(({action}) => action !== 'delete');
  const kept = inventory.policies.filter(({metadata}) => !gone.has(metadata.name));
  const steps = changes.flatMap(stepOf);
  return {
    ...inventory,
    policies: merged(
      kept,
      stored.map(({desired}) => decodePolicy(desired)),
    ),
    rbac: steps.length === 0 ? inventory.rbac : afterSteps(inventory.rbac, steps),
  };
}

const rbacKinds: readonly ObjectReference['kind'][] = [
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
];

function stepOf({action, kind, name, namespace, desired}: PlannedChange): readonly BindingStep[] {
  const known = rbacKinds.find(each => each === kind);
  if (known === undefined) return [];
  const body = known.endsWith('Binding') ? binding(desired) : role(desired);
  const object = {reference: {kind: known, namespace, name}, body};
  // What an update was before makes no difference to what is there after it.
  return [{action: action === 'delete' ? 'delete' : 'create', object}];
}
