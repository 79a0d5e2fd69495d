import {isAbsence} from '../inventory/gaps.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {resources} from '../inventory/kinds/resources.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {topWorkloads} from '../inventory/submissions/owners.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {minorOf} from '../kube/release.ts';
import {once} from '../once.ts';
import {standardRefusals, violationText} from '../podSecurity/judge.ts';
import {
  enforcedBy,
  type PinnedLevel,
  type PodSecurityMode,
  stageOf,
} from '../podSecurity/labels.ts';
import {type ClusterFacts, clusterFacts} from './clusterFacts.ts';
import {isRunning, type NamespaceLevels, namespaceLevels} from './namespaceLevels.ts';
import type {PlatformId} from './platform.ts';
import {type PolicyFit, policyFits} from './policyLevels.ts';
import {nextVersion, type RoadStep, stepTo} from './road.ts';
import {editsToKeep} from './templateEdits.ts';
import {removedApi, upgradeProblems} from './upgradeProblems.ts';
import {underLevel, type WorkloadLevels} from './workloadLevels.ts';

/** Something about one workload that a step of the road does, or may do. */
export interface PlanProblem {
  readonly item: Item;
  /** In the words of Kubernetes where there are such. */
  readonly says: string;
}

/** What a step of the road means for one namespace. */
export interface NamespacePlan extends NamespaceLevels {
  /** What its labels enforce once it is there; undefined if they were not read. */
  readonly enforced: PinnedLevel | undefined;
  /** How far its labels are; undefined without any, or if they were not read. */
  readonly stage: PodSecurityMode | undefined;
  /** Workloads that run today and would be refused. */
  readonly breaks: readonly PlanProblem[];
  /** Workloads that the level of their namespace refuses already: nothing more breaks for them. */
  readonly refused: readonly PlanProblem[];
  /** What can't be told. */
  readonly doubts: readonly PlanProblem[];
  /** Workloads that live on what PodSecurityPolicy writes into their pods. */
  readonly patches: readonly WorkloadLevels[];
}

/** `unknown`: nothing is known to break, and not all is known to work. */
export type PlanState = 'fine' | 'breaks' | 'unknown';

/** The step of the road that is next, for all namespaces that were asked for. */
export interface MigrationPlan {
  readonly step: RoadStep;
  readonly serverVersion: string | undefined;
  readonly namespaces: readonly NamespacePlan[];
  readonly cluster: ClusterFacts;
  /** Whether PodSecurityPolicies are still there, or may be. */
  readonly hasPolicies: boolean;
  /** Computed when first asked for: witnesses take their time. */
  readonly policies: () => readonly PolicyPlan[];
  readonly state: PlanState;
}

/** A policy, and how much of it the levels say. */
export interface PolicyPlan {
  readonly name: string;
  readonly fits: readonly PolicyFit[];
}

/** What is planned: undefined `to` is the next version, an undefined namespace all. */
export interface PlanRequest {
  readonly to?: number | undefined;
  readonly namespace?: string | undefined;
  /** The platform that the user names. */
  readonly platform?: PlatformId | undefined;
}

/** Plans the step to a minor version. */
export function planOf(
  inventory: Inventory,
  {to, namespace: wanted, platform}: PlanRequest = {},
): MigrationPlan {
  const {serverVersion, policies} = inventory;
  const server = minorOf(serverVersion);
  const step = stepTo(to ?? nextVersion(server), server);
  const removed = removedIn(inventory, step.to);
  const namespaces = namespaceLevels(inventory, step.to, wanted).map(levels =>
    namespacePlan(levels, step.to, server ?? 24, removed),
  );
  const cluster = clusterFacts(inventory, platform);
  return {
    step,
    serverVersion,
    namespaces,
    cluster,
    hasPolicies: policies.length > 0 || mayHavePolicies(inventory),
    policies: once(() =>
      policies.map(policy => ({
        name: policy.metadata.name,
        fits: policyFits(policy, step.to, inventory.release),
      })),
    ),
    state: stateOf(namespaces, cluster, hasUnreadWorkloads(inventory, wanted)),
  };
}

/** Whether something may run that was not read, in the namespace or, undefined, in any. */
export function hasUnreadWorkloads(inventory: Inventory, namespace: string | undefined): boolean {
  return (
    unreadPlaces(inventory, namespace === undefined ? undefined : new Set([namespace])) !==
    undefined
  );
}

function mayHavePolicies({gaps}: Inventory): boolean {
  return gaps.some(gap => gap.resource === resources.policies.plural && !isAbsence(gap));
}

function stateOf(
  namespaces: readonly NamespacePlan[],
  {releases}: ClusterFacts,
  isPartial: boolean,
): PlanState {
  const isBroken = namespaces.some(({breaks}) => breaks.length > 0);
  if (isBroken || releases.length > 0) return 'breaks';
  const isOpen = ({doubts, isUncertain}: NamespacePlan) => doubts.length > 0 || isUncertain;
  return isPartial || namespaces.some(isOpen) ? 'unknown' : 'fine';
}

function namespacePlan(
  levels: NamespaceLevels,
  to: number,
  server: number,
  removed: (item: Item) => string | undefined,
): NamespacePlan {
  const {labels} = levels;
  const running = levels.workloads.filter(isRunning);
  const enforced = labels && enforcedBy(labels, to);
  const today = labels && enforcedBy(labels, server);
  const found = running.flatMap(workload => {
    const {item} = workload;
    const gone = removed(item);
    return [
      ...(gone === undefined ? [] : [{item, state: 'breaks', says: gone} as const]),
      ...upgradeProblems(item.submission.view.pod, to).map(problem => ({item, ...problem})),
      ...labelProblems(workload, to, enforced, today),
      ...lossesOf(workload),
    ];
  });
  return {
    ...levels,
    enforced,
    stage: labels && stageOf(labels),
    breaks: found.filter(({state}) => state === 'breaks'),
    refused: found.filter(({state}) => state === 'refused'),
    doubts: found.filter(({state}) => state === 'unknown'),
    patches: running.filter(workload => editsToKeep(workload).length > 0),
  };
}

interface Found extends PlanProblem {
  readonly state: 'breaks' | 'refused' | 'unknown';
}

/** What the labels do once PodSecurityPolicy no longer stands before them. */
function labelProblems(
  workload: WorkloadLevels,
  to: number,
  enforced: PinnedLevel | undefined,
  today: PinnedLevel | undefined,
): readonly Found[] {
  const {item, podToday} = workload;
  if (enforced === undefined || today === undefined) {
    const isBelowAll = underLevel(workload, 'restricted', to).state === 'fine';
    const says = 'the labels of its namespace were not read';
    return isBelowAll ? [] : [{item, state: 'unknown', says}];
  }
  const {state, refusals} = underLevel(workload, enforced.level, enforced.version);
  if (state === 'fine') return [];
  const says = violationText(enforced.level, enforced.version, refusals);
  // What the same label refuses while PodSecurityPolicy is there does not break by its end.
  if (standardRefusals(podToday, today.level, today.version).length > 0) {
    return [{item, state: 'refused', says}];
  }
  if (state === 'refused') return [{item, state: 'breaks', says}];
  return [{item, state: 'unknown', says: `may be refused, its template is not known: ${says}`}];
}

/** What pods have from their policy and no level asks for: without it they may fail when they run. */
function lossesOf({item, lost, policy}: WorkloadLevels): readonly Found[] {
  if (lost.length === 0) return [];
  const fields = [...new Set(lost.map(({at}) => String(at.at(-1))))];
  const says = `runs without what policy ${policy} sets: ${fields.join(', ')}`;
  return [{item, state: 'unknown', says}];
}

/** Finds workloads in manifests whose version the server does not serve; live ones are served in another. */
function removedIn(inventory: Inventory, to: number): (item: Item) => string | undefined {
  if (inventory.origin === 'cluster') return () => undefined;
  const placeOf = (...parts: readonly (string | undefined)[]) => parts.join('\0');
  const versions = new Map(
    topWorkloads(inventory).map(({apiVersion, kind, metadata: {namespace = '', name}}) => [
      placeOf(namespace, kind, name),
      apiVersion,
    ]),
  );
  return ({namespace, kind, name}) => {
    const apiVersion = versions.get(placeOf(namespace, kind, name));
    return apiVersion === undefined ? undefined : removedApi(apiVersion, kind, to);
  };
}
