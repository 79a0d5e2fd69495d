import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {migrateFlags, migrateTopics} from './migrateFlags.ts';

export const migrate = defineCommand({
  name: 'migrate',
  summary: 'Plan the way off PodSecurityPolicies: Pod Security labels, and patches of workloads',
  description: `While PodSecurityPolicies are in force, Pod Security Admission sees pods after they were changed by
one: labels look fine until the policies are gone. This command judges each workload's template as it
is submitted, by the checks of the version to go to. Nothing is written without --apply.

Without an argument: the plan for the next version. For each namespace its labels about Pod Security,
the strictest level that its workloads meet with and without PodSecurityPolicies, how many live on what
a policy writes into their pods, and what breaks; which platform it is and where its switch of the
admission plugin; who may relabel namespaces. -o wide adds each policy's relation to the levels.

labels: the labels for each namespace with the version pinned, and whether the level is fine there, needs
patches, or breaks something; as kubectl lines, or as Namespace patches with -o yaml. With --stage
enforce, only namespaces where it is fine get a line. --apply sets them: the server tries it first, the
changes are listed, you are asked, and all are set or none; a script that takes them back is written
before. --back takes the labels of a stage away. --check also has the server try the pods of all templates,
as the accounts of the controllers that create them, and explains what it says.

patches: the smallest change of each workload that keeps the pod it gets today (--for psp), or that
brings it to a level. Each patch is judged again.

bypass: lets one namespace out of policies, by one that comes before all others: pods whose seccomp profile
stands in their own securityContext would else meet another one. After --apply the server tries the pods of
all templates. --back takes it back.

defaults: an AdmissionConfiguration for the API server: the level of namespaces without labels.

runbook: the steps that are left for this cluster as one page, each with its commands, what to see, and
the way back.

cleanup: the policies, and the roles and bindings that only served them. --apply deletes them as one, saved to
a file, once a pod that is tried tells that the admission plugin is off.

verify: has a server try pods on both sides of every border that its policies draw, as those who may use them, and
compares verdict, policy and resulting pod with what this program says; -o wide counts them by control. With
--from, the policies are those of files or a snapshot, and rights and accounts the server's. Pods are only tried.

policies: the same policies for a later release, as a MutatingAdmissionPolicy that chooses one and writes its
defaults, and a ValidatingAdmissionPolicy that refuses what none accepts. Roles and bindings stay as they are:
who may use a policy may use it there. --server v1.N is the version that is to have them (default: the
server's own, or v1.37). Full from v1.36; --mode validate from v1.30, where pods have to
carry what policies write; --mode audit only warns. --to kyverno and --to gatekeeper
print the same for these engines, as far as they can hold it. What is lost is said on standard error, with exit code 1.

Exits with 1 if something breaks or differs, and with 3 if nothing is known to break but not all can be told, as
for pods that lose a user or group which a policy sets.`,
  positionals: [
    {
      words: migrateTopics.slice(1),
      isOptional: true,
    },
  ],
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
      says: 'Set them, after a dry run and a question',
      types: 'kubectl psp migrate labels -n shop --stage warn --apply',
    },
    {
      says: 'What to write into templates, so that pods stay as they are',
      types: 'kubectl psp migrate patches -n shop --for psp -o patch',
    },
    {
      says: 'Let a namespace out of policies',
      types: 'kubectl psp migrate bypass -n shop --apply',
    },
    {
      says: 'What is left of policies, once the plugin is off',
      types: 'kubectl psp migrate cleanup',
    },
    {
      says: 'Does the server do what its policies say?',
      types: 'kubectl psp migrate verify',
    },
    {
      says: 'The same policies on a cluster of v1.37',
      types: 'kubectl psp migrate policies --server v1.37',
    },
    {
      says: 'All steps as one page',
      types: 'kubectl psp migrate runbook -A -o html',
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
        `migrate takes one of ${migrateTopics.slice(1).join(', ')}, got ${args.join(' ')}`,
        exitCodes.usage,
      );
    }
    const {runMigrate} = await import('./migrateRun.ts');
    return runMigrate(world, topic, flags);
  },
});
