import type {PodEdit, TemplateList} from '../controls/hardening.ts';
import type {Json, JsonObject} from '../kube/json.ts';
import type {Pod} from '../kube/pod.ts';

/** The edits that make up a patch: the others are left to people. */
type PatchEdit = Extract<
  PodEdit,
  {readonly kind: 'pod' | 'container' | 'volume' | 'setAnnotation'}
>;

export function isPatchEdit(edit: PodEdit): edit is PatchEdit {
  const {kind} = edit;
  return kind === 'pod' || kind === 'container' || kind === 'volume' || kind === 'setAnnotation';
}

/**
 * The edits as a strategic merge patch of a pod template: containers and volumes by their names, which
 * are their merge keys (api v0.24, core/v1/types.go). Volumes in it must not be mounted anywhere.
 */
export function templatePatch(template: Pod, edits: readonly PatchEdit[]): JsonObject {
  const pod = edits.filter(edit => edit.kind === 'pod');
  const volumes = edits.filter(edit => edit.kind === 'volume');
  const lists = (['initContainers', 'containers'] as const).map(
    list => [list, containersOf(list, template, edits)] as const,
  );
  const annotations = edits.filter(edit => edit.kind === 'setAnnotation');
  return {
    ...(annotations.length > 0
      ? {
          metadata: {
            annotations: Object.fromEntries(annotations.map(({key, value}) => [key, value])),
          },
        }
      : {}),
    spec: {
      ...(pod.length > 0 ? {securityContext: fieldsOf(pod)} : {}),
      ...Object.fromEntries(lists.filter(([, containers]) => containers.length > 0)),
      ...(volumes.length > 0 ? {volumes: volumes.map(({name}) => ({$patch: 'delete', name}))} : {}),
    },
  };
}

/**
 * The containers of a list, if one of them changes; else none. The others are named as well: kustomize puts
 * those that a patch names before all others, and the order in which init containers run must not change.
 */
function containersOf(
  list: TemplateList,
  {spec}: Pod,
  edits: readonly PatchEdit[],
): readonly JsonObject[] {
  const own = edits.filter(edit => edit.kind === 'container').filter(({at}) => at.list === list);
  if (own.length === 0) return [];
  return (spec[list] ?? []).map(({name = ''}) => {
    const fields = own.filter(({at}) => at.name === name);
    return fields.length === 0 ? {name} : {name, securityContext: fieldsOf(fields)};
  });
}

function fieldsOf(edits: readonly {readonly field: string; readonly value: Json}[]): JsonObject {
  return Object.fromEntries(edits.map(({field, value}) => [field, value]));
}

/** The patch of a whole object: the template's, under where the kind has its template. */
export function objectPatch(
  head: {readonly apiVersion: string; readonly kind: string; readonly metadata: JsonObject},
  path: readonly string[],
  patch: JsonObject,
): JsonObject {
  const nested = path.reduceRight<JsonObject>((inner, key) => ({[key]: inner}), patch);
  return {...head, ...nested};
}
