import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import type {HardenLevel} from '../../harden/target.ts';
import {document, jsonText} from '../../report/machine.ts';
import {choose} from '../flags.ts';
import {sourceNames} from '../input/readSources.ts';
import {hardenFormats} from './adviseFlags.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** The value of --harden: a level below privileged. */
export function hardenLevelOf(value: string): HardenLevel {
  return choose('--harden', value, ['restricted', 'baseline']);
}

/** `advise --harden`: the changes of pod templates that let them live under a built-in policy. */
export async function adviseHarden(
  {flags, items, inventory, world}: AdviseRequest,
  level: HardenLevel,
): Promise<ExitCode> {
  const format = choose('-o', flags.output, hardenFormats);
  if (flags.grant || flags.allowDefaults || flags.for !== undefined) {
    throw new UserError(
      '--harden changes pods and writes no policy: leave out --for, --grant and --allow-defaults',
      exitCodes.usage,
    );
  }
  const {hardenItems} = await import('../../harden/subjects.ts');
  const report = await import('../../report/harden.ts');
  const hardened = hardenItems(items, inventory, level);
  switch (format) {
    case 'yaml':
      if (hardened.length > 0) world.print(report.hardenYaml(hardened, level));
      break;
    case 'kustomize':
      world.print(report.hardenKustomization(hardened, resourcesOf(sourceNames(flags)), level));
      break;
    case 'json': {
      const printed = hardened.map(item => report.printedHardening(item, level));
      world.print(jsonText(document('Hardening', printed, inventory.gaps)));
      break;
    }
    case 'table':
      if (hardened.length > 0) world.print(report.hardenTable(hardened, !flags.noHeaders));
  }
  return exitCodes.ok;
}

/** The manifests, if each is a file that a kustomization beside it can name; folders need one of their own. */
function resourcesOf(files: readonly string[]): readonly string[] {
  const isNameable = (file: string) =>
    /\.(ya?ml|json)$/.test(file) && !file.startsWith('/') && !file.startsWith('..');
  return files.every(isNameable) ? files : [];
}
