import type {Edit} from '../kube/edits.ts';
import type {FieldError} from '../kube/fieldError.ts';
import type {ContainerSecurityContext, PodSecurityContext} from '../kube/pod.ts';
import type {ContainerView, PodView, VolumeView} from '../kube/podView.ts';

/** What to change in a pod so that one thing about it is no longer in the way. */
export interface Fix {
  /** As an imperative, without the container or volume: "remove CHOWN from capabilities.add". */
  readonly says: string;
  /** The same to the pod as admission gets it. */
  readonly edits: readonly Edit[];
  /** Whether it is a field of the pod that the container only inherits. */
  readonly isOfPod?: boolean;
}

/** The container or volume; undefined: the pod as a whole. */
export type Place = ContainerView | VolumeView | undefined;

/** What a control found in a pod, and what its policy allows, in words for people. */
export interface Grounds {
  readonly at: Place;
  /** The field that holds it, or would: as a manifest of the pod has it. */
  readonly where: string;
  /** What is done there, before the value: "adds capability", "runs as user". */
  readonly does: string;
  /** The value at fault: "CHOWN", "0"; '' where nothing is set and that is what is wrong. */
  readonly value: string;
  /** What the policy lets through in its place: "NET_BIND_SERVICE", "none". */
  readonly allowed: string;
  /** Absent where no change of this field alone is known to help. */
  readonly fix?: (() => Fix) | undefined;
}

/** One thing in a pod that a control does not let through: the API server's words, and those for people. */
export interface Objection extends FieldError, Grounds {}

/**
 * How a control words its objections of one kind: made with its enforcement, and asked about the few that
 * somebody reads.
 */
export interface Wording<Value, At extends Place> {
  /** In the API server's words. */
  error(value: Value, at: At, pod: PodView): FieldError;
  /** For people. */
  grounds(value: Value, at: At, pod: PodView): Grounds;
}

export function isContainer(at: ContainerView | VolumeView): at is ContainerView {
  return 'container' in at;
}

/** `container web`, `container setup (init)`, `volume data` or `pod`. */
export function placeText(at: Grounds['at']): string {
  if (at === undefined) return 'pod';
  return isContainer(at) ? `container ${containerText(at)}` : `volume ${at.name}`;
}

const marks = {containers: '', initContainers: ' (init)', ephemeralContainers: ' (ephemeral)'};

/** The container's name, marked if it is an init or ephemeral one. */
export function containerText({name, list}: ContainerView): string {
  return `${name}${marks[list]}`;
}

/** What is done and what is allowed: "adds capability CHOWN; allowed: NET_BIND_SERVICE". */
export function groundsText({does, value, allowed}: Grounds): string {
  return value === ''
    ? `${does}; the policy allows ${allowed} and sets none`
    : `${does} ${value}; allowed: ${allowed}`;
}

/** The security context field of a container: `spec.containers[0].securityContext.privileged`. */
export function securityFieldOf({path}: ContainerView, name: string): string {
  return `${path}.securityContext.${name}`;
}

/** Sets a field of the container's security context, or removes it (undefined). */
export function inContainer<K extends keyof ContainerSecurityContext>(
  {list, index}: ContainerView,
  field: K,
  value: ContainerSecurityContext[K],
): Edit {
  return {at: ['spec', list, index, 'securityContext', field], value};
}

type SharedField = 'runAsUser' | 'runAsGroup' | 'runAsNonRoot' | 'seLinuxOptions';

/** Where a field stands that a container may leave to the pod. */
export interface SharedPlace {
  readonly where: string;
  /** The fix that sets it, or removes it (undefined). */
  fix(says: string, value: unknown): Fix;
}

/** The place of a field: the container's own if that is set, else the pod's if that is. */
export function sharedField(
  container: ContainerView,
  {pod}: PodView,
  field: SharedField,
): SharedPlace {
  const isOwn = container.container.securityContext?.[field] !== undefined;
  const isPods = !isOwn && pod.spec.securityContext?.[field] !== undefined;
  const {list, index} = container;
  const keys = isPods ? ['spec'] : ['spec', list, index];
  return {
    where: isPods ? `spec.securityContext.${field}` : securityFieldOf(container, field),
    fix: (says, value) => ({
      says,
      edits: [{at: [...keys, 'securityContext', field], value}],
      isOfPod: isPods,
    }),
  };
}

/** The place of a field that the pod alone has. */
export function podField(field: keyof PodSecurityContext): SharedPlace {
  return {
    where: `spec.securityContext.${field}`,
    fix: (says, value) => ({says, edits: [{at: ['spec', 'securityContext', field], value}]}),
  };
}

/** Takes an annotation off the pod. */
export function withoutAnnotation({annotations}: PodView, key: string): Edit {
  const kept = Object.entries(annotations).filter(([name]) => name !== key);
  return {at: ['metadata', 'annotations'], value: Object.fromEntries(kept)};
}

/** Takes a volume out of the pod, and all mounts of it. */
export function withoutVolume({pod}: PodView, {name, volume}: VolumeView): readonly Edit[] {
  const {spec} = pod;
  return [
    {at: ['spec', 'volumes'], value: spec.volumes?.filter(other => other !== volume)},
    ...(['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap(list =>
      (spec[list] ?? []).flatMap(({volumeMounts}, index): readonly Edit[] =>
        volumeMounts?.some(mount => mount.name === name)
          ? [
              {
                at: ['spec', list, index, 'volumeMounts'],
                value: volumeMounts.filter(mount => mount.name !== name),
              },
            ]
          : [],
      ),
    ),
  ];
}
