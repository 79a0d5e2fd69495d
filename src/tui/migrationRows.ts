import type {Inventory} from '../inventory/inventory.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {isRunning} from '../migrate/namespaceLevels.ts';
import {type MigrationPlan, type NamespacePlan, planOf} from '../migrate/plan.ts';
import {underLevel, type WorkloadLevels} from '../migrate/workloadLevels.ts';
import {weaklyKeyed} from '../once.ts';
import type {PodSecurityLevel} from '../podSecurity/judge.ts';
import {laxest} from '../podSecurity/labels.ts';
import {verdictText} from '../report/migrate.ts';
import {levelTones} from './levels.ts';
import type {Model} from './model.ts';
import type {Cell, Row, Table} from './table.ts';

/**
 * The plan of the next step of the road; made when the way off is first looked at. It is about templates: in a cluster of
 * 20,000 pods it takes most of a second, and need not be made again where only their pods change.
 */
export function migrationOf({still}: Pick<Model, 'still'>): MigrationPlan {
  return planFor(still);
}

const planFor = weaklyKeyed((inventory: Inventory) => planOf(inventory));

/** What one namespace comes to; undefined if it is gone. */
export function namespaceOnTheWay(model: Model, name: string): NamespacePlan | undefined {
  return migrationOf(model).namespaces.find(({namespace}) => namespace === name);
}

/** The way off: a row a namespace or, of one, a row a workload. */
export function migrationTable(model: Model, namespace: string | undefined): Table {
  const plan = migrationOf(model);
  if (namespace === undefined) {
    return {
      columns: ['NAMESPACE', 'LEVEL NOW', 'NEEDED', 'BREAKS', 'PATCHES', 'UNKNOWN', 'STAGE'],
      spare: ['LEVEL NOW', 'PATCHES'],
      caption: `To v1.${plan.step.to}: ${verdictText(plan)}`,
      empty: 'No namespace was read.',
      rows: plan.namespaces.map(namespaceRow),
    };
  }
  const one = namespaceOnTheWay(model, namespace);
  return {
    columns: ['KIND', 'NAME', 'POLICY', 'LEVEL NOW', 'NEEDED', 'PATCH', 'AFTER PSP'],
    spare: ['POLICY', 'PATCH', 'LEVEL NOW'],
    caption: `${namespace}: stage ${one === undefined ? 'not read' : stageText(one)}`,
    empty: one?.isUncertain === false ? 'Nothing runs here.' : 'Nothing that was read runs here.',
    rows: one?.workloads.map(workload => workloadRow(workload, one, plan.step.to)) ?? [],
  };
}

function namespaceRow(plan: NamespacePlan): Row {
  const {namespace, now, isUncertain, breaks, patches, doubts} = plan;
  return {
    key: namespace,
    cells: [
      namespace,
      levelCellOf(now, false),
      levelCellOf(neededIn(plan), isUncertain),
      {value: itemsIn(breaks), tone: 'bad'},
      {value: patches.length, tone: 'moved'},
      {value: itemsIn(doubts), tone: 'warn'},
      stageText(plan),
    ],
    enter: {name: 'migrate', namespace},
  };
}

/** The level that its labels have to be: that of the pods with PodSecurityPolicy and without. */
function neededIn({now, after}: NamespacePlan): PodSecurityLevel | undefined {
  return laxest([now, after].filter(level => level !== undefined));
}

function itemsIn(problems: NamespacePlan['breaks']): number {
  return new Set(problems.map(({item}) => item)).size;
}

/** How far the labels of a namespace are, in a word. */
function stageText({labels, stage}: NamespacePlan): string {
  return labels === undefined ? 'not read' : (stage ?? '-');
}

function levelCellOf(level: PodSecurityLevel | undefined, isUncertain: boolean): Cell {
  if (level === undefined) return isUncertain ? '?' : '-';
  return {value: `${level}${isUncertain ? '?' : ''}`, tone: levelTones[level]};
}

function workloadRow(workload: WorkloadLevels, plan: NamespacePlan, to: number): Row {
  const {item, policy, today, admitted, submitted} = workload;
  const key = itemKey(item);
  const isRun = isRunning(workload);
  const isSure = underLevel(workload, submitted, to).state === 'fine';
  return {
    key,
    cells: [
      item.kind,
      item.name,
      policy ?? today,
      levelCellOf(isRun ? admitted : undefined, false),
      levelCellOf(submitted, !isSure),
      plan.patches.includes(workload) ? {value: 'yes', tone: 'moved'} : '-',
      outcomeCell(workload, plan),
    ],
    enter: {name: 'wayOff', item: key},
  };
}

/** What becomes of it once PodSecurityPolicy is gone. */
function outcomeCell(workload: WorkloadLevels, {breaks, refused, doubts}: NamespacePlan): Cell {
  const isOf = ({item}: NamespacePlan['breaks'][number]) => item === workload.item;
  if (!isRunning(workload)) return 'denied today';
  if (breaks.some(isOf)) return {value: 'breaks', tone: 'bad'};
  if (refused.some(isOf)) return {value: 'refused', tone: 'bad'};
  return doubts.some(isOf) ? {value: 'unknown', tone: 'warn'} : 'fine';
}
