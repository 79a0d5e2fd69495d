import {podOnServer} from '../admission/prepare.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {firstWithoutPolicies} from '../inventory/regime.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {minorOf} from '../kube/release.ts';
import {levelOfPod, type PodSecurityLevel} from '../podSecurity/judge.ts';
import {laxest} from '../podSecurity/labels.ts';
import {newestStandard} from '../podSecurity/version.ts';
import {byText} from '../text.ts';

/** The level that a namespace can enforce with all of these workloads in it. */
export interface LevelAdvice {
  readonly namespace: string;
  readonly level: PodSecurityLevel;
  /** The minor version to pin. */
  readonly version: number;
}

/** Levels that could be enforced instead of policies, on a server that has none; nothing on others. */
export function levelAdvice(
  {serverVersion, policies}: Pick<Inventory, 'serverVersion' | 'policies'>,
  items: readonly Item[],
): readonly LevelAdvice[] {
  const minor = minorOf(serverVersion);
  if (minor === undefined || minor < firstWithoutPolicies || policies.length > 0) return [];
  const byNamespace = Map.groupBy(items, ({namespace}) => namespace);
  return [...byNamespace]
    .map(([namespace, own]) => ({
      namespace,
      level:
        laxest(
          own.map(({submission}) => levelOfPod(podOnServer(submission.view.pod, minor), minor)),
        ) ?? 'restricted',
      version: Math.min(minor, newestStandard),
    }))
    .sort((a, b) => byText(a.namespace, b.namespace));
}
