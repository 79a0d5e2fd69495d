import {type Advice, grantObjects} from '../../advice/advice.ts';
import {applyLines, type PlannedChange, readObject} from '../../apply/applyAll.ts';
import {objectPath, planCreate, planPolicyUpdate} from '../../apply/planChange.ts';
import {madeChanges, planReverse} from '../../apply/reverse.ts';
import {exitCodes, UserError} from '../../errors.ts';
import type {Policy} from '../../kube/objects.ts';
import {printablePolicy} from '../../report/advice.ts';
import type {Services, Wanted} from '../../tui/services.ts';
import {makeChanges, tryChanges} from '../applyChanges.ts';
import {changesFor} from '../grantChanges.ts';
import {nativeChanges} from '../nativeChanges.ts';
import type {Cluster, World} from '../world.ts';

type Changes = Pick<Services, 'readOnly' | 'plan' | 'dryRun' | 'apply'>;

/** What a session without a cluster answers to everything that would change one. */
export function noChanges(readOnly: string): Changes {
  return {
    readOnly,
    plan: async () => [],
    dryRun: async () => ({ok: false, lines: [readOnly]}),
    apply: async () => ({ok: false, lines: [readOnly], made: []}),
  };
}

/** How a session changes a cluster. */
export function clusterChanges(world: World, cluster: Cluster): Changes {
  return {
    readOnly: undefined,
    plan: wanted => changesOf(cluster, wanted),
    async dryRun(changes) {
      const tried = await tryChanges(cluster, changes);
      const {labelSurprise} = await import('../migrate/migrateApply.ts');
      const surprises = tried.results.flatMap(labelSurprise);
      return {ok: tried.ok && surprises.length === 0, lines: [...tried.lines, ...surprises]};
    },
    async apply(changes) {
      const applied = await makeChanges(world, cluster, changes);
      const ok = applied.outcome === 'applied';
      return {ok, lines: applyLines(applied), made: ok ? madeChanges(applied) : []};
    },
  };
}

async function changesOf(cluster: Cluster, wanted: Wanted): Promise<readonly PlannedChange[]> {
  switch (wanted.kind) {
    case 'policy':
      return policyChanges(cluster, wanted.draft);
    case 'advice':
      return adviceChanges(cluster, wanted.advices);
    case 'grants':
      return changesFor(cluster, wanted.change);
    case 'labels': {
      const {plannedLabels} = await import('../migrate/migrateApply.ts');
      return plannedLabels(cluster, [wanted.change]);
    }
    case 'undo':
      return planReverse(wanted.made, path => readObject(cluster, path));
  }
}

async function policyChanges(cluster: Cluster, draft: Policy): Promise<readonly PlannedChange[]> {
  const raw = await readObject(cluster, objectPath(printablePolicy(draft)));
  if (raw === undefined) {
    const native = await nativeChanges(cluster, {put: [draft]});
    if (native !== undefined) return native;
    throw new UserError(
      `PodSecurityPolicy ${draft.metadata.name} is gone from the cluster: press w to write your edit to a file, then kubectl create -f recreates it`,
      exitCodes.refused,
    );
  }
  const change = planPolicyUpdate(draft, raw);
  return change === undefined ? [] : [change];
}

/** The policies and grants that are not there yet; one that is there and differs is in the way. */
async function adviceChanges(
  cluster: Cluster,
  advices: readonly Advice[],
): Promise<readonly PlannedChange[]> {
  // Only a cluster without PodSecurityPolicies can have them anywhere else.
  const put = advices.map(({policy}) => policy);
  const native = await nativeChanges(cluster, {put, granted: advices.flatMap(grantObjects)});
  const objects = advices.flatMap(advice => [
    ...(native === undefined ? [printablePolicy(advice.policy)] : []),
    ...grantObjects(advice),
  ]);
  const changes: PlannedChange[] = [...(native ?? [])];
  for (const object of objects) {
    const planned = planCreate(object, await readObject(cluster, objectPath(object)));
    if (planned.plan === 'conflict') throw new UserError(planned.text, exitCodes.refused);
    if (planned.plan === 'change') changes.push(planned.change);
  }
  return changes;
}
