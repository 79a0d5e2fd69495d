import {effectOf} from '../../effect/effect.ts';
import {questionFor} from '../../effect/question.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {BindingPlan} from '../../grant/bindingSteps.ts';
import {missingNotes} from '../../grant/missingNotes.ts';
import {perhapsGrants} from '../../grant/perhapsGrants.ts';
import {planBind} from '../../grant/planBind.ts';
import {afterChange} from '../../grant/planDelete.ts';
import {planUnbind} from '../../grant/planUnbind.ts';
import {type Targets, targetsLike} from '../../grant/targetsLike.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {askedIn} from '../../inventory/native/nativeHome.ts';
import {isUnreadIn} from '../../rbac/unreadRbac.ts';
import {warnOfImpact} from '../admissionOff.ts';
import {applyPlan} from '../applyPlan.ts';
import {choose, dryRuns} from '../flags.ts';
import {load, policyNamed, requirePolicies, type SourceRequest} from '../input/load.ts';
import {policyName} from '../input/policyArgument.ts';
import {namedSubject} from '../input/subjects.ts';
import type {World} from '../world.ts';
import {type BindFlags, bindFormats, type UnbindFlags} from './bindFlags.ts';
import {bindPrinter} from './bindPrint.ts';

/** Lets subjects use a policy. */
export async function runBind(
  world: World,
  args: readonly string[],
  flags: BindFlags,
): Promise<ExitCode> {
  const asked = understand('bind', args, flags, flags.like);
  const {policy, named} = asked;
  const {namespace, like} = flags;
  const wanted = named.map(({subject, home}) => ({subject, namespace: namespace ?? home}));
  const [first, ...others] = new Set(wanted.map(target => target.namespace));
  const scope = like !== undefined ? namespace : others.length === 0 ? first : undefined;
  const inventory = await read(world, flags, scope);
  policyNamed(inventory, policy);
  const same = like === undefined ? noTargets : targetsOf(inventory, policy, like, namespace);
  const targets = [...wanted, ...same.targets];
  const plan = planBind(inventory.rbac, {
    policy,
    targets,
    roleName: flags.role,
    asked: askedIn(inventory),
  });
  const notes = [...missingNotes(inventory, wanted), ...same.notes, ...plan.notes];
  return carryOut(world, flags, asked, inventory, {...plan, notes});
}

const noTargets: Targets = {targets: [], notes: []};

/** Who may use another policy; a grant that could not be read would be left out without a word. */
function targetsOf(
  inventory: Inventory,
  policy: string,
  other: string,
  namespace: string | undefined,
): Targets {
  const like = policyName(other);
  policyNamed(inventory, like);
  requireRbac(
    inventory,
    namespace,
    `who may use ${like} is not all known: some objects could not be read`,
  );
  return targetsLike(inventory.rbac, {policy, like}, namespace);
}

/** Takes the use of a policy away from subjects. */
export async function runUnbind(
  world: World,
  args: readonly string[],
  flags: UnbindFlags,
): Promise<ExitCode> {
  const asked = understand('unbind', args, flags);
  const {policy, named} = asked;
  const {namespace} = flags;
  const targets = named.map(({subject}) => ({subject, namespace}));
  // Who may not list what is in all namespaces may in that of the account.
  const [home, ...others] = new Set(named.map(each => each.home));
  const inventory = await read(world, flags, namespace ?? (others.length === 0 ? home : undefined));
  const plan = planUnbind(inventory, policy, targets);
  if (plan.steps.length === 0) {
    policyNamed(inventory, policy); // a grant may outlive its policy
    const perhaps = perhapsGrants(inventory, targets);
    const what =
      perhaps.length === 0
        ? 'no grant to remove was found'
        : `no grant to remove is known (perhaps ${perhaps.join('; ')})`;
    requireRbac(inventory, namespace, `${what}, but some objects could not be read`);
  }
  return carryOut(world, flags, asked, inventory, plan);
}

/** Who says that something is not there has to have seen everything that counts there. */
function requireRbac({gaps}: Inventory, namespace: string | undefined, problem: string): void {
  const kinds = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'];
  const gap = gaps.find(
    each =>
      kinds.includes(each.resource) && (namespace === undefined || isUnreadIn(each, namespace)),
  );
  if (gap === undefined) return;
  throw new UserError(`${problem}: ${gap.resource}: ${gap.reason}`, exitCodes.refused);
}

interface Asked {
  readonly policy: string;
  readonly named: readonly ReturnType<typeof namedSubject>[];
  readonly format: (typeof bindFormats)[number];
  readonly dryRun: (typeof dryRuns)[number];
}

function understand(
  verb: string,
  args: readonly string[],
  flags: UnbindFlags,
  like?: string,
): Asked {
  const [policy, ...more] = args;
  if (policy === undefined || more.length > 0) {
    throw new UserError(
      `${verb} takes one POLICY, got ${args.join(' ') || 'none'}: kubectl psp ${verb} POLICY --to sa:NS/NAME`,
      exitCodes.usage,
    );
  }
  if (flags.to.length === 0 && like === undefined) {
    throw new UserError(
      `${verb}: --to is missing: sa:NS/NAME, ns:NS, group:NAME or user:NAME`,
      exitCodes.usage,
    );
  }
  return {
    policy: policyName(policy),
    named: flags.to.map(text => namedSubject(text, flags.namespace)),
    format: choose('-o', flags.output, bindFormats),
    dryRun: choose('--dry-run', flags.dryRun, dryRuns),
  };
}

async function read(
  world: World,
  flags: SourceRequest,
  namespace: string | undefined,
): Promise<Inventory> {
  const needs = {
    policies: true,
    workloads: true,
    caller: false,
    whole: true,
    exact: true,
    everywhere: true,
  };
  const scoped = {...flags, namespace, allNamespaces: namespace === undefined};
  const {inventory} = await load(world, scoped, needs);
  requirePolicies(inventory);
  return inventory;
}

/** Decides what the plan does, shows it, and makes it if it may be made. */
async function carryOut(
  world: World,
  flags: UnbindFlags,
  {policy, format, dryRun}: Asked,
  inventory: Inventory,
  plan: BindingPlan,
): Promise<ExitCode> {
  const change = {deleted: undefined, steps: plan.steps};
  const after = afterChange(inventory, change);
  const effect = effectOf(inventory, after);
  const keptReason = reasonToKeep(flags, dryRun, inventory);
  const done = plan.kept.length > 0 ? exitCodes.no : exitCodes.ok;

  const printer = bindPrinter(world, format);
  const notes = [...plan.notes, ...(await nativeNotes(inventory, after))];
  await warnOfImpact(world, inventory);
  printer.plan({...plan, notes}, effect, policy);
  if (plan.steps.length === 0) {
    printer.objects([]);
    return done;
  }
  if (keptReason !== undefined) {
    printer.onlyShown(plan.steps, keptReason);
    return done;
  }
  const question = questionFor({before: inventory, after, treated: effect.shifts});
  const code = await applyPlan(world, flags, {change, question, policy, dryRun, printer});
  return code === exitCodes.ok ? done : code;
}

async function nativeNotes(before: Inventory, after: Inventory): Promise<readonly string[]> {
  if (before.admissionPolicies === undefined) return [];
  const {untriedNotes} = await import('../../migrate/native/nativeDrift.ts');
  return untriedNotes(before, after);
}

/** Why the plan is only shown and the server not asked; undefined if it is to be made or tried. */
function reasonToKeep(
  flags: UnbindFlags,
  dryRun: Asked['dryRun'],
  {source}: Inventory,
): string | undefined {
  if (dryRun === 'client') return '--dry-run=client';
  if (flags.demo) return "the demo can't be changed";
  return flags.from.length > 0 ? `${source} can't be changed` : undefined;
}
