import type {Container, Pod} from '../../kube/pod.ts';
import {containerName, containersOf, type Refusal, type StandardCheck} from '../check.ts';
import {containersText, plural, sortedSet} from '../wording.ts';

/** No ports of the node (policy/check_hostPorts.go, v1.37). */
export const hostPortsCheck: StandardCheck = {
  id: 'hostPorts',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const bad = containersOf(pod).filter(container => portsOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const ports = sortedSet(bad.flatMap(portsOf));
  const verb = plural(bad.length, 'uses', 'use');
  return {
    reason: 'hostPort',
    detail: `${containersText(bad.map(containerName))} ${verb} ${plural(ports.length, 'hostPort')} ${ports.join(', ')}`,
  };
}

/** As texts, which is how they are sorted. */
function portsOf({ports = []}: Container): readonly string[] {
  return ports.flatMap(({hostPort = 0}) => (hostPort === 0 ? [] : [String(hostPort)]));
}
