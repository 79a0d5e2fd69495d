import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {summaryFlags, summaryFormats} from './summaryFlags.ts';

export const summary = defineCommand({
  name: '',
  summary: 'Open the interactive session; without a terminal, print a summary',
  description: `Shows what PodSecurityPolicies really do in a Kubernetes cluster. Without a command it opens the
interactive session, or at the object that --open names; without a terminal, or with -o, it prints the
summary that the session begins with. -n limits what is listed; the impact of an edit is that on the
whole cluster all the same.`,
  examples: [
    {says: 'The summary of the cluster', types: 'kubectl psp'},
    {says: 'The session, at a policy', types: 'kubectl psp --open psp/restricted'},
    {
      says: 'The session, with the edits that an earlier one kept when it failed',
      types: 'kubectl psp --drafts psp-drafts-20230516T092000.000Z.json',
    },
    {says: 'Without a cluster: the built-in demo', types: 'kubectl psp --demo'},
  ],
  flags: summaryFlags,

  async run({flags, world}) {
    const format = choose('-o', flags.output, summaryFormats);
    if (flags.output === undefined && !flags.watch && world.noSession === undefined) {
      const {runSession} = await import('./runSession.ts');
      return runSession(world, flags);
    }
    if (flags.drafts !== undefined) {
      if (flags.output !== undefined) {
        throw new UserError('--drafts is for the session, -o for the summary', exitCodes.usage);
      }
      throw new UserError(`--drafts is for the session: ${world.noSession}`);
    }
    if (world.noSession !== undefined && world.noSession !== 'no terminal') {
      world.warn(`${world.noSession}; this is the summary`);
    }
    const {runSummary} = await import('./summaryRun.ts');
    return runSummary(world, flags, format);
  },
});
