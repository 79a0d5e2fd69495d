import {readFileSync} from 'node:fs';
import {inventoryOfSnapshot} from '../../../src/inventory/files/snapshot.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import {type JsonObject, parseJson} from '../../../src/kube/json.ts';
import {objectOf} from '../run/output.ts';
import {
  barePod,
  deploymentOf,
  hostSpec,
  labelled,
  labelledSnapshot,
  plainSpec,
  restrictedSpec,
} from './labelledCluster.ts';

/** As most clusters of 1.25 or later are: a few namespaces with labels, most without, and an agent on the host. */
export const laterObjects: readonly JsonObject[] = [
  labelled('default'),
  labelled('kube-system'),
  labelled('monitoring', {enforce: 'privileged', warn: 'baseline'}),
  labelled('payments', {enforce: 'restricted', 'enforce-version': 'v1.29'}),
  labelled('shop', {enforce: 'baseline', warn: 'restricted', audit: 'restricted'}),
  deploymentOf('kube-system', 'proxy', hostSpec),
  deploymentOf('kube-system', 'dns', restrictedSpec),
  deploymentOf('monitoring', 'node-exporter', hostSpec),
  deploymentOf('monitoring', 'grafana', plainSpec),
  deploymentOf('payments', 'ledger', restrictedSpec),
  deploymentOf('payments', 'report', plainSpec),
  deploymentOf('shop', 'web', restrictedSpec),
  deploymentOf('shop', 'cart', plainSpec),
  deploymentOf('shop', 'tunnel', hostSpec),
  barePod('default', 'debug', plainSpec),
];

/** The same as an inventory, of v1.29, with what else there is. */
export async function laterInventory(
  changes: JsonObject = {},
  more: readonly JsonObject[] = [],
): Promise<Inventory> {
  const text = readFileSync(await laterSnapshot(changes, more), 'utf8');
  return inventoryOfSnapshot(objectOf(parseJson(text)), 'later');
}

/** The file of a snapshot of it, of v1.29. */
export async function laterSnapshot(
  changes: JsonObject = {},
  more: readonly JsonObject[] = [],
): Promise<string> {
  return labelledSnapshot([...laterObjects, ...more], {serverVersion: 'v1.29.4', ...changes});
}
