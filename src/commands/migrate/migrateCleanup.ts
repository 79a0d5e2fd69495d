import type {PlannedChange} from '../../apply/applyAll.ts';
import {isServerError} from '../../apply/change.ts';
import {safeProbe} from '../../check/checkFacts.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {type CleanupPlan, planCleanup} from '../../grant/planCleanup.ts';
import {gapText, isAbsence, rbacKinds} from '../../inventory/gaps.ts';
import {resources} from '../../inventory/kinds/resources.ts';
import {isObject, printJson} from '../../kube/json.ts';
import {labelOf} from '../../kube/reference.ts';
import {minorOf} from '../../kube/release.ts';
import {escapeText} from '../../report/escape.ts';
import {makeChanges, tellApplied, tryChanges} from '../applyChanges.ts';
import {choose} from '../flags.ts';
import {changesFor} from '../grantChanges.ts';
import type {Cluster, World} from '../world.ts';
import {isAgreed} from './migrateApply.ts';
import {migrateFormats} from './migrateFlags.ts';
import type {MigrateRequest} from './migrateRequest.ts';

const cleanedKinds = new Set<string>([resources.policies, ...rbacKinds].map(({plural}) => plural));

/** Shows what is left of PodSecurityPolicies, and deletes it as one if nothing is judged by it. */
export async function runCleanup({world, flags, inventory}: MigrateRequest): Promise<ExitCode> {
  choose('-o', flags.output, migrateFormats.cleanup);
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  const plan = planCleanup(inventory);
  const labels = [
    ...plan.policies.map(({metadata: {name}}) => labelOf({kind: 'PodSecurityPolicy', name})),
    ...plan.steps.map(({object}) => labelOf(object.reference)),
  ];
  for (const label of labels) say(`delete ${label}`);
  for (const note of plan.notes) say(`note: ${note}`);
  const gap = inventory.gaps.find(
    one => cleanedKinds.has(one.resource) && !(isAbsence(one) && !flags.apply),
  );
  if (labels.length === 0) {
    say(
      gap === undefined
        ? 'Nothing is left of PodSecurityPolicies.'
        : 'Nothing of PodSecurityPolicies was found in what could be read.',
    );
    return gap === undefined ? exitCodes.ok : exitCodes.unreadable;
  }
  if (!flags.apply) {
    say('Nothing was changed: --apply deletes these, if the admission plugin is off.');
    return gap === undefined ? exitCodes.ok : exitCodes.unreadable;
  }
  if (gap !== undefined) {
    world.warn(`nothing was changed: ${gapText(gap)}`);
    return exitCodes.unreadable;
  }
  const cluster = await world.connect(flags);
  try {
    const isGone = inventory.policyApi === 'absent';
    const version = inventory.serverVersion;
    const reason =
      (isGone ? undefined : await stillJudged(cluster, cluster.namespace, version)) ??
      (await stillAsked(cluster, version));
    if (reason !== undefined) {
      world.warn(`nothing was changed: ${reason.says}`);
      return reason.code;
    }
    return await deleteAll(world, cluster, {plan, count: labels.length, yes: flags.yes});
  } finally {
    cluster.close();
  }
}

interface Reason {
  readonly says: string;
  readonly code: ExitCode;
}

/** Why policies may still decide about pods, as a pod that is tried tells. */
async function stillJudged(
  cluster: Cluster,
  namespace: string,
  version: string | undefined,
): Promise<Reason | undefined> {
  const probe = await safeProbe(cluster, namespace, version);
  switch (probe.plugin) {
    case 'off':
      return undefined;
    case 'on':
      return {
        says: `the admission plugin is on (${probe.how}): without policies it would deny every pod; turn it off first`,
        code: exitCodes.no,
      };
    case 'unknown':
      return {
        says: `it can't be told whether the admission plugin is off: ${probe.reason}`,
        code: exitCodes.unreadable,
      };
  }
}

const admission = '/apis/admissionregistration.k8s.io/v1';

/** Before it no server has them (k8s.io/kubernetes v1.26, pkg/features: ValidatingAdmissionPolicy). */
const firstNativePolicies = 26;

/** Why the rights to use policies are still asked about: a native admission policy can ask for them. */
async function stillAsked(
  cluster: Cluster,
  version: string | undefined,
): Promise<Reason | undefined> {
  if ((minorOf(version) ?? firstNativePolicies) < firstNativePolicies) return undefined;
  for (const plural of ['validatingadmissionpolicies', 'mutatingadmissionpolicies']) {
    let answer: unknown;
    try {
      answer = await cluster.get(`${admission}/${plural}`);
    } catch (error) {
      if (isServerError(error) && error.status === 404) continue;
      if (!isServerError(error) || error.status !== 403) throw error;
      return {
        says: `${plural} may not be read, and they may ask who may use policies`,
        code: exitCodes.unreadable,
      };
    }
    const {items} = answer as {readonly items?: unknown};
    const asks = (Array.isArray(items) ? items : [])
      .filter(isObject)
      .filter(item => printJson(item.spec ?? null).includes('podsecuritypolicies'));
    const names = asks.map(({metadata}) => String(isObject(metadata) ? metadata.name : ''));
    if (names.length > 0) {
      return {says: `${plural} ask who may use policies: ${names.join(', ')}`, code: exitCodes.no};
    }
  }
  return undefined;
}

interface Deletion {
  readonly plan: CleanupPlan;
  readonly count: number;
  readonly yes: boolean;
}

/** Tried by the server, asked about, and deleted: all or nothing; one file has all of it. */
async function deleteAll(
  world: World,
  cluster: Cluster,
  {plan: {policies, steps}, count, yes}: Deletion,
): Promise<ExitCode> {
  const changes: PlannedChange[] = [];
  for (const deleted of policies) {
    changes.push(...(await changesFor(cluster, {deleted, steps: []})));
  }
  changes.push(...(await changesFor(cluster, {deleted: undefined, steps})));
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  const tried = await tryChanges(cluster, changes);
  if (!tried.ok) {
    for (const {ok, line} of tried.results.map(({ok}, index) => ({ok, line: tried.lines[index]}))) {
      if (!ok) say(line ?? '');
    }
    say('Nothing was changed.');
    return exitCodes.refused;
  }
  say(`The server would delete all ${changes.length}.`);
  const text = `Type the number of objects to delete (${count}) to go on: `;
  if (!yes && !(await isAgreed(world, {text, answer: new RegExp(`^${count}$`)}))) {
    say('Nothing was changed.');
    return exitCodes.no;
  }
  return tellApplied(world, await makeChanges(world, cluster, changes), say);
}
