import {type ExitCode, exitCodes, UserError} from '../../errors.ts';
import {document, jsonText} from '../../report/machine.ts';
import {printPolicyNames} from '../answer.ts';
import {choose} from '../flags.ts';
import {adviceFormats} from './adviseFlags.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** `advise --max-policies N`: at most N policies, shared where that opens least. */
export async function adviseMax(
  {flags, scope, items, inventory, world}: AdviseRequest,
  most: number,
): Promise<ExitCode> {
  const format = choose('-o', flags.output, adviceFormats);
  const {sharedAdvice} = await import('../../advice/sharing/sharedAdvice.ts');
  const report = await import('../../report/sharedAdvice.ts');
  const sharing = sharedAdvice(items, scope, flags.allowDefaults, most);
  switch (format) {
    case 'yaml':
      world.print(report.sharingYaml(sharing, scope, flags.grant));
      break;
    case 'json': {
      const printed = sharing.advices.map(advice =>
        report.printedSharing(advice, sharing.exact, scope, flags.grant),
      );
      world.print(jsonText(document('Advice', printed, inventory.gaps)));
      break;
    }
    case 'table':
      if (sharing.advices.length > 0) {
        world.print(report.sharingTable(sharing, scope, !flags.noHeaders));
      }
      break;
    case 'name':
      printPolicyNames(
        world,
        sharing.advices.map(({policy}) => policy.metadata.name),
      );
  }
  return exitCodes.ok;
}

/** The value of --max-policies: a number from 1 on. */
export function policyCountOf(value: string): number {
  const most = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(most) && most > 0) return most;
  throw new UserError(
    `--max-policies: ${JSON.stringify(value)} must be a whole number, 1 or more`,
    exitCodes.usage,
  );
}
