import {judgeOf} from '../admission/judge.ts';
import {podOnServer} from '../admission/prepare.ts';
import {edited} from '../harden/edits.ts';
import {isPatchEdit, objectPatch} from '../harden/patch.ts';
import {hardenItems, type Origin, originsOf} from '../harden/subjects.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {type Submission, submissionsOf} from '../inventory/submissions/submissions.ts';
import {applyEdits, type PatchOperation} from '../kube/edits.ts';
import type {JsonObject} from '../kube/json.ts';
import type {Pod} from '../kube/pod.ts';
import {
  levelOfPod,
  type PodSecurityLevel,
  refusalDetail,
  standardRefusals,
} from '../podSecurity/judge.ts';
import type {StandardVersion} from '../podSecurity/version.ts';
import {
  editsToHarden,
  editsToKeep,
  jsonPatch,
  strategicPatch,
  type TemplateEdit,
} from './templateEdits.ts';
import type {WorkloadLevels} from './workloadLevels.ts';

/** What patches lead to: the pods of today without PodSecurityPolicy, or pods that a level lets in. */
export const patchGoals = ['psp', 'baseline', 'restricted'] as const;
export type PatchGoal = (typeof patchGoals)[number];

/** What it takes until a workload's pods are what is wanted. */
export interface MigrationPatch {
  readonly item: Item;
  readonly goal: PatchGoal;
  readonly apiVersion: string;
  /** The change of the whole object, as a strategic merge patch; undefined if there is none to make. */
  readonly patch: JsonObject | undefined;
  /** The same as RFC 6902 operations; undefined also where these could overwrite what was not read. */
  readonly operations: readonly PatchOperation[] | undefined;
  /** Without PodSecurityPolicy: the level as it is, and with the patch. */
  readonly now: PodSecurityLevel;
  readonly after: PodSecurityLevel;
  /** Whether the patch does it, judged again. */
  readonly isReached: boolean;
  /** What a person has to know or to decide. */
  readonly remarks: readonly string[];
}

/** The patches of those workloads that need one for the goal, or cannot get there by one. */
export function patchesFor(
  workloads: readonly WorkloadLevels[],
  inventory: Inventory,
  goal: PatchGoal,
  version: StandardVersion,
): readonly MigrationPatch[] {
  const find = originsOf(inventory);
  const submissions = submissionsOf(inventory);
  const patchable = workloads.flatMap(workload => {
    const origin = find(workload.item);
    if (origin === undefined) return [];
    const submit = (template: Pod): Submission =>
      origin.workload === undefined
        ? submissions.ofPod(template)
        : submissions.ofWorkload({...origin.workload, template});
    return [{workload, origin, submit, version}];
  });
  return goal === 'psp'
    ? patchesToKeep(patchable, inventory)
    : patchesToHarden(patchable, inventory, goal);
}

interface Patchable {
  readonly workload: WorkloadLevels;
  readonly origin: Origin;
  readonly submit: (template: Pod) => Submission;
  readonly version: StandardVersion;
}

function patchesToKeep(
  patchable: readonly Patchable[],
  inventory: Inventory,
): readonly MigrationPatch[] {
  const judge = judgeOf(inventory, {areClassesThere: true});
  return patchable.flatMap(one => {
    const edits = editsToKeep(one.workload);
    if (edits.length === 0) return [];
    const submission = one.submit(applyEdits(one.origin.template, edits));
    const {chosen, edits: left} = judge.judgement(submission);
    const view = {item: {...one.workload.item, submission}, edits: left};
    const isKept = editsToKeep({...view, podToday: one.workload.podToday}).length === 0;
    const isReached = chosen !== undefined && isKept;
    const remarks = isReached ? [] : ['with the patch, its policy would still change or refuse it'];
    return [patchOf(one, 'psp', {edits, submission, isReached, remarks})];
  });
}

function patchesToHarden(
  patchable: readonly Patchable[],
  inventory: Inventory,
  goal: 'baseline' | 'restricted',
): readonly MigrationPatch[] {
  const open = patchable.filter(
    ({workload, version}) => standardRefusals(workload.pod, goal, version).length > 0,
  );
  const items = open.map(({workload}) => workload.item);
  const hardened = new Map(hardenItems(items, inventory, goal).map(one => [one.item, one]));
  return open.flatMap(one => {
    const hardening = hardened.get(one.workload.item);
    if (hardening === undefined) return [];
    const steps = hardening.changes.flatMap(({edits}) => edits).filter(isPatchEdit);
    const submission = one.submit(edited(one.origin.template, steps));
    const left = standardRefusals(podOnServer(submission.view.pod, one.version), goal, one.version);
    const {decisions, blocked, unknownUsers} = hardening;
    const remarks = [
      ...decisions.map(step => `needs a decision: ${step.where} ${step.asks}: ${step.says}`),
      ...(left.length > 0 ? [`not ${goal} with its patch: ${refusalDetail(left)}`] : []),
      ...(blocked === undefined ? [] : [`can't be ${goal} by changes alone: ${blocked}`]),
      ...(unknownUsers.length === 0
        ? []
        : [
            `not known: the image's user of ${unknownUsers.join(', ')}; a root user, or a name and no number, keeps the container from starting: then set runAsUser`,
          ]),
    ];
    const edits = editsToHarden(one.origin.template, steps);
    return [patchOf(one, goal, {edits, submission, isReached: left.length === 0, remarks})];
  });
}

interface Patched {
  readonly edits: readonly TemplateEdit[];
  readonly submission: Submission;
  readonly isReached: boolean;
  readonly remarks: readonly string[];
}

function patchOf(
  {workload, origin, version}: Patchable,
  goal: PatchGoal,
  {edits, submission, isReached, remarks}: Patched,
): MigrationPatch {
  const {item, pod} = workload;
  const {template, path, apiVersion, unpatchable} = origin;
  const canPatch = edits.length > 0 && unpatchable === undefined;
  const {namespace, kind, name} = item;
  const head = {apiVersion, kind, metadata: {name, namespace}};
  const isPod = kind === 'Pod' && canPatch;
  const isJob = kind === 'Job' && canPatch;
  return {
    item,
    goal,
    apiVersion,
    patch: canPatch ? patchOfObject(head, path, strategicPatch(template, edits)) : undefined,
    operations: canPatch ? jsonPatch(template, path, edits) : undefined,
    now: levelOfPod(pod, version),
    after: canPatch
      ? levelOfPod(podOnServer(submission.view.pod, version), version)
      : levelOfPod(pod, version),
    isReached: isReached && canPatch,
    remarks: [
      ...(unpatchable === undefined ? [] : [`no patch, for ${unpatchable}`]),
      ...remarks,
      ...(isPod ? ['a pod has to be deleted and created again to be changed'] : []),
      ...(isJob ? ["a job's template never changes: delete it and create it again"] : []),
    ],
  };
}

/** A bare pod's own metadata is that of its template. */
function patchOfObject(
  head: Parameters<typeof objectPatch>[0],
  path: readonly string[],
  patch: JsonObject,
): JsonObject {
  if (path.length > 0) return objectPatch(head, path, patch);
  const {metadata = {}, ...rest} = patch;
  return {...head, metadata: {...head.metadata, ...(metadata as JsonObject)}, ...rest};
}
