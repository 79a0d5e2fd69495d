import type {Verdict} from '../admission/judgement.ts';
import {type Inventory, labelsByNamespace, namespacesOf} from '../inventory/inventory.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {settingsSource} from '../podSecurity/answer.ts';
import type {PodSecurityLevel} from '../podSecurity/judge.ts';
import {laxest, type NamespaceLevel, namespaceLevel} from '../podSecurity/labels.ts';

/** What goes on in one namespace where the labels of namespaces decide. */
export interface LabelSummary {
  readonly namespace: string;
  /** What its labels ask for, mode by mode; undefined if they were not read. */
  readonly asked: NamespaceLevel | undefined;
  /** The strictest level that lets in all of its pods and templates; undefined if nothing is there. */
  readonly needs: PodSecurityLevel | undefined;
  readonly pods: number;
  /** Workloads without a pod: scaled to zero, denied, or waiting for their hour. */
  readonly idle: number;
  readonly denied: number;
  /** Let in, with a warning or a note in the audit log. */
  readonly warned: number;
  readonly unknown: number;
  /** Of the unknown ones, those that only the server's default level decides about. */
  readonly byDefault: number;
  /** Whether pods or workloads of it could not be read: the numbers are the least that there are. */
  readonly isPartial: boolean;
}

/** A line for each namespace; with `only`, of that one. */
export function labelSummaries(
  inventory: Inventory,
  byNamespace: ReadonlyMap<string, readonly Verdict[]>,
  only: string | undefined,
): readonly LabelSummary[] {
  const labelsOf = labelsByNamespace(inventory);
  return namespacesOf(inventory)
    .filter(namespace => only === undefined || namespace === only)
    .map(namespace => {
      const verdicts = byNamespace.get(namespace) ?? [];
      const labels = labelsOf.get(namespace);
      const count = (is: (verdict: Verdict) => boolean) => verdicts.filter(is).length;
      const pods = count(({item}) => item.kind === 'Pod');
      return {
        namespace,
        asked: labels && namespaceLevel(labels, inventory.podSecurity?.defaults),
        needs: laxest(verdicts.flatMap(({podSecurity}) => podSecurity?.needs ?? [])),
        pods,
        idle: verdicts.length - pods,
        denied: count(({state}) => state === 'denied'),
        warned: count(({state}) => state === 'warned'),
        unknown: count(({state}) => state === 'unknown'),
        byDefault: count(isUpToDefault),
        isPartial: unreadPlaces(inventory, new Set([namespace])) !== undefined,
      };
    });
}

/** Whether nothing but the level that the server enforces by default decides about it. */
export function isUpToDefault({state, podSecurity}: Verdict): boolean {
  return (
    state === 'unknown' &&
    podSecurity?.asked !== undefined &&
    podSecurity.doubts.every(({needs}) => needs === settingsSource)
  );
}
