import {type ExitCode, exitCodes} from '../../errors.ts';
import {type LabelStep, labelStep} from '../../migrate/labelChanges.ts';
import {labelsFor, type NamespaceLabels} from '../../migrate/labels.ts';
import {podSecurityModes} from '../../migrate/namespaceLevels.ts';
import {document} from '../../report/machine.ts';
import {labelsText, namespacePatches, printedLabels} from '../../report/migrateLabels.ts';
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
  if (labels.length === 0) warnOfNothing(world, namespace);
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
  if (flags.apply) {
    const {applyLabels} = await import('./migrateApply.ts');
    return applyLabels(request, stage, steps);
  }
  return codeOf(labels, steps, flags.back);
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
