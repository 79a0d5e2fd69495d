import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {applyPoliciesFlags} from './applyFlags.ts';

export const applyCommand = defineCommand({
  name: 'apply',
  summary: 'Make or change the policies of files in a cluster, after showing what that does',
  description: `Makes the PodSecurityPolicies of files, or changes those of the same names, where the policies of the cluster
live: as objects of their own, or in the admission policies that migrate policies made of them, which are then made
again as a whole.

First it shows every pod and workload that would be denied or treated otherwise. Then the server tries it and you
are asked: by y, or by the policy's name if something would be denied or that is unknown. All of it is made, or
nothing; what was there before is saved to files of the current folder.`,
  examples: [
    {
      says: 'An edited policy',
      types:
        'kubectl psp get web -o yaml > web.yaml && $EDITOR web.yaml && kubectl psp apply -f web.yaml',
    },
    {
      says: 'What that would do, and nothing else',
      types: 'kubectl psp apply -f web.yaml --dry-run',
    },
  ],
  flags: applyPoliciesFlags,

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(`apply takes files with -f, got ${args.join(' ')}`, exitCodes.usage);
    }
    const {runApply} = await import('./applyRun.ts');
    return runApply(world, flags);
  },
});
