import type {Container, Pod} from '../../kube/pod.ts';
import {
  containerName,
  containersOf,
  hasOwnUsers,
  type Refusal,
  type StandardCheck,
} from '../check.ts';
import {containersText, quoted, sortedSet} from '../wording.ts';

/** /proc as runtimes mask it, or users of one's own (policy/check_procMount_baseline.go, v1.37). */
export const procMountCheck: StandardCheck = {
  id: 'procMount',
  level: 'baseline',
  rows: [
    {since: 0, refuse},
    {since: 35, refuse: pod => (hasOwnUsers(pod) ? undefined : refuse(pod))},
  ],
};

/** As before, whatever the users (policy/check_procMount_restricted.go, v1.37). */
export const procMountRestrictedCheck: StandardCheck = {
  id: 'procMount_restricted',
  level: 'restricted',
  replaces: 'procMount',
  rows: [{since: 35, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const bad = containersOf(pod).filter(container => maskOf(container) !== 'Default');
  if (bad.length === 0) return undefined;
  const types = quoted(sortedSet(bad.map(maskOf)));
  return {
    reason: 'procMount',
    detail: `${containersText(bad.map(containerName))} must not set securityContext.procMount to ${types}`,
  };
}

function maskOf({securityContext}: Container): string {
  return securityContext?.procMount ?? 'Default';
}
