import {baselineCapabilities} from '../../controls/shared/baselineCapabilities.ts';
import type {Container, Pod} from '../../kube/pod.ts';
import {containerName, containersOf, type Refusal, type StandardCheck} from '../check.ts';
import {containersText, quoted, sortedSet} from '../wording.ts';

const allowed: ReadonlySet<string> = new Set(baselineCapabilities);

/** No capabilities beyond the usual ones (policy/check_capabilities_baseline.go, v1.37). */
export const capabilitiesBaselineCheck: StandardCheck = {
  id: 'capabilities_baseline',
  level: 'baseline',
  rows: [{since: 0, refuse}],
};

function refuse(pod: Pod): Refusal | undefined {
  const bad = containersOf(pod).filter(container => forbiddenOf(container).length > 0);
  if (bad.length === 0) return undefined;
  const capabilities = quoted(sortedSet(bad.flatMap(forbiddenOf)));
  return {
    reason: 'non-default capabilities',
    detail: `${containersText(bad.map(containerName))} must not include ${capabilities} in securityContext.capabilities.add`,
  };
}

function forbiddenOf({securityContext}: Container): readonly string[] {
  return (securityContext?.capabilities?.add ?? []).filter(name => !allowed.has(name));
}
