import {exitCodes} from '../../errors.ts';
import {printJson} from '../../kube/json.ts';
import {build} from '../../version.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import type {World} from '../world.ts';
import {type VersionFlags, versionFlags, versionFormats} from './versionFlags.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'Print the version of this program',
  description: `Prints version, commit, Node version and platform. Asks no cluster, but for -o wide: that adds the
version of the server, and by which release's rules answers about it are made.`,
  examples: [
    {says: 'For scripts', types: 'kubectl psp version -o json'},
    {says: 'And by which rules the cluster is judged', types: 'kubectl psp version -o wide'},
  ],
  flags: versionFlags,

  async run({flags, world}) {
    const format = choose('-o', flags.output, versionFormats);
    const {version: number, commit, node, platform} = build();
    if (format === 'json') world.print(`${printJson(build(), 2)}\n`);
    else if (format === 'yaml') {
      const {printYaml} = await import('../../yaml/documents.ts'); // as `version` starts without it
      world.print(printYaml(build()));
    } else {
      const server = format === 'wide' ? await serverOf(world, flags) : '';
      world.print(
        `kubectl-psp v${number} (commit ${commit}, node ${node}, ${platform})\n${server}`,
      );
    }
    return exitCodes.ok;
  },
});

/** Loaded for `-o wide` alone: the other formats ask nobody. */
async function serverOf(world: World, flags: VersionFlags): Promise<string> {
  const {serverText} = await import('./versionRun.ts');
  return serverText(world, flags);
}
