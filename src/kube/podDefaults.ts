import type {Container, Pod, ProjectedSource, Volume} from './pod.ts';
import {volumeSourceKeys} from './pod.ts';

/**
 * What the API server fills into a pod on decoding, as far as PodSecurityPolicy can tell: the ports
 * of pods on the host's network, volumes without a source, versions of field references
 * (pkg/apis/core/v1/defaults.go, v1.24). Returns the same object if there is nothing to fill in.
 */
export function defaultPod(pod: Pod): Pod {
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
