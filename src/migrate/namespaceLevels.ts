import type {Gap, Inventory} from '../inventory/inventory.ts';
import {labelsByNamespace, namespacesOf} from '../inventory/inventory.ts';
import {workloadResources} from '../inventory/kinds/resources.ts';
import type {PodSecurityLevel} from '../podSecurity/judge.ts';
import {laxest, podSecurityPrefix} from '../podSecurity/labels.ts';
import type {StandardVersion} from '../podSecurity/version.ts';
import {isUnreadIn} from '../rbac/unreadRbac.ts';
import {underLevel, type WorkloadLevels, workloadLevels} from './workloadLevels.ts';

/** A namespace on its way off PodSecurityPolicy. */
export interface NamespaceLevels {
  readonly namespace: string;
  /** Its labels about Pod Security; undefined if the namespace itself was not read. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly workloads: readonly WorkloadLevels[];
  /** The strictest level that its workloads meet as PodSecurityPolicy leaves them; undefined without any. */
  readonly now: PodSecurityLevel | undefined;
  /** The same once PodSecurityPolicy is gone. */
  readonly after: PodSecurityLevel | undefined;
  /** Whether that depends on what was not read or cannot be known. */
  readonly isUncertain: boolean;
}

/** Each namespace of the inventory, or one, with its workloads' levels under the version. */
export function namespaceLevels(
  inventory: Inventory,
  version: StandardVersion,
  wanted?: string,
): readonly NamespaceLevels[] {
  const byNamespace = Map.groupBy(
    workloadLevels(inventory, version, wanted),
    ({item}) => item.namespace,
  );
  const labelsOf = labelsByNamespace(inventory);
  const names = wanted === undefined ? namespacesOf(inventory) : [wanted];
  return names.map(namespace => {
    const workloads = byNamespace.get(namespace) ?? [];
    const running = workloads.filter(isRunning);
    const labels = labelsOf.get(namespace);
    const after = laxest(running.map(({submitted}) => submitted));
    return {
      namespace,
      labels: labels && onlyPodSecurity(labels),
      workloads,
      now: laxest(running.map(({admitted}) => admitted)),
      after,
      isUncertain:
        hasUnread(inventory.gaps, namespace) ||
        running.some(
          workload => underLevel(workload, after ?? 'restricted', version).state !== 'fine',
        ),
    };
  });
}

/** Whether it runs, or may: what is denied today has nothing to lose. */
export function isRunning({today}: WorkloadLevels): boolean {
  return today !== 'denied';
}

/** Whether workloads or pods of the namespace could not be read. */
export function hasUnread(gaps: readonly Gap[], namespace: string): boolean {
  const kinds = new Set(['pods', ...workloadResources.map(({plural}) => plural)]);
  return gaps.some(gap => kinds.has(gap.resource) && isUnreadIn(gap, namespace));
}

function onlyPodSecurity(
  labels: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(labels).filter(([key]) => key.startsWith(podSecurityPrefix)),
  );
}
