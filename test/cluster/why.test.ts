import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isObject, type JsonObject, printJson} from '../../src/kube/json.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {podIn, validCases} from './pods.ts';
import {expectSame, type Trial} from './trials.ts';
import {common, controllers, podOf, podsPerWorld, templatesPerWorld, worldOf} from './whyWorlds.ts';

const worldCount = isThorough ? 14 : 8;

describe.runIf(hasReference('etcd', 'kube-apiserver'))('why, against the API server itself', () => {
  const cases = validCases();
  const worlds = cases
    .filter((_, index) => index % 7 === 3)
    .filter(({policies, namespace}) => policies.length > 1 && namespace !== 'kube-system')
    .slice(0, worldCount)
    .map((base, index) => worldOf(base, `w${index}`, cases, index));
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll([...common(cases), ...worlds.flatMap(({objects}) => objects)]);
  });
  afterAll(() => server?.stop());

  test('bare pods of files: verdict, policy, changes and message are the server’s', async () => {
    const trials: Trial[] = [];
    for (const {pods, user, groups} of worlds) {
      const verdicts = await itemsHere(
        'why',
        '-f',
        fileOf(pods),
        '--kubeconfig',
        server.kubeconfig,
        '--requester',
        [user, ...groups].join(','),
      );
      trials.push(...pods.map(pod => trialOf(pod, verdicts, user, groups)));
    }
    const seen = await expectSame(server, trials);
    expect(trials).toHaveLength(worldCount * podsPerWorld);
    for (const way of ['ok', 'mutated', 'denied']) expect(seen[way]).toBeGreaterThan(worldCount);
  });

  test('workloads of the cluster: the same, as their controllers submit them', async () => {
    const stored = await server.createAll(worlds.flatMap(({workloads}) => workloads));
    const verdicts = await itemsHere('why', '-A', '--kubeconfig', server.kubeconfig);
    const trials = stored.map(object => {
      const workload = objectOf(object);
      const {namespace, name} = objectOf(workload.metadata);
      const controller = controllers[String(workload.kind)];
      const verdict = verdicts.find(item => item.namespace === namespace && item.name === name);
      return {
        label: `${workload.kind} ${namespace}/${name}`,
        pod: podOf(workload),
        user: `system:serviceaccount:kube-system:${controller}`,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
        verdict: objectOf(verdict),
      };
    });
    const seen = await expectSame(server, trials);
    expect(trials).toHaveLength(worldCount * templatesPerWorld);
    for (const way of ['ok', 'mutated', 'denied']) expect(seen[way]).toBeGreaterThan(20);
  });

  test('mirror pods: asked for by their node', async () => {
    const pods = cases
      .filter(({pod}) => !printJson(pod).includes('"secret') && !printJson(pod).includes('oken'))
      .slice(0, 16)
      .map(({pod}, index) => mirrorOf(podIn(pod, 'w1', {name: `mirror-${index}`})));
    const verdicts = await itemsHere('why', '-f', fileOf(pods), '--kubeconfig', server.kubeconfig);
    const trials = pods.map(pod => trialOf(pod, verdicts, 'system:node:n1', ['system:nodes']));
    const seen = await expectSame(server, trials);
    expect(Object.keys(seen)).toEqual(expect.arrayContaining(['denied', 'mutated']));
  });
});

function mirrorOf(pod: JsonObject): JsonObject {
  const {serviceAccountName: _account, ...spec} = objectOf(pod.spec);
  const {annotations, ...metadata} = objectOf(pod.metadata);
  const mark = {...(isObject(annotations) ? annotations : {}), 'kubernetes.io/config.mirror': 'x'};
  return {
    ...pod,
    metadata: {...metadata, annotations: mark},
    spec: {...spec, nodeName: 'n1'},
  } as JsonObject;
}

function trialOf(
  pod: JsonObject,
  verdicts: readonly JsonObject[],
  user: string,
  groups: readonly string[],
): Trial {
  const {namespace, name, generateName} = objectOf(pod.metadata);
  const verdict = verdicts.find(item => item.name === (name ?? generateName));
  const label = `${namespace}/${name ?? generateName}`;
  return {label, pod, user, groups, verdict: objectOf(verdict)};
}
