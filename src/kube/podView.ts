import {appArmorContainerPrefix, seccompContainerPrefix, seccompPodKey} from './annotations.ts';
import type {Integer} from './json.ts';
import type {SELinuxOptions} from './objects.ts';
import {
  type Container,
  type ContainerList,
  containerLists,
  type Pod,
  type SeccompProfile,
  type Volume,
  volumeType,
} from './pod.ts';
import {type Release, sinceRelease} from './release.ts';

/** A container and what holds for it: its own fields, and the pod's where it leaves them unset. */
export interface ContainerView {
  readonly container: Container;
  readonly list: ContainerList;
  readonly index: number;
  readonly name: string;
  /** In Kubernetes' notation for field paths: `spec.initContainers[0]`. */
  readonly path: string;
  readonly runAsUser: Integer | undefined;
  readonly runAsGroup: Integer | undefined;
  readonly runAsNonRoot: boolean | undefined;
  /** The container's own; the pod's are not mixed in. */
  readonly seLinuxOptions: SELinuxOptions | undefined;
  readonly privileged: boolean;
  readonly readOnlyRootFilesystem: boolean | undefined;
  readonly allowPrivilegeEscalation: boolean | undefined;
  readonly procMount: string;
  readonly capabilitiesAdd: readonly string[];
  readonly capabilitiesDrop: readonly string[];
  /** The ports of the node that it claims; 0 means none and is left out. */
  readonly hostPorts: readonly number[];
  /** The container's own profile field as the annotation would say it; undefined if unset. */
  readonly seccompField: string | undefined;
  readonly seccompAnnotation: string | undefined;
  readonly appArmorAnnotation: string | undefined;
}

export interface VolumeView {
  readonly volume: Volume;
  readonly name: string;
  readonly type: string;
  readonly path: string;
}

/** A pod as the controls look at it: made once per pod, with a fixed shape. */
export interface PodView {
  /** The one by whose rules it is seen. */
  readonly release: Release;
  readonly pod: Pod;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
  readonly hostPID: boolean;
  readonly hostIPC: boolean;
  readonly fsGroup: Integer | undefined;
  /** An explicit empty list is not the same as unset. */
  readonly supplementalGroups: readonly Integer[] | undefined;
  readonly seLinuxOptions: SELinuxOptions | undefined;
  readonly sysctls: readonly string[];
  readonly runtimeClassName: string | undefined;
  readonly seccompField: string | undefined;
  readonly seccompAnnotation: string | undefined;
  readonly volumes: readonly VolumeView[];
  readonly containers: readonly ContainerView[];
  /** Those that policies fill in, and do not check. */
  readonly unchecked: readonly ContainerView[];
}

const none: readonly never[] = [];
const noAnnotations: Readonly<Record<string, string>> = {};

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

/** The view of a pod that has gone through defaultPod() of the same release. */
export function viewOf(pod: Pod, release: Release): PodView {
  const {spec} = pod;
  const context = spec.securityContext;
  const annotations = pod.metadata.annotations ?? noAnnotations;
  const isAnnotated = hasKeys(annotations);
  const all: ContainerView[] = [];
  for (const list of containerLists) {
    spec[list]?.forEach((container, index) => {
      all.push(viewOfContainer(container, list, index, pod, isAnnotated));
    });
  }
  const late = spec.ephemeralContainers === undefined ? 'checked' : ephemeral(release);
  return {
    release,
    pod,
    annotations,
    hostNetwork: spec.hostNetwork === true,
    hostPID: spec.hostPID === true,
    hostIPC: spec.hostIPC === true,
    fsGroup: context?.fsGroup,
    supplementalGroups: context?.supplementalGroups,
    seLinuxOptions: context?.seLinuxOptions,
    sysctls: context?.sysctls?.map(({name = ''}) => name) ?? none,
    runtimeClassName: spec.runtimeClassName,
    seccompField: seccompFieldText(context?.seccompProfile),
    seccompAnnotation: annotations[seccompPodKey],
    volumes:
      spec.volumes?.map((volume, index) => ({
        volume,
        name: volume.name ?? '',
        type: volumeType(volume),
        path: pathOf('volumes', index),
      })) ?? none,
    containers: late === 'checked' ? all : all.filter(view => !isEphemeral(view)),
    unchecked: late === 'unchecked' ? all.filter(isEphemeral) : none,
  };
}

function isEphemeral({list}: ContainerView): boolean {
  return list === 'ephemeralContainers';
}

function viewOfContainer(
  container: Container,
  list: ContainerList,
  index: number,
  pod: Pod,
  isAnnotated: boolean,
): ContainerView {
  const annotations = isAnnotated ? pod.metadata.annotations : undefined;
  const own = container.securityContext;
  const inherited = pod.spec.securityContext;
  const name = container.name ?? '';
  return {
    container,
    list,
    index,
    name,
    path: pathOf(list, index),
    runAsUser: own?.runAsUser ?? inherited?.runAsUser,
    runAsGroup: own?.runAsGroup ?? inherited?.runAsGroup,
    runAsNonRoot: own?.runAsNonRoot ?? inherited?.runAsNonRoot,
    seLinuxOptions: own?.seLinuxOptions,
    privileged: own?.privileged === true,
    readOnlyRootFilesystem: own?.readOnlyRootFilesystem,
    allowPrivilegeEscalation: own?.allowPrivilegeEscalation,
    procMount: own?.procMount ?? 'Default',
    capabilitiesAdd: own?.capabilities?.add ?? none,
    capabilitiesDrop: own?.capabilities?.drop ?? none,
    hostPorts: hostPortsOf(container),
    seccompField: seccompFieldText(own?.seccompProfile),
    seccompAnnotation: annotations?.[seccompContainerPrefix + name],
    appArmorAnnotation: annotations?.[appArmorContainerPrefix + name],
  };
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

function hostPortsOf({ports}: Container): readonly number[] {
  if (ports === undefined) return none;
  const claimed = ports.map(({hostPort = 0}) => hostPort).filter(port => port > 0);
  return claimed.length > 0 ? claimed : none;
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
