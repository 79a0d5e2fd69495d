import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {anyCluster} from '../support/builders/anyCluster.ts';
import {patched} from '../support/builders/jsonPatch.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';

const demoFolder = join(import.meta.dirname, '../../scripts/demo');
const demo = readdirSync(demoFolder)
  .filter(name => name.endsWith('.yaml') && !name.startsWith('later'))
  .sort()
  .flatMap(name => readDocuments(readFileSync(join(demoFolder, name), 'utf8'), name))
  .map(({value}) => objectOf(value));

const placeOf = ({kind, metadata}: JsonObject) => {
  const {namespace = 'default', name} = objectOf(metadata);
  return `${kind} ${namespace}/${name}`;
};

interface Patch {
  readonly place: string;
  readonly operations: Parameters<typeof patched>[1];
  readonly isReached: boolean;
}

async function patchesOf(objects: readonly JsonObject[], goal: string): Promise<readonly Patch[]> {
  const args = ['migrate', 'patches', '-A', '--to', 'v1.31', '--for', goal, '-o', 'json'];
  const {out} = await runHere(...args, '--from', fileOf(objects));
  return itemsOf(out).map(({kind, namespace, name, operations, reached}) => ({
    place: `${kind} ${namespace}/${name}`,
    operations: (operations ?? []) as Patch['operations'],
    isReached: reached === true,
  }));
}

/** What is about security; a volume goes only if nobody mounts it. */
const touched =
  /^(\w+ .*\/(securityContext|annotations|runtimeClassName|automount\w+|host(PID|IPC|Network|Users))(\/|$)|remove .*\/volumes\/\d+$)/;

/** The objects with their patches; each patch touches what is about security and nothing else. */
function withPatches(
  objects: readonly JsonObject[],
  patches: readonly Patch[],
): readonly JsonObject[] {
  const byPlace = new Map(patches.map(patch => [patch.place, patch]));
  return objects.map(object => {
    const {operations = []} = byPlace.get(placeOf(object)) ?? {};
    for (const {op, path} of operations) expect(`${op} ${path}`).toMatch(touched);
    return objectOf(patched(object as Json, operations) as Json);
  });
}

describe.each([
  ['the demo', demo],
  ...Array.from({length: 10}, (_, seed) => {
    const objects = anyCluster(`p${seed}`, seed + 100, {hasLaterFields: true});
    return [`made-up cluster ${seed}`, objects] as const;
  }),
] as const)('patches of %s', (_, objects) => {
  test.each(['restricted', 'baseline'])('reach %s where they say so', async goal => {
    const patches = await patchesOf(objects, goal);
    const left = await patchesOf(withPatches(objects, patches), goal);
    const reached = patches.filter(({isReached}) => isReached).map(({place}) => place);
    const open = new Set(left.map(({place}) => place));
    expect(reached.filter(place => open.has(place))).toEqual([]);
    // And what they don't reach, they don't claim.
    const others = patches.filter(({isReached}) => !isReached).map(({place}) => place);
    expect(others.filter(place => !open.has(place))).toEqual([]);
  });
});

test('patches that keep pods leave policies nothing to do', async () => {
  const patches = await patchesOf(demo, 'psp');
  const reached = patches.filter(({isReached}) => isReached).map(({place}) => place);
  expect(reached.length).toBeGreaterThan(10);
  const left = await patchesOf(withPatches(demo, patches), 'psp');
  expect(left.filter(({place}) => reached.includes(place))).toEqual([]);
});
