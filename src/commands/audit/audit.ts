import {severities} from '../../audit/finding.ts';
import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {auditFlags, auditFormats} from './auditFlags.ts';

export const audit = defineCommand({
  name: 'audit',
  summary: 'Find what is wrong with policies, grants and pods, and what to do about it',
  description: `Looks for pods that a restart would deny, change or move, rights that reach further than intended,
policies that are unused, ignored, equal or broader than their pods need, grants that lead nowhere, and
more: docs/RULES.md has every rule with its severity. Each finding comes with its evidence and the command
that fixes it (-o wide), and with an id that stays the same from run to run. The pods of a workload are one
finding.

It covers all namespaces, or with -n one namespace and the objects that are in none. On a cluster, -n
reads only that namespace; questions about all of them, such as whether a policy is unused, are
then reported as not answered, as are those about objects that you may not read.

With --ignore FILE, findings are silenced by a YAML list of entries: the rule, the object as the table
shows it (* is any text without a slash, ** any text), the reason and, if you like, the last day (until:
2025-12-31). Entries that have expired or no longer match anything are reported on standard error.`,
  examples: [
    {says: 'The whole cluster', types: 'kubectl psp audit'},
    {says: 'One namespace, with evidence and remedies', types: 'kubectl psp audit -n shop -o wide'},
    {
      says: 'In CI: fail on serious findings that nobody has reviewed',
      types: 'kubectl psp audit --fail-on high --ignore .psp-audit-ignore.yaml',
    },
    {
      says: 'For code scanning, of a repository that holds everything',
      types: 'kubectl psp audit --from deploy/ -o sarif -w audit.sarif --force',
    },
    {
      says: 'A page to read and pass on',
      types: 'kubectl psp audit --from prod.json -o html -w audit.html',
    },
  ],
  flags: auditFlags,

  async run({flags, args, world}) {
    if (args.length > 0) {
      throw new UserError(`audit takes no argument, got ${args.join(' ')}`, exitCodes.usage);
    }
    if (flags.outputFile === '') throw new UserError('-w: no file is named', exitCodes.usage);
    if (flags.outputFile === '-') {
      throw new UserError('-w names a file: without it, standard output is used', exitCodes.usage);
    }
    const format = choose('-o', flags.output, auditFormats);
    const failOn =
      flags.failOn === undefined ? undefined : choose('--fail-on', flags.failOn, severities);
    const {runAudit} = await import('./auditRun.ts');
    return runAudit(world, flags, {format, failOn});
  },
});
