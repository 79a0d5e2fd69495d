import {type Advice, adviceFor} from '../../advice/advice.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Gap} from '../../inventory/inventory.ts';
import {adviceTable, adviceYaml, printedAdvice} from '../../report/advice.ts';
import {document, jsonText} from '../../report/machine.ts';
import {printPolicyNames} from '../answer.ts';
import {choose} from '../flags.ts';
import type {World} from '../world.ts';
import {adviceFormats} from './adviseFlags.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** `advise` without a mode: the least policy of every scope, as if there were no policy yet. */
export function adviseLeast({flags, scope, items, inventory, world}: AdviseRequest): ExitCode {
  const format = choose('-o', flags.output, adviceFormats);
  const advices = adviceFor(items, scope, flags.allowDefaults);
  printAdvices(world, advices, {
    format,
    withGrants: flags.grant,
    headers: !flags.noHeaders,
    gaps: inventory.gaps,
  });
  return exitCodes.ok;
}

interface AdvicePrintOptions {
  readonly format: (typeof adviceFormats)[number];
  readonly withGrants: boolean;
  readonly headers: boolean;
  readonly gaps: readonly Gap[];
}

/** Prints policies and what they are for, in the format that was asked for. */
function printAdvices(
  world: World,
  advices: readonly Advice[],
  {format, withGrants, headers, gaps}: AdvicePrintOptions,
): void {
  switch (format) {
    case 'yaml':
      world.print(adviceYaml(advices, withGrants));
      return;
    case 'json': {
      const printed = advices.map(advice => printedAdvice(advice, withGrants));
      world.print(jsonText(document('Advice', printed, gaps)));
      return;
    }
    case 'table':
      if (advices.length > 0) world.print(adviceTable(advices, headers));
      return;
    case 'name':
      printPolicyNames(
        world,
        advices.map(({policy}) => policy.metadata.name),
      );
  }
}
