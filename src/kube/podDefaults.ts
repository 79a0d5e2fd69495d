import {
  type Container,
  type ContainerSecurityContext,
  containerLists,
  type Pod,
  type PodSecurityContext,
  type PodSpec,
} from './pod.ts';
import {type Release, sinceRelease} from './release.ts';
import {type ProjectedSource, type Volume, volumeSourceKeys} from './volume.ts';

/**
 * What the API server of a release makes of a pod on decoding, as far as PodSecurityPolicy can tell: it
 * drops the fields that it does not know, and fills in the ports of pods on the host's network, volumes
 * without a source, versions of field references (pkg/apis/core/v1/defaults.go, the same from v1.16 to
 * v1.24). Returns the same object if there is nothing to do.
 */
export function defaultPod(pod: Pod, release: Release): Pod {
  const unknown = unknownTo(release);
  return withDefaults(unknown.length === 0 ? pod : unknown.reduce(withoutField, pod));
}

type LateField = 'seccompProfile' | 'ephemeral' | 'hostProcess' | 'os';

/**
 * The fields of v1.24 that a release does not know (staging/src/k8s.io/api/core/v1/types.go). `os` came with
 * v1.23, where the feature gate IdentifyPodOS still drops it.
 */
const unknownTo = sinceRelease<readonly LateField[]>({
  16: ['seccompProfile', 'ephemeral', 'hostProcess', 'os'],
  19: ['hostProcess', 'os'],
  22: ['os'],
  24: [],
});

function withoutField(pod: Pod, field: LateField): Pod {
  const spec = specWithout[field](pod.spec);
  return spec === pod.spec ? pod : {...pod, spec};
}

const specWithout: Readonly<Record<LateField, (spec: PodSpec) => PodSpec>> = {
  seccompProfile: spec => mapContexts(spec, withoutSeccomp),
  hostProcess: spec => mapContexts(spec, withoutHostProcess),
  ephemeral(spec) {
    const volumes = mapChanged(spec.volumes, volume =>
      volume.ephemeral === undefined ? volume : {...volume, ephemeral: undefined},
    );
    return volumes === spec.volumes ? spec : {...spec, volumes};
  },
  os: spec => (spec.os === undefined ? spec : {...spec, os: undefined}),
};

type Context = PodSecurityContext | ContainerSecurityContext;

/** With the security contexts of the pod and all its containers changed; `change` gives the same one if it has nothing to do. */
function mapContexts(spec: PodSpec, change: <C extends Context>(context: C) => C): PodSpec {
  const changed = <C extends Context>(context: C | undefined) => context && change(context);
  const securityContext = changed(spec.securityContext);
  let left = securityContext === spec.securityContext ? spec : {...spec, securityContext};
  for (const list of containerLists) {
    const containers = mapChanged(spec[list], container => {
      const own = changed(container.securityContext);
      return own === container.securityContext ? container : {...container, securityContext: own};
    });
    if (containers !== spec[list]) left = {...left, [list]: containers};
  }
  return left;
}

function withoutSeccomp<C extends Context>(context: C): C {
  return context.seccompProfile === undefined ? context : {...context, seccompProfile: undefined};
}

function withoutHostProcess<C extends Context>(context: C): C {
  const {windowsOptions} = context;
  if (windowsOptions?.hostProcess === undefined) return context;
  return {...context, windowsOptions: {...windowsOptions, hostProcess: undefined}};
}

function withDefaults(pod: Pod): Pod {
  const {spec} = pod;
  const volumes = mapChanged(spec.volumes, defaultVolume);
  const ports = spec.hostNetwork === true;
  const containers = ports ? mapChanged(spec.containers, claimPorts) : spec.containers;
  const initContainers = ports ? mapChanged(spec.initContainers, claimPorts) : spec.initContainers;
  if (
    volumes === spec.volumes &&
    containers === spec.containers &&
    initContainers === spec.initContainers
  ) {
    return pod;
  }
  return {...pod, spec: {...spec, volumes, containers, initContainers}};
}

/** On the host's network, every port is a port of the host; ephemeral containers are left out. */
function claimPorts(container: Container): Container {
  const ports = mapChanged(container.ports, port =>
    port.hostPort ? port : {...port, hostPort: port.containerPort ?? 0},
  );
  return ports === container.ports ? container : {...container, ports};
}

function defaultVolume(volume: Volume): Volume {
  if (!volumeSourceKeys.some(key => volume[key] !== undefined)) return {...volume, emptyDir: {}};
  const {projected} = volume;
  const sources = mapChanged(projected?.sources, defaultSource);
  return sources === projected?.sources ? volume : {...volume, projected: {sources}};
}

function defaultSource(source: ProjectedSource): ProjectedSource {
  const {downwardAPI} = source;
  const items = mapChanged(downwardAPI?.items, item =>
    item.fieldRef === undefined || item.fieldRef.apiVersion
      ? item
      : {...item, fieldRef: {...item.fieldRef, apiVersion: 'v1'}},
  );
  return items === downwardAPI?.items ? source : {...source, downwardAPI: {items}};
}

/** The list with `change` applied; the same list if no item changed. */
function mapChanged<T>(
  items: readonly T[] | undefined,
  change: (item: T) => T,
): readonly T[] | undefined {
  if (items === undefined) return undefined;
  const changed = items.map(change);
  return changed.some((item, index) => item !== items[index]) ? changed : items;
}
