import {judgeOf} from '../../admission/judge.ts';
import type {Verdict} from '../../admission/judgement.ts';
import {type PlannedChange, readObject} from '../../apply/applyAll.ts';
import {objectPath, planDelete, planPut} from '../../apply/planChange.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {wholeRbac} from '../../inventory/gaps.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {admissionResources, isOfAdmission} from '../../inventory/kinds/resources.ts';
import {isNative, nativeHomeOf} from '../../inventory/native/nativeHome.ts';
import {nativeName} from '../../inventory/native/nativePolicies.ts';
import type {NativeMode} from '../../inventory/native/options.ts';
import {readCluster} from '../../inventory/read/readCluster.ts';
import {itemsOf} from '../../inventory/submissions/items.ts';
import type {JsonObject} from '../../kube/json.ts';
import {minorOf} from '../../kube/release.ts';
import {needsExtensions} from '../../migrate/native/extensions.ts';
import {type Native, nativeObjects} from '../../migrate/native/nativeObjects.ts';
import {
  modeOnStage,
  type NativeStage,
  objectsOnStage,
  stageIn,
  stageLabel,
} from '../../migrate/native/stages.ts';
import {escapeText} from '../../report/escape.ts';
import {undoNativeFiles} from '../../report/migrateNative.ts';
import {makeChanges, tellApplied, tryChanges} from '../applyChanges.ts';
import type {Cluster, World} from '../world.ts';
import {isAgreed} from './migrateApply.ts';
import type {MigrateFlags} from './migrateFlags.ts';
import {connectionWords} from './migrateRequest.ts';
import {waitUntilInForce} from './nativeCanary.ts';
import {impactLines, missingGrantLines, requireSystem} from './nativeImpact.ts';
import {tellLosses} from './tellLosses.ts';

/** The policies that are to live in a cluster, and how. */
export interface NativeRequest {
  readonly policies: Inventory['policies'];
  /** Who may use them where they come from. */
  readonly rbac: Inventory['rbac'];
  /** undefined: as it is; `full` where there are no such objects yet. */
  readonly mode: NativeMode | undefined;
  /** undefined: the one that the cluster is on; `audit` where there are no such objects yet. */
  readonly stage: NativeStage | undefined;
  /** Refuses a version of the cluster that can't have objects of this mode. */
  requireVersion(minor: number, mode: NativeMode): void;
}

/** The same with everything decided. */
interface NativeGoal {
  readonly mode: NativeMode;
  readonly stage: NativeStage;
  readonly closeGaps: boolean;
}

/** Brings a cluster on a stage: tried, judged and asked about; all of it or nothing. */
export async function applyPolicies(
  world: World,
  flags: MigrateFlags,
  request: NativeRequest,
): Promise<ExitCode> {
  const cluster = await world.connect(flags);
  try {
    const target = await readTarget(world, cluster, request);
    const goal = goalOf(target, flags, request);
    const {stage} = goal;
    const {objects, losses} = objectsFor(target, goal);
    tellLosses(world, losses);
    const say = (line: string) => world.print(`${escapeText(line)}\n`);
    const verdicts = foretold(target, goal);
    const foretelling = impactLines(verdicts, stage, target);
    for (const line of [...foretelling, ...missingGrantLines(request, target)]) say(line);
    requireSystem(target, verdicts, stage);
    const changes = await planned(cluster, objects, target);
    const tried = await tryChanges(cluster, changes);
    for (const line of tried.lines) say(line);
    if (!tried.ok) {
      say('Nothing was changed.');
      return exitCodes.refused;
    }
    if (!flags.yes && !(await isAgreed(world, questionOf(stage)))) {
      say('Nothing was changed.');
      return exitCodes.no;
    }
    const code = await make(world, cluster, flags, changes);
    if (code !== exitCodes.ok) return code;
    await waitUntilInForce(world, cluster, target, objects);
    say(`In force on stage ${stage}: ${stageWords(goal)}`);
    return exitCodes.ok;
  } finally {
    cluster.close();
  }
}

/** A stage that a mode has nothing for would be taken for something that it is not. */
function requireStage({mode, stage}: NativeGoal): void {
  if (mode === 'audit' && stage !== 'audit') {
    throw new UserError(
      `--mode audit refuses and changes nothing: its only stage is audit, not ${stage}`,
      exitCodes.usage,
    );
  }
  if (mode === 'validate' && stage === 'mutate') {
    throw new UserError(
      '--mode validate writes nothing into pods: its stages are audit, deny and enforce',
      exitCodes.usage,
    );
  }
}

function stageWords({mode, stage}: NativeGoal): string {
  const words = {
    audit:
      'pods that no policy takes are warned of, and told to the audit log; nothing is refused.',
    mutate: `defaults are written in namespaces with the label ${stageLabel}=mutate; nothing is refused.`,
    deny: `pods are refused in namespaces with the label ${stageLabel}=deny; ${stageLabel}=mutate only ${mode === 'full' ? 'writes defaults' : 'warns'}.`,
    enforce: 'pods that no policy takes are refused everywhere.',
  }[stage];
  return mode === 'validate'
    ? words.replace('no policy takes', 'no policy takes unchanged')
    : words;
}

/** The cluster as it is, with the policies that it is to have. */
async function readTarget(
  world: World,
  cluster: Cluster,
  {policies}: Pick<NativeRequest, 'policies'>,
): Promise<Inventory> {
  const read = await readCluster(cluster, {
    namespace: undefined,
    time: world.now(),
    policies: true,
    workloads: true,
    caller: false,
    whole: true,
    exact: true,
  });
  const {serverVersion, policyApi, gaps} = read;
  const minor = minorOf(serverVersion);
  if (minor === undefined || policyApi !== 'absent') {
    throw new UserError(
      `nothing was changed: the cluster (${serverVersion ?? 'of unknown version'}) serves PodSecurityPolicies, or does not tell: --apply takes one that policies are to move to, and --from what they come from`,
      exitCodes.usage,
    );
  }
  const gap = gaps.find(isOfAdmission);
  // Sources that can't be read are replaced; what may not be read could be anything.
  if (gap !== undefined && read.admissionPolicies === undefined) {
    throw new UserError(
      `nothing was changed: could not read ${gap.resource}: ${gap.reason}`,
      exitCodes.refused,
    );
  }
  return {...read, policies, gaps: gaps.filter(one => !isOfAdmission(one))};
}

/**
 * What was asked for, and for the rest what the cluster has: who makes objects again changes neither their stage nor
 * what they do. A UserError where their bindings are those of no stage.
 */
function goalOf(
  {admissionPolicies = [], serverVersion}: Inventory,
  {closeGaps}: MigrateFlags,
  {mode, stage, requireVersion}: NativeRequest,
): NativeGoal {
  const options = nativeHomeOf(admissionPolicies)?.options;
  const hadMode = options?.mode === 'validate' ? 'validate' : 'full';
  const had = stageIn(admissionPolicies);
  if (stage === undefined && had === 'odd') {
    throw new UserError(
      `nothing was changed: the bindings of ${nativeName} are those of no stage: name one with --stage`,
      exitCodes.usage,
    );
  }
  const goal = {
    mode: mode ?? hadMode,
    stage: stage ?? (had === 'odd' || mode === 'audit' ? undefined : had) ?? 'audit',
    closeGaps: closeGaps || options?.closeGaps === true,
  };
  requireVersion(minorOf(serverVersion) ?? 0, goal.mode);
  requireStage(goal);
  return goal;
}

function objectsFor(target: Inventory, goal: NativeGoal): Native {
  const {mode, stage} = goal;
  const {objects, losses} = nativeIn(target, goal, modeOnStage(stage, mode));
  // What the stage leaves out for now is no loss.
  return {objects: objectsOnStage(objects, stage), losses: stage === 'audit' ? [] : losses};
}

function nativeIn(target: Inventory, {closeGaps}: NativeGoal, mode: NativeMode): Native {
  const options = {
    mode,
    server: minorOf(target.serverVersion) ?? 0,
    static: false,
    closeGaps,
    extensions: needsExtensions(target),
  };
  return nativeObjects(target.policies, options, wholeRbac(target));
}

/** What the policies make of the cluster's pods once they are in force everywhere, whatever levels say. */
function foretold(target: Inventory, goal: NativeGoal): readonly Verdict[] {
  const {objects} = nativeIn(target, goal, goal.mode === 'validate' ? 'validate' : 'full');
  const namespaces = target.namespaces.map(({metadata}) => ({
    metadata: {name: metadata?.name, labels: {}},
  }));
  const judge = judgeOf({...target, namespaces, admissionPolicies: objects});
  return itemsOf(target).map(item => judge.verdict(item));
}

/** What is sent: objects in the order in which they can be made, then what the stage has no use for. */
async function planned(
  cluster: Cluster,
  objects: readonly JsonObject[],
  {admissionPolicies = []}: Inventory,
): Promise<readonly PlannedChange[]> {
  const changes: PlannedChange[] = [];
  for (const object of objects) {
    changes.push(planPut(object, await readObject(cluster, objectPath(object))));
  }
  const paths = new Set(objects.map(objectPath));
  const kinds = admissionResources.map(({kind}) => kind);
  const stale = admissionPolicies.filter(
    object =>
      kinds.includes(String(object.kind)) && isNative(object) && !paths.has(objectPath(object)),
  );
  // A binding goes before what it binds.
  const isBinding = ({kind}: JsonObject) => /Binding$/.test(String(kind));
  const gone = [...stale.filter(isBinding), ...stale.filter(one => !isBinding(one))];
  return [...changes, ...gone.map(planDelete)];
}

function questionOf(stage: NativeStage) {
  if (stage === 'audit' || stage === 'mutate') {
    return {text: `Bring the cluster on stage ${stage}? [y/N] `, answer: /^y(es)?$/i};
  }
  return {
    text: `Pods will be refused ${stage === 'enforce' ? 'in all namespaces' : 'where the label says so'}. Type ${stage} to go on: `,
    answer: new RegExp(`^${stage}$`),
  };
}

async function make(
  world: World,
  cluster: Cluster,
  flags: MigrateFlags,
  changes: readonly PlannedChange[],
): Promise<ExitCode> {
  const time = world.now();
  const name = `psp-undo-policies-${time.replace(/[-:]/g, '')}`;
  const undo = undoNativeFiles(changes, {time, name, again: connectionWords(flags)});
  for (const [file, text] of undo.objects) await world.writeFile(file, text, false);
  await world.writeFile(`${name}.sh`, undo.script, false);
  const applied = await makeChanges(world, cluster, changes, {isSaved: true});
  const code = tellApplied(world, applied, line => world.print(`${escapeText(line)}\n`));
  if (applied.outcome === 'applied' || applied.outcome === 'partly') {
    world.print(`To take it back: sh ${name}.sh\n`);
  }
  return code;
}
