import {type PlannedChange, readObject} from '../../apply/applyAll.ts';
import {objectPath, planCreate, planPolicyUpdate} from '../../apply/planChange.ts';
import {changeNotes} from '../../effect/changeNotes.ts';
import {effectOf} from '../../effect/effect.ts';
import {questionFor} from '../../effect/question.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {Policy} from '../../kube/objects.ts';
import {printablePolicy} from '../../report/advice.ts';
import {effectTable, effectText} from '../../report/effect.ts';
import {warnOfImpact} from '../admissionOff.ts';
import {applyPlan} from '../applyPlan.ts';
import {choose, dryRuns} from '../flags.ts';
import {loadOverlay} from '../input/loadOverlay.ts';
import {nativeChanges} from '../nativeChanges.ts';
import type {Cluster, World} from '../world.ts';
import type {ApplyPoliciesFlags} from './applyFlags.ts';

/** Makes or changes the policies of files, once it is known what that does. */
export async function runApply(world: World, flags: ApplyPoliciesFlags): Promise<ExitCode> {
  const dryRun = choose('--dry-run', flags.dryRun, dryRuns);
  if (flags.filename.length + flags.kustomize.length === 0) {
    throw new UserError('name the policies to apply: -f with their files', exitCodes.usage);
  }
  const none = {deleted: [], prune: false};
  const overlaid = await loadOverlay(world, {...flags, allNamespaces: true}, none);
  const {before, after, files} = overlaid;
  requireOnlyPolicies(files);
  for (const note of changeNotes(overlaid)) world.warn(`note: ${note}`);
  const effect = effectOf(before, after);
  const say = (line: string) => world.print(`${line}\n`);
  await warnOfImpact(world, before);
  if (effect.shifts.length > 0) say(effectTable(effect.shifts, {wide: false, headers: true}));
  say(effectText(effect));
  const reason =
    (dryRun === 'client' && '--dry-run=client') ||
    (flags.demo && "the demo can't be changed") ||
    (flags.from.length > 0 && `${before.source} can't be changed`);
  if (reason) {
    say(`Nothing was changed: ${reason}.`);
    return exitCodes.ok;
  }
  const [first] = files.policies;
  const put = files.policies.map(policy => fromNow(policy, before));
  return applyPlan(world, flags, {
    change: {deleted: undefined, steps: []},
    question: questionFor({before, after, treated: effect.shifts}),
    policy: first?.metadata.name ?? '',
    dryRun,
    printer: {say, objects: () => undefined},
    also: cluster => changesOf(cluster, put),
  });
}

/** Everything else is kubectl's business. */
function requireOnlyPolicies(files: Inventory): void {
  const {refused = [], rbac, workloads, pods, serviceAccounts, policies} = files;
  const [first] = refused;
  if (first !== undefined) {
    throw new UserError(
      `policy ${JSON.stringify(first.policy.metadata.name)} would be refused: ${first.reason}`,
    );
  }
  const others = [...Object.values(rbac), workloads, pods, serviceAccounts].flat();
  if (policies.length > 0 && others.length === 0) return;
  throw new UserError(
    policies.length === 0
      ? 'apply takes PodSecurityPolicies, and the files have none'
      : 'apply takes PodSecurityPolicies alone: the files have other objects too, which kubectl apply makes',
    exitCodes.usage,
  );
}

/** A policy of a file as a change of the one that was just read. */
function fromNow(policy: Policy, {policies}: Inventory): Policy {
  const known = policies.find(({metadata}) => metadata.name === policy.metadata.name);
  const resourceVersion = known?.metadata.resourceVersion;
  return {...policy, metadata: {...policy.metadata, resourceVersion}};
}

/** What is to be sent: the policies themselves, or what they live in. */
async function changesOf(
  cluster: Cluster,
  policies: readonly Policy[],
): Promise<readonly PlannedChange[]> {
  const native = await nativeChanges(cluster, {put: policies});
  if (native !== undefined) return native;
  const changes: PlannedChange[] = [];
  for (const policy of policies) {
    const object = printablePolicy(policy);
    const raw = await readObject(cluster, objectPath(object));
    if (raw === undefined) {
      const planned = planCreate(object);
      if (planned.plan === 'change') changes.push(planned.change);
    } else {
      const change = planPolicyUpdate(policy, raw);
      if (change !== undefined) changes.push(change);
    }
  }
  return changes;
}
