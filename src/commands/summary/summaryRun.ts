import {admissionOf, type CheckFinding} from '../../check/answerCheck.ts';
import {admissionFactsOf, readEvidence} from '../../check/checkFacts.ts';
import {type NamespaceSummary, summarize} from '../../effect/summary.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {ClusterReader} from '../../inventory/read/reader.ts';
import {document} from '../../report/machine.ts';
import {summaryText} from '../../report/summary.ts';
import {printMachine} from '../answer.ts';
import {requirePolicies, withBase} from '../input/load.ts';
import type {World} from '../world.ts';
import type {SummaryFlags, summaryFormats} from './summaryFlags.ts';

/** Prints the summary that the session begins with. */
export async function runSummary(
  world: World,
  flags: SummaryFlags,
  format: (typeof summaryFormats)[number],
): Promise<ExitCode> {
  const all = flags.namespace === undefined;
  const needs = {policies: true, workloads: true, caller: false, whole: true};
  const scope = {...flags, allNamespaces: all};
  return withBase(world, scope, needs, async ({inventory, namespace}, cluster) => {
    requirePolicies(inventory);
    const admission = await admissionIn(inventory, cluster);
    const judged = summarize(inventory, namespace);
    const rows = judged.map(row => inForce(row, inventory, admission));
    if (format === 'table') world.print(summaryText(inventory, {rows, judged}, admission));
    else {
      const {answer, says} = admission;
      const printed = document('Summary', rows.map(printedRow), inventory.gaps);
      await printMachine(world, format, {...printed, admission: {answer, says}});
    }
    return exitCodes.ok;
  });
}

/**
 * As `check` finds out, but for the pod that `check` has the server try: who only looks sends nothing that
 * writes. Where some pods tell one thing and some another, the youngest decides.
 */
async function admissionIn(
  inventory: Inventory,
  cluster: ClusterReader | undefined,
): Promise<CheckFinding> {
  const facts = {...admissionFactsOf(inventory), probe: undefined};
  const told = admissionOf(facts);
  if (cluster === undefined || told.answer !== 'unknown' || inventory.pods.length === 0)
    return told;
  return admissionOf({...facts, evidence: await readEvidence(cluster, inventory.defaultNamespace)});
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

/** A row as machine output has it. */
function printedRow({isPartial, ...row}: NamespaceSummary): object {
  return {...row, incomplete: isPartial || undefined};
}
