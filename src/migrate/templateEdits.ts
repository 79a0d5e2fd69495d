import type {PodEdit, TemplateList} from '../controls/hardening.ts';
import {seccompPodKey} from '../kube/annotations.ts';
import {compact, type Edit, type PatchOperation, pointer} from '../kube/edits.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import type {Pod} from '../kube/pod.ts';
import type {WorkloadLevels} from './workloadLevels.ts';

/** One field of a pod template: what is to stand in it, or `null` if it has to go. */
export interface TemplateEdit {
  readonly at: readonly (string | number)[];
  readonly value: Json;
}

/**
 * What to write into a template so that its pods are what a policy makes of them today. A seccomp profile
 * that the policy writes into an annotation is written into the field too, which alone counts from v1.27
 * on. The annotation that v1.24 makes of the pod's own field is left out, as it says nothing new.
 */
export function editsToKeep({
  item,
  edits,
  podToday,
}: Pick<WorkloadLevels, 'item' | 'edits' | 'podToday'>): readonly TemplateEdit[] {
  return edits.flatMap(({at, value}: Edit): readonly TemplateEdit[] => {
    if (at[1] === 'ephemeralContainers') return [];
    const edit = {at, value: compact(value)};
    if (at[2] !== seccompPodKey) return [edit];
    if (item.submission.view.seccompField !== undefined) return [];
    const profile = podToday.spec.securityContext?.seccompProfile;
    const field = ['spec', 'securityContext', 'seccompProfile'];
    return profile === undefined ? [edit] : [edit, {at: field, value: compact(profile)}];
  });
}

/** The edits of hardening that can be made without asking, by their place in the template. */
export function editsToHarden(template: Pod, edits: readonly PodEdit[]): readonly TemplateEdit[] {
  return edits.flatMap((edit): readonly TemplateEdit[] => {
    switch (edit.kind) {
      case 'pod':
        return [{at: ['spec', 'securityContext', edit.field], value: edit.value}];
      case 'container': {
        const {list, name} = edit.at;
        const index = (template.spec[list] ?? []).findIndex(container => container.name === name);
        return fieldsIn(['spec', list, index, 'securityContext', edit.field], edit.value);
      }
      case 'volume': {
        const volumes = template.spec.volumes ?? [];
        const index = volumes.findIndex(volume => volume.name === edit.name);
        return [{at: ['spec', 'volumes', index], value: null}];
      }
      case 'setAnnotation':
        return [{at: ['metadata', 'annotations', edit.key], value: edit.value}];
      default:
        return [];
    }
  });
}

/** An object is merged into what is there: each of its fields for itself. */
function fieldsIn(at: TemplateEdit['at'], value: Json): readonly TemplateEdit[] {
  if (!isObject(value)) return [{at, value}];
  return Object.entries(value).map(([key, field]) => ({at: [...at, key], value: field ?? null}));
}

/**
 * The edits as a strategic merge patch of a pod template. All containers of a list are named if one
 * changes: kustomize puts what a patch names before all others, and init containers run in order.
 */
export function strategicPatch(template: Pod, edits: readonly TemplateEdit[]): JsonObject {
  const isIn = (list: string) => (edit: TemplateEdit) => edit.at[1] === list;
  const lists = (['initContainers', 'containers'] as const).flatMap(list => {
    const own = edits.filter(isIn(list));
    return own.length === 0 ? [] : [[list, namedContainers(template, list, own)] as const];
  });
  const volumes = edits.filter(isIn('volumes')).map(({at}) => ({
    $patch: 'delete',
    name: template.spec.volumes?.[Number(at[2])]?.name ?? '',
  }));
  const plain = edits.filter(({at}) => typeof at[2] !== 'number');
  const tree = plain.reduce<JsonObject>((patch, {at, value}) => put(patch, at, value), {});
  const {spec, ...rest} = tree;
  const inSpec = {
    ...(isObject(spec) ? spec : {}),
    ...Object.fromEntries(lists),
    ...(volumes.length > 0 ? {volumes} : {}),
  };
  return Object.keys(inSpec).length > 0 ? {...rest, spec: inSpec} : rest;
}

function namedContainers(
  template: Pod,
  list: TemplateList,
  edits: readonly TemplateEdit[],
): readonly JsonObject[] {
  return (template.spec[list] ?? []).map(({name = ''}, index) =>
    edits
      .filter(({at}) => at[2] === index)
      .reduce<JsonObject>((patch, {at, value}) => put(patch, at.slice(3), value), {name}),
  );
}

/** The object with a value at some keys, all of them names. */
function put(tree: JsonObject, [key, ...rest]: TemplateEdit['at'], value: Json): JsonObject {
  if (key === undefined) return tree;
  const branch = tree[key];
  const under = isObject(branch) ? branch : {};
  return {...tree, [key]: rest.length === 0 ? value : put(under, rest, value)};
}

/**
 * The edits as an RFC 6902 patch of the object that has the template under `path`. What the template has
 * beside the fields that are read stays: only an object that is not there at all is added whole.
 * Undefined if that cannot be told, as of annotations, of which not all are read. That of seccomp is left
 * out, as the field is there: a policy writes it again as long as there are policies.
 */
export function jsonPatch(
  template: Pod,
  path: readonly string[],
  edits: readonly TemplateEdit[],
): readonly PatchOperation[] | undefined {
  const added = new Map<string, PatchOperation>();
  const removed: PatchOperation[] = [];
  for (const {at, value} of edits.toSorted(lastVolumesFirst)) {
    if (at[2] === seccompPodKey) continue;
    if (at[1] === 'annotations' && Object.keys(template.metadata.annotations ?? {}).length === 0) {
      return undefined;
    }
    const depth = depthOf(template, at);
    const isThere = depth === at.length;
    const where = pointer([...path, ...at.slice(0, Math.min(depth + 1, at.length))]);
    if (value === null) {
      if (isThere) removed.push({op: 'remove', path: where});
      continue;
    }
    const rest = at.slice(depth + 1);
    const before = added.get(where)?.value;
    const under = isObject(before as Json) ? (before as JsonObject) : {};
    const whole = rest.length === 0 ? value : put(under, rest, value);
    added.set(where, {op: isThere ? 'replace' : 'add', path: where, value: whole});
  }
  return [...added.values(), ...removed];
}

/** How many of the keys lead to something that is there. */
function depthOf(tree: unknown, at: TemplateEdit['at']): number {
  let branch = tree;
  for (const [depth, key] of at.entries()) {
    branch = (branch as {readonly [key: string | number]: unknown})[key];
    if (branch === undefined || branch === null) return depth;
  }
  return at.length;
}

/** Taking one away moves those behind it. */
function lastVolumesFirst(a: TemplateEdit, b: TemplateEdit): number {
  return a.at[1] === 'volumes' && b.at[1] === 'volumes' ? Number(b.at[2]) - Number(a.at[2]) : 0;
}
