import {exitCodes} from '../../errors.ts';
import {printJson} from '../../kube/json.ts';
import {build} from '../../version.ts';
import {defineCommand} from '../command.ts';
import {choose} from '../flags.ts';
import {versionFlags, versionFormats} from './versionFlags.ts';

export const version = defineCommand({
  name: 'version',
  summary: 'Print the version of this program',
  description: 'Prints version, commit, Node version and platform. Asks no cluster.',
  examples: [{says: 'For scripts', types: 'kubectl psp version -o json'}],
  flags: versionFlags,

  async run({flags, world}) {
    const format = choose('-o', flags.output, versionFormats);
    const {version: number, commit, node, platform} = build();
    if (format === 'json') world.print(`${printJson(build(), 2)}\n`);
    else if (format === 'yaml') {
      const {printYaml} = await import('../../yaml/documents.ts'); // as `version` starts without it
      world.print(printYaml(build()));
    } else world.print(`kubectl-psp v${number} (commit ${commit}, node ${node}, ${platform})\n`);
    return exitCodes.ok;
  },
});
