import {defineCommand} from '../command.ts';
import {bindFlags} from './bindFlags.ts';

export const bind = defineCommand({
  name: 'bind',
  summary: 'Let subjects use a policy, after showing what that changes',
  description: `Makes a role that grants the use of one policy and nothing else, and the binding that gives it to the
subjects: for a service account (sa:NS/NAME) and for all accounts of a namespace (ns:NS) in that
namespace, for a group or user in the whole cluster; with -n, in that namespace. An existing role
and binding of that name are reused if they fit; nothing else is overwritten. --like OTHER takes for
subjects all who may use another policy, so that one policy can take the place of the other.

First it shows the objects, whom else the grant reaches, and the pods that it lets in or moves to
another policy. Then the server tries the change, you are asked, and it is made: all of it or nothing.
The old version of a changed object is saved to a file in the current folder. The demo, snapshots and
manifests (--from) are never changed; -o yaml prints the objects for kubectl.`,
  positionals: [{placeholder: 'POLICY', completes: 'policies'}],
  examples: [
    {says: 'A service account, in its namespace', types: 'kubectl psp bind web --to sa:shop/media'},
    {
      says: 'What that would do and make, without a cluster to change',
      types: 'kubectl psp bind web --to sa:shop/media --demo -o yaml',
    },
    {
      says: 'All accounts of two namespaces, from a script',
      types: 'kubectl psp bind restricted --to ns:shop --to ns:ci --yes',
    },
    {
      says: 'A group in one namespace, under a name of your own',
      types: 'kubectl psp bind debug --to group:devs -n dev --role psp-debug',
    },
    {
      says: 'Exactly those who may use another policy, which this one is to replace',
      types: 'kubectl psp bind web-v2 --like web',
    },
  ],
  flags: bindFlags,

  async run({flags, args, world}) {
    const {runBind} = await import('./bindRun.ts');
    return runBind(world, args, flags);
  },
});
