import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {migrateFlags, migrateTopics} from './migrateFlags.ts';

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Plan the way off PodSecurityPolicies: Pod Security labels, and patches of workloads',
  description: `While PodSecurityPolicies are in force, Pod Security Admission sees pods after they were changed by
one: labels look fine until the policies are gone. This command judges each workload's template as it
is submitted, by the checks of the version to go to. Nothing is written.

Without an argument: the plan for the next version. For each namespace its labels about Pod Security,
the strictest level that its workloads meet with and without PodSecurityPolicies, how many live on what
a policy writes into their pods, and what breaks. -o wide adds each policy's relation to the levels.

labels: the labels for each namespace with the version pinned, and whether the level is fine there, needs
patches, or breaks something; as kubectl lines, or as Namespace patches with -o yaml. With --stage
enforce, only namespaces where it is fine get a line.

patches: the smallest change of each workload that keeps the pod it gets today (--for psp), or that
brings it to a level. Each patch is judged again.

Exits with 1 if something breaks, and with 3 if nothing is known to break but not all can be told, as
for pods that lose a user or group which a policy sets.`,
  positionals: [{words: ['labels', 'patches'], isOptional: true}],
  examples: [
    {says: 'The plan for the whole cluster', types: 'kubectl psp migrate -A'},
    {
      says: 'What labels would do on v1.31',
      types: 'kubectl psp migrate labels -A --to v1.31 --level restricted',
    },
    {
      says: 'The lines that set labels which only warn',
      types: 'kubectl psp migrate labels -n shop --stage warn',
    },
    {
      says: 'What to write into templates, so that pods stay as they are',
      types: 'kubectl psp migrate patches -n shop --for psp -o patch',
    },
    {
      says: 'In CI: do these manifests live on what a policy writes?',
      types: 'kubectl psp migrate -f deploy/ --from cluster.json',
    },
  ],
  flags: migrateFlags,

  async run({flags, args, world}) {
    const [named, ...more] = args;
    const topic = choose('migrate', named, migrateTopics);
    if (more.length > 0) {
      throw new UserError(
        `migrate takes one of labels and patches, got ${args.join(' ')}`,
        exitCodes.usage,
      );
    }
    const {runMigrate} = await import('./migrateRun.ts');
    return runMigrate(world, topic, flags);
  },
});
