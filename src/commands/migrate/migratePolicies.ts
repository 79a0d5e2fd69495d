import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {wholeRbac} from '../../inventory/gaps.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {type NativeMode, nativeModes} from '../../inventory/native/options.ts';
import {type JsonObject, printJson} from '../../kube/json.ts';
import {minorOf} from '../../kube/release.ts';
import {gatekeeperObjects} from '../../migrate/engines/gatekeeper.ts';
import {kyvernoObjects} from '../../migrate/engines/kyverno.ts';
import {needsExtensions} from '../../migrate/native/extensions.ts';
import {firstMutatingV1, nativeObjects} from '../../migrate/native/nativeObjects.ts';
import {nativeStages} from '../../migrate/native/stages.ts';
import {escapeJson} from '../../report/escape.ts';
import {printYaml} from '../../yaml/documents.ts';
import {choose, flagName} from '../flags.ts';
import {loadOffline, requirePolicies, warnOfGaps, withBase} from '../input/load.ts';
import type {World} from '../world.ts';
import {type MigrateFlags, migrateFormats, nativeVersions, policyTargets} from './migrateFlags.ts';
import {tellLosses} from './tellLosses.ts';

/** The releases that have what the objects are made of. */
const [firstVersion, lastVersion] = [30, 37];
/** MutatingAdmissionPolicy behind its feature gate. */
const firstMutating = 34;
const firstStatic = 37;

/** Prints the objects by which a later release does what the policies do. */
export async function runPolicies(world: World, given: MigrateFlags): Promise<ExitCode> {
  const format = choose('-o', given.output, migrateFormats.policies);
  const target = targetOf(given.to);
  if (target !== 'kubernetes') return printForEngine(world, given, target, format);
  const {version, flags} = versionIn(given);
  const isStatic = flags.static !== undefined;
  const mode = choose('--mode', flags.mode, nativeModes);
  if (version !== undefined) requireVersion(version, mode, isStatic);
  if (isStatic) requireFilesAlone(flags);
  const inventory = await readPolicies(world, flags);
  if (flags.apply) {
    const {applyPolicies} = await import('./migratePoliciesApply.ts');
    return applyPolicies(world, flags, {
      rbac: inventory.rbac,
      policies: inventory.policies,
      mode: flags.mode === undefined ? undefined : mode,
      stage: flags.stage === undefined ? undefined : choose('--stage', flags.stage, nativeStages),
      requireVersion: (minor, wanted) => requireVersion(minor, wanted, false),
    });
  }
  const server = version ?? serverOf(inventory);
  requireVersion(server, mode, isStatic);
  const {objects, losses} = nativeObjects(
    inventory.policies,
    {
      mode,
      server,
      static: isStatic,
      closeGaps: flags.closeGaps,
      extensions: needsExtensions(inventory),
    },
    wholeRbac(inventory),
  );
  if (flags.static === undefined) {
    printObjects(world, format, objects);
  } else {
    const {writeStatic} = await import('./migrateStatic.ts');
    await writeStatic(world, flags.static, {objects});
  }
  if (mode === 'full' && server < firstMutatingV1) {
    world.warn(
      `v1.${server} has MutatingAdmissionPolicy only with --feature-gates=MutatingAdmissionPolicy=true and --runtime-config=admissionregistration.k8s.io/v1beta1=true`,
    );
  }
  return tellLosses(world, losses);
}

function targetOf(to: string | undefined): (typeof policyTargets)[number] {
  return policyTargets.find(target => target === to) ?? 'kubernetes';
}

/** Prints the objects of an engine that has to be there; what belongs to Kubernetes' own is refused. */
async function printForEngine(
  world: World,
  flags: MigrateFlags,
  target: 'kyverno' | 'gatekeeper',
  format: 'yaml' | 'json',
): Promise<ExitCode> {
  const {mode, static: isStatic, closeGaps, apply} = flags;
  const given = Object.entries({mode, static: isStatic, closeGaps, apply}).find(
    ([, value]) => value,
  );
  if (given !== undefined) {
    throw new UserError(
      `--${flagName(given[0])} belongs to --to kubernetes, and means nothing to ${target}`,
      exitCodes.usage,
    );
  }
  const inventory = await readPolicies(world, flags, target === 'gatekeeper');
  const {objects, losses} =
    target === 'kyverno'
      ? kyvernoObjects(inventory.policies, needsExtensions(inventory))
      : gatekeeperObjects(inventory);
  printObjects(world, format, objects);
  return tellLosses(world, losses);
}

/** `--server` names the version to make objects for, or else the address of the cluster to read. */
function versionIn(flags: MigrateFlags): {
  readonly version: number | undefined;
  readonly flags: MigrateFlags;
} {
  const {server, to} = flags;
  const [named, rest] =
    server !== undefined && /^v?1\.\d+$/.test(server)
      ? ['--server', {...flags, server: undefined}]
      : ['--to', flags];
  const text = named === '--server' ? server : to === 'kubernetes' ? undefined : to;
  if (text === undefined) return {version: undefined, flags: rest};
  const version = minorOf(text);
  if (version === undefined || !(nativeVersions as readonly string[]).includes(`v1.${version}`)) {
    throw new UserError(
      `${named}: ${JSON.stringify(text)}: v1.${firstVersion} to v1.${lastVersion} can have such objects`,
      exitCodes.usage,
    );
  }
  return {version, flags: rest};
}

/** The version of the server, if it can have the objects; else the newest that is known. */
function serverOf({serverVersion}: Inventory): number {
  const minor = minorOf(serverVersion);
  return minor !== undefined && minor >= firstVersion ? Math.min(minor, lastVersion) : lastVersion;
}

/** Refuses what means nothing to files of the server. */
function requireFilesAlone({output, apply}: MigrateFlags): void {
  if (output !== undefined) {
    throw new UserError('--static writes files: leave -o out', exitCodes.usage);
  }
  if (apply) {
    throw new UserError('--static makes files, which nobody can apply', exitCodes.usage);
  }
}

function requireVersion(server: number, mode: NativeMode, isStatic: boolean): void {
  const refuse = (text: string) => {
    throw new UserError(text, exitCodes.usage);
  };
  if (mode === 'full' && server < firstMutating) {
    refuse(
      `--mode full needs v1.${firstMutatingV1}, or v1.${firstMutating} with its feature gate: v1.${server} writes nothing into pods; see --mode validate`,
    );
  }
  if (isStatic && server < firstStatic) {
    refuse(`--static needs v1.${firstStatic}: v1.${server} reads no policies from files`);
  }
}

/** All policies and roles of the source, whatever the namespace; files are a world of their own. */
async function readPolicies(
  world: World,
  flags: MigrateFlags,
  workloads = false,
): Promise<Inventory> {
  const {from, filename, kustomize} = flags;
  if (filename.length + kustomize.length > 0) {
    const offline = await loadOffline(world, {...flags, from: [...from, ...filename]});
    if (offline === undefined || kustomize.length > 0) {
      throw new UserError('migrate policies reads manifests with -f or --from', exitCodes.usage);
    }
    warnOfGaps(world, {gaps: offline.gaps.filter(({resource}) => resource === 'roles')}, flags);
    return offline;
  }
  // Where they move to has rights of its own.
  const rbac = !flags.apply;
  const needs = {
    policies: true,
    rbac,
    workloads,
    caller: false,
    whole: true,
    exact: true,
    sourcesAlone: true,
  };
  const scope = {...flags, namespace: undefined, allNamespaces: true};
  return withBase(world, scope, needs, async ({inventory}) => {
    requirePolicies(inventory);
    return inventory;
  });
}

function printObjects(world: World, format: 'yaml' | 'json', objects: readonly JsonObject[]): void {
  if (format === 'json') {
    const list = {apiVersion: 'v1', kind: 'List', items: objects};
    world.print(`${escapeJson(printJson(list, 2))}\n`);
  } else {
    world.print(objects.map(object => printYaml(object)).join('---\n'));
  }
}
