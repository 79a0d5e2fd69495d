import {appArmorContainerPrefix, seccompContainerPrefix, seccompPodKey} from './annotations.ts';
import type {Integer} from './json.ts';
import type {SELinuxOptions} from './objects.ts';
import {
  type Container,
  type ContainerList,
  type ContainerSecurityContext,
  containerLists,
  type Pod,
  type PodSecurityContext,
  type PodSpec,
  type SeccompProfile,
} from './pod.ts';
import {type Release, sinceRelease} from './release.ts';
import {type Volume, volumeType} from './volume.ts';

/**
 * A container and what holds for it: its own fields, and the pod's where it leaves them unset. The views are
 * classes because most fields of most pods are read once or never: evaluations of a new view are
 * 25% faster than with objects of all fields. A view can't be spread, as its fields are accessors.
 */
export class ContainerView {
  readonly container: Container;
  readonly list: ContainerList;
  readonly index: number;
  /** The ports of the node that it claims; 0 means none and is left out. */
  readonly hostPorts: readonly number[];
  /** The container's own profile field as the annotation would say it; undefined if unset. */
  readonly seccompField: string | undefined;
  readonly seccompAnnotation: string | undefined;
  readonly appArmorAnnotation: string | undefined;
  private readonly own: ContainerSecurityContext | undefined;
  private readonly inherited: PodSecurityContext | undefined;

  /** `annotations` are the pod's; undefined if it has none. */
  constructor(
    container: Container,
    list: ContainerList,
    index: number,
    inherited: PodSecurityContext | undefined,
    annotations: Annotations | undefined,
  ) {
    this.container = container;
    this.list = list;
    this.index = index;
    this.hostPorts = container.ports === undefined ? none : hostPortsOf(container.ports);
    this.own = container.securityContext;
    this.inherited = inherited;
    this.seccompField = seccompFieldText(this.own?.seccompProfile);
    this.seccompAnnotation = annotations?.[seccompContainerPrefix + this.name];
    this.appArmorAnnotation = annotations?.[appArmorContainerPrefix + this.name];
  }

  get name(): string {
    return this.container.name ?? '';
  }
  /** In Kubernetes' notation for field paths: `spec.initContainers[0]`. */
  get path(): string {
    return pathOf(this.list, this.index);
  }
  get runAsUser(): Integer | undefined {
    return this.own?.runAsUser ?? this.inherited?.runAsUser;
  }
  get runAsGroup(): Integer | undefined {
    return this.own?.runAsGroup ?? this.inherited?.runAsGroup;
  }
  get runAsNonRoot(): boolean | undefined {
    return this.own?.runAsNonRoot ?? this.inherited?.runAsNonRoot;
  }
  /** The container's own; the pod's are not mixed in. */
  get seLinuxOptions(): SELinuxOptions | undefined {
    return this.own?.seLinuxOptions;
  }
  get privileged(): boolean {
    return this.own?.privileged === true;
  }
  get readOnlyRootFilesystem(): boolean | undefined {
    return this.own?.readOnlyRootFilesystem;
  }
  get allowPrivilegeEscalation(): boolean | undefined {
    return this.own?.allowPrivilegeEscalation;
  }
  get procMount(): string {
    return this.own?.procMount ?? 'Default';
  }
  get capabilitiesAdd(): readonly string[] {
    return this.own?.capabilities?.add ?? none;
  }
  get capabilitiesDrop(): readonly string[] {
    return this.own?.capabilities?.drop ?? none;
  }
}

export class VolumeView {
  readonly volume: Volume;
  readonly type: string;
  private readonly place: number;

  constructor(volume: Volume, index: number) {
    this.volume = volume;
    this.type = volumeType(volume);
    this.place = index;
  }

  get name(): string {
    return this.volume.name ?? '';
  }
  get path(): string {
    return pathOf('volumes', this.place);
  }
}

/** A pod as the controls look at it: made once per pod. */
export class PodView {
  /** The one by whose rules it is seen. */
  readonly release: Release;
  readonly pod: Pod;
  readonly annotations: Annotations;
  readonly sysctls: readonly string[];
  readonly seccompField: string | undefined;
  readonly seccompAnnotation: string | undefined;
  readonly volumes: readonly VolumeView[];
  readonly containers: readonly ContainerView[];
  /** Those that policies fill in, and do not check. */
  readonly unchecked: readonly ContainerView[];
  private readonly spec: PodSpec;
  private readonly context: PodSecurityContext | undefined;

  /** Of a pod that has gone through defaultPod() of the same release. */
  constructor(pod: Pod, release: Release, containers?: readonly ContainerView[]) {
    const {spec} = pod;
    const context = spec.securityContext;
    const {annotations = noAnnotations} = pod.metadata;
    this.release = release;
    this.pod = pod;
    this.annotations = annotations;
    this.sysctls = context?.sysctls?.map(({name = ''}) => name) ?? none;
    this.seccompField = seccompFieldText(context?.seccompProfile);
    this.seccompAnnotation = annotations[seccompPodKey];
    this.volumes = volumesOf(spec);
    const late = spec.ephemeralContainers === undefined ? 'checked' : ephemeral(release);
    const all = containers ?? containersOf(spec, hasKeys(annotations) ? annotations : undefined);
    this.containers = late === 'checked' ? all : all.filter(view => !isEphemeral(view));
    this.unchecked = late === 'unchecked' ? all.filter(isEphemeral) : none;
    this.spec = spec;
    this.context = context;
  }

  get hostNetwork(): boolean {
    return this.spec.hostNetwork === true;
  }
  get hostPID(): boolean {
    return this.spec.hostPID === true;
  }
  get hostIPC(): boolean {
    return this.spec.hostIPC === true;
  }
  get runtimeClassName(): string | undefined {
    return this.spec.runtimeClassName;
  }
  get fsGroup(): Integer | undefined {
    return this.context?.fsGroup;
  }
  /** An explicit empty list is not the same as unset. */
  get supplementalGroups(): readonly Integer[] | undefined {
    return this.context?.supplementalGroups;
  }
  get seLinuxOptions(): SELinuxOptions | undefined {
    return this.context?.seLinuxOptions;
  }

  /** The same pod with this one of its containers alone. */
  withOnly(container: ContainerView): PodView {
    return new PodView(this.pod, this.release, [container]);
  }
}

/** The view of a pod that has gone through defaultPod() of the same release. */
export function viewOf(pod: Pod, release: Release): PodView {
  return new PodView(pod, release);
}

type Annotations = Readonly<Record<string, string>>;

const none: readonly never[] = [];
const noAnnotations: Annotations = {};

/**
 * What policies do with ephemeral containers: up to 1.17 they see none, since the feature is off; from 1.18 on
 * they fill them in, and check them once it is on (pkg/security/podsecuritypolicy/provider.go, MutatePod and
 * ValidatePod; pkg/apis/core/pods/helpers.go, VisitContainersWithPath).
 */
const ephemeral = sinceRelease<'unseen' | 'unchecked' | 'checked'>({
  16: 'unseen',
  18: 'unchecked',
  23: 'checked',
});

function containersOf(spec: PodSpec, annotations: Annotations | undefined): ContainerView[] {
  const views: ContainerView[] = [];
  const add = (list: ContainerList, containers: readonly Container[] | undefined) => {
    if (containers === undefined) return;
    let index = 0;
    for (const container of containers) {
      views.push(new ContainerView(container, list, index++, spec.securityContext, annotations));
    }
  };
  // By name, in the order of containerLists: keys that vary are slower.
  add('initContainers', spec.initContainers);
  add('containers', spec.containers);
  add('ephemeralContainers', spec.ephemeralContainers);
  return views;
}

function volumesOf({volumes}: PodSpec): readonly VolumeView[] {
  return volumes?.map((volume, index) => new VolumeView(volume, index)) ?? none;
}

function isEphemeral({list}: ContainerView): boolean {
  return list === 'ephemeralContainers';
}

/** The first paths of each list: made once, because every pod has the same ones. */
const paths = Object.fromEntries(
  [...containerLists, 'volumes'].map(list => [
    list,
    Array.from({length: 16}, (_, index) => `spec.${list}[${index}]`),
  ]),
);

function pathOf(list: ContainerList | 'volumes', index: number): string {
  return paths[list]?.[index] ?? `spec.${list}[${index}]`;
}

function hasKeys(object: object): boolean {
  for (const _key in object) return true;
  return false;
}

function hostPortsOf(ports: NonNullable<Container['ports']>): readonly number[] {
  let claimed: number[] | undefined;
  for (const {hostPort = 0} of ports) {
    if (hostPort <= 0) continue;
    claimed ??= [];
    claimed.push(hostPort);
  }
  return claimed ?? none;
}

/**
 * A seccomp profile field in the words of the old annotation; '' for one that has no such words
 * (pkg/api/pod/util.go, SeccompAnnotationForField).
 */
export function seccompFieldText(profile: SeccompProfile | undefined): string | undefined {
  switch (profile?.type) {
    case undefined:
      return profile === undefined ? undefined : '';
    case 'Unconfined':
      return 'unconfined';
    case 'RuntimeDefault':
      return 'runtime/default';
    case 'Localhost':
      return profile.localhostProfile === undefined ? '' : `localhost/${profile.localhostProfile}`;
    default:
      return '';
  }
}
