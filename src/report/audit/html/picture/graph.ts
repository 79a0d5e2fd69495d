import {type FlowRow, type Flows, type PolicyTone, policyTones} from './ways.ts';

/** What the picture shows: columns of nodes, and the ways of pods through them. */
export interface Graph {
  readonly columns: readonly GraphColumn[];
  readonly ways: readonly GraphWay[];
}

interface GraphColumn {
  readonly title: string;
  readonly nodes: readonly GraphNode[];
}

interface GraphNode {
  readonly label: string;
  readonly pods: number;
  /** The tone of a policy; empty for anything else. */
  readonly tone: PolicyTone | '';
  /** The index of the namespace that it is; -1 for anything else. */
  readonly namespace: number;
}

interface GraphWay {
  /** The index of a node in each column. */
  readonly at: readonly number[];
  readonly pods: number;
  readonly tone: PolicyTone | '';
}

/** Most nodes in a column. */
const most = 12;

/** What a column tells apart: a part of a row, and the texts that it is an index of. */
interface Kind {
  readonly title: string;
  readonly part: 'namespace' | 'account' | 'breadth' | 'binding' | 'policy' | 'state';
  readonly labels: readonly string[];
}

const placeOf: Readonly<Record<Kind['part'], number>> = {
  namespace: 0,
  account: 1,
  breadth: 2,
  binding: 3,
  policy: 4,
  state: 5,
};

/**
 * The flows of one namespace, or of all if `namespace` is -1, with at most 12 nodes in a column: the
 * smallest are put together. If `isNarrow`, only where the pods come from, and their policies.
 */
export function graphOf(flows: Flows, namespace: number, isNarrow: boolean): Graph {
  const kinds = kindsOf(flows, namespace < 0, isNarrow);
  const rows = flows.rows.filter(row => namespace < 0 || row[0] === namespace);
  const columns = kinds.map(kind => columnOf(kind, rows, flows.tones));
  const ways = new Map<string, GraphWay>();
  for (const row of rows) {
    const at = columns.map(({nodeOf}) => nodeOf(row));
    const tone = flows.tones[row[4]] ?? '';
    const key = [...at, tone].join();
    ways.set(key, {at, tone, pods: (ways.get(key)?.pods ?? 0) + row[6]});
  }
  return {columns: columns.map(({title, nodes}) => ({title, nodes})), ways: [...ways.values()]};
}

function kindsOf(flows: Flows, isAll: boolean, isNarrow: boolean): readonly Kind[] {
  const source: Kind = isAll
    ? {title: 'Namespace', part: 'namespace', labels: flows.namespaces}
    : {title: 'Service account', part: 'account', labels: flows.accounts};
  const grant: Kind = isAll
    ? {title: 'Policy granted to', part: 'breadth', labels: flows.breadths}
    : {title: 'Through', part: 'binding', labels: flows.bindings};
  const policy: Kind = {title: 'Policy', part: 'policy', labels: flows.policies};
  const state: Kind = {title: 'After a restart', part: 'state', labels: flows.states};
  return isNarrow ? [source, policy] : [source, grant, policy, state];
}

/** A column, with the node that the pods of a row are in. */
interface PlacedColumn extends GraphColumn {
  nodeOf(row: FlowRow): number;
}

function columnOf(
  {title, part, labels}: Kind,
  rows: readonly FlowRow[],
  tones: Flows['tones'],
): PlacedColumn {
  const indexIn = (row: FlowRow) => Number(row[placeOf[part]]);
  const pods = new Map<number, number>();
  for (const row of rows) pods.set(indexIn(row), (pods.get(indexIn(row)) ?? 0) + row[6]);
  const largest = [...pods].sort((one, other) => other[1] - one[1] || one[0] - other[0]);
  const shown = largest.length > most ? largest.slice(0, most - 1) : largest;
  const ranks = ranksOf(part, rows, tones);
  const ordered = shown.toSorted(
    ([one], [other]) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0),
  );
  const rest = largest.slice(shown.length);
  const places = new Map(ordered.map(([index], place) => [index, place]));
  const nodes = ordered.map(
    ([index, number]): GraphNode => ({
      label: labels[index] ?? '',
      pods: number,
      tone: part === 'policy' ? (tones[index] ?? '') : '',
      namespace: part === 'namespace' ? index : -1,
    }),
  );
  return {
    title,
    nodes: rest.length > 0 ? [...nodes, othersOf(rest.map(([, number]) => number))] : nodes,
    nodeOf: row => places.get(indexIn(row)) ?? ordered.length,
  };
}

/** The node of those that are too small for a node of their own. */
function othersOf(pods: readonly number[]): GraphNode {
  return {
    label: pods.length === 1 ? '1 other' : `${pods.length} others`,
    pods: pods.reduce((sum, number) => sum + number, 0),
    tone: '',
    namespace: -1,
  };
}

/**
 * By what the nodes of a column are sorted, smallest first: states in their order, grants and policies by
 * how strict the policies are that their pods get. Where pods come from has no rank: the largest is first.
 */
function ranksOf(
  part: Kind['part'],
  rows: readonly FlowRow[],
  tones: Flows['tones'],
): ReadonlyMap<number, number> {
  if (part === 'namespace' || part === 'account') return new Map();
  const byIndex = Map.groupBy(rows, row => Number(row[placeOf[part]]));
  if (part === 'state') return new Map([...byIndex.keys()].map(index => [index, index]));
  const strictness = ([, , , , policy]: FlowRow) => {
    const tone = tones[policy];
    return tone === undefined ? -1 : policyTones.indexOf(tone);
  };
  return new Map(
    [...byIndex].map(([index, same]) => {
      const pods = same.reduce((sum, row) => sum + row[6], 0);
      return [index, same.reduce((sum, row) => sum + row[6] * strictness(row), 0) / pods];
    }),
  );
}
