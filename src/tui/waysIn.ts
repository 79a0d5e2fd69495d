import {type Candidate, isPerhapsUsable, isUsable} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {decidingFor} from '../inventory/submissions/submissions.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import {leastPolicy} from '../policy/least.ts';
import {openness} from '../policy/level.ts';
import {deniersOf} from '../policy/loosen.ts';
import {nameOf} from '../report/place.ts';
import {nearLevelCell, policyTone} from './levels.ts';
import type {Model} from './model.ts';
import {verdictsByKey} from './parts.ts';
import type {Row, Table} from './table.ts';

/** Of a policy that nobody is known to let anybody use. */
export const noRights = {serviceAccount: undefined, requester: undefined};

/** The pod or workload of this key as it is judged now; undefined if it is gone. */
export function verdictNamed({parts}: Pick<Model, 'parts'>, key: string): Verdict | undefined {
  const [namespace] = key.split('/', 1);
  const part = parts.find(part => part.namespace === namespace);
  return part && verdictsByKey(part).get(key);
}

/** The pod that decides about an item. */
export function podOf({submission}: Item): PodView {
  return decidingFor(submission).view;
}

/** What an item needs of a policy at least. */
export function leastOf(item: Item): Policy {
  return leastPolicy('least', [podOf(item)], false);
}

/** The account to bind a policy to, so that an item gets in, as bind takes it; undefined if it has none. */
export function accountWord({namespace, submission}: Item): string | undefined {
  const {serviceAccount} = submission;
  return serviceAccount === '' ? undefined : `sa:${namespace}/${serviceAccount}`;
}

/**
 * The policies by which a pod that is not let in could be: those that it may use, then those that would let it
 * in, then the others; and what stands in the way of each.
 */
export function waysInTable(model: Model, key: string): Table | undefined {
  const verdict = verdictNamed(model, key);
  if (verdict === undefined) return undefined;
  const rank = ({rights, allowed}: Candidate) =>
    isUsable(rights) || isPerhapsUsable(rights) ? 0 : allowed ? 1 : 2;
  const tightFirst = verdict.candidates.toSorted(
    (one, other) => openness(one.policy.policy) - openness(other.policy.policy),
  );
  const candidates = [0, 1, 2].flatMap(wanted =>
    tightFirst.filter(candidate => rank(candidate) === wanted),
  );
  const {item} = verdict;
  const account = accountWord(item);
  return {
    caption: `For ${item.namespace}/${nameOf(item)}${account === undefined ? '' : `, which runs as ${account}`}: edit one, or bind one`,
    columns: ['POLICY', 'MAY USE', 'WHAT STANDS IN THE WAY', 'LEVEL'],
    spare: ['LEVEL'],
    empty: 'The cluster has no PodSecurityPolicy: :advise makes one.',
    rows: candidates.map(candidate => rowOf(candidate, item, key)),
  };
}

function rowOf(candidate: Candidate, item: Item, key: string): Row {
  const {rights, policy} = candidate;
  const may = isUsable(rights) ? 'yes' : isPerhapsUsable(rights) ? 'perhaps' : 'no';
  const obstacle = obstacleOf(policy.policy, candidate, item);
  return {
    key: policy.name,
    cells: [
      policy.name,
      may === 'yes' ? may : {value: may, tone: may === 'no' ? 'bad' : 'unknown'},
      obstacle,
      {...nearLevelCell(policy.policy), tone: policyTone(policy.policy)},
    ],
    enter: {name: 'policy', policy: policy.name, item: key},
  };
}

/** Why a policy, as it is or as edited, does not let an item in; what it takes if only the right is missing. */
function obstacleOf(policy: Policy, {rights}: Pick<Candidate, 'rights'>, item: Item): string {
  const deniers = deniersOf(policy, podOf(item)).map(({title}) => title);
  const denied = deniers.length === 0 ? [] : [`denied by ${deniers.join(', ')}`];
  if (isUsable(rights)) return denied.join('');
  const grant = isPerhapsUsable(rights) ? 'perhaps no grant' : 'no grant';
  return [...denied, `${grant}: b binds it`].join('; ');
}

/** How far a policy is from letting an item in, as edited, in a line. */
export function wayInText(policy: Policy, verdict: Verdict, name: string): string {
  const {item} = verdict;
  const rights = verdict.candidate(name)?.rights ?? noRights;
  const obstacle = obstacleOf(policy, {rights}, item);
  return `For ${item.namespace}/${nameOf(item)}: ${obstacle || 'lets it in'}`;
}
