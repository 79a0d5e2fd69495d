import {anyOf, type Cel, cel, celName, firstWhere} from '../../cel/cel.ts';
import {seccompPodKey} from '../../kube/annotations.ts';
import type {Range} from '../../kube/objects.ts';
import {volumeSourceKeys} from '../../kube/volume.ts';
import {format} from './ranges.ts';

/** A field of the pod's security context, as an optional value. */
export function ofPod(field: string): Cel {
  return cel`object.spec.?securityContext.?${celName(field)}`;
}

/** A field of a container's own security context. */
export function ofContainer(field: string): Cel {
  return cel`c.?securityContext.?${celName(field)}`;
}

/** The container's own, or else the pod's. */
export function inherited(field: string): Cel {
  return cel`${ofContainer(field)}.or(${ofPod(field)})`;
}

/** Whether a number lies in one of the ranges. */
export function within(number: Cel, ranges: readonly Range[]): Cel {
  return anyOf(
    ranges.map(({min, max}) =>
      min === max ? cel`${number} == ${min}` : cel`${number} >= ${min} && ${number} <= ${max}`,
    ),
  );
}

export function rangeWords(ranges: readonly Range[]): string {
  return format(ranges, ', ') || 'none';
}

/** What is at fault, then what is allowed: "runs as user 0; allowed: 1-65535". */
export function faultText(what: Cel, allowed: string): Cel {
  return cel`${what} + ${`; allowed: ${allowed}`}`;
}

/** A profile field in the words that annotations and policies have for it; '' for what has none. */
export const seccompText = cel`s.type == 'RuntimeDefault' ? 'runtime/default' : s.type == 'Unconfined' ? 'unconfined' : s.type == 'Localhost' ? s.?localhostProfile.optMap(l, 'localhost/' + l).orValue('') : ''`;

/** The variables that controls look at, by the phase of admission; each may use those before it. */
export function celNames(
  phase: 'mutating' | 'validating',
): readonly (readonly [name: string, value: Cel])[] {
  const lists = cel`object.spec.?initContainers.orValue([]) + object.spec.containers + object.spec.?ephemeralContainers.orValue([])`;
  const field = ofPod('seccompProfile');
  return [
    ['containers', lists],
    ['volumes', cel`object.spec.?volumes.orValue([])`],
    ['volumeTypes', volumeTypes()],
    ['annotations', cel`object.metadata.?annotations.orValue({})`],
    ['podSeccompField', cel`${field}.optMap(s, ${seccompText}).orValue('')`],
    ...(phase === 'mutating' ? oldSeccomp(field) : newSeccomp),
    ['podAppArmor', cel`${ofPod('appArmorProfile')}.optMap(s, ${seccompText}).orValue('')`],
  ];
}

/** The name and the type of each volume. */
function volumeTypes(): Cel {
  const types = volumeSourceKeys.map(
    key => [cel`has(v.${celName(key)})`, cel`${key === 'cephfs' ? 'cephFS' : key}`] as const,
  );
  return cel`variables.volumes.map(v, [string(v.name), ${firstWhere(types, cel`'unknown'`)}])`;
}

/**
 * PodSecurityPolicy reads the annotations of old, and so does what takes its place when it writes defaults. Every
 * policy writes the annotation for a pod that has only the field, so none lets that pod through unchanged: that
 * decides which policy is chosen (seccomp/strategy.go, Generate, v1.24).
 */
function oldSeccomp(field: Cel): readonly (readonly [string, Cel])[] {
  const annotation = cel`variables.podSeccompAnnotation`;
  return [
    ['seccompAnnotations', cel`variables.annotations`],
    ['podSeccompAnnotation', cel`variables.annotations[?${seccompPodKey}].orValue('')`],
    ['podSeccomp', cel`${annotation} != '' ? ${annotation} : variables.podSeccompField`],
    ['sharedSeccomp', cel`${field}.hasValue() ? variables.podSeccompField : ${annotation}`],
    ['isAlwaysChanged', cel`${annotation} == '' && variables.podSeccompField != ''`],
  ];
}

/** Later on, only fields count: since v1.27 the annotations mean nothing. A map without a key of theirs. */
const newSeccomp: readonly (readonly [string, Cel])[] = [
  ['seccompAnnotations', cel`{'': ''}`],
  ['podSeccomp', cel`variables.podSeccompField`],
  ['sharedSeccomp', cel`variables.podSeccompField`],
];
