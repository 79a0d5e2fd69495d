import {boundTo, excessByControl, perhapsBoundTo} from '../../advice/excess.ts';
import {type ExitCode, exitCodes} from '../../errors.ts';
import type {Item} from '../../inventory/submissions/items.ts';
import type {Policy} from '../../kube/objects.ts';
import {isNonEmpty} from '../../nonEmpty.ts';
import {excessText, printedExcess} from '../../report/excess.ts';
import {document} from '../../report/machine.ts';
import {printMachine} from '../answer.ts';
import {choose} from '../flags.ts';
import {policyNamed} from '../input/load.ts';
import {parsePolicyArgument} from '../input/policyArgument.ts';
import {builtinNamed, policyOfFile} from '../input/policySource.ts';
import {sourceNames} from '../input/readSources.ts';
import {excessFormats} from './adviseFlags.ts';
import type {AdviseRequest} from './adviseRequest.ts';

/** `advise --compare POLICY`: how far a policy is above what its pods need. */
export async function adviseCompare(request: AdviseRequest, wanted: string): Promise<ExitCode> {
  const {flags, inventory, world, namespace, isNamed} = request;
  const format = choose('-o with --compare', flags.output, excessFormats);
  const {policy, items, open} = await subjectFor(request, wanted);
  if (items.length === 0 && request.items.length > 0) {
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    const what = isNamed ? 'None of these is' : `No pods or workloads${where} are`;
    world.warn(`${what} ${open === 0 ? '' : 'known to be '}bound to ${policy.metadata.name}.`);
  }
  if (open > 0) {
    const more = items.length > 0 ? ' more' : '';
    world.warn(
      `Whether ${open}${more} may be bound to it is unknown (see why): what these need is left out.`,
    );
  }
  const found = isNonEmpty(items) ? excessByControl(policy, items, flags.allowDefaults) : [];
  if (format === 'json' || format === 'yaml') {
    const printed = items.length === 0 ? [] : [printedExcess(policy, items, found)];
    await printMachine(world, format, document('Excess', printed, inventory.gaps));
  } else if (items.length > 0) {
    const wide = format === 'wide';
    world.print(excessText(policy, items, found, {wide, headers: !flags.noHeaders}));
  }
  return exitCodes.ok;
}

/**
 * The policy, and whose needs count: what is bound to it, or all that there is for others; and of how many nobody can tell
 * whether they are bound to it.
 */
async function subjectFor(
  {flags, inventory, items, world}: AdviseRequest,
  wanted: string,
): Promise<{readonly policy: Policy; readonly items: readonly Item[]; readonly open: number}> {
  const argument = parsePolicyArgument(wanted);
  switch (argument.kind) {
    case 'builtin':
      return {policy: builtinNamed(argument.name, inventory.release), items, open: 0};
    case 'file':
      return {
        policy: await policyOfFile(world, argument.path, argument.name, inventory.release),
        items,
        open: 0,
      };
    case 'name': {
      const policy = policyNamed(inventory, argument.name);
      // The pods of files are there to be tried, whoever may use the policy now.
      const all = sourceNames(flags).length > 0;
      if (all) return {policy, items, open: 0};
      const open = perhapsBoundTo(argument.name, items, inventory).length;
      return {policy, items: boundTo(argument.name, items, inventory), open};
    }
  }
}
