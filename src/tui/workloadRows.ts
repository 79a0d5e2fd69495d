import {type Verdict, verdictStates} from '../admission/judgement.ts';
import type {VerdictGroup} from '../audit/groups.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {weaklyKeyed} from '../once.ts';
import {stateParts} from './bars.ts';
import type {Model} from './model.ts';
import {groupsIn} from './parts.ts';
import {stateCell} from './rows.ts';
import type {View} from './session.ts';
import type {Cell, Row, Table} from './table.ts';
import {statesOf} from './tally.ts';

/** A row for each workload, or pod of its own: its pods together, with the worst state among them. */
export function workloadTable(model: Model, view: WorkloadsView): Table {
  return workloadTableWith(model, view, policiesOfEach);
}

type WorkloadsView = Extract<View, {name: 'workloads'}>;

/** What a table of workloads says of each, behind its state. */
interface Told {
  readonly columns: readonly string[];
  /** The rows of some groups, the same ones for the same list. */
  rows(groups: readonly VerdictGroup[], withNamespace: boolean): readonly Row[];
}

/** What to say of each behind its state, under these titles. */
export function telling(columns: readonly string[], cells: CellsOf): Told {
  const rowsWith = (withNamespace: boolean) =>
    weaklyKeyed((groups: readonly VerdictGroup[]) =>
      groups.map(group => rowOf(group, withNamespace, cells)),
    );
  const [here, anywhere] = [rowsWith(false), rowsWith(true)];
  return {columns, rows: (groups, withNamespace) => (withNamespace ? anywhere : here)(groups)};
}

type CellsOf = (group: VerdictGroup, worst: Verdict | undefined) => readonly Cell[];

const policiesOfEach = telling(['POLICY'], ({verdicts}) => {
  const names = new Set(verdicts.flatMap(({chosen}) => chosen?.policy.name ?? []));
  return [[...names].sort().join(', ')];
});

/** The same, with other columns behind the state. */
export function workloadTableWith(
  {parts, inventory}: Model,
  {namespace, kind}: WorkloadsView,
  told: Told,
): Table {
  const withNamespace = namespace === undefined;
  const rowParts = parts
    .filter(part => namespace === undefined || part.namespace === namespace)
    .map(groupsIn)
    .map(groups =>
      kind === undefined ? groups : groups.filter(({object}) => object.kind === kind),
    )
    .map(groups => told.rows(groups, withNamespace));
  const places = namespace === undefined ? undefined : new Set([namespace]);
  const isPartial = unreadPlaces(inventory, places) !== undefined;
  return {
    columns: [
      ...(withNamespace ? ['NAMESPACE'] : []),
      ...['KIND', 'NAME', 'PODS', 'STATE'],
      ...told.columns,
    ],
    spare: kind === undefined ? [] : ['KIND'],
    empty: isPartial ? 'None that was read; not all could be.' : `No ${kind ?? 'workload'} here.`,
    rows: rowParts.flat(),
    parts: rowParts,
  };
}

function rowOf(group: VerdictGroup, withNamespace: boolean, cells: CellsOf): Row {
  const {object, verdicts, runs} = group;
  const {namespace = '', kind, name} = object;
  const worst = worstOf(verdicts);
  const parts = stateParts(statesOf(verdicts));
  return {
    key: `${namespace}/${kind}/${name}`,
    cells: [
      ...(withNamespace ? [namespace] : []),
      kind,
      name,
      runs ? verdicts.length : 0,
      stateCell(worst?.state ?? 'ok'),
      ...cells(group, worst),
    ],
    // Where all its pods are alike, the state says it.
    ...(parts.filter(({count}) => count > 0).length > 1 ? {bar: parts} : {}),
    enter: worst && {name: 'why', item: itemKey(worst.item)},
  };
}

/** The verdict in the worst state of some. */
export function worstOf(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdictStates.flatMap(each => verdicts.find(({state}) => state === each) ?? [])[0];
}
