import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {demoSnapshot} from '../../src/demo/index.ts';
import {type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {anyRbac} from '../support/builders/anyRbac.ts';
import {isThorough} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {mutated} from './mutations.ts';

// PSP_SEED runs the inputs of a failure again.
const seed = Number(process.env.PSP_SEED ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = isThorough ? 300 : 60;

/** The demo cluster with no more than a few objects of each kind, so that most mutations hit something. */
const snapshot: JsonObject = Object.fromEntries(
  Object.entries(demoSnapshot).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.slice(0, 3) : value,
  ]),
);

const policies = (Array.isArray(demoSnapshot.policies) ? demoSnapshot.policies : []).map(
  policy => ({apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', ...objectOf(policy)}),
);

/** What somebody may have in a folder: a policy, RBAC, a pod and a deployment of its like. */
const manifests: fc.Arbitrary<Json> = fc
  .tuple(fc.constantFrom(...policies), anyRbac, anyPod)
  .map(([policy, rbac, pod]) => {
    const {metadata, spec} = objectOf(pod);
    const template = {metadata: metadata ?? {}, spec: spec ?? {}};
    return [
      policy,
      ...rbac.map(object => parseJson(printJson(object))),
      {apiVersion: 'v1', kind: 'Pod', ...objectOf(pod)},
      {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name: 'web'}, spec: {template}},
    ];
  });

/** Every way to read what FILE holds. */
const readings = [
  ['why', '-A', '--from', 'FILE', '-o', 'wide'],
  ['why', '-f', 'FILE', '-o', 'json'],
  ['advise', '-f', 'FILE', '--grant'],
  ['advise', '-A', '--from', 'FILE', '-o', 'json'],
  ['who-can', '-A', '--from', 'FILE', '--indirect', '--expand'],
  ['who-can', '-A', '--from', 'FILE', '-o', 'json'],
  ['-A', '--from', 'FILE'],
  ['snapshot', '--from', 'FILE'],
  ['audit', '-A', '--from', 'FILE', '-o', 'wide'],
  ['audit', '-A', '--from', 'FILE', '-o', 'sarif'],
  ['audit', '-A', '--from', 'FILE', '-o', 'junit'],
  ['audit', '-A', '--from', 'FILE', '-o', 'html'],
  ['try', '-A', '--from', 'FILE', '-f', 'FILE', '-o', 'wide'],
  ['compare', 'FILE', 'FILE'],
  ['diff', 'FILE', 'builtin:restricted', '--all'],
  ['advise', '-f', 'FILE', '--max-policies', '1'],
  ['advise', '-f', 'FILE', '--harden'],
  ['advise', '-A', '--from', 'FILE', '--reuse'],
  ['advise', '-A', '--from', 'FILE', '--compare', 'builtin:baseline'],
  ['check', '--from', 'FILE'],
] as const;

const folder = folderOf();
const file = join(folder, 'fuzzed.yaml');

/** Characters that a terminal acts on, or that hide or reorder what a reader sees. */
function dangerousIn(text: string): readonly string[] {
  const found = text.match(
    /(?![\n\t])[\p{Cc}\p{Cs}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu,
  );
  return (found ?? []).map(character => character.codePointAt(0)?.toString(16) ?? '');
}

async function survives(text: string): Promise<void> {
  writeFileSync(file, text);
  for (const reading of readings) {
    const args = reading.map(word => (word === 'FILE' ? file : word));
    const {code, out, err} = await runHere(...args);
    const told = `${args.join(' ')}: exit code ${code}: ${err}`;
    expect([0, 1, 3, 4], told).toContain(code);
    if (code > 1 && args[0] !== 'check') {
      expect(err, told).toMatch(/^error: .+/m);
      expect(out, told).toBe('');
    } else if (code <= 1 && args.includes('json')) {
      expect(objectOf(parseJson(out)).apiVersion, told).toBe('psp.kubectl/v1alpha1');
    }
    expect(dangerousIn(out + err), told).toEqual([]);
  }
}

test(`a snapshot with anything in it is answered or refused in a line (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(mutated(snapshot), value => survives(printJson(value))),
    {seed, numRuns},
  );
});

test(`so are manifests (seed ${seed})`, async () => {
  const lists = manifests
    .chain(items => mutated(items))
    .map(items => ({
      apiVersion: 'v1',
      kind: 'List',
      items: Array.isArray(items) ? items : [items],
    }));
  await fc.assert(
    fc.asyncProperty(lists, list => survives(printJson(list))),
    {seed, numRuns},
  );
});
