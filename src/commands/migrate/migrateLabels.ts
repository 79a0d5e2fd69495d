import {type ExitCode, exitCodes} from '../../errors.ts';
import {firstWithoutPolicies} from '../../inventory/regime.ts';
import {minorOf} from '../../kube/release.ts';
import {type LabelStep, labelStep} from '../../migrate/labelChanges.ts';
import {checkLabel} from '../../migrate/labelCheck.ts';
import {labelsFor, type NamespaceLabels} from '../../migrate/labels.ts';
import {hasUnreadWorkloads} from '../../migrate/plan.ts';
import {podSecurityModes} from '../../podSecurity/labels.ts';
import {document} from '../../report/machine.ts';
import {
  labelChecksText,
  labelsText,
  namespacePatches,
  printedLabels,
} from '../../report/migrateLabels.ts';
import {printMachine, warnOfNothing} from '../answer.ts';
import {choose} from '../flags.ts';
import {migrateFormats} from './migrateFlags.ts';
import {connectionWords, type MigrateRequest} from './migrateRequest.ts';

const levels = ['auto', 'baseline', 'restricted', 'privileged'] as const;

/** Answers with the labels of each namespace, or sets them. */
export async function runLabels(request: MigrateRequest): Promise<ExitCode> {
  const {world, flags, inventory, namespace, to} = request;
  const format = choose('-o', flags.output, migrateFormats.labels);
  const level = choose('--level', flags.level, levels);
  const stage = choose('--stage', flags.stage, podSecurityModes);
  const labels = labelsFor(inventory, {level, stage, to, namespace});
  if (labels.length === 0) warnOfNothing(world, namespace, inventory);
  const wanted = {
    stage,
    isBack: flags.back,
    isNamed: flags.level !== undefined && level !== 'auto',
  };
  const steps = labels.map(one => labelStep(one, wanted));
  if (format === 'json') {
    const items = labels.map(one => printedLabels(one, stage));
    await printMachine(world, format, document('MigrationLabels', items, inventory.gaps));
  } else if (format === 'yaml') {
    world.print(namespacePatches(labels, steps));
  } else {
    const again = connectionWords(flags);
    const options = {wide: format === 'wide', headers: !flags.noHeaders};
    world.print(labelsText(labels, flags.apply ? undefined : {steps, again}, options));
  }
  const isChecked = !flags.check || (await checkLabels(request, labels));
  if (flags.apply) {
    if (!isChecked) {
      world.print('Nothing was changed: the server says something else than was foretold.\n');
      return exitCodes.no;
    }
    const {applyLabels} = await import('./migrateApply.ts');
    return applyLabels(request, stage, steps);
  }
  if (!isChecked) return exitCodes.no;
  if (labels.length === 0 && hasUnreadWorkloads(inventory, namespace)) return exitCodes.unreadable;
  return codeOf(labels, steps, flags.back);
}

/** Has the server try the pods of all templates; whether it says what was foretold. */
async function checkLabels(
  {world, flags, inventory}: MigrateRequest,
  labels: readonly NamespaceLabels[],
): Promise<boolean> {
  const server = minorOf(inventory.serverVersion) ?? firstWithoutPolicies - 1;
  const {dryRunPods} = await import('./dryRunPods.ts');
  const cluster = await world.connect(flags);
  try {
    const items = labels.flatMap(({workloads}) => workloads.map(({item}) => item));
    const words = new Map(
      (await dryRunPods(world, flags, cluster, items)).map(trial => [trial.item, trial]),
    );
    const checks = labels.flatMap(one =>
      one.workloads.flatMap(workload => {
        const word = words.get(workload.item);
        return word === undefined ? [] : [checkLabel(workload, one, word, server)];
      }),
    );
    world.print(`\n${labelChecksText(checks)}`);
    return checks.every(({agreement}) => agreement !== 'different');
  } finally {
    cluster.close();
  }
}

function codeOf(
  labels: readonly NamespaceLabels[],
  steps: readonly LabelStep[],
  isBack: boolean,
): ExitCode {
  if (isBack) {
    return steps.some(({kind}) => kind === 'held') ? exitCodes.unreadable : exitCodes.ok;
  }
  const verdicts = new Set(labels.map(({verdict}) => verdict));
  if (verdicts.has('breaks') || verdicts.has('needs patch')) return exitCodes.no;
  return verdicts.has('unknown') ? exitCodes.unreadable : exitCodes.ok;
}
