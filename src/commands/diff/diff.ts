import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {diffFlags, diffFormats} from './diffFlags.ts';

export const diff = defineCommand({
  name: 'diff',
  summary: 'Show in which controls two policies differ, and which one is tighter',
  description: `Compares policy B with policy A in all 22 controls: tighter, looser, equal, or incomparable if
each lets pods through that the other does not. What counts is which pods get in unchanged, not
how a policy is written; what it fills in is shown too.

A and B are names of policies, files that hold one policy (with a slash or the ending .yaml, .yml or
.json; - is standard input), FILE#NAME, or builtin:restricted, builtin:baseline and builtin:privileged.
No cluster is asked unless a name is given. Exits with 0 if no pod could tell the two apart, with 1 if
they differ.`,
  positionals: [
    {placeholder: 'A', completes: 'policies'},
    {placeholder: 'B', completes: 'policies'},
  ],
  examples: [
    {says: 'Two policies of the cluster', types: 'kubectl psp diff privileged restricted'},
    {
      says: 'What applying a file would change',
      types: 'kubectl psp diff restricted ./restricted.yaml',
    },
    {
      says: 'How far a policy is from the restricted Pod Security Standard',
      types: 'kubectl psp diff builtin:restricted web --all',
    },
  ],
  flags: diffFlags,

  async run({flags, args, world}) {
    const format = choose('-o', flags.output, diffFormats);
    const [a, b, ...more] = args;
    if (a === undefined || b === undefined || more.length > 0) {
      throw new UserError(
        `diff takes two policies, got ${args.length === 0 ? 'none' : args.join(' ')}`,
        exitCodes.usage,
      );
    }
    const {runDiff} = await import('./diffRun.ts');
    return runDiff(world, flags, [a, b], {format, all: flags.all, headers: !flags.noHeaders});
  },
});
