import type {Container, Pod} from '../../kube/pod.ts';
import {containerName, containersOf, type Refusal, type StandardCheck} from '../check.ts';
import {containersText, plural, quoted, sortedSet} from '../wording.ts';

/**
 * Probes and hooks go to the pod itself and name no host
 * (policy/check_hostProbesAndhostLifecycle.go, v1.37).
 */
export const hostProbesCheck: StandardCheck = {
  id: 'hostProbesAndHostLifecycle',
  level: 'baseline',
  rows: [{since: 34, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const bad = containersOf(pod).filter(container => hostsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const names = sortedSet(bad.map(containerName));
  const hosts = sortedSet(bad.flatMap(hostsOf));
  const verb = plural(names.length, 'uses', 'use');
  const what = plural(hosts.length, 'probe or lifecycle host');
  return {
    reason: 'probe or lifecycle host',
    detail: `${containersText(names)} ${verb} ${what} ${quoted(hosts)}`,
  };
}

function hostsOf(container: Container): readonly string[] {
  const {livenessProbe, readinessProbe, startupProbe, lifecycle} = container;
  const probes = [livenessProbe, readinessProbe, startupProbe];
  const handlers = [...probes, lifecycle?.postStart, lifecycle?.preStop];
  return handlers
    .flatMap(handler => [handler?.httpGet?.host ?? '', handler?.tcpSocket?.host ?? ''])
    .filter(host => host !== '');
}
