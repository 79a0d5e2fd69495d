import {exitCodes, UserError} from '../errors.ts';
import {defineCommand} from './command.ts';
import {choose, filenameFlag, noHeadersFlag, outputFlag, scopeFlags, sourceFlags} from './flags.ts';
import {policyName} from './policyArgument.ts';

/** The output formats of `try`. */
export const tryFormats = ['table', 'wide', 'name', 'json', 'yaml'] as const;

export const tryCommand = defineCommand({
  name: 'try',
  summary: 'Tell what a change of policies or RBAC would do to all that runs',
  description: `Lays files over the cluster, a snapshot, manifests or the demo, and judges every pod and workload
before and after: a line for each whose verdict, policy or mutation changes, and why. An object of the
files takes the place of the one of its kind, namespace and name; nothing is applied. --delete takes
policies away. With --prune, all that --from has and -f has not goes away too: for two versions of a
repository.

A pod is judged by its template, as a restart would make it. A workload in the files has its pods
judged by its new template; one that is not in the base is new. Exits with 1 if something that runs
would be denied, or if the API server would refuse a policy of the files.`,
  examples: [
    {says: 'An edited policy, everywhere', types: 'kubectl psp try -f policy.yaml -A'},
    {
      says: 'Without a policy, on what a snapshot holds',
      types: 'kubectl psp try --delete privileged -A --from prod.json',
    },
    {
      says: 'In CI: a change of a repository that holds everything',
      types: 'kubectl psp try --from main/ -f branch/ -A --prune',
    },
    {
      says: 'Before a change is applied',
      types: 'kubectl psp try -f change/ -A && kubectl apply -f change/',
    },
  ],
  flags: {
    ...filenameFlag,
    delete: {
      ...{type: 'list', placeholder: 'POLICY'},
      help: 'try it without this policy (repeatable)',
    },
    prune: {type: 'boolean', help: 'try it without what the manifests of --from alone have'},
    ...scopeFlags,
    ...outputFlag(...tryFormats),
    ...noHeadersFlag,
    ...sourceFlags,
  },

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(
        `try takes no argument, got ${args.join(' ')}: -f names files`,
        exitCodes.usage,
      );
    }
    const format = choose('-o', flags.output, tryFormats);
    const {runTry} = await import('./later.ts');
    const deleted = flags.delete.map(policyName);
    const {prune, noHeaders} = flags;
    return runTry(world, flags, {format, headers: !noHeaders, removal: {deleted, prune}});
  },
});
