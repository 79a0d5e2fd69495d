import {defineCommand} from '../command.ts';
import {unbindFlags} from './bindFlags.ts';

export const unbind = defineCommand({
  name: 'unbind',
  summary: 'Revoke the use of a policy from subjects, after showing what that changes',
  description: `Takes the subjects out of the bindings that let them use a policy: everywhere, or with -n in one
namespace. Roles and bindings that bind made (their label app.kubernetes.io/managed-by is kubectl-psp)
are deleted once nobody is left in them; those that others made stay and are reported.

A grant of more than the use of this one policy, such as by a wildcard or an aggregated role, is left
alone: it is reported with what to do, and the exit code is 1. Groups through which a service account
may still use the policy are reported as well.

First it shows the changes and the pods that would be denied or move to another policy; then the
server tries it and you are asked. The old objects are saved to files in the current folder.`,
  positionals: [{placeholder: 'POLICY', completes: 'policies'}],
  examples: [
    {says: 'A service account', types: 'kubectl psp unbind web --to sa:shop/media'},
    {
      says: 'What would be denied if being logged in were not enough to use it',
      types: 'kubectl psp unbind privileged --to group:system:authenticated --dry-run=client',
    },
    {says: 'In one namespace', types: 'kubectl psp unbind debug --to group:devs -n dev'},
  ],
  flags: unbindFlags,

  async run({flags, args, world}) {
    const {runUnbind} = await import('./bindRun.ts');
    return runUnbind(world, args, flags);
  },
});
