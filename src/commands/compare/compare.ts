import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {releaseOfFiles} from '../input/release.ts';
import {compareFlags, compareFormats} from './compareFlags.ts';

export const compare = defineCommand({
  name: 'compare',
  summary: 'Tell which privileges rise and fall between two versions of manifests',
  description: `Reads workloads and pods from two files or folders (- is standard input) and shows control by
control what their containers may do at run time, before and after. Workloads are matched by kind,
namespace and name, containers by name. No cluster is asked, and no kubeconfig is read.

What a pod leaves unset counts as what Kubernetes makes of it: no seccomp profile is unconfined, no
AppArmor profile is that of the runtime, no user is that of the image.

rise: a container may do more (user 0 instead of user 1000). fall: it may do less. change: neither more
nor less (user 1001 instead of user 1000, another runtime class); that is not a rise. An added container
is a rise if it may do more than one that sets nothing, or more than all that were there. For an added
workload, what the built-in restricted policy would deny is a rise; that policy may fill in what pods
leave unset. A removed workload is listed, but is not a rise.`,
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
      release: releaseOfFiles(flags),
      failOnRise: flags.failOnRise,
      headers: !flags.noHeaders,
    });
  },
});
