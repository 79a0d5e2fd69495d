import {exitCodes, UserError} from '../../errors.ts';
import {nearNames} from '../../kube/nearNames.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {releaseOfFiles} from '../input/release.ts';
import {policiesFlags, policiesFormats} from './policiesFlags.ts';

const levels = ['privileged', 'baseline', 'restricted'] as const;

export const policies = defineCommand({
  name: 'policies',
  summary: 'Print built-in policies for the Pod Security Standards, with their grants',
  description: `Prints the PodSecurityPolicies pss-privileged, pss-baseline and pss-restricted, or those named, with
their ClusterRoles and bindings, for kubectl apply. They hold pods to the Pod Security Standards of
v1.24; where a policy can't express the standard, it is stricter. Asks no cluster.

pss-restricted is for everybody. pss-privileged is for pods in kube-system: those of its service
accounts and the mirror pods of nodes. Cluster admins may use every policy anyway. pss-baseline is
bound to nobody.`,
  positionals: [{words: levels, isOptional: true, isRepeated: true}],
  examples: [
    {
      says: 'A starting point for a cluster without policies',
      types: 'kubectl psp policies | kubectl apply -f -',
    },
    {says: 'One of them, to look at', types: 'kubectl psp policies restricted'},
    {
      says: 'For nodes without AppArmor',
      types: 'kubectl psp policies --no-apparmor | kubectl apply -f -',
    },
    {
      says: 'For an older cluster, which refuses what it does not know',
      types: 'kubectl psp policies --kubernetes-version v1.18 | kubectl apply -f -',
    },
  ],
  flags: policiesFlags,

  async run({flags, args, world}) {
    const format = choose('-o', flags.output, policiesFormats);
    const wanted = args.length === 0 ? levels : args.map(levelOf);
    const release = releaseOfFiles(flags);
    const {builtinObjects} = await import('../../grant/builtinObjects.ts');
    const {builtinJson, builtinNames, builtinYaml} = await import('../../report/builtin.ts');
    const objects = builtinObjects(wanted, {appArmor: !flags.noApparmor, release});
    if (format === 'yaml') world.print(builtinYaml(objects));
    else if (format === 'json') world.print(builtinJson(objects));
    else world.print(builtinNames(objects));
    if (format !== 'name' && !flags.noApparmor && wanted.some(level => level !== 'privileged')) {
      world.warn(
        'note: these policies give pods an AppArmor profile, and nodes without AppArmor refuse such pods: for those, use --no-apparmor',
      );
    }
    return exitCodes.ok;
  },
});

function levelOf(name: string): (typeof levels)[number] {
  const found = levels.find(level => level === name || `pss-${level}` === name);
  if (found !== undefined) return found;
  throw new UserError(
    `unknown policy ${JSON.stringify(name)}: ${nearNames(name, levels, 'built-in policies')}; those of a cluster: kubectl psp get`,
    exitCodes.usage,
  );
}
