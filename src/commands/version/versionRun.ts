import {rulesOf} from '../../check/rules.ts';
import {readVersion, sourceOf} from '../../inventory/read/readCluster.ts';
import {releaseOf} from '../../kube/release.ts';
import {escapeText} from '../../report/escape.ts';
import {loadOffline, requireConsistentSource, withCluster} from '../input/load.ts';
import type {World} from '../world.ts';
import type {VersionFlags} from './versionFlags.ts';

/** The version of the server that is meant, and by which release's rules answers about it are made. */
export async function serverText(world: World, flags: VersionFlags): Promise<string> {
  requireConsistentSource(flags);
  const offline = await loadOffline(world, flags);
  const {source, version, rules} =
    offline === undefined
      ? await withCluster(world, flags, async cluster => {
          const version = await readVersion(cluster);
          const rules = rulesOf({version, release: releaseOf(version), isLive: true});
          return {source: sourceOf(cluster), version, rules};
        })
      : {
          source: offline.source,
          version: offline.serverVersion,
          rules: rulesOf({
            version: offline.serverVersion,
            release: offline.release,
            isLive: false,
          }),
        };
  const server = escapeText(`${version ?? 'version not known'} (${source})`);
  return `server: ${server}\nrules: ${rules.says}\n`;
}
