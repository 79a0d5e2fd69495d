import {effectOf} from '../../effect/effect.ts';
import {questionFor} from '../../effect/question.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {afterChange, planDeletion} from '../../grant/planDelete.ts';
import {deletionText} from '../../report/binding.ts';
import {warnOfImpact} from '../admissionOff.ts';
import {applyPlan} from '../applyPlan.ts';
import {choose, dryRuns} from '../flags.ts';
import {load, policyNamed, requirePolicies} from '../input/load.ts';
import type {World} from '../world.ts';
import type {DeleteFlags} from './deleteFlags.ts';

/** Deletes a policy and what it would leave behind, once it is known what that does. */
export async function runDelete(
  world: World,
  policy: string,
  flags: DeleteFlags,
): Promise<ExitCode> {
  const dryRun = choose('--dry-run', flags.dryRun, dryRuns);
  const needs = {policies: true, workloads: true, caller: false, whole: true, exact: true};
  const {inventory} = await load(world, {...flags, allNamespaces: true}, needs);
  requirePolicies(inventory);
  const deleted = policyNamed(inventory, policy);
  const plan = planDeletion(inventory, policy, flags);
  const change = {deleted, steps: plan.steps};
  const after = afterChange(inventory, change);
  const effect = effectOf(inventory, after);
  const say = (line: string) => world.print(`${line}\n`);
  await warnOfImpact(world, inventory);
  say(deletionText(plan, effect, policy).trimEnd());
  const reason =
    (dryRun === 'client' && '--dry-run=client') ||
    (flags.demo && "the demo can't be changed") ||
    (flags.from.length > 0 && `${inventory.source} can't be changed`);
  if (reason) {
    say(`Nothing was changed: ${reason}.`);
    return exitCodes.ok;
  }
  const printer = {say, objects: () => undefined};
  const question = questionFor({before: inventory, after, treated: effect.shifts});
  return applyPlan(world, flags, {change, question, policy, dryRun, printer});
}
