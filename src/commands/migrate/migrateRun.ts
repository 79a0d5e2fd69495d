import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {isAbsence, runningKinds} from '../../inventory/gaps.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {firstWithoutPolicies} from '../../inventory/regime.ts';
import {minorOf} from '../../kube/release.ts';
import {isRunning} from '../../migrate/namespaceLevels.ts';
import {patchesFor, patchGoals} from '../../migrate/patches.ts';
import {planOf} from '../../migrate/plan.ts';
import {platformIds} from '../../migrate/platform.ts';
import {nextVersion} from '../../migrate/road.ts';
import {workloadLevels} from '../../migrate/workloadLevels.ts';
import {newestStandard, parseStandardVersion} from '../../podSecurity/version.ts';
import {document} from '../../report/machine.ts';
import {planText, printedPlan} from '../../report/migrate.ts';
import {
  patchesJson6902,
  patchesKustomization,
  patchesTable,
  patchesYaml,
  printedPatch,
} from '../../report/migratePatches.ts';
import {printMachine} from '../answer.ts';
import {choose, flagName} from '../flags.ts';
import {type Loaded, load, requireNamespace} from '../input/load.ts';
import type {World} from '../world.ts';
import {type MigrateFlags, type MigrateTopic, migrateFormats} from './migrateFlags.ts';
import {isLiveSource, type MigrateRequest, planExit, sourceWords} from './migrateRequest.ts';

/** Answers about the way off PodSecurityPolicies. */
export async function runMigrate(
  world: World,
  topic: MigrateTopic,
  flags: MigrateFlags,
): Promise<ExitCode> {
  requireTopicFlags(topic, flags);
  choose('-o', flags.output, migrateFormats[topic]);
  if (topic === 'policies') return (await import('./migratePolicies.ts')).runPolicies(world, flags);
  if (topic === 'verify') return (await import('./migrateVerify.ts')).runVerify(world, flags);
  const wanted = flags.to === undefined ? undefined : minorGiven(flags.to);
  const {inventory, namespace} = await read(world, topic, flags);
  requireNamespace(inventory, namespace);
  const hasNone = inventory.policyApi === 'absent' && inventory.policies.length === 0;
  if (hasNone && topic !== 'cleanup') {
    const {serverVersion = 'this version'} = inventory;
    world.warn(`the server (${serverVersion}) has no PodSecurityPolicy: only templates are judged`);
  }
  const server = minorOf(inventory.serverVersion);
  const isOfRoad = topic === 'plan' || topic === 'runbook';
  if (isOfRoad && wanted !== undefined && server !== undefined && wanted < server) {
    throw new UserError(
      `--to: the server is ${inventory.serverVersion} already, and a cluster does not go back to v1.${wanted}; labels can be pinned to it: migrate labels`,
      exitCodes.usage,
    );
  }
  const to = wanted ?? nextVersion(server);
  const request = {world, flags, inventory, namespace, to};
  switch (topic) {
    case 'plan':
      return printPlan(request);
    case 'labels':
      return (await import('./migrateLabels.ts')).runLabels(request);
    case 'patches':
      return printPatches(request);
    case 'defaults':
      return (await import('./migrateRunbook.ts')).runDefaults(request);
    case 'cleanup':
      return (await import('./migrateCleanup.ts')).runCleanup(request);
    case 'bypass':
      return (await import('./migrateBypass.ts')).runBypass(request);
    case 'runbook':
      return (await import('./migrateRunbook.ts')).runRunbook(request);
  }
}

/** The inventory, and the namespace that is asked about. */
async function read(world: World, topic: MigrateTopic, flags: MigrateFlags): Promise<Loaded> {
  // What is about to be changed is read as it is now.
  const exact = flags.apply || undefined;
  const needs = {policies: true, workloads: true, caller: false, whole: true, exact};
  if (topic !== 'defaults' && topic !== 'cleanup' && topic !== 'bypass') {
    return load(world, flags, needs);
  }
  // Policies, and the server's defaults, are about all namespaces.
  const {inventory} = await load(
    world,
    {...flags, namespace: undefined, allNamespaces: true},
    needs,
  );
  const here = flags.namespace ?? inventory.defaultNamespace;
  const isOfOne = topic === 'bypass' && !flags.allNamespaces;
  return {inventory, namespace: isOfOne ? here : undefined};
}

/** The minor version of `v1.N`, one that has no PodSecurityPolicies and whose checks are known. */
function minorGiven(text: string): number {
  const version = parseStandardVersion(text.startsWith('v') ? text : `v${text}`);
  if (typeof version !== 'number') {
    throw new UserError(
      `--to: ${JSON.stringify(text)} is not a version of Kubernetes, such as v1.31`,
      exitCodes.usage,
    );
  }
  if (version < firstWithoutPolicies || version > newestStandard) {
    const why =
      version < firstWithoutPolicies
        ? 'still has PodSecurityPolicies'
        : 'is newer than the checks that are known';
    throw new UserError(
      `--to: v1.${version} ${why}: v1.${firstWithoutPolicies} to v1.${newestStandard} can be planned for`,
      exitCodes.usage,
    );
  }
  return version;
}

/** Those that are about no single namespace. */
const wholeTopics: readonly MigrateTopic[] = ['defaults', 'cleanup', 'policies'];

/** A flag that the topic does not have would be ignored without a word. */
function requireTopicFlags(topic: MigrateTopic, flags: MigrateFlags): void {
  const owners = {
    level: ['labels', 'defaults'],
    stage: ['labels', 'policies'],
    check: ['labels'],
    back: ['labels', 'bypass'],
    for: ['patches'],
    platform: ['plan', 'runbook'],
    cases: ['verify'],
    apply: ['labels', 'bypass', 'cleanup', 'policies'],
    yes: ['labels', 'bypass', 'cleanup', 'policies'],
    mode: ['policies'],
    static: ['policies'],
    closeGaps: ['policies'],
  } as const;
  for (const [flag, topics] of Object.entries(owners)) {
    const value = flags[flag as keyof typeof owners];
    if (value !== undefined && value !== false && !(topics as readonly string[]).includes(topic)) {
      const owner = topics.map(name => (name === 'plan' ? 'the plan' : `migrate ${name}`));
      throw new UserError(`--${flagName(flag)} belongs to ${owner.join(' and ')}`, exitCodes.usage);
    }
  }
  if (wholeTopics.includes(topic) && flags.namespace !== undefined) {
    throw new UserError(
      `migrate ${topic} is about the whole cluster: leave -n out`,
      exitCodes.usage,
    );
  }
  if (topic === 'policies' && flags.stage !== undefined && !flags.apply) {
    throw new UserError('--stage means nothing without --apply', exitCodes.usage);
  }
  if (flags.yes && !flags.apply) {
    throw new UserError('--yes means nothing without --apply', exitCodes.usage);
  }
  if (!flags.apply && !flags.check) return;
  const name = flags.apply ? '--apply' : '--check';
  // What moves to a cluster comes from somewhere else.
  if (!isLiveSource(flags) && topic !== 'policies') {
    const does = flags.apply ? 'changes' : 'asks';
    throw new UserError(`${name} ${does} a cluster, and not files or the demo`, exitCodes.usage);
  }
  const format = flags.output ?? 'table';
  if (format !== 'table' && format !== 'wide') {
    throw new UserError(`${name} prints for people: leave -o ${format} out`, exitCodes.usage);
  }
}

async function printPlan({
  world,
  flags,
  inventory,
  namespace,
  to,
}: MigrateRequest): Promise<ExitCode> {
  const format = choose('-o', flags.output, migrateFormats.plan);
  const platform =
    flags.platform === undefined ? undefined : choose('--platform', flags.platform, platformIds);
  const plan = planOf(inventory, {to, namespace, platform});
  const options = {again: sourceWords(flags), isLive: isLiveSource(flags)};
  if (format === 'json' || format === 'yaml') {
    const {items, ...rest} = printedPlan(plan, options);
    await printMachine(world, format, {...document('Migration', items, inventory.gaps), ...rest});
  } else if (format === 'html') {
    const {planPage} = await import('../../report/migratePage.ts');
    world.print(planPage(plan, inventory, options));
  } else {
    world.print(planText(plan, {wide: format === 'wide', headers: !flags.noHeaders, ...options}));
  }
  return planExit(plan);
}

async function printPatches({
  world,
  flags,
  inventory,
  namespace,
  to,
}: MigrateRequest): Promise<ExitCode> {
  const format = choose('-o', flags.output, migrateFormats.patches);
  const goal = choose('--for', flags.for, patchGoals);
  const running = workloadLevels(inventory, to, namespace).filter(isRunning);
  const patches = patchesFor(running, inventory, goal, to);
  switch (format) {
    case 'json':
    case 'yaml': {
      const answer = document('MigrationPatches', patches.map(printedPatch), inventory.gaps);
      await printMachine(world, format, answer);
      break;
    }
    case 'table':
      if (patches.length > 0) world.print(patchesTable(patches, !flags.noHeaders));
      break;
    case 'kustomize':
      world.print(patchesKustomization(patches, flags.filename));
      break;
    case 'json6902':
      world.print(patchesJson6902(patches));
      break;
    case 'patch':
      world.print(patchesYaml(patches));
  }
  if (patches.length === 0) warnOfNoPatches(world, goal, inventory.gaps);
  return exitCodes.ok;
}

function warnOfNoPatches(world: World, goal: string, gaps: Inventory['gaps']): void {
  const isPartial = gaps.some(
    gap => !isAbsence(gap) && runningKinds.some(({plural}) => plural === gap.resource),
  );
  if (goal === 'psp') {
    const which = gaps.length > 0 ? 'No workload is known to live' : 'No workload lives';
    world.warn(`${which} on what a policy writes into its pods`);
  } else {
    world.warn(`All workloads${isPartial ? ' that were read' : ''} meet ${goal}`);
  }
}
