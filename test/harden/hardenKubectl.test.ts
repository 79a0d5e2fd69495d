import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decodeWorkload} from '../../src/inventory/kinds/workloads.ts';
import {compact} from '../../src/kube/edits.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePod, type Pod} from '../../src/kube/pod.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {hasKubectl} from '../support/run/kubectl.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere, runHere, runProgram} from '../support/run/run.ts';
import {hardenedTo, stepped} from './hardening.ts';

/** Workloads of kinds with their templates at three places, around these pods. */
function workloadOf(raw: Json, index: number): JsonObject {
  const {metadata, spec} = objectOf(raw);
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const template = {metadata: {annotations, labels: {app: 'x'}}, spec} as JsonObject;
  const name = `w${index}.x`;
  if (index % 3 === 0) {
    const jobTemplate = {spec: {template}};
    return {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: {name},
      spec: {schedule: '* * * * *', jobTemplate},
    };
  }
  const kind = index % 3 === 1 ? 'Deployment' : 'StatefulSet';
  return {apiVersion: 'apps/v1', kind, metadata: {name}, spec: {template}};
}

const bare: JsonObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name: 'bare'},
  spec: {
    containers: [{name: 'c', image: 'x'}],
    volumes: [
      {name: 'a', hostPath: {path: '/a'}},
      {name: 'b', emptyDir: {}},
    ],
  },
};

/** API validation refuses two mounts at one path, and kustomize makes one port of two with a number. */
function hasDistinctKeys(raw: Json): boolean {
  const {initContainers = [], containers = []} = decodePod(raw).spec;
  return [...(initContainers ?? []), ...(containers ?? [])].every(({ports, volumeMounts}) =>
    [
      ports?.map(({containerPort}) => String(containerPort)) ?? [],
      volumeMounts?.map(({mountPath}) => String(mountPath)) ?? [],
    ].every(keys => new Set(keys).size === keys.length),
  );
}

describe.runIf(hasKubectl('apply patches'))('kubectl', () => {
  const pods = fc.sample(anyPod, {numRuns: 150, seed: 42}).filter(hasDistinctKeys);
  const objects = [...pods.map(workloadOf), bare];
  const file = fileOf(objects, 'all.yaml');

  /** What our engine says the changes leave, by name. */
  function expected(): ReadonlyMap<string, Json> {
    return new Map(
      objects.map(object => {
        const template =
          object.kind === 'Pod' ? decodePod(object) : decodeWorkload(object).template;
        const {changes} = hardenedTo.restricted(template);
        return [String(objectOf(object.metadata).name), securityOf(stepped(template, changes))];
      }),
    );
  }

  test('kustomize makes of the kustomization what is promised', async () => {
    const {code, out, err} = await runHere('advise', '-f', file, '--harden', '-o', 'kustomize');
    expect(err).toBe('');
    expect(code).toBe(0);
    const folder = folderOf({
      'kustomization.yaml': out.replace('resources: []', 'resources: [all.yaml]'),
      'all.yaml': objects.map(object => printJson(object)).join('\n---\n'),
    });
    const built = await runProgram('kubectl', ['kustomize', folder]);
    expect(built.err).toBe('');
    const found = new Map(
      readDocuments(built.out, 'built')
        .map(({value}) => objectOf(value))
        .map(object => [
          String(objectOf(object.metadata).name),
          securityOf(object.kind === 'Pod' ? decodePod(object) : decodeWorkload(object).template),
        ]),
    );
    expect([...found].sort()).toEqual([...expected()].sort());
  });

  test('kubectl patch --local takes each patch', async () => {
    const wanted = expected();
    const items = await itemsHere('advise', '-f', file, '--harden');
    for (const {name, patch} of items.slice(0, 4)) {
      if (!isObject(patch)) continue;
      const object = objects.find(({metadata}) => objectOf(metadata).name === name);
      const {code, out, err} = await runProgram(
        'kubectl',
        [
          'patch',
          '--local',
          '--type',
          'strategic',
          '-o',
          'json',
          '-f',
          fileOf([object ?? {}], 'one.json'),
          '--patch-file',
          fileOf([patch], 'p.json'),
        ],
        {env: {HOME: folderOf()}},
      );
      expect(code, err).toBe(0);
      const patched = objectOf(parseJson(out));
      const template =
        patched.kind === 'Pod' ? decodePod(patched) : decodeWorkload(patched).template;
      expect(securityOf(template)).toEqual(wanted.get(String(name)));
    }
  });

  test('kubectl patch --local takes what is printed for one workload', async () => {
    const one = fileOf(
      [workloadOf({spec: {containers: [{name: 'c', image: 'x'}]}}, 1)],
      'one.json',
    );
    const {out: patch} = await runHere('advise', '-f', one, '--harden');
    const {code, out, err} = await runProgram(
      'kubectl',
      ['patch', '--local', '-o', 'json', '-f', one, '--patch-file', fileOf(patch)],
      {env: {HOME: folderOf()}},
    );
    expect(code, err).toBe(0);
    const [item] = await itemsHere('advise', '-f', fileOf(out), '--harden');
    expect(item).toMatchObject({now: 'restricted', patch: null, changes: [], decisions: []});
  });
});

/** What decides about security, without what only names it or is empty. */
function securityOf(template: Pod): Json {
  const {annotations} = template.metadata;
  return compact(withoutEmpty(compact({annotations, spec: template.spec})));
}

function withoutEmpty(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map(item => withoutEmpty(item) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item)] as const)
    .filter(
      ([, item]) => item !== undefined && printJson(item) !== '{}' && printJson(item) !== '[]',
    );
  return Object.fromEntries(entries);
}
