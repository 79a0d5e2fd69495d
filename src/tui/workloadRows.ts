import {type Verdict, verdictStates} from '../admission/judgement.ts';
import type {VerdictGroup} from '../audit/groups.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {stateParts} from './bars.ts';
import type {Model} from './model.ts';
import {stateCell} from './rows.ts';
import type {View} from './session.ts';
import type {Cell, Row, Table} from './table.ts';
import {statesOf} from './tally.ts';

/** A row for each workload, or pod of its own: its pods together, with the worst state among them. */
export function workloadTable(model: Model, view: WorkloadsView): Table {
  const policies = ({verdicts}: VerdictGroup) => {
    const names = new Set(verdicts.flatMap(({chosen}) => chosen?.policy.name ?? []));
    return [[...names].sort().join(', ')];
  };
  return workloadTableWith(model, view, {columns: ['POLICY'], cells: policies});
}

type WorkloadsView = Extract<View, {name: 'workloads'}>;

/** What a table of workloads says of each, behind its state. */
interface Told {
  readonly columns: readonly string[];
  cells(group: VerdictGroup, worst: Verdict | undefined): readonly Cell[];
}

/** The same, with other columns behind the state. */
export function workloadTableWith(
  {groups, inventory}: Model,
  {namespace, kind}: WorkloadsView,
  told: Told,
): Table {
  const shown = groups.filter(
    ({object}) =>
      (namespace === undefined || object.namespace === namespace) &&
      (kind === undefined || object.kind === kind),
  );
  const withNamespace = namespace === undefined;
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
    rows: shown.map(group => rowOf(group, withNamespace, told)),
  };
}

function rowOf(group: VerdictGroup, withNamespace: boolean, told: Told): Row {
  const {object, verdicts, runs} = group;
  const {namespace = '', kind, name} = object;
  const worst = worstOf(verdicts);
  return {
    key: `${namespace}/${kind}/${name}`,
    cells: [
      ...(withNamespace ? [namespace] : []),
      kind,
      name,
      runs ? verdicts.length : 0,
      stateCell(worst?.state ?? 'ok'),
      ...told.cells(group, worst),
    ],
    bar: stateParts(statesOf(verdicts)),
    enter: worst && {name: 'why', item: itemKey(worst.item)},
  };
}

/** The verdict in the worst state of some. */
export function worstOf(verdicts: readonly Verdict[]): Verdict | undefined {
  return verdictStates.flatMap(each => verdicts.find(({state}) => state === each) ?? [])[0];
}
