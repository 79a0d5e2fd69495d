import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {whyFlags, whyFormats} from './whyFlags.ts';

export const why = defineCommand({
  name: 'why',
  summary: 'Explain which policy each pod binds to, through which right, and why',
  description: `For pods of the cluster, for workloads, or for manifests: the PodSecurityPolicy that admission
chooses, the binding that opens it to the service account or to the requester, what it changes in the
pod, and why it passed over every other policy.

A pod that a controller owns is judged by its template, as the controller would submit it again: that
is what a restart does. STATE is the first of these that is true: denied, mutated (the policy changes
the pod), drifted (the annotation kubernetes.io/psp names another policy), ok.`,
  positionals: [
    {placeholder: 'POD | KIND/NAME', completes: 'pods', isOptional: true, isRepeated: true},
  ],
  examples: [
    {says: 'All pods of the namespace', types: 'kubectl psp why'},
    {says: 'Every detail about one pod', types: 'kubectl psp why web-0 -n shop'},
    {
      says: "One workload, with the API server's words",
      types: 'kubectl psp why deploy/web -o wide',
    },
    {says: 'Manifests against the policies of the cluster', types: 'kubectl psp why -f app.yaml'},
    {
      says: 'A repository on its own, in CI',
      types: 'kubectl psp why -f policies/ -f rbac/ -f workloads/ --fail-on-denied',
    },
  ],
  flags: whyFlags,

  async run({flags, args, world}) {
    const format = choose('-o', flags.output, whyFormats);
    const {runWhy} = await import('./whyRun.ts');
    return runWhy(world, args, flags, format);
  },
});
