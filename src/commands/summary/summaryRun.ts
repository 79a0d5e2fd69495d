import {summarize} from '../../effect/summary.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {document} from '../../report/machine.ts';
import {summaryText} from '../../report/summary.ts';
import {printMachine} from '../answer.ts';
import {load, requirePolicies, type SourceRequest} from '../input/load.ts';
import type {World} from '../world.ts';
import type {summaryFormats} from './summaryFlags.ts';

/** Prints the summary that the session begins with. */
export async function runSummary(
  world: World,
  flags: SourceRequest,
  format: (typeof summaryFormats)[number],
): Promise<ExitCode> {
  const all = flags.namespace === undefined;
  const needs = {policies: true, workloads: true, caller: false, whole: true};
  const {inventory, namespace} = await load(world, {...flags, allNamespaces: all}, needs);
  requirePolicies(inventory);
  const rows = summarize(inventory, namespace);
  if (format === 'table') world.print(summaryText(inventory, rows));
  else await printMachine(world, format, document('Summary', rows, inventory.gaps));
  return exitCodes.ok;
}
