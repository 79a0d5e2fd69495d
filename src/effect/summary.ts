import {judgeOf} from '../admission/judge.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Level} from '../controls/control.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {namespacesOf} from '../inventory/inventory.ts';
import {itemsOf} from '../inventory/submissions/items.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {weaklyKeyed} from '../once.ts';
import {openness, policyLevel} from '../policy/level.ts';
import {byText} from '../text.ts';

/** A policy of those in use, by how much it leaves open. */
export interface InUse {
  readonly name: string;
  readonly level: Level;
  readonly openness: number;
}

/** What goes on in one namespace. */
export interface NamespaceSummary {
  readonly namespace: string;
  readonly pods: number;
  /** Workloads without a pod: scaled to zero, denied, or waiting for their hour. */
  readonly idle: number;
  readonly serviceAccounts: number;
  readonly denied: number;
  /** Of which nobody can tell without reading more, or knowing who creates them. */
  readonly unknown: number;
  readonly mutated: number;
  readonly drifted: number;
  /** Whether pods or workloads of it could not be read: the numbers are the least that there are. */
  readonly isPartial: boolean;
  /** The policies that its pods bind to, the most open one first. */
  readonly policies: readonly InUse[];
}

/** A line for each namespace; with `only`, of that one. */
export function summarize(
  inventory: Inventory,
  only: string | undefined,
): readonly NamespaceSummary[] {
  const verdicts = itemsOf(inventory).map(judgeOf(inventory).verdict);
  return summaryOf(inventory, byNamespaceOf(verdicts), only);
}

/** Verdicts by the namespace of what they are about. */
export function byNamespaceOf(
  verdicts: readonly Verdict[],
): ReadonlyMap<string, readonly Verdict[]> {
  return Map.groupBy(verdicts, ({item}) => item.namespace);
}

/** The same, of the verdicts of each namespace. */
export function summaryOf(
  inventory: Inventory,
  byNamespace: ReadonlyMap<string, readonly Verdict[]>,
  only: string | undefined,
): readonly NamespaceSummary[] {
  const inUse = new Map(
    inventory.policies.map(policy => [
      policy.metadata.name,
      {name: policy.metadata.name, level: policyLevel(policy), openness: openness(policy)},
    ]),
  );
  const accounts = Map.groupBy(
    inventory.serviceAccounts,
    ({metadata}) => metadata?.namespace ?? '',
  );
  return namespacesOf(inventory)
    .filter(namespace => only === undefined || namespace === only)
    .map(namespace => {
      const {pods, idle, names, ...states} = countsOf(byNamespace.get(namespace) ?? none);
      return {
        namespace,
        pods,
        idle,
        serviceAccounts: accounts.get(namespace)?.length ?? 0,
        ...states,
        isPartial: unreadPlaces(inventory, new Set([namespace])) !== undefined,
        policies: policiesOf(names, inUse),
      };
    });
}

const none: readonly Verdict[] = [];

/** In a session, the verdicts of most namespaces are the same ones again and again. */
const countsOf = weaklyKeyed((verdicts: readonly Verdict[]) => {
  const count = (is: (verdict: Verdict) => boolean) => verdicts.filter(is).length;
  const pods = count(({item}) => item.kind === 'Pod');
  return {
    pods,
    idle: verdicts.length - pods,
    denied: count(({state}) => state === 'denied'),
    unknown: count(({state}) => state === 'unknown'),
    mutated: count(({state}) => state === 'mutated'),
    drifted: count(({state}) => state === 'drifted'),
    names: new Set(verdicts.flatMap(({chosen}) => chosen?.policy.name ?? [])),
  };
});

function policiesOf(
  names: ReadonlySet<string>,
  inUse: ReadonlyMap<string, InUse>,
): readonly InUse[] {
  return [...names]
    .flatMap(name => inUse.get(name) ?? [])
    .sort((a, b) => b.openness - a.openness || byText(a.name, b.name));
}
