import {judgeOf} from '../admission/judge.ts';
import type {Judgement} from '../admission/judgement.ts';
import {podOnServer, prepareForCreate} from '../admission/prepare.ts';
import type {Gap, Inventory} from '../inventory/inventory.ts';
import {type Item, templatesOf} from '../inventory/submissions/items.ts';
import {applyEdits, type Edit} from '../kube/edits.ts';
import {containerLists, type Pod} from '../kube/pod.ts';
import {viewOf} from '../kube/podView.ts';
import {keyed} from '../once.ts';
import {
  type PodSecurityLevel,
  type StandardRefusal,
  standardRefusals,
} from '../podSecurity/judge.ts';
import type {StandardVersion} from '../podSecurity/version.ts';
import {editsOf, preparePolicy} from '../policy/evaluate.ts';
import {type LevelChange, levelChange, unseenEdits} from './levelChange.ts';

/** What PodSecurityPolicy does with a workload today; `free` where there are no policies to judge by. */
export type Today = 'admitted' | 'denied' | 'unknown' | 'free';

/** One workload, or a pod that none speaks for, on its way off PodSecurityPolicy. */
export interface WorkloadLevels extends LevelChange {
  readonly item: Item;
  readonly today: Today;
  /** The policy that lets it in today. */
  readonly policy: string | undefined;
  /** All that the policy writes into its pods. */
  readonly edits: readonly Edit[];
  /** Of these, what no level asks for: its pods are let in without it, and may fail when they run. */
  readonly lost: readonly Edit[];
  /** The pod without PodSecurityPolicy, as a server of the version has it. */
  readonly pod: Pod;
  /** The pod as PodSecurityPolicy leaves it in v1.24. */
  readonly podToday: Pod;
  /**
   * For a pod without a template: what it was before PodSecurityPolicy wrote all that it can have
   * written. Undefined if the pod is known to be as it was submitted.
   */
  readonly perhaps: Pod | undefined;
}

/** What a level of a version has against the pods of a workload. */
export interface LevelAnswer {
  /** `unknown`: it depends on what a policy wrote into a pod whose template cannot be had. */
  readonly state: 'fine' | 'refused' | 'unknown';
  readonly refusals: readonly StandardRefusal[];
}

/** The levels of all that runs or would run, each template once; undefined namespace is all. */
export function workloadLevels(
  inventory: Inventory,
  version: StandardVersion,
  namespace?: string,
): readonly WorkloadLevels[] {
  const {gaps, policies} = inventory;
  const judge = policies.length > 0 ? judgeOf(inventory, {areClassesThere: true}) : undefined;
  const without: Today = gaps.some(isPolicies) ? 'unknown' : 'free';
  const isSure = denialsAreSure(inventory);
  const unchanged = unchangedPods(inventory);
  return templatesOf(inventory)
    .filter(item => namespace === undefined || item.namespace === namespace)
    .map(item => {
      const judgement = judge?.judgement(item.submission);
      const today = judgement === undefined ? without : todayOf(judgement, item, isSure);
      return {...levelsOf(item, judgement, version, unchanged(item)), today};
    });
}

function isPolicies({resource}: Gap): boolean {
  return resource === 'podsecuritypolicies';
}

/** Whether a denial cannot come from rights that were not read. */
function denialsAreSure({gaps, rbac, origin}: Inventory): boolean {
  const unread = ['clusterroles', 'roles', 'clusterrolebindings', 'rolebindings'];
  const holdsRights = [rbac.clusterRoleBindings, rbac.roleBindings].some(list => list.length > 0);
  return (
    !gaps.some(gap => isPolicies(gap) || unread.includes(gap.resource)) &&
    (origin === 'cluster' || holdsRights)
  );
}

/** What a level says of the pods as they are without PodSecurityPolicy. */
export function underLevel(
  {pod, perhaps}: WorkloadLevels,
  level: PodSecurityLevel,
  version: StandardVersion,
): LevelAnswer {
  const refusals = standardRefusals(pod, level, version);
  if (perhaps === undefined) return {state: refusals.length > 0 ? 'refused' : 'fine', refusals};
  const other = standardRefusals(perhaps, level, version);
  const inBoth = new Set(other.map(({check}) => check));
  if (refusals.some(({check}) => inBoth.has(check))) return {state: 'refused', refusals};
  const both = [...refusals, ...other];
  return {state: both.length === 0 ? 'fine' : 'unknown', refusals: both};
}

function levelsOf(
  item: Item,
  judgement: Judgement | undefined,
  version: StandardVersion,
  before: Pod,
): Omit<WorkloadLevels, 'today'> {
  const submitted = item.submission.view.pod;
  const edits = judgement?.edits ?? [];
  const podToday = prepareForCreate(applyEdits(submitted, edits), item.submission.view.release);
  const pod = podOnServer(submitted, version);
  return {
    ...levelChange(pod, podToday, version),
    item,
    policy: judgement?.chosen?.policy.name,
    edits,
    lost: unseenEdits(edits),
    pod,
    podToday,
    perhaps: before === submitted ? undefined : podOnServer(before, version),
  };
}

/** Of pods whose creator nobody knows, a denial is only a doubt: somebody created them. */
function todayOf({chosen, decision}: Judgement, {submission}: Item, isSure: boolean): Today {
  if (chosen !== undefined) return 'admitted';
  const isDenied = decision.kind === 'denied' && submission.requester !== undefined;
  return isDenied && isSure ? 'denied' : 'unknown';
}

/**
 * Finds what a live pod was before its policy changed it, taking away whatever the policy can have
 * written; the same pod if it cannot have written anything.
 */
function unchangedPods({policies, release}: Inventory): (item: Item) => Pod {
  const prepared = keyed((name: string) => {
    const policy = policies.find(({metadata}) => metadata.name === name);
    return policy && preparePolicy(policy, release);
  });
  return ({submission: {view, isLivePod}, admittedBy}) => {
    const {pod} = view;
    if (!isLivePod || admittedBy === undefined) return pod;
    const bare = withoutContexts(pod);
    const policy = prepared(admittedBy);
    if (policy === undefined) return bare;
    return takenBack(pod, editsOf(policy, viewOf(bare, release)));
  };
}

/** Without all that a policy can fill in. */
function withoutContexts(pod: Pod): Pod {
  const {metadata, spec} = pod;
  const lists = Object.fromEntries(
    containerLists.map(list => [
      list,
      spec[list]?.map(container => ({...container, securityContext: undefined})),
    ]),
  );
  return {
    metadata: {...metadata, annotations: undefined},
    spec: {...spec, ...lists, securityContext: undefined, runtimeClassName: undefined},
  };
}

/** The pod without the edits that it may owe to the policy: those whose values it has. */
function takenBack(pod: Pod, edits: readonly Edit[]): Pod {
  return applyEdits(
    pod,
    edits.flatMap(({at, value}): readonly Edit[] => {
      const now = at.reduce<unknown>((tree, key) => (tree as Tree | undefined)?.[key], pod);
      if (at.at(-1) === 'capabilities') return [{at, value: withoutItems(now, value)}];
      return isSame(now, value) ? [{at, value: undefined}] : [];
    }),
  );
}

type Tree = {readonly [key: string | number]: unknown};
type Capabilities = {readonly add?: readonly string[]; readonly drop?: readonly string[]};

function withoutItems(now: unknown, written: unknown): Capabilities {
  const {add = [], drop = []} = (now ?? {}) as Capabilities;
  const {add: added = [], drop: dropped = []} = (written ?? {}) as Capabilities;
  return {
    add: add.filter(name => !added.includes(name)),
    drop: drop.filter(name => !dropped.includes(name)),
  };
}

function isSame(a: unknown, b: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
  return text(a) === text(b);
}
