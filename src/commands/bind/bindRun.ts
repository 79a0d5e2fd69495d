import type {PlannedChange} from '../../apply/applyAll.ts';
import {applyLines} from '../../apply/applyAll.ts';
import {type Effect, effectOf, type ShiftKind} from '../../effect/effect.ts';
import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {afterSteps, type BindingPlan, type GrantTarget} from '../../grant/bindingSteps.ts';
import {planBind} from '../../grant/planBind.ts';
import {planUnbind} from '../../grant/planUnbind.ts';
import {type Inventory, namespacesOf} from '../../inventory/inventory.ts';
import {nearNames} from '../../kube/nearNames.ts';
import {kubectlName} from '../../kube/reference.ts';
import {bindingText} from '../../report/binding.ts';
import {jsonText} from '../../report/machine.ts';
import {printYaml} from '../../yaml/documents.ts';
import {makeChanges, tryChanges} from '../applyChanges.ts';
import {choose} from '../flags.ts';
import {load, policyNamed, requirePolicies, type SourceRequest} from '../input/load.ts';
import {policyName} from '../input/policyArgument.ts';
import {namedSubject} from '../input/subjects.ts';
import type {Cluster, World} from '../world.ts';
import {changesFor, objectOfStep} from './bindChanges.ts';
import {type BindFlags, bindFormats, dryRuns, type UnbindFlags} from './bindFlags.ts';

/** Lets subjects use a policy. */
export async function runBind(
  world: World,
  args: readonly string[],
  flags: BindFlags,
): Promise<ExitCode> {
  const asked = understand('bind', args, flags);
  const {policy, named} = asked;
  const targets = named.map(({subject, home}) => ({subject, namespace: flags.namespace ?? home}));
  const [first, ...others] = new Set(targets.map(({namespace}) => namespace));
  const scope = others.length === 0 ? first : undefined;
  const inventory = await read(world, flags, scope);
  policyNamed(inventory, policy);
  const plan = planBind(inventory.rbac, {policy, targets, roleName: flags.role});
  const notes = [...missingNotes(inventory, targets), ...plan.notes];
  return carryOut(world, flags, asked, inventory, {...plan, notes}, scope);
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
  const inventory = await read(world, flags, namespace);
  const plan = planUnbind(inventory.rbac, policy, targets);
  if (plan.steps.length === 0) {
    requireRbac(inventory);
    policyNamed(inventory, policy); // a grant may outlive its policy
  }
  return carryOut(world, flags, asked, inventory, plan, namespace);
}

/** Who finds nothing to take away has to have seen everything. */
function requireRbac({gaps}: Inventory): void {
  const kinds = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'];
  const gap = gaps.find(({resource}) => kinds.includes(resource));
  if (gap === undefined) return;
  throw new UserError(
    `no grant to take away was found, but not all could be read: ${gap.resource}: ${gap.reason}`,
    exitCodes.refused,
  );
}

interface Asked {
  readonly policy: string;
  readonly named: readonly ReturnType<typeof namedSubject>[];
  readonly format: (typeof bindFormats)[number];
  readonly dryRun: (typeof dryRuns)[number];
}

function understand(verb: string, args: readonly string[], flags: UnbindFlags): Asked {
  const [policy, ...more] = args;
  if (policy === undefined || more.length > 0) {
    throw new UserError(`${verb} takes one POLICY, got ${args.length}`, exitCodes.usage);
  }
  if (flags.to.length === 0) {
    throw new UserError(
      `${verb}: --to is missing: sa:NS/NAME, ns:NS, group:NAME or user:NAME`,
      exitCodes.usage,
    );
  }
  return {
    policy: policyName(policy),
    named: flags.to.map(namedSubject),
    format: choose('-o', flags.output, bindFormats),
    dryRun: choose('--dry-run', flags.dryRun, dryRuns),
  };
}

async function read(
  world: World,
  flags: SourceRequest,
  namespace: string | undefined,
): Promise<Inventory> {
  const needs = {policies: true, workloads: true, caller: false, whole: true, exact: true};
  const scoped = {...flags, namespace, allNamespaces: namespace === undefined};
  const {inventory} = await load(world, scoped, needs);
  requirePolicies(inventory);
  return inventory;
}

/** Subjects and namespaces that are not there; RBAC takes any name. */
function missingNotes(inventory: Inventory, targets: readonly GrantTarget[]): readonly string[] {
  const {serviceAccounts, namespaces} = inventory;
  const known = namespacesOf(inventory);
  return targets.flatMap(({subject, namespace}) => {
    const home = subject.namespace;
    const names = serviceAccounts
      .filter(({metadata}) => metadata?.namespace === home)
      .flatMap(({metadata}) => metadata?.name ?? []);
    const isMissing = home !== undefined && names.length > 0 && !names.includes(subject.name);
    const isNowhere =
      namespace !== undefined && namespaces.length > 0 && !known.includes(namespace);
    return [
      ...(isMissing
        ? [
            `there is no ServiceAccount ${home}/${subject.name}: ${nearNames(subject.name, names, 'service accounts')}`,
          ]
        : []),
      ...(isNowhere
        ? [`there is no namespace ${namespace}: ${nearNames(namespace, known, 'namespaces')}`]
        : []),
    ];
  });
}

/** Shows the plan and what it does; makes it, if it may be made and the user agrees. */
async function carryOut(
  world: World,
  flags: UnbindFlags,
  {policy, format, dryRun}: Asked,
  inventory: Inventory,
  plan: BindingPlan,
  namespace: string | undefined,
): Promise<ExitCode> {
  const after = {...inventory, rbac: afterSteps(inventory.rbac, plan.steps)};
  const effect = effectOf(inventory, after, {namespace});
  const text = bindingText(plan, effect, policy);
  const say = (line: string) => (format === 'text' ? world.print(`${line}\n`) : world.warn(line));
  if (format === 'text') world.print(text);
  else world.warn(text.trimEnd());
  const done = plan.kept.length > 0 ? exitCodes.no : exitCodes.ok;
  const isFixed = flags.demo === true || (flags.from ?? []).length > 0;
  if (plan.steps.length === 0) {
    printObjects(world, format, []);
    return done;
  }
  if (isFixed || dryRun === 'client') {
    for (const {action, object} of plan.steps) {
      if (action === 'delete') say(`to delete: kubectl delete ${kubectlName(object.reference)}`);
    }
    const source = flags.demo === true ? 'the demo' : inventory.source;
    const why = dryRun === 'client' ? '--dry-run=client' : `${source} can't be changed`;
    say(`Nothing was changed: ${why}.`);
    const kept = plan.steps.filter(({action}) => action !== 'delete');
    printObjects(world, format, kept.map(objectOfStep));
    return done;
  }
  const cluster = await world.connect(flags);
  try {
    const changes = await changesFor(cluster, plan.steps);
    const code = await make(world, cluster, changes, {policy, format, dryRun, effect, say, flags});
    return code === exitCodes.ok ? done : code;
  } finally {
    cluster.close();
  }
}

interface MakeOptions extends Pick<Asked, 'policy' | 'format' | 'dryRun'> {
  readonly effect: Effect;
  readonly flags: UnbindFlags;
  say(line: string): void;
}

/** Has the server try the changes, asks, and makes them. */
async function make(
  world: World,
  cluster: Cluster,
  changes: readonly PlannedChange[],
  {policy, format, dryRun, effect, flags, say}: MakeOptions,
): Promise<ExitCode> {
  const tried = await tryChanges(cluster, changes);
  for (const line of tried.lines) say(line);
  if (!tried.ok || dryRun === 'server') {
    say(tried.ok ? 'Nothing was changed: --dry-run=server.' : 'Nothing was changed.');
    const kept = changes.filter(({action}) => action !== 'delete');
    if (tried.ok)
      printObjects(
        world,
        format,
        kept.map(({desired}) => desired),
      );
    return tried.ok ? exitCodes.ok : exitCodes.refused;
  }
  if (!flags.yes && !(await isAgreed(world, policy, effect))) {
    say('Nothing was changed.');
    return exitCodes.no;
  }
  const applied = await makeChanges(world, cluster, changes);
  const isDone = applied.outcome === 'applied';
  for (const line of applyLines(applied)) {
    if (isDone) say(line);
    else world.warn(line);
  }
  const stored = applied.done.filter(({change}) => change.action !== 'delete');
  if (isDone)
    printObjects(
      world,
      format,
      stored.map(({stored: object}) => object ?? {}),
    );
  if (isDone) return exitCodes.ok;
  return applied.failure?.kind === 'unreachable' ? exitCodes.unreadable : exitCodes.refused;
}

async function isAgreed(world: World, policy: string, {shifts}: Effect): Promise<boolean> {
  const number = (wanted: ShiftKind) => shifts.filter(({kind}) => kind === wanted).length;
  const [denied, unknown] = [number('denied'), number('unknown')];
  const what = [
    ...(denied > 0 ? [`Pods or workloads that would be denied: ${denied}.`] : []),
    ...(unknown > 0
      ? [`Pods or workloads of which it is unknown whether they would be denied: ${unknown}.`]
      : []),
  ].join(' ');
  const answer = await world.ask(
    what !== '' ? `${what} Type the policy's name to go on: ` : 'Apply this? [y/N] ',
  );
  if (answer === undefined) {
    throw new UserError(
      'nothing was changed: there is no terminal to ask at; --yes applies it without asking',
      exitCodes.usage,
    );
  }
  return what !== '' ? answer.trim() === policy : /^y(es)?$/i.test(answer.trim());
}

function printObjects(world: World, format: Asked['format'], objects: readonly object[]): void {
  if (format === 'yaml') world.print(objects.map(object => printYaml(object)).join('---\n'));
  if (format === 'json') {
    world.print(jsonText({apiVersion: 'v1', kind: 'List', items: objects}));
  }
}
