import {createHash} from 'node:crypto';
import {isObject, type Json, type JsonObject, printJson} from '../../src/kube/json.ts';
import {lettersFor, objectAt} from './objects.ts';

/**
 * The text of a snapshot, one object a line, without what differs from one recording to the next:
 * uids and names that the server makes up are derived from the objects' places, resourceVersions are
 * left out.
 */
export function stableText(snapshot: JsonObject): string {
  const uids = stableUids(snapshot);
  const lines = Object.entries(snapshot).map(([key, value]) => {
    const name = JSON.stringify(key);
    if (!Array.isArray(value)) return `${name}: ${printJson(value)}`;
    const items = value.map(item => stableLine(item));
    return items.length === 0 ? `${name}: []` : `${name}: [\n${items.join(',\n')}\n]`;
  });
  const text = `{\n${lines.join(',\n')}\n}\n`;
  return text.replaceAll(uuidPattern, uid => uids.get(uid) ?? uid);
}

const uuidPattern = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** The stable uid for each uid that is an object's own. Others stand in the manifests. */
function stableUids(snapshot: JsonObject): ReadonlyMap<string, string> {
  const uids = new Map<string, string>();
  for (const [list, items] of Object.entries(snapshot)) {
    for (const item of Array.isArray(items) ? items : []) {
      const {uid, namespace = '', name = ''} = objectAt(item, 'metadata');
      const kind = isObject(item) && typeof item.kind === 'string' ? item.kind : list;
      if (typeof uid === 'string') uids.set(uid, uidFor([kind, namespace, name].join('/')));
    }
  }
  return uids;
}

function uidFor(place: string): string {
  const hex = createHash('sha256').update(place).digest('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}

function stableLine(item: Json): string {
  if (!isObject(item)) return printJson(item);
  const {resourceVersion: _, ...metadata} = objectAt(item, 'metadata');
  const letters = lettersFor(`${String(metadata.namespace)}/${String(metadata.name)}`, 5);
  const stable = item.metadata === undefined ? item : {...item, metadata};
  return printJson(stable).replaceAll(
    /"kube-api-access-[a-z0-9]{5}"/g,
    `"kube-api-access-${letters}"`,
  );
}
