import {seccompContainerPrefix, seccompPodKey} from '../kube/annotations.ts';
import {
  type Container,
  containerLists,
  containerSecurityContext,
  type Pod,
  type PodSpec,
  podSecurityContext,
  type SeccompProfile,
} from '../kube/pod.ts';
import {seccompFieldText} from '../kube/podView.ts';
import {lastRelease, type Release, sinceRelease} from '../kube/release.ts';
import {type StandardVersion, standardMinor} from '../podSecurity/version.ts';

/**
 * What the registry does with a new pod between the mutating and the validating admission
 * (pkg/registry/core/pod/strategy.go, PrepareForCreate; pkg/api/pod/util.go, DropDisabledPodFields), as far
 * as it concerns policies.
 */
export function prepareForCreate(pod: Pod, release: Release, procMountEnabled = false): Pod {
  const {dropsEphemeralContainers, dropsEphemeralVolumes, syncsSeccomp} = habits(release);
  const undebugged = dropsEphemeralContainers ? withoutEphemeralContainers(pod) : pod;
  const known = dropsEphemeralVolumes ? withoutEphemeralVolumes(undebugged) : undebugged;
  const prepared = procMountEnabled ? known : resetProcMount(known);
  return syncsSeccomp ? syncSeccomp(prepared) : prepared;
}

/**
 * A pod as a server of a version has it when Pod Security Admission gets to see it. Up to v1.26 the old
 * seccomp annotations are copied into the fields; up to v1.32 procMount means nothing by default
 * (pkg/registry/core/pod/strategy.go; the feature gate ProcMountType).
 */
export function podOnServer(pod: Pod, version: StandardVersion): Pod {
  const minor = standardMinor(version);
  if (minor <= 26) return prepareForCreate(pod, lastRelease);
  return minor < 33 ? resetProcMount(pod) : pod;
}

/** The same for an update; seccomp is not synchronised then, and what the old pod uses stays. */
export function prepareForUpdate(
  pod: Pod,
  oldPod: Pod,
  release: Release,
  procMountEnabled = false,
): Pod {
  const {dropsEphemeralContainers, dropsEphemeralVolumes} = habits(release);
  const {ephemeralContainers = [], volumes = []} = oldPod.spec;
  const undebugged =
    dropsEphemeralContainers && ephemeralContainers.length === 0
      ? withoutEphemeralContainers(pod)
      : pod;
  // It is CSI volumes that this asks about, by mistake.
  const known =
    dropsEphemeralVolumes && volumes.every(({csi}) => csi === undefined)
      ? withoutEphemeralVolumes(undebugged)
      : undebugged;
  return procMountEnabled || usesProcMount(oldPod) ? known : resetProcMount(known);
}

interface Habits {
  readonly dropsEphemeralContainers: boolean;
  readonly dropsEphemeralVolumes: boolean;
  /** Whether seccomp's fields and annotations are derived from each other. */
  readonly syncsSeccomp: boolean;
}

/**
 * What releases do by default (pkg/features/kube_features.go, EphemeralContainers and GenericEphemeralVolume;
 * pkg/registry/core/pod/strategy.go, applySeccompVersionSkew). Volumes that v1.16 to v1.18 do not know have
 * been dropped before.
 */
const habits = sinceRelease<Habits>({
  16: {dropsEphemeralContainers: true, dropsEphemeralVolumes: false, syncsSeccomp: false},
  19: {dropsEphemeralContainers: true, dropsEphemeralVolumes: true, syncsSeccomp: true},
  21: {dropsEphemeralContainers: true, dropsEphemeralVolumes: false, syncsSeccomp: true},
  23: {dropsEphemeralContainers: false, dropsEphemeralVolumes: false, syncsSeccomp: true},
});

function withoutEphemeralContainers(pod: Pod): Pod {
  if (pod.spec.ephemeralContainers === undefined) return pod;
  return {...pod, spec: {...pod.spec, ephemeralContainers: undefined}};
}

/** The volumes stay, with nothing in them. */
function withoutEphemeralVolumes(pod: Pod): Pod {
  const {volumes} = pod.spec;
  if (volumes?.every(({ephemeral}) => ephemeral === undefined) !== false) return pod;
  const left = volumes.map(volume => ({...volume, ephemeral: undefined}));
  return {...pod, spec: {...pod.spec, volumes: left}};
}

/** With the feature off, any procMount that is set becomes Default. */
export function resetProcMount(pod: Pod): Pod {
  return mapContainers(pod, container =>
    container.securityContext?.procMount === undefined
      ? container
      : {...container, securityContext: {...container.securityContext, procMount: 'Default'}},
  );
}

function usesProcMount({spec}: Pod): boolean {
  return containerLists.some(list =>
    spec[list]?.some(
      ({securityContext: context}) => (context?.procMount ?? 'Default') !== 'Default',
    ),
  );
}

/** If only the field or only the annotation is there, the other is derived from it. */
function syncSeccomp(pod: Pod): Pod {
  const annotations: Record<string, string> = {...pod.metadata.annotations};
  const sync = (key: string, field: SeccompProfile | undefined): SeccompProfile | undefined => {
    const annotation = annotations[key];
    if (field !== undefined && annotation === undefined) {
      const text = seccompFieldText(field);
      if (text) annotations[key] = text;
    }
    return field ?? (annotation === undefined ? undefined : profileFieldOf(annotation));
  };

  const context = pod.spec.securityContext;
  const seccompProfile = sync(seccompPodKey, context?.seccompProfile);
  const withPod: PodSpec =
    seccompProfile === context?.seccompProfile
      ? pod.spec
      : {...pod.spec, securityContext: {...emptyPodContext, ...context, seccompProfile}};
  const prepared = mapContainers({...pod, spec: withPod}, container => {
    const own = container.securityContext;
    const profile = sync(seccompContainerPrefix + (container.name ?? ''), own?.seccompProfile);
    if (profile === own?.seccompProfile) return container;
    return {...container, securityContext: {...emptyContext, ...own, seccompProfile: profile}};
  });
  return {...prepared, metadata: {...prepared.metadata, annotations}};
}

const emptyPodContext = podSecurityContext({});
const emptyContext = containerSecurityContext({});

/** The field that stands for an old annotation of seccomp or AppArmor; undefined if none does (pkg/api/pod/util.go). */
export function profileFieldOf(annotation: string): SeccompProfile | undefined {
  const profile = (type: string, localhostProfile?: string) => ({type, localhostProfile});
  if (annotation === 'unconfined') return profile('Unconfined');
  if (annotation === 'runtime/default' || annotation === 'docker/default') {
    return profile('RuntimeDefault');
  }
  return annotation.startsWith('localhost/') && annotation !== 'localhost/'
    ? profile('Localhost', annotation.slice('localhost/'.length))
    : undefined;
}

function mapContainers(pod: Pod, change: (container: Container) => Container): Pod {
  const {initContainers, containers, ephemeralContainers} = pod.spec;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      initContainers: initContainers?.map(change),
      containers: containers?.map(change),
      ephemeralContainers: ephemeralContainers?.map(change),
    },
  };
}
