import type {PlannedChange} from '../apply/applyAll.ts';
import type {ChangeQuestion} from '../effect/question.ts';
import {type ExitCode, exitCodes, UserError} from '../errors.ts';
import type {RightsChange} from '../grant/planDelete.ts';
import {questionLines} from '../report/question.ts';
import {makeChanges, tellApplied, tryChanges} from './applyChanges.ts';
import type {ConnectionFlags, dryRuns} from './flags.ts';
import {changesFor} from './grantChanges.ts';
import type {Cluster, World} from './world.ts';

/** Where a plan and what becomes of it is printed. */
export interface PlanPrinter {
  /** A line for people. */
  say(line: string): void;
  /** The objects as kubectl takes them; nothing in the format for people. */
  objects(objects: readonly object[]): void;
}

/** What the user gave besides the plan. */
export type ApplyFlags = ConnectionFlags & {readonly yes: boolean};

/** A plan to be made, or just tried by the server, and what is known about it. */
export interface PlanToApply {
  readonly change: RightsChange;
  readonly question: ChangeQuestion;
  readonly policy: string;
  readonly dryRun: (typeof dryRuns)[number];
  readonly printer: PlanPrinter;
  /** What else belongs to it, planned on the cluster as it is now. */
  also?(cluster: Cluster): Promise<readonly PlannedChange[]>;
}

/** Has the server try the plan, asks the user, and makes it: all of it or nothing. */
export async function applyPlan(
  world: World,
  flags: ApplyFlags,
  request: PlanToApply,
): Promise<ExitCode> {
  const cluster = await world.connect(flags);
  try {
    const own = await changesFor(cluster, request.change);
    const changes = [...own, ...((await request.also?.(cluster)) ?? [])];
    return (
      (await tryPlan(cluster, changes, request)) ??
      (await askUser(world, flags, request)) ??
      (await makePlan(world, cluster, changes, request.printer))
    );
  } finally {
    cluster.close();
  }
}

/** What the server says to it; undefined to go on. */
async function tryPlan(
  cluster: Cluster,
  changes: readonly PlannedChange[],
  {dryRun, printer}: PlanToApply,
): Promise<ExitCode | undefined> {
  const tried = await tryChanges(cluster, changes);
  for (const line of tried.lines) printer.say(line);
  if (!tried.ok) {
    printer.say('Nothing was changed.');
    return exitCodes.refused;
  }
  if (dryRun !== 'server') return undefined;
  printer.say('Nothing was changed: --dry-run=server.');
  printer.objects(changes.filter(({action}) => action !== 'delete').map(({desired}) => desired));
  return exitCodes.ok;
}

/** Says what is at stake, and asks unless --yes was given; undefined to go on. */
async function askUser(
  world: World,
  {yes}: ApplyFlags,
  {policy, question, printer}: PlanToApply,
): Promise<ExitCode | undefined> {
  for (const line of questionLines(question)) printer.say(line);
  if (yes) return undefined;
  const {mustType} = question;
  const answer = await world.ask(
    mustType ? "Type the policy's name to go on: " : 'Apply this? [y/N] ',
  );
  if (answer === undefined) {
    throw new UserError(
      'nothing was changed: there is no terminal to ask on; --yes applies without asking',
      exitCodes.usage,
    );
  }
  const isAgreed = mustType ? answer.trim() === policy : /^y(es)?$/i.test(answer.trim());
  if (isAgreed) return undefined;
  printer.say('Nothing was changed.');
  return exitCodes.no;
}

async function makePlan(
  world: World,
  cluster: Cluster,
  changes: readonly PlannedChange[],
  printer: PlanPrinter,
): Promise<ExitCode> {
  const applied = await makeChanges(world, cluster, changes);
  const code = tellApplied(world, applied, line => printer.say(line));
  if (applied.outcome !== 'applied') return code;
  const stored = applied.done.filter(({change}) => change.action !== 'delete');
  printer.objects(stored.map(({stored: object}) => object ?? {}));
  return code;
}
