import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {policyName} from '../input/policyArgument.ts';
import {getFlags, getFormats} from './getFlags.ts';

export const getCommand = defineCommand({
  name: 'get',
  summary: 'Print the policies of a cluster, wherever they live',
  description: `Prints PodSecurityPolicies, all or those named, with the level that they hold pods to. They are read where
they live: as objects of their own, or from the admission policies that migrate policies made of them, where
kubectl can't show them one by one. With -o yaml they are as apply takes them.`,
  positionals: [{placeholder: 'POLICY', completes: 'policies', isOptional: true, isRepeated: true}],
  examples: [
    {says: 'All of them', types: 'kubectl psp get --demo'},
    {says: 'One, to edit it', types: 'kubectl psp get web -o yaml > web.yaml'},
  ],
  flags: getFlags,

  async run({flags, args, world}) {
    const format = choose('-o', flags.output, getFormats);
    const {runGet} = await import('./getRun.ts');
    return runGet(world, flags, {format, names: args.map(policyName)});
  },
});
