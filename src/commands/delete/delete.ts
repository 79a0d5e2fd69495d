import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {policyName} from '../input/policyArgument.ts';
import {deleteFlags} from './deleteFlags.ts';

export const deletePolicyCommand = defineCommand({
  name: 'delete',
  summary: 'Delete a policy and the grants it would leave behind, after showing who is denied',
  description: `Deletes a PodSecurityPolicy, and with it the roles that grant its use and nothing else, and their
bindings: left behind, they would open the next policy of that name to the same subjects. --keep-grants
leaves them and lists them. A role that grants more stays, and is reported.

First it shows what would go and every pod and workload that would be denied or move to another policy.
Then the server tries it and you are asked: by y, or by the policy's name if something would be denied or
that is unknown. All of it is made, or nothing; what was deleted is in one file of the current folder, with
which kubectl create -f puts all of it back. The demo, snapshots and manifests (--from) are never changed.`,
  positionals: [{placeholder: 'POLICY', completes: 'policies'}],
  examples: [
    {says: 'A policy that nothing needs', types: 'kubectl psp delete legacy'},
    {
      says: 'Who would be denied, without a cluster to change',
      types: 'kubectl psp delete web --demo',
    },
    {
      says: 'Replace a policy without a moment of denial',
      types: 'kubectl psp bind web-v2 --like web && kubectl psp delete web',
    },
  ],
  flags: deleteFlags,

  async run({flags, args, world}) {
    const [policy, ...more] = args;
    if (policy === undefined || more.length > 0) {
      throw new UserError(
        `delete takes one POLICY, got ${args.join(' ') || 'none'}`,
        exitCodes.usage,
      );
    }
    const {runDelete} = await import('./deleteRun.ts');
    return runDelete(world, policyName(policy), flags);
  },
});
