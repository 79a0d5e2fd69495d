import {type PlannedChange, readObject} from '../../apply/applyAll.ts';
import {objectPath, planCreate} from '../../apply/planChange.ts';
import {effectOf} from '../../effect/effect.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {afterSteps} from '../../grant/bindingSteps.ts';
import {type BypassPlan, bypassIn, bypassTarget, planBypass} from '../../grant/planBypass.ts';
import {planUnbind} from '../../grant/planUnbind.ts';
import {templatesOf} from '../../inventory/submissions/items.ts';
import {policyVersion} from '../../kube/apiGroups.ts';
import {labelOf} from '../../kube/reference.ts';
import {hasUnreadWorkloads} from '../../migrate/plan.ts';
import {podSecurityPrefix} from '../../podSecurity/labels.ts';
import {authorizerOf} from '../../rbac/authorize.ts';
import {effectTable} from '../../report/effect.ts';
import {escapeText} from '../../report/escape.ts';
import {shellLine} from '../../report/migrate.ts';
import {makeChanges, tellApplied, tryChanges} from '../applyChanges.ts';
import {choose} from '../flags.ts';
import {changesFor} from '../grantChanges.ts';
import {requirePolicies} from '../input/load.ts';
import type {Cluster} from '../world.ts';
import {dryRunPods, type PodTrial} from './dryRunPods.ts';
import {isAgreed} from './migrateApply.ts';
import {migrateFormats} from './migrateFlags.ts';
import {connectionWords, type MigrateRequest} from './migrateRequest.ts';

/** Shows how one namespace is let out of PodSecurityPolicy, and does it; or takes that back. */
export async function runBypass(request: MigrateRequest): Promise<ExitCode> {
  const {world, flags, inventory, namespace} = request;
  choose('-o', flags.output, migrateFormats.bypass);
  requirePolicies(inventory);
  if (namespace === undefined) {
    throw new UserError(
      'bypass takes one namespace after the other: -n NAMESPACE',
      exitCodes.usage,
    );
  }
  if (flags.back) return takeBack(request, namespace);
  const plan = planBypass(inventory, namespace);
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  const {name} = plan.policy.metadata;
  if (!plan.isThere) say(`create PodSecurityPolicy ${name}, which lets everything in`);
  for (const {action, object} of plan.grants.steps) say(`${action} ${labelOf(object.reference)}`);
  for (const {item, policy} of plan.leaks) {
    say(
      `${labelOf(item)} would still meet ${policy === undefined ? 'a policy' : `policy ${policy}`}`,
    );
  }
  // Who may use every policy, as an admin, meets this one first wherever they create pods.
  const elsewhere = effectOf(inventory, plan.after).shifts.filter(
    ({item}) => item.namespace !== namespace,
  );
  if (elsewhere.length > 0) {
    say('In other namespaces:');
    world.print(effectTable(elsewhere));
  }
  const enforced = levelOf(request, namespace);
  say(enforcedText(enforced, namespace));
  const isPartial = hasUnreadWorkloads(inventory, namespace);
  if (isPartial) {
    say(`Not all that runs in ${namespace} was read: what was not may still meet another policy.`);
  }
  if (plan.leaks.length > 0) {
    say('Nothing was changed: not all pods would be let out.');
    return exitCodes.no;
  }
  if (!flags.apply) {
    say(`Nothing was changed: --apply lets ${namespace} out.`);
    return isPartial ? exitCodes.unreadable : exitCodes.ok;
  }
  const isHeld = enforced !== undefined && enforced !== 'none';
  const code = await applyBypass(request, namespace, plan, !isHeld);
  return code === exitCodes.ok && isPartial ? exitCodes.unreadable : code;
}

/** The level that the labels of a namespace enforce, `none` without one; undefined if they were not read. */
function levelOf({inventory}: MigrateRequest, namespace: string): string | undefined {
  const found = inventory.namespaces.find(({metadata}) => metadata?.name === namespace);
  return found && (found.metadata?.labels?.[`${podSecurityPrefix}enforce`] ?? 'none');
}

function enforcedText(enforced: string | undefined, namespace: string): string {
  if (enforced === undefined) {
    return `Whether something else holds pods of ${namespace} to a level is not known: its labels were not read.`;
  }
  return enforced === 'none'
    ? `Nothing else holds pods of ${namespace} to a level: it has no label to enforce one.`
    : `Pod Security Admission enforces ${enforced} in ${namespace}.`;
}

async function applyBypass(
  request: MigrateRequest,
  namespace: string,
  plan: BypassPlan,
  isOpen: boolean,
): Promise<ExitCode> {
  const {world, flags, inventory} = request;
  const cluster = await world.connect(flags);
  try {
    const changes = [
      ...(await policyChange(cluster, plan)),
      ...(await changesFor(cluster, {deleted: undefined, steps: plan.grants.steps})),
    ];
    const text = isOpen
      ? "Type the namespace's name to let its pods do anything: "
      : 'Apply this? [y/N] ';
    const answer = isOpen ? new RegExp(`^${namespace}$`) : /^y(es)?$/i;
    const code = await makeAll(request, cluster, changes, {text, answer});
    if (code !== exitCodes.ok) return code;
    const items = templatesOf(inventory).filter(item => item.namespace === namespace);
    const {name} = plan.policy.metadata;
    const trials = await provenTrials(() => dryRunPods(world, flags, cluster, items), name);
    const proof = printProof(request, trials, name);
    const back = ['kubectl', 'psp', 'migrate', 'bypass', '-n', namespace, '--back', '--apply'];
    world.print(`To take it back: ${shellLine([...back, ...connectionWords(flags)])}\n`);
    return proof;
  } finally {
    cluster.close();
  }
}

async function policyChange(
  cluster: Cluster,
  {policy, isThere}: BypassPlan,
): Promise<readonly PlannedChange[]> {
  if (isThere) return [];
  const object = {apiVersion: policyVersion, kind: 'PodSecurityPolicy', ...policy};
  const planned = planCreate(object, await readObject(cluster, objectPath(object)));
  if (planned.plan === 'conflict') throw new UserError(planned.text, exitCodes.refused);
  return planned.plan === 'change' ? [planned.change] : [];
}

/** Milliseconds before each look: the server reads rights and policies a moment after they were made. */
const looks = [0, 500, 1000, 2000, 4000];

async function provenTrials(
  look: () => Promise<readonly PodTrial[]>,
  name: string,
): Promise<readonly PodTrial[]> {
  let trials: readonly PodTrial[] = [];
  for (const ms of looks) {
    await new Promise<void>(resolve => void setTimeout(resolve, ms));
    trials = await look();
    if (trials.every(({fate, policy}) => fate === 'untried' || policy === name)) break;
  }
  return trials;
}

/** Tells what the server says to the pods of the templates now, and gives what that comes to. */
function printProof({world}: MigrateRequest, trials: readonly PodTrial[], name: string): ExitCode {
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  const tried = trials.filter(({fate}) => fate !== 'untried');
  const out = tried.filter(({policy}) => policy === name);
  for (const {item, fate, says} of trials) {
    if (fate === 'untried') say(`${labelOf(item)} was not tried: ${says}`);
  }
  for (const one of tried) {
    if (one.policy !== name) say(`${labelOf(one.item)}: ${one.fate} ${one.says}`);
  }
  say(`The server tried the pods of ${tried.length} templates: ${out.length} met only ${name}.`);
  if (out.length < tried.length) return exitCodes.no;
  // Nobody could be asked as whoever creates a pod of its own; its account has the policy all the same.
  const isOpen = ({fate, item}: PodTrial) =>
    fate === 'untried' && item.submission.requester !== undefined;
  return trials.some(isOpen) ? exitCodes.unreadable : exitCodes.ok;
}

/** Tried by the server, asked about, and made: all or nothing. */
async function makeAll(
  {world, flags}: MigrateRequest,
  cluster: Cluster,
  changes: readonly PlannedChange[],
  question: Parameters<typeof isAgreed>[1],
): Promise<ExitCode> {
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  if (changes.length === 0) {
    say('Nothing to change.');
    return exitCodes.ok;
  }
  const tried = await tryChanges(cluster, changes);
  for (const line of tried.lines) say(line);
  if (!tried.ok || (!flags.yes && !(await isAgreed(world, question)))) {
    say('Nothing was changed.');
    return tried.ok ? exitCodes.no : exitCodes.refused;
  }
  return tellApplied(world, await makeChanges(world, cluster, changes), say);
}

/** Takes the grant of a namespace away, and the policy with the last one. */
async function takeBack(request: MigrateRequest, namespace: string): Promise<ExitCode> {
  const {world, flags, inventory} = request;
  const say = (line: string) => world.print(`${escapeText(line)}\n`);
  const policy = bypassIn(inventory);
  if (policy === undefined) {
    say('Nothing to change: no namespace is let out.');
    return exitCodes.ok;
  }
  const {name} = policy.metadata;
  const {steps} = planUnbind(inventory, name, [bypassTarget(namespace)]);
  // The policy stays while another namespace needs it, or may: a binding that was not read counts.
  const isRead = !inventory.gaps.some(({resource}) => /^(cluster)?role/.test(resource));
  const {grants} = authorizerOf(afterSteps(inventory.rbac, steps));
  const isNeeded = !isRead || grants.some(({policies}) => policies?.has(name));
  const deleted = isNeeded ? undefined : policy;
  for (const {action, object} of steps) say(`${action} ${labelOf(object.reference)}`);
  if (deleted !== undefined) say(`delete PodSecurityPolicy ${name}`);
  if (!flags.apply) {
    say('Nothing was changed: --apply takes it back.');
    return exitCodes.ok;
  }
  const cluster = await world.connect(flags);
  try {
    const changes = await changesFor(cluster, {deleted, steps});
    return await makeAll(request, cluster, changes, {
      text: 'Apply this? [y/N] ',
      answer: /^y(es)?$/i,
    });
  } finally {
    cluster.close();
  }
}
