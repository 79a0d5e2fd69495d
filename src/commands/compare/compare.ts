import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {compareFlags, compareFormats} from './compareFlags.ts';

export const compare = defineCommand({
  name: 'compare',
  summary: 'Tell what privileges rise and fall between two versions of manifests',
  description: `Reads workloads and pods out of two files or folders (- is standard input) and shows control by
control what the least policy of each workload was and would be. Workloads are matched by kind,
namespace and name. No cluster is asked, and no kubeconfig is read.

rise: the new version needs more, or something that the old one did not (user 0 for user 1000). fall:
it needs less. For an added workload, what the built-in restricted policy would deny is a rise;
that policy may fill in what pods leave unset. A removed workload is listed, but is not a rise.`,
  positionals: [
    {placeholder: 'OLD', completes: 'files'},
    {placeholder: 'NEW', completes: 'files'},
  ],
  examples: [
    {says: 'Two folders', types: 'kubectl psp compare main/deploy branch/deploy'},
    {
      says: 'In CI: refuse a change that asks for more',
      types: 'kubectl psp compare base/ head/ --fail-on-rise',
    },
    {
      says: 'What is committed and what is edited',
      types: 'git show HEAD:app.yaml | kubectl psp compare - app.yaml',
    },
  ],
  flags: compareFlags,

  async run({flags, args, world}) {
    const format = choose('-o', flags.output, compareFormats);
    const [old, now, ...more] = args;
    if (old === undefined || now === undefined || more.length > 0) {
      throw new UserError(
        `compare takes two files or folders, got ${args.length === 0 ? 'none' : args.join(' ')}`,
        exitCodes.usage,
      );
    }
    if (flags.namespace === '') {
      throw new UserError('-n: the namespace is empty', exitCodes.usage);
    }
    const {runCompare} = await import('./compareRun.ts');
    return runCompare(world, [old, now], {
      format,
      namespace: flags.namespace ?? 'default',
      failOnRise: flags.failOnRise,
      headers: !flags.noHeaders,
    });
  },
});
