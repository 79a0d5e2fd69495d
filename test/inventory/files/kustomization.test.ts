import {describe, expect, test} from 'vitest';
import {withoutKustomizations} from '../../../src/inventory/files/kustomization.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import type {SourceDocument} from '../../../src/yaml/documents.ts';

const document = (file: string, value: JsonObject): SourceDocument => ({
  file,
  index: 1,
  line: 1,
  value,
});
const typed = {apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization'};
const deployment = document('base/deploy.yaml', {apiVersion: 'apps/v1', kind: 'Deployment'});
const filesOf = (...documents: readonly SourceDocument[]) =>
  withoutKustomizations(documents).documents.map(({file}) => file);

describe('a kustomization that only lists files that are read too', () => {
  test('is skipped, with one line', () => {
    const list = document('./base/kustomization.yaml', {...typed, resources: ['./deploy.yaml']});
    expect(filesOf(list, deployment)).toEqual(['base/deploy.yaml']);
    expect(withoutKustomizations([list, deployment]).remarks).toEqual([
      'skipped 1 kustomization that only lists files: ./base/kustomization.yaml',
    ]);
  });

  test('may do without a kind, go by either name, and say what policies do not care about', () => {
    for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
      const value = {resources: ['deploy.yaml'], images: [{name: 'a', newTag: '2'}], patches: []};
      expect(filesOf(document(`base/${name}`, value), deployment)).toEqual(['base/deploy.yaml']);
    }
  });
});

describe('two files of an object of which a kustomization lists one', () => {
  const list = document('base/kustomization.yaml', {...typed, resources: ['deploy.yaml']});
  const web = (file: string, replicas: number, name = 'web') =>
    document(file, {apiVersion: 'apps/v1', kind: 'Deployment', metadata: {name}, spec: {replicas}});

  test('are refused: only the listed one is applied', () => {
    for (const file of ['base/old.yaml', './base/deeper/z.yaml']) {
      expect(() => withoutKustomizations([list, web('base/deploy.yaml', 1), web(file, 2)])).toThrow(
        `${file}: Deployment web is in base/deploy.yaml too, and only that file is listed in the kustomization: kubectl kustomize base | kubectl psp ... -f -`,
      );
    }
  });

  test('are read where they say the same, are of other folders, or have other names', () => {
    const deploy = web('base/deploy.yaml', 1);
    for (const other of [
      web('base/old.yaml', 1),
      web('other/deploy.yaml', 2),
      web('base/api.yaml', 2, 'api'),
    ]) {
      expect(filesOf(list, deploy, other)).toEqual(['base/deploy.yaml', other.file]);
    }
  });
});

describe('a kustomization that has to be rendered is refused, with the line to type', () => {
  const refused = [
    [{patches: [{path: 'p.yaml'}]}, 'changes objects (patches)'],
    [{patchesStrategicMerge: ['p.yaml'], namespace: 'x'}, 'namespace, patchesStrategicMerge'],
    [{components: ['../c']}, 'changes objects (components)'],
    [{configMapGenerator: [{name: 'c'}]}, 'changes objects (configMapGenerator)'],
    [{replicas: [{name: 'web', count: 5}]}, 'changes objects (replicas)'],
    [{resources: ['../base']}, 'takes in ../base'],
    [{bases: ['../base']}, 'takes in ../base'],
    [{resources: ['https://example.com/a.yaml']}, 'takes in https://example.com/a.yaml'],
    [{resources: ['gone.yaml']}, 'takes in gone.yaml'],
  ] as const;

  test.each(refused)('%j', (fields, words) => {
    const overlay = document('overlays/prod/kustomization.yaml', {...typed, ...fields});
    const read = () => withoutKustomizations([deployment, overlay]);
    expect(read).toThrow(words);
    expect(read).toThrow('kubectl kustomize overlays/prod | kubectl psp ... -f -');
  });

  const component = document('c/kustomization.yaml', {...typed, kind: 'Component'});

  test('a component by itself is nothing to render', () => {
    const read = () => withoutKustomizations([component]);
    expect(read).toThrow('c/kustomization.yaml: a component is a part of other kustomizations');
    expect(read).toThrow('render one that lists it: kubectl kustomize OVERLAY | kubectl psp');
  });

  test('what uses a component is what has to be rendered', () => {
    const overlay = document('o/kustomization.yaml', {...typed, components: ['../c']});
    const read = () => withoutKustomizations([component, deployment, overlay]);
    expect(read).toThrow('kubectl kustomize o | kubectl psp ... -f -');
  });

  test('a folder may have a space, and a chart needs a flag', () => {
    const overlay = document('my app/kustomization.yaml', {...typed, helmCharts: [{name: 'a'}]});
    expect(() => withoutKustomizations([overlay])).toThrow(
      "kubectl kustomize --enable-helm 'my app' | kubectl psp ... -f -",
    );
  });
});

test("another program's Kustomization is an object like others", () => {
  const flux = document('flux.yaml', {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    spec: {patches: [{}]},
  });
  expect(filesOf(flux)).toEqual(['flux.yaml']);
});
