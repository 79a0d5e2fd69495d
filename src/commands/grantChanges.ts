import {type PlannedChange, readObject} from '../apply/applyAll.ts';
import {objectPath, planCreate, planDelete, planSubjects} from '../apply/planChange.ts';
import {differenceOf, plain} from '../apply/sameMeaning.ts';
import {exitCodes, UserError} from '../errors.ts';
import type {BindingStep} from '../grant/bindingSteps.ts';
import type {RightsChange} from '../grant/planDelete.ts';
import {policyVersion, rbacVersion} from '../kube/apiGroups.ts';
import type {Binding, Policy, Role} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {nativeChanges} from './nativeChanges.ts';
import type {Cluster} from './world.ts';

/** The object of a step as kubectl takes it. */
export function objectOfStep({object: {reference, body}}: BindingStep): object {
  return bodyOf(reference.kind, body);
}

/**
 * What a change of rights comes to on the cluster as it is now, a policy to delete first. What has changed
 * since it was read is an error.
 */
export async function changesFor(
  cluster: Cluster,
  {deleted, steps}: RightsChange,
): Promise<readonly PlannedChange[]> {
  const changes: PlannedChange[] = [];
  if (deleted !== undefined) changes.push(...(await deletionOf(cluster, deleted)));
  for (const step of steps) {
    const change = await changeFor(cluster, step);
    if (change !== undefined) changes.push(change);
  }
  return changes;
}

async function deletionOf(cluster: Cluster, policy: Policy): Promise<readonly PlannedChange[]> {
  const {name, resourceVersion} = policy.metadata;
  const place = {apiVersion: policyVersion, kind: 'PodSecurityPolicy', metadata: {name}};
  const found = await readObject(cluster, objectPath(place));
  const label = labelOf({kind: place.kind, name});
  if (found === undefined) {
    const native = await nativeChanges(cluster, {removed: [policy]});
    if (native !== undefined) return native;
    throw new UserError(`${label} is gone from the cluster already`, exitCodes.refused);
  }
  const planned = planDelete({apiVersion: place.apiVersion, kind: place.kind, ...found});
  if (resourceVersion !== undefined && planned.expectedResourceVersion !== resourceVersion) {
    throw new UserError(
      `${label} was changed by someone else since it was read: repeat the command`,
      exitCodes.refused,
    );
  }
  return [planned];
}

async function changeFor(cluster: Cluster, step: BindingStep): Promise<PlannedChange | undefined> {
  const {reference, body} = step.object;
  const object = objectOfStep(step);
  const found = await readObject(cluster, objectPath(object));
  if (step.action === 'create') {
    const planned = planCreate(object, found);
    if (planned.plan === 'conflict') throw new UserError(planned.text, exitCodes.refused);
    return planned.plan === 'change' ? planned.change : undefined;
  }
  if (found === undefined && step.action === 'delete') return undefined;
  const {apiVersion, kind} = plain(object);
  const raw = {apiVersion, kind, ...found};
  const before = bodyOf(reference.kind, step.action === 'update' ? step.before : body);
  if (found === undefined || differenceOf(plain(before), raw) !== undefined) {
    throw new UserError(
      `${labelOf(reference)} was changed by someone else since it was read: repeat the command`,
      exitCodes.refused,
    );
  }
  return step.action === 'delete'
    ? planDelete(raw)
    : planSubjects(raw, (body as Binding).subjects ?? []);
}

function bodyOf(kind: string, {metadata, ...rest}: Role | Binding): object {
  const {name, namespace, labels} = metadata ?? {};
  const kept = labels !== undefined && Object.keys(labels).length > 0 ? labels : undefined;
  return {
    apiVersion: rbacVersion,
    kind,
    metadata: {name, namespace: namespace || undefined, labels: kept},
    ...rest,
  };
}
