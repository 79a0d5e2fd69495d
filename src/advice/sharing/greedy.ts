/** The cost of putting these things, given by their numbers in ascending order, together. */
export type Cost = (members: readonly number[]) => number;

type Clusters = readonly (readonly number[])[];

/** With more clusters than this, each is only tried with its neighbours, until no more than this are left. */
const dense = 60;
/** How many clusters away a neighbour can be. */
const reach = 4;

interface Node {
  readonly members: readonly number[];
  readonly cost: number;
  /** The node after it that is cheapest to merge with; undefined if there is none. */
  partner: Node | undefined;
  /** What merging with the partner adds to the costs. */
  increase: number;
}

/**
 * Merges clusters in pairs until `most` are left, each time the pair whose merger adds least to the
 * costs, the first of equal ones. With many clusters, their order matters.
 */
export function agglomerate(clusters: Clusters, most: number, cost: Cost): Clusters {
  let nodes = clusters.map(members => nodeOf(members, cost(members)));
  if (nodes.length > Math.max(most, dense)) {
    nodes = mergeUntil(nodes, Math.max(most, dense), reach, cost);
  }
  return mergeUntil(nodes, most, Number.POSITIVE_INFINITY, cost).map(({members}) => members);
}

function nodeOf(members: readonly number[], cost: number): Node {
  return {members, cost, partner: undefined, increase: Number.POSITIVE_INFINITY};
}

function mergeUntil(start: readonly Node[], most: number, within: number, cost: Cost): Node[] {
  const nodes = [...start];
  if (nodes.length <= most) return nodes;
  const known = new Map<Node, Map<Node, number>>();
  const increaseOf = (one: Node, other: Node) => {
    const row = known.get(one) ?? new Map<Node, number>();
    known.set(one, row);
    const found = row.get(other) ?? cost(union(one, other)) - one.cost - other.cost;
    row.set(other, found);
    return found;
  };
  const choosePartner = (index: number) => {
    const node = nodes[index];
    if (node === undefined) return;
    node.partner = undefined;
    node.increase = Number.POSITIVE_INFINITY;
    for (const other of nodes.slice(index + 1, index + 1 + within)) {
      const increase = increaseOf(node, other);
      if (increase >= node.increase) continue;
      node.partner = other;
      node.increase = increase;
    }
  };
  nodes.forEach((_, index) => {
    choosePartner(index);
  });
  while (nodes.length > most) {
    const best = nodes.reduce((a, b) => (b.increase < a.increase ? b : a));
    const {partner} = best;
    if (partner === undefined) break; // only one is left
    const merged = nodeOf(union(best, partner), best.cost + partner.cost + best.increase);
    const place = nodes.indexOf(best);
    const gone = nodes.indexOf(partner);
    nodes[place] = merged;
    nodes.splice(gone, 1);
    known.delete(best);
    known.delete(partner);
    nodes.forEach((node, index) => {
      const isNear = index <= place && place - index <= within;
      const wasNear = index < gone && gone - index <= within;
      if (isNear || wasNear || node.partner === best || node.partner === partner) {
        choosePartner(index);
      }
    });
  }
  return nodes;
}

function union(one: Node, other: Node): readonly number[] {
  return [...one.members, ...other.members].sort((a, b) => a - b);
}

/** How many things may be weighed in all while searching for moves. */
const patience = 100_000;

/**
 * Moves single things to another cluster, or to one of their own while there are fewer than `most`, as long
 * as each move lowers the costs. So the result never costs more. After a lot of work it stops with what it has.
 */
export function improve(clusters: Clusters, most: number, cost: Cost): Clusters {
  let weighed = 0;
  const weigh = (members: readonly number[]) => {
    weighed += members.length;
    return members.length === 0 ? 0 : cost(members);
  };
  let best = clusters.map(members => ({members, cost: weigh(members)}));
  const things = clusters.flat().sort((a, b) => a - b);
  for (let moved = true; moved && weighed < patience; ) {
    moved = false;
    for (const thing of things) {
      if (weighed >= patience) break;
      const better = moveOf(thing, best, most, weigh);
      if (better === undefined) continue;
      best = better;
      moved = true;
    }
  }
  return best.map(({members}) => members);
}

interface Weighed {
  readonly members: readonly number[];
  readonly cost: number;
}

/** The clusters after the thing was moved to where it costs least; undefined if it is there already. */
function moveOf(
  thing: number,
  clusters: readonly Weighed[],
  most: number,
  weigh: Cost,
): Weighed[] | undefined {
  const home = clusters.findIndex(({members}) => members.includes(thing));
  const from = clusters[home];
  if (from === undefined) return undefined;
  const left = from.members.filter(member => member !== thing);
  const remains = {members: left, cost: weigh(left)};
  const empty = {members: [], cost: 0};
  const targets = clusters.length < most && left.length > 0 ? [...clusters, empty] : clusters;
  let best: {readonly at: number; readonly joined: Weighed; readonly gain: number} | undefined;
  for (const [at, target] of targets.entries()) {
    if (at === home) continue;
    const members = [...target.members, thing].sort((a, b) => a - b);
    const joined = {members, cost: weigh(members)};
    const gain = from.cost + target.cost - remains.cost - joined.cost;
    if (gain > (best?.gain ?? 0)) best = {at, joined, gain};
  }
  if (best === undefined) return undefined;
  const {at, joined} = best;
  return targets
    .map((cluster, index) => (index === home ? remains : index === at ? joined : cluster))
    .filter(({members}) => members.length > 0);
}
