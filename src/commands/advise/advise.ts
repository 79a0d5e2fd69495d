import {defineCommand} from '../command.ts';
import {adviseFlags} from './adviseFlags.ts';

export const advise = defineCommand({
  name: 'advise',
  summary: 'Write least-privilege policies for what runs, or for manifests',
  description: `Writes the strictest PodSecurityPolicies that let the pods through without changing them: one for
each service account, or for each workload or namespace, or one for all. Every control is inferred,
including from init containers and pod-level settings, and comments say which workload needs what.

Workloads are judged by their templates; pods without one (of custom controllers, or bare) by
themselves. The service account's token volume is included. Names begin with a digit so that
admission tries these policies before looser ones. No cluster is asked for manifests given with -f.

--reuse reads the policies that exist: of those that let all the pods through unchanged it names the
tightest, and writes a new policy only where that is strictly tighter. It says where admission would
still choose another policy, because it takes the first by name.

--compare POLICY shows by control what could be tighter, and who needs the rest. What counts are the
workloads that admission binds to the policy, in all namespaces or in -n, or those of -f. POLICY may
also be a file or builtin:restricted; then all workloads count. -o is table, wide, json or yaml there.

--max-policies N lets service accounts (or workloads, namespaces: --for) share policies. Excess is what
a policy lets a workload do that it does not need: a point for each thing that only others need, and 10
for each Pod Security Standard that a control no longer meets. For up to 12 different needs, the sum over
all workloads is the least possible; with more, policies are merged step by step. The output says which.

--harden prints strategic merge patches that let pods run under the built-in restricted or baseline
policy (see policies) and meet the Pod Security Standard. They only set what is unset, and remove
volumes that nothing mounts. What a pod asks for explicitly is listed as needing a decision, with the
change it would take. -o is yaml, json, table or kustomize there.

What is least depends on the release: the token of a service account is a secret volume up to v1.20 and a
projected one later, and seccomp stands in annotations alone up to v1.18. --for-upgrade v1.N writes policies
that both releases store and that let the pods in on both; where none does, it says why, and exits with 1.`,
  positionals: [
    {placeholder: 'POD | KIND/NAME', completes: 'pods', isOptional: true, isRepeated: true},
  ],
  examples: [
    {says: 'For one workload', types: 'kubectl psp advise deploy/web -n shop --grant'},
    {says: 'From one manifest', types: 'kubectl psp advise -f deployment.yaml'},
    {
      says: 'For the whole cluster, with the rights to use them',
      types: 'kubectl psp advise -A --grant | kubectl apply -f -',
    },
    {says: 'One policy for a namespace', types: 'kubectl psp advise -n shop --for namespace'},
    {
      says: 'Existing policies where they are tight enough',
      types: 'kubectl psp advise -n shop --reuse --grant',
    },
    {
      says: 'How much of a policy nobody needs',
      types: 'kubectl psp advise --compare privileged',
    },
    {
      says: 'Three policies for the whole cluster, shared so that the least excess is allowed',
      types: 'kubectl psp advise -A --max-policies 3 --grant',
    },
    {
      says: 'How pods have to change to meet the restricted standard',
      types: 'kubectl psp advise -f deployment.yaml --harden -o kustomize | tee kustomization.yaml',
    },
    {
      says: 'Policies that hold before and after an upgrade',
      types: 'kubectl psp advise -A --grant --for-upgrade v1.21 | kubectl apply -f -',
    },
    {
      says: 'Stricter policies that fill in what pods leave unset',
      types: 'kubectl psp advise -n shop --allow-defaults',
    },
  ],
  flags: adviseFlags,

  async run({flags, args, world}) {
    const {runAdvise} = await import('./adviseRun.ts');
    return runAdvise(world, args, flags);
  },
});
