import type {PlannedChange} from '../apply/applyAll.ts';
import {afterSteps, type BindingStep} from '../grant/bindingSteps.ts';
import {merged} from '../inventory/files/overlay.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {admissionResources} from '../inventory/kinds/resources.ts';
import {admissionGap, nativeReading} from '../inventory/read/readNative.ts';
import {isObject, type JsonObject, printJson} from '../kube/json.ts';
import {binding, decodePolicy, role} from '../kube/objects.ts';
import {sameSettings} from '../policy/direction.ts';
import type {ObjectReference} from '../rbac/authorize.ts';

/** The inventory as it would be once these changes are made: of policies, wherever they live, roles and bindings. */
export function afterChanges(before: Inventory, changes: readonly PlannedChange[]): Inventory {
  const inventory = withAdmission(before, changes);
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

/**
 * The inventory as it was when these changes were planned: right after an apply, what is read to plan the next change is
 * newer than what a watch has told. The same one if nothing is.
 */
export function whenPlanned(inventory: Inventory, changes: readonly PlannedChange[]): Inventory {
  const newer = changes.filter(change => !isAsRead(inventory, change));
  if (newer.length === 0) return inventory;
  return afterChanges(
    inventory,
    newer.map(change =>
      change.before === undefined
        ? {...change, action: 'delete'}
        : {...change, action: 'update', desired: change.before},
    ),
  );
}

/** Whether an inventory has all that changes created, of policies, roles and bindings. */
export function hasCreated(inventory: Inventory, changes: readonly PlannedChange[]): boolean {
  const created = changes.filter(({action}) => action === 'create');
  // As it was not there before, it is not just as it was read then.
  return created.every(change => !isJudged(change) || !isAsRead(inventory, change));
}

function isJudged({kind}: PlannedChange): boolean {
  return kind === 'PodSecurityPolicy' || rbacPlaces[kind] !== undefined;
}

/** Whether the object of a change is in an inventory just as it was read for it, or is missing in both. */
function isAsRead({policies, rbac}: Inventory, change: PlannedChange): boolean {
  const {kind, name, namespace, before} = change;
  if (kind === 'PodSecurityPolicy') {
    const known = policies.find(({metadata}) => metadata.name === name);
    if (known === undefined || before === undefined) return known === before;
    return sameSettings(known, decodePolicy(before));
  }
  const place = rbacPlaces[kind];
  if (place === undefined) return true;
  const known = rbac[place].find(
    ({metadata}) => metadata?.name === name && (metadata.namespace || undefined) === namespace,
  );
  if (known === undefined || before === undefined) return known === before;
  const read = kind.endsWith('Binding') ? binding(before) : role(before);
  return printJson(grantedBy(known)) === printJson(grantedBy(read));
}

const rbacPlaces: Readonly<Record<string, keyof Inventory['rbac'] | undefined>> = {
  ClusterRole: 'clusterRoles',
  ClusterRoleBinding: 'clusterRoleBindings',
  Role: 'roles',
  RoleBinding: 'roleBindings',
};

/** What of a role or a binding decides about rights. */
function grantedBy(object: object): unknown {
  const {rules, roleRef, subjects}: {rules?: unknown; roleRef?: unknown; subjects?: unknown} =
    object;
  return {rules, roleRef, subjects};
}

/** Admission policies that policies live in, and what else keeps these. */
const admissionKinds = [...admissionResources.map(({kind}) => kind), 'ConfigMap'];

/** The inventory with changed admission policies, and the policies that live in them then. */
function withAdmission(inventory: Inventory, changes: readonly PlannedChange[]): Inventory {
  const own = changes.filter(({kind}) => admissionKinds.includes(kind));
  if (own.length === 0) return inventory;
  const {admissionPolicies: there = [], gaps} = inventory;
  const isTouched = ({kind, metadata}: JsonObject) =>
    own.some(one => one.kind === kind && isObject(metadata) && one.name === metadata.name);
  const objects = [
    ...there.filter(object => !isTouched(object)),
    ...own.flatMap(({action, desired}) => (action === 'delete' ? [] : [desired])),
  ];
  const problems: string[] = [];
  const {policies, admissionPolicies} = nativeReading(objects, reason => problems.push(reason));
  const unread = problems.map(reason => ({...admissionGap, reason}));
  return {...inventory, policies, admissionPolicies, gaps: [...gaps, ...unread]};
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
