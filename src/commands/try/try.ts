import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {policyName} from '../input/policyArgument.ts';
import {tryFlags, tryFormats} from './tryFlags.ts';

export const tryCommand = defineCommand({
  name: 'try',
  summary: 'Tell what a change of policies, RBAC or labels would do to everything that runs',
  description: `Lays files over the cluster, a snapshot, manifests or the demo, and judges every pod and workload
before and after: a line for each whose verdict, policy or mutation changes, and why. An object in the
files replaces the one of its kind, namespace and name; nothing is applied. --delete takes policies
away. With --prune, everything that --from has and -f lacks goes away too: for two versions of a
repository.

A pod is judged by its template, as a restart would create it. The pods of a workload in the files are
judged by its new template; a workload that is not in the base is new. All namespaces are judged; -n limits
what is listed. On a server without policies, the labels of a namespace in the files are the change: they are laid
over those that it has, as kubectl apply does. Exits with 1 if something that runs would be denied, if that is unknown because not everything
could be read, or if the API server would refuse a policy in the files.`,
  examples: [
    {says: 'An edited policy, everywhere', types: 'kubectl psp try -f policy.yaml -A'},
    {
      says: 'Without a policy, on what a snapshot holds',
      types: 'kubectl psp try --delete privileged -A --from prod.json',
    },
    {
      says: 'In CI: a change to a repository that holds everything',
      types: 'kubectl psp try --from main/ -f branch/ -A --prune',
    },
    {
      says: 'Before a change is applied',
      types: 'kubectl psp try -f change/ -A && kubectl apply -f change/',
    },
  ],
  flags: tryFlags,

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(
        `try takes no argument, got ${args.join(' ')}: -f names files`,
        exitCodes.usage,
      );
    }
    const format = choose('-o', flags.output, tryFormats);
    const {runTry} = await import('./tryRun.ts');
    const deleted = flags.delete.map(policyName);
    const {prune, noHeaders} = flags;
    return runTry(world, flags, {format, headers: !noHeaders, removal: {deleted, prune}});
  },
});
