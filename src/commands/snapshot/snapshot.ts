import {exitCodes, UserError} from '../../errors.ts';
import {defineCommand} from '../command.ts';
import {snapshotFlags} from './snapshotFlags.ts';

export const snapshot = defineCommand({
  name: 'snapshot',
  summary: 'Save what the other commands read as one file, for offline use',
  description: `Writes policies, RBAC, namespaces, service accounts, workloads and pods of the whole cluster as
one JSON document: to FILE, which only its owner can read, or to standard output. It holds what
matters to PodSecurityPolicies and nothing else: no environment variables, secrets or other annotations.
Commands read it with --from FILE and give the same answers as on the cluster.`,
  positionals: [{placeholder: 'FILE', completes: 'files', isOptional: true}],
  examples: [
    {says: 'Take one', types: 'kubectl psp snapshot prod.json'},
    {says: 'Ask it', types: 'kubectl psp why --from prod.json -A'},
  ],
  flags: snapshotFlags,

  async run({flags, args, world}) {
    const [file, ...more] = args;
    if (more.length > 0) throw new UserError('snapshot takes one FILE', exitCodes.usage);
    const {runSnapshot} = await import('./snapshotRun.ts');
    return runSnapshot(world, flags, file);
  },
});
