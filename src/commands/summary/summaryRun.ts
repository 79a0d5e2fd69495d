import {judgeOf} from '../../admission/judge.ts';
import {admissionOf, type CheckFinding} from '../../check/answerCheck.ts';
import {admissionFactsOf} from '../../check/checkFacts.ts';
import {readEvidence} from '../../check/podEvidence.ts';
import {labelSummaries} from '../../effect/labelSummary.ts';
import {byNamespaceOf, type NamespaceSummary, summarize} from '../../effect/summary.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {ClusterReader} from '../../inventory/read/reader.ts';
import {isByLabels, regimeOf} from '../../inventory/regime.ts';
import {itemsOf} from '../../inventory/submissions/items.ts';
import {document} from '../../report/machine.ts';
import {labelSummaryText, printedLabelSummary} from '../../report/podSecurity/summary.ts';
import {summaryText} from '../../report/summary.ts';
import {printMachine} from '../answer.ts';
import {requireReadPolicies, withBase} from '../input/load.ts';
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
  const first = await withBase(world, scope, needs, async ({inventory, namespace}, cluster) => {
    requireReadPolicies(inventory);
    const admission = await admissionIn(inventory, cluster);
    const answer = answerFor(inventory, namespace, admission);
    await print(world, format, answer);
    return {...answer, admission, namespace};
  });
  return flags.watch ? watchSummary(world, scope, format, first) : exitCodes.ok;
}

/** A summary, and how it is printed. */
interface Answer {
  /** All of it; where two are the same, nothing has changed. */
  readonly facts: unknown;
  text(wide: boolean): string;
  document(): object;
}

function answerFor(
  inventory: Inventory,
  namespace: string | undefined,
  admission: CheckFinding,
): Answer {
  const {answer, says} = admission;
  const printed = (rows: readonly object[]) => ({
    ...document('Summary', rows, inventory.gaps),
    judgedBy: regimeOf(inventory).kind,
    admission: {answer, says},
  });
  if (isByLabels(inventory)) {
    const verdicts = itemsOf(inventory).map(judgeOf(inventory).verdict);
    const rows = labelSummaries(inventory, byNamespaceOf(verdicts), namespace);
    return {
      facts: rows,
      text: wide => labelSummaryText(inventory, rows, wide),
      document: () => printed(rows.map(printedLabelSummary)),
    };
  }
  const judged = summarize(inventory, namespace);
  const rows = judged.map(row => inForce(row, inventory, admission));
  return {
    facts: [admission, judged],
    text: () => summaryText(inventory, {rows, judged}, admission),
    document: () => printed(rows.map(printedRow)),
  };
}

interface FirstAnswer extends Answer {
  readonly admission: CheckFinding;
  readonly namespace: string | undefined;
}

/** Prints the summary again each time that it says something else, until the process ends. */
async function watchSummary(
  world: World,
  flags: SummaryFlags,
  format: Format,
  {namespace, admission: firstAdmission, facts}: FirstAnswer,
): Promise<never> {
  const {followInventory} = await import('../input/following.ts');
  let before = JSON.stringify(facts);
  return followInventory(world, flags, async inventory => {
    const admission = await admissionIn(inventory, undefined);
    const known = admission.answer === 'unknown' ? firstAdmission : admission;
    const answer = answerFor(inventory, namespace, known);
    const after = JSON.stringify(answer.facts);
    if (after === before) return;
    before = after;
    world.print(format === 'yaml' ? '---\n' : isTable(format) ? '\n' : '');
    await print(world, format, answer);
  });
}

function isTable(format: Format): format is 'table' | 'wide' {
  return format === 'table' || format === 'wide';
}

async function print(world: World, format: Format, answer: Answer): Promise<void> {
  if (isTable(format)) world.print(answer.text(format === 'wide'));
  else await printMachine(world, format, answer.document());
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
  return hasSay ? row : {...row, denied: 0, unknown: 0, mutated: 0, drifted: 0};
}

/** A row as machine output has it. */
function printedRow({isPartial, ...row}: NamespaceSummary): object {
  return {...row, incomplete: isPartial || undefined};
}
