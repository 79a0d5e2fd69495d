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
import {type StandardVersion, standardMinor} from '../podSecurity/version.ts';

/**
 * What the registry does with a new pod between the mutating and the validating admission
 * (pkg/registry/core/pod/strategy.go, PrepareForCreate, v1.24), as far as it concerns policies.
 */
export function prepareForCreate(pod: Pod, procMountEnabled: boolean): Pod {
  return syncSeccomp(procMountEnabled ? pod : resetProcMount(pod));
}

/**
 * A pod as a server of a version has it when Pod Security Admission gets to see it. Up to v1.26 the old
 * seccomp annotations are copied into the fields; up to v1.32 procMount means nothing by default
 * (pkg/registry/core/pod/strategy.go; the feature gate ProcMountType).
 */
export function podOnServer(pod: Pod, version: StandardVersion): Pod {
  const minor = standardMinor(version);
  if (minor <= 26) return prepareForCreate(pod, false);
  return minor < 33 ? resetProcMount(pod) : pod;
}

/** The same for an update; seccomp is not synchronised then. */
export function prepareForUpdate(pod: Pod, oldPod: Pod, procMountEnabled: boolean): Pod {
  return procMountEnabled || usesProcMount(oldPod) ? pod : resetProcMount(pod);
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
    return field ?? (annotation === undefined ? undefined : seccompFieldOf(annotation));
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

/** The field that stands for an old annotation; undefined if none does (pkg/api/pod/util.go). */
function seccompFieldOf(annotation: string): SeccompProfile | undefined {
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
