import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {labelsFor} from '../../migrate/labels.ts';
import {isRunning, podSecurityModes} from '../../migrate/namespaceLevels.ts';
import {patchesFor, patchGoals} from '../../migrate/patches.ts';
import {planOf} from '../../migrate/plan.ts';
import {newestStandard, parseStandardVersion} from '../../migrate/podSecurity/version.ts';
import {firstWithoutPolicies, nextVersion, serverMinor} from '../../migrate/road.ts';
import {workloadLevels} from '../../migrate/workloadLevels.ts';
import {document} from '../../report/machine.ts';
import {planText, printedPlan} from '../../report/migrate.ts';
import {labelsText, namespacePatches, printedLabels} from '../../report/migrateLabels.ts';
import {
  patchesJson6902,
  patchesKustomization,
  patchesTable,
  patchesYaml,
  printedPatch,
} from '../../report/migratePatches.ts';
import {printMachine, warnOfNothing} from '../answer.ts';
import {choose} from '../flags.ts';
import {load, requireNamespace} from '../input/load.ts';
import type {World} from '../world.ts';
import {type MigrateFlags, type MigrateTopic, migrateFormats} from './migrateFlags.ts';

/** What is asked, once everything is read. */
interface Request {
  readonly world: World;
  readonly flags: MigrateFlags;
  readonly inventory: Inventory;
  readonly namespace: string | undefined;
  readonly to: number;
}

/** Answers about the way off PodSecurityPolicies. */
export async function runMigrate(
  world: World,
  topic: MigrateTopic,
  flags: MigrateFlags,
): Promise<ExitCode> {
  requireTopicFlags(topic, flags);
  choose('-o', flags.output, migrateFormats[topic]);
  const wanted = flags.to === undefined ? undefined : minorOf(flags.to);
  const needs = {policies: true, workloads: true, caller: false, whole: true};
  const {inventory, namespace} = await load(world, flags, needs);
  requireNamespace(inventory, namespace);
  if (inventory.policyApi === 'absent') {
    const {serverVersion = 'this version'} = inventory;
    world.warn(`the server (${serverVersion}) has no PodSecurityPolicy: only templates are judged`);
  }
  const to = wanted ?? nextVersion(serverMinor(inventory.serverVersion));
  const request = {world, flags, inventory, namespace, to};
  switch (topic) {
    case 'plan':
      return printPlan(request);
    case 'labels':
      return printLabels(request);
    case 'patches':
      return printPatches(request);
  }
}

/** The minor version of `v1.N`, one that has no PodSecurityPolicies and whose checks are known. */
function minorOf(text: string): number {
  const version = parseStandardVersion(text.startsWith('v') ? text : `v${text}`);
  if (typeof version !== 'number') {
    throw new UserError(
      `--to: ${JSON.stringify(text)} is no version of Kubernetes, as v1.31 is`,
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

/** A flag that the topic does not have would be ignored without a word. */
function requireTopicFlags(topic: MigrateTopic, flags: MigrateFlags): void {
  const owners = {level: 'labels', stage: 'labels', for: 'patches'} as const;
  for (const [flag, owner] of Object.entries(owners)) {
    if (flags[flag as keyof typeof owners] !== undefined && topic !== owner) {
      throw new UserError(`--${flag} belongs to migrate ${owner}`, exitCodes.usage);
    }
  }
}

async function printPlan({world, flags, inventory, namespace, to}: Request): Promise<ExitCode> {
  const format = choose('-o', flags.output, migrateFormats.plan);
  const plan = planOf(inventory, to, namespace);
  const again = sourceWords(flags);
  if (format === 'json' || format === 'yaml') {
    const {items, ...rest} = printedPlan(plan, again);
    await printMachine(world, format, {...document('Migration', items, inventory.gaps), ...rest});
  } else {
    world.print(planText(plan, {wide: format === 'wide', headers: !flags.noHeaders, again}));
  }
  const codes = {breaks: exitCodes.no, unknown: exitCodes.unreadable, fine: exitCodes.ok};
  return codes[plan.state];
}

async function printLabels({world, flags, inventory, namespace, to}: Request): Promise<ExitCode> {
  const format = choose('-o', flags.output, migrateFormats.labels);
  const level = choose('--level', flags.level, ['auto', 'baseline', 'restricted', 'privileged']);
  const stage = choose('--stage', flags.stage, podSecurityModes);
  const labels = labelsFor(inventory, {level, stage, to, namespace});
  if (labels.length === 0) warnOfNothing(world, namespace);
  if (format === 'json') {
    const items = labels.map(one => printedLabels(one, stage));
    await printMachine(world, format, document('MigrationLabels', items, inventory.gaps));
  } else if (format === 'yaml') {
    world.print(namespacePatches(labels, stage));
  } else {
    const options = {stage, wide: format === 'wide', headers: !flags.noHeaders};
    world.print(labelsText(labels, {...options, again: connectionWords(flags)}));
  }
  const verdicts = new Set(labels.map(({verdict}) => verdict));
  if (verdicts.has('breaks') || verdicts.has('needs patch')) return exitCodes.no;
  return verdicts.has('unknown') ? exitCodes.unreadable : exitCodes.ok;
}

async function printPatches({world, flags, inventory, namespace, to}: Request): Promise<ExitCode> {
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
  if (patches.length === 0) warnOfNoPatches(world, goal);
  return exitCodes.ok;
}

function warnOfNoPatches(world: World, goal: string): void {
  world.warn(
    goal === 'psp'
      ? 'No workload lives on what a policy writes into its pods'
      : `All workloads meet ${goal}`,
  );
}

/** The flags that name the same source and scope again. */
function sourceWords(flags: MigrateFlags): readonly string[] {
  const {from, filename, demo, namespace, allNamespaces, to} = flags;
  return [
    ...(allNamespaces ? ['-A'] : []),
    ...(namespace === undefined ? [] : ['-n', namespace]),
    ...(to === undefined ? [] : ['--to', to]),
    ...filename.flatMap(file => ['-f', file]),
    ...from.flatMap(file => ['--from', file]),
    ...(demo ? ['--demo'] : []),
    ...connectionWords(flags),
  ];
}

/** The flags that lead to the same cluster, for kubectl too; no credentials. */
function connectionWords({kubeconfig, context}: MigrateFlags): readonly string[] {
  return [
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
    ...(context === undefined ? [] : ['--context', context]),
  ];
}
