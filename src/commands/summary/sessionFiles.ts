import {unifiedDiff} from '../../apply/unifiedDiff.ts';
import {snapshotText} from '../../inventory/files/snapshot.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {readCluster} from '../../inventory/read/readCluster.ts';
import {escapeJson} from '../../report/escape.ts';
import type {Services} from '../../tui/services.ts';
import {readChange} from '../input/loadOverlay.ts';
import type {Cluster, World} from '../world.ts';

type Files = Pick<Services, 'writeFile' | 'readChange' | 'snapshot' | 'copy' | 'diff'>;

/** What a session does with files and the clipboard; `source` is what a snapshot is of. */
export function fileServices(world: World, source: Cluster | Inventory, namespace: string): Files {
  return {
    async writeFile(path, text, force) {
      if (!force && (await world.fileExists(path))) return 'exists';
      await world.writeFile(path, text, true);
      return 'written';
    },
    readChange: path => readChange(world, {filename: [path], namespace}, [path]),
    async snapshot() {
      const inventory = 'origin' in source ? source : await readAll(world, source);
      return escapeJson([...snapshotText(inventory)].join(''));
    },
    // OSC 52: the terminal itself puts it into its clipboard, also from far away.
    copy: text => world.print(`\u001B]52;c;${Buffer.from(text).toString('base64')}\u0007`),
    diff(before, after, name) {
      const names = {before: `${name} (cluster)`, after: `${name} (edited)`};
      const text = unifiedDiff(before, after, names);
      return text === '' ? ['No difference.'] : text.trimEnd().split('\n');
    },
  };
}

/** All of the cluster, as the command reads it: a session leaves out specs that it does not need. */
function readAll(world: World, cluster: Cluster): Promise<Inventory> {
  const needs = {policies: true, workloads: true, caller: true, whole: true, everySpec: true};
  return readCluster(cluster, {namespace: undefined, ...needs, time: world.now()});
}
