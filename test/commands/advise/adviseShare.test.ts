import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {fileOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

function deployment(name: string, spec: object, securityContext: object = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'shop'},
    spec: {
      template: {
        spec: {...spec, serviceAccountName: name, containers: [{name: 'c', securityContext}]},
      },
    },
  } as JsonObject;
}

const objects = [
  deployment('agent', {hostNetwork: true, hostPID: true}),
  deployment('api', {}),
  deployment('web', {}),
  deployment('time', {}, {capabilities: {add: ['SYS_TIME']}}),
];
const manifests = fileOf(objects);

describe('advise --max-policies', () => {
  test('the least policies share where it costs least', async () => {
    const items = await itemsHere('advise', '-f', manifests, '--max-policies', '2');
    const found = items.map(({name, workloads, excess}) => [
      name,
      (workloads as readonly JsonObject[]).map(place => place.name),
      objectOf(excess).points,
    ]);
    // One capability for two others costs less than the network and processes of the node for one.
    expect(found).toEqual([
      ['0-least-shared-1', ['api', 'time', 'web'], 22],
      ['0-least-shared-2', ['agent'], 0],
    ]);
  });

  test('one policy is that of the whole cluster; enough policies are the least ones', async () => {
    const spec = (item: JsonObject | undefined) => objectOf(objectOf(item?.policy).spec);
    const [one, ...none] = await itemsHere('advise', '-f', manifests, '--max-policies', '1');
    expect(none).toEqual([]);
    const [whole] = await itemsHere('advise', '-f', manifests, '--for', 'cluster');
    expect(spec(one)).toEqual(spec(whole));
    const many = await itemsHere('advise', '-f', manifests, '--max-policies', '99');
    expect(many).toHaveLength(3);
    expect(many.map(({excess}) => objectOf(excess).points)).toEqual([0, 0, 0]);
  });

  test('says who shares, and what each has in excess', async () => {
    const {out, code} = await runHere('advise', '-f', manifests, '--max-policies', '2', '--grant');
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 4)).toEqual([
      '# 2 policies with 22 points of excess privilege over all workloads, the least possible with so many',
      '# 0-least-shared-1: shared by 3 workloads, 22 points of excess',
      '# shop/time (1 workload): nothing in excess',
      '# shop/api, shop/web (2 workloads): 11 points each: Capabilities: adds SYS_TIME (baseline to privileged)',
    ]);
    expect(readDocuments(out, 'out').map(({value}) => objectOf(value).kind)).toEqual([
      'PodSecurityPolicy',
      'ClusterRole',
      'RoleBinding',
      'PodSecurityPolicy',
      'ClusterRole',
      'RoleBinding',
    ]);
  });

  test.each(['0', '-1', '1.5', 'three', '', '1e3', '99999999999999999999'])(
    '%j is no number of policies',
    async value => {
      const ran = await runHere('advise', '-f', manifests, `--max-policies=${value}`);
      expect(ran).toEqual({
        code: 2,
        out: '',
        err: `error: --max-policies: ${JSON.stringify(value)} must be a whole number, 1 or more\n`,
      });
    },
  );

  test('nothing to share', async () => {
    const ran = await runHere('advise', '--demo', '-n', 'none', '--max-policies', '2');
    expect(ran).toEqual({code: 0, out: '', err: 'No resources found in none namespace.\n'});
  });
});

describe('advise --harden', () => {
  test('a patch for each workload, and what is to be decided', async () => {
    const {out, code} = await runHere('advise', '-f', manifests, '--harden');
    expect(code).toBe(0);
    expect(out).toContain('# needs a decision: pod uses hostPID: remove hostPID: true\n');
    expect(out).toContain('# Deployment shop/api: baseline now, restricted with its patch\n');
    expect(readDocuments(out, 'out').map(({value}) => value)).toContainEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name: 'api', namespace: 'shop'},
      spec: {
        template: {
          spec: {
            securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
            containers: [
              {
                name: 'c',
                securityContext: {capabilities: {drop: ['ALL']}, allowPrivilegeEscalation: false},
              },
            ],
          },
        },
      },
    });
  });

  test('the level may be left out, also before another flag', async () => {
    const now = await runHere('advise', '--harden', '-f', manifests, '-o', 'table');
    const said = await runHere('advise', '--harden=restricted', '-f', manifests, '-o', 'table');
    expect(now).toEqual(said);
    const {out} = await runHere('advise', '--harden', 'baseline', '-f', manifests, '-o', 'table');
    expect(out.split('\n')[2]?.split(/ {2,}/)).toEqual([
      'shop',
      'Deployment/api',
      'baseline',
      'baseline',
      '0',
    ]);
  });

  test('what no patch can do is said', async () => {
    const template = {spec: {containers: [{name: 'c'}]}};
    const owner = {kind: 'Cluster', name: 'db', apiVersion: 'x/v1', uid: '1', controller: true};
    const file = fileOf([
      {apiVersion: 'x/v1', kind: 'Thing', metadata: {name: 'custom'}, spec: {template}},
      {...template, apiVersion: 'v1', kind: 'Pod', metadata: {generateName: 'p-'}},
      {
        ...template,
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: 'owned', ownerReferences: [owner]},
      },
      {...template, apiVersion: 'v1', kind: 'Pod', metadata: {name: 'own'}},
    ]);
    const items = await itemsHere('advise', '-f', file, '--harden');
    expect(items.map(({name, unpatchable, patch}) => [name, unpatchable, patch === null])).toEqual([
      ['own', undefined, false],
      ['owned', 'Cluster db creates it: change the template there', true],
      ['p-', 'the pod has no name, only generateName', true],
      [
        'custom',
        "Thing is not one of Kubernetes' own kinds: strategic merge would replace its containers",
        true,
      ],
    ]);
    const {out} = await runHere('advise', '-f', file, '--harden');
    expect(out).toContain('# to do: container c: drop capabilities: ALL\n');
    expect(out).toContain('# a pod has to be deleted and created again to be changed\n');
  });

  test('names of the cluster can not break out of comments', async () => {
    const evil = 'x\n---\nkind: Pod';
    const file = fileOf([
      deployment('web', {
        volumes: [{name: evil, hostPath: {path: `/\u001b[31m${evil}`}}],
        initContainers: [{name: 'i', volumeMounts: [{name: evil, mountPath: '/a'}]}],
      }),
    ]);
    const {out} = await runHere('advise', '-f', file, '--harden', 'baseline');
    expect(readDocuments(out, 'out')).toEqual([]);
    expect(out).not.toContain('\u001b');
    const kustomize = await runHere(
      'advise',
      '-f',
      file,
      '--harden',
      'baseline',
      '-o',
      'kustomize',
    );
    expect(readDocuments(kustomize.out, 'out')).toHaveLength(1);
  });

  test('a kustomization tells workloads of one name apart where it has to', async () => {
    const other = {...deployment('web', {}), metadata: {name: 'web', namespace: 'other'}};
    const {out} = await runHere(
      'advise',
      '-f',
      fileOf([...objects, other]),
      '--harden',
      '-o',
      'kustomize',
    );
    const [document] = readDocuments(out, 'out');
    const {patches, kind} = objectOf(document?.value);
    expect(kind).toBe('Kustomization');
    const targets = (patches as readonly JsonObject[]).map(({target}) => target);
    expect(targets).toContainEqual({group: 'apps', version: 'v1', kind: 'Deployment', name: 'api'});
    for (const namespace of ['other', 'shop']) {
      const target = {group: 'apps', version: 'v1', kind: 'Deployment', name: 'web', namespace};
      expect(targets).toContainEqual(target);
    }
  });

  test.each([
    [['--harden=strict'], '--harden: "strict" is not one of restricted, baseline'],
    [['--harden', '-o', 'name'], '-o: "name" is not one of yaml, json, table, kustomize'],
    [['-o', 'kustomize'], '-o: "kustomize" is not one of yaml, json, table, name'],
    [
      ['--harden', '--grant'],
      '--harden changes pods and writes no policy: leave out --for, --grant and --allow-defaults',
    ],
    [['--harden', '--max-policies', '2'], '--max-policies and --harden exclude each other'],
  ])('refuses %j', async (flags, message) => {
    const ran = await runHere('advise', '-f', manifests, ...flags);
    expect(ran).toEqual({code: 2, out: '', err: `error: ${message}\n`});
  });
});
