import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {checkFlags, checkFormats} from './checkFlags.ts';

export const check = defineCommand({
  name: 'check',
  summary: 'Tell whether the cluster has PodSecurityPolicies in force, and what you may do',
  description: `Reports whether the server has PodSecurityPolicies, whether its admission plugin is on, what its version
means for them, by which release's rules this program answers, which of the policies a managed platform made,
and what you may read and change.

Whether the plugin is on is found by having the server try to create a pod in the namespace, which
stores nothing (dryRun=All). Where that is inconclusive, the annotations of running pods decide. The
exit code is 0 for yes, 1 for no, and 3 for unknown.

Policies mean something else from one release to another. So unless the policies are not in force, everything
is judged by the rules of the next release too, or those of --to, and what would be judged otherwise is listed.

A server of 1.25 or later has no policies; there, Pod Security Admission decides by the labels of
namespaces. Whether that is on is found by trying a namespace and a pod in the same way, which may also
tell what the server does where no label says anything. The exit code is 0, or 1 if it is off.`,
  examples: [
    {says: 'The cluster of the current context', types: 'kubectl psp check'},
    {says: 'In a namespace where you may create pods', types: 'kubectl psp check -n shop'},
    {says: 'A saved snapshot', types: 'kubectl psp check --from prod.json'},
    {
      says: 'What an upgrade over several releases would change',
      types: 'kubectl psp check --to v1.24',
    },
  ],
  flags: checkFlags,

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(`check takes no argument, got ${args.join(' ')}`, exitCodes.usage);
    }
    const format = choose('-o', flags.output, checkFormats);
    const {runCheck} = await import('./checkRun.ts');
    return runCheck(world, flags, format);
  },
});
