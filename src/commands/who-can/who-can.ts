import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {whoCanFlags, whoCanFormats} from './whoCanFlags.ts';

export const whoCanCommand = defineCommand({
  name: 'who-can',
  summary: 'Show who may use which policy, and through which binding',
  description: `Names every subject that RBAC lets use a policy, or all policies, cluster-wide and in the namespace.
With --subject it answers the reverse: which policies that subject may use, where and through what,
in the order in which admission tries them. Several --subject flags together are one identity.

A service account is treated as admission treats the account of a pod: it is in system:serviceaccounts and
system:serviceaccounts:NS, and not in system:authenticated. A user is who makes requests, as with
kubectl --as: in system:authenticated, also as user:system:serviceaccount:NS:NAME, which has the groups
of that account as well. system:masters has no shortcut, except where policies live in admission policies: these ask
the server itself, which lets its members do everything.

--verify asks the server about each row, and about the same subjects and the other policies; with
--subject also about that identity, and where there are no rows about everybody.

On a server without policies it names who may change the labels of namespaces, which decide there.`,
  positionals: [
    {words: ['use'], isOptional: true},
    {placeholder: 'POLICY', completes: 'policies', isOptional: true},
  ],
  examples: [
    {
      says: 'Everybody who may use a policy, anywhere',
      types: 'kubectl psp who-can use privileged -A',
    },
    {says: 'All policies, here and cluster-wide', types: 'kubectl psp who-can'},
    {says: 'What a service account may use', types: 'kubectl psp who-can --subject sa:shop/web'},
    {
      says: 'A person with their groups',
      types: 'kubectl psp who-can --subject user:alice --subject group:devs',
    },
    {
      says: 'Who could give it to themselves',
      types: 'kubectl psp who-can privileged -A --indirect',
    },
  ],
  flags: whoCanFlags,

  async run({flags, args, world}) {
    const format = choose('-o', flags.output, whoCanFormats);
    const {runWhoCan} = await import('./whoCanRun.ts');
    return runWhoCan(world, args, flags, format);
  },
});
