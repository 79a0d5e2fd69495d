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
import {requireLive} from '../input/requireLive.ts';
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
    const answer = answerFor(inventory, namespace, admission);
    await print(world, format, inventory, answer);
    return {...answer, namespace};
  });
  return flags.watch ? watchSummary(world, scope, format, answer) : exitCodes.ok;
}

interface Answer {
  readonly admission: CheckFinding;
  /** What the policies would do. */
  readonly judged: readonly NamespaceSummary[];
  /** What they do, as far as they are in force. */
  readonly rows: readonly NamespaceSummary[];
}

function answerFor(
  inventory: Inventory,
  namespace: string | undefined,
  admission: CheckFinding,
): Answer {
  const judged = summarize(inventory, namespace);
  return {admission, judged, rows: judged.map(row => inForce(row, inventory, admission))};
}

/** Prints the summary again each time that it says something else, until the process ends. */
async function watchSummary(
  world: World,
  flags: SummaryFlags,
  format: Format,
  {namespace, ...first}: Answer & {readonly namespace: string | undefined},
): Promise<never> {
  const {followInventory} = await import('../input/following.ts');
  let before = JSON.stringify(first);
  return followInventory(world, flags, async inventory => {
    const admission = await admissionIn(inventory, undefined);
    const known = admission.answer === 'unknown' ? first.admission : admission;
    const answer = answerFor(inventory, namespace, known);
    const after = JSON.stringify(answer);
    if (after === before) return;
    before = after;
    world.print(format === 'yaml' ? '---\n' : format === 'table' ? '\n' : '');
    await print(world, format, inventory, answer);
  });
}

async function print(
  world: World,
  format: Format,
  inventory: Inventory,
  {admission, judged, rows}: Answer,
): Promise<void> {
  if (format === 'table') {
    world.print(summaryText(inventory, {rows, judged}, admission));
    return;
  }
  const {answer, says} = admission;
  const printed = document('Summary', rows.map(printedRow), inventory.gaps);
  await printMachine(world, format, {...printed, admission: {answer, says}});
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
