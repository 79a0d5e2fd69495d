import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject, printJson} from '../../src/kube/json.ts';
import {patched} from '../support/builders/jsonPatch.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {errorsOf, podIn, securityOf, validCases} from './pods.ts';
import {prepared, readPod} from './prepared.ts';
import {common, controllers, podOf, podsPerWorld, templatesPerWorld, worldOf} from './whyWorlds.ts';

const worldCount = isThorough ? 14 : 8;

/** One pod to submit, and what `why` said of it. */
interface Trial {
  readonly label: string;
  readonly pod: JsonObject;
  readonly user: string;
  readonly groups: readonly string[];
  readonly verdict: JsonObject;
}

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

/** Submits every pod as a dry run and compares; counts what came out. */
async function expectSame(
  server: ApiServer,
  trials: readonly Trial[],
): Promise<Readonly<Record<string, number>>> {
  const seen: Record<string, number> = {};
  const differences: string[] = [];
  for (const trial of trials) {
    const {namespace} = objectOf(trial.pod.metadata);
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {status, json} = await server.request('POST', path, trial.pod, {
      as: trial.user,
      asGroups: trial.groups,
    });
    // The policy's own values may make the pod invalid: that is found after admission.
    const way = String(trial.verdict.phase ?? trial.verdict.state);
    seen[way] = (seen[way] ?? 0) + 1;
    const difference = differenceIn(trial, status, json);
    if (difference !== undefined) differences.push(`${trial.label}: ${difference}`);
  }
  expect(differences).toEqual([]);
  return seen;
}

function differenceIn(
  {pod, verdict}: Trial,
  status: number,
  json: Json | undefined,
): string | undefined {
  const answer = objectOf(json);
  if (status === 422) {
    const ours = `${verdict.phase} ${verdict.message}`.replace('-xxxxx"', '-?????"');
    const theirs = `validation ${withoutAddresses(String(answer.message))}`;
    return ours === theirs ? undefined : `we say\n${ours}\nthe server says\n${theirs}`;
  }
  if (status !== 201) {
    const [ours, theirs] = [verdict.message ?? 'admitted', answer.message].map(message =>
      errorsOf(String(message)).join('\n'),
    );
    return ours === theirs ? undefined : `we say\n${ours}\nthe server says\n${theirs}`;
  }
  const chosen = objectOf(objectOf(answer.metadata).annotations)['kubernetes.io/psp'];
  if (verdict.policy !== chosen) return `we say ${verdict.policy}, the server ${chosen}`;
  const changes = (verdict.changes as readonly JsonObject[]) ?? [];
  const ours = securityOf(prepared(objectOf(patched(pod, changes)), String(chosen)));
  const theirs = securityOf(readPod(answer));
  return ours === theirs ? undefined : `we make it\n${ours}\nthe server\n${theirs}`;
}

/** As the program has it: what Go prints with addresses stands for itself, and so do random names. */
function withoutAddresses(message: string): string {
  return message
    .replaceAll(/core\.(\w+)\{[^{}]*\}/g, 'core.$1{...}')
    .replace(/^Pod "([^"]*-)[a-z0-9]{5}" is/, 'Pod "$1?????" is');
}
