import {answerOf, reuseFor} from '../../advice/reuse.ts';
import {planReuse} from '../../advice/reusePlan.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import {document, jsonText} from '../../report/machine.ts';
import {
  overtakenText,
  printedReuse,
  printedUnreadGrant,
  reuseTable,
  reuseYaml,
  unreadGrantText,
} from '../../report/reuse.ts';
import {printPolicyNames} from '../answer.ts';
import {choose} from '../flags.ts';
import {adviceFormats} from './adviseFlags.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** `advise --reuse`: existing policies first, and new ones only where they are tighter. */
export function adviseReuse({flags, scope, items, inventory, world}: AdviseRequest): ExitCode {
  const format = choose('-o', flags.output, adviceFormats);
  const reuses = reuseFor(items, scope, inventory, flags.allowDefaults);
  const plan = planReuse(reuses, inventory);
  if (flags.grant) {
    for (const grant of plan.unread) world.warn(`note: ${unreadGrantText(grant)}`);
  }
  switch (format) {
    case 'yaml':
      world.print(reuseYaml(reuses, plan, flags.grant));
      break;
    case 'json': {
      const printed = reuses.map(reuse => printedReuse(reuse, plan, flags.grant));
      const grants = flags.grant ? plan.grants : undefined;
      const unread = flags.grant ? plan.unread.map(printedUnreadGrant) : [];
      const unreadGrants = unread.length > 0 ? unread : undefined;
      world.print(jsonText({...document('Reuse', printed, inventory.gaps), grants, unreadGrants}));
      break;
    }
    case 'table':
      if (reuses.length > 0) world.print(reuseTable(reuses, !flags.noHeaders));
      for (const [reuse, others] of plan.overtaken) {
        const wanted = answerOf(reuse).metadata.name;
        for (const other of others) world.warn(`note: ${overtakenText(other, wanted)}`);
      }
      break;
    case 'name':
      printPolicyNames(world, new Set(reuses.map(reuse => answerOf(reuse).metadata.name)));
  }
  return exitCodes.ok;
}
