import type {Container, Pod} from '../../kube/pod.ts';
import {
  containerName,
  containersOf,
  isForWindows,
  type Refusal,
  type StandardCheck,
} from '../check.ts';
import {containersText, quoted, sortedSet} from '../wording.ts';

/** All capabilities dropped, at most one added (policy/check_capabilities_restricted.go, v1.37). */
export const capabilitiesRestrictedCheck: StandardCheck = {
  id: 'capabilities_restricted',
  level: 'restricted',
  replaces: 'capabilities_baseline',
  rows: [
    {since: 22, refuse},
    {since: 25, refuse: pod => (isForWindows(pod) ? undefined : refuse(pod))},
  ],
};

function refuse(pod: Pod): Refusal | undefined {
  const containers = containersOf(pod);
  const keeping = containers.filter(
    ({securityContext}) => !securityContext?.capabilities?.drop?.includes('ALL'),
  );
  const adding = containers.filter(container => forbiddenOf(container).length > 0);
  const details: string[] = [];
  if (keeping.length > 0) {
    const who = containersText(keeping.map(containerName));
    details.push(`${who} must set securityContext.capabilities.drop=["ALL"]`);
  }
  if (adding.length > 0) {
    const who = containersText(adding.map(containerName));
    const capabilities = quoted(sortedSet(adding.flatMap(forbiddenOf)));
    details.push(`${who} must not include ${capabilities} in securityContext.capabilities.add`);
  }
  if (details.length === 0) return undefined;
  return {reason: 'unrestricted capabilities', detail: details.join('; ')};
}

function forbiddenOf({securityContext}: Container): readonly string[] {
  return (securityContext?.capabilities?.add ?? []).filter(name => name !== 'NET_BIND_SERVICE');
}
