import {admissionOf, type CheckFinding} from '../../check/answerCheck.ts';
import {admissionFactsOf, safeProbe} from '../../check/checkFacts.ts';
import {type NamespaceSummary, summarize} from '../../effect/summary.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {ClusterReader} from '../../inventory/read/reader.ts';
import {document} from '../../report/machine.ts';
import {summaryText} from '../../report/summary.ts';
import {printMachine} from '../answer.ts';
import {followInventory, requireLive} from '../input/following.ts';
import {requirePolicies, withBase} from '../input/load.ts';
import type {World} from '../world.ts';
import type {SummaryFlags, summaryFormats} from './summaryFlags.ts';

type Format = (typeof summaryFormats)[number];

/** Prints the summary that the session begins with. */
export async function runSummary(
  world: World,
  flags: SummaryFlags,
  format: Format,
): Promise<ExitCode> {
  const all = flags.namespace === undefined;
  const needs = {policies: true, workloads: true, caller: false, whole: true};
  const scope = {...flags, allNamespaces: all};
  if (flags.watch) requireLive(flags);
  const answer = await withBase(world, scope, needs, async ({inventory, namespace}, cluster) => {
    requirePolicies(inventory);
    const admission = await admissionIn(inventory, cluster);
    const rows = summarize(inventory, namespace).map(row => inForce(row, inventory, admission));
    await print(world, format, {inventory, admission, rows});
    return {admission, rows, namespace};
  });
  return flags.watch ? watchSummary(world, scope, format, answer) : exitCodes.ok;
}

interface Answer {
  readonly admission: CheckFinding;
  readonly rows: readonly NamespaceSummary[];
}

/** Prints the summary again each time that it says something else, until the process ends. */
function watchSummary(
  world: World,
  flags: SummaryFlags,
  format: Format,
  {namespace, ...first}: Answer & {readonly namespace: string | undefined},
): Promise<never> {
  let before = JSON.stringify(first);
  return followInventory(world, flags, async inventory => {
    const told = admissionOf({...admissionFactsOf(inventory), probe: undefined});
    // Only pods tell of a change: no pod is tried each time.
    const admission = told.answer === 'unknown' ? first.admission : told;
    const rows = summarize(inventory, namespace).map(row => inForce(row, inventory, admission));
    const after = JSON.stringify({admission, rows});
    if (after === before) return;
    before = after;
    world.print(format === 'yaml' ? '---\n' : format === 'table' ? '\n' : '');
    await print(world, format, {inventory, admission, rows});
  });
}

async function print(
  world: World,
  format: Format,
  {inventory, admission, rows}: Answer & {readonly inventory: Inventory},
): Promise<void> {
  if (format === 'table') {
    world.print(summaryText(inventory, rows, admission));
    return;
  }
  const {answer, says} = admission;
  const printed = document('Summary', rows, inventory.gaps);
  await printMachine(world, format, {...printed, admission: {answer, says}});
}

/** As `check` finds out. Where all pods tell that it is on, no pod has to be tried. */
async function admissionIn(
  inventory: Inventory,
  cluster: ClusterReader | undefined,
): Promise<CheckFinding> {
  const facts = admissionFactsOf(inventory);
  const told = admissionOf({...facts, probe: undefined});
  if (cluster === undefined || told.answer === 'yes') return told;
  const probe = await safeProbe(cluster, cluster.namespace, inventory.serverVersion);
  return admissionOf({...facts, probe});
}

/** Nothing is denied or changed where no plugin asks policies, or none is known to ask none. */
function inForce(
  row: NamespaceSummary,
  {policies}: Inventory,
  {answer}: CheckFinding,
): NamespaceSummary {
  const hasSay = answer === 'yes' || (answer === 'unknown' && policies.length > 0);
  return hasSay ? row : {...row, denied: 0, mutated: 0, drifted: 0};
}
