import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {type PodSecurityLevel, warningText} from '../../src/podSecurity/judge.ts';
import {parseStandardVersion} from '../../src/podSecurity/version.ts';
import {
  barePod,
  hostSpec,
  labelled,
  plainSpec,
  restrictedSpec,
} from '../support/builders/labelledCluster.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {names, namespaces, podOf, pods, seed} from './labelPods.ts';

const controller = {
  as: 'system:serviceaccount:kube-system:replicaset-controller',
  asGroups: ['system:serviceaccounts', 'system:authenticated'],
};

const successor = hasReference('etcd') ? successorApiServer() : undefined;

describe.runIf(successor !== undefined)('why, against an API server without policies', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
    await server.createAll(namespaces);
    await server.createAll(
      names.map(namespace => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: {name: 'default', namespace},
      })),
    );
  }, 120_000);
  afterAll(() => server?.stop());

  /** What the server does with a pod is what was said of it: whether it gets in, its words, its warnings. */
  async function compare(said: JsonObject, pod: JsonObject, options: object) {
    const {namespace} = objectOf(pod.metadata);
    const answer = await server.request(
      'POST',
      `/api/v1/namespaces/${namespace}/pods`,
      pod,
      options,
    );
    const {state, allowed, message, phase} = said;
    const label = `seed ${seed}: ${answer.status} ${answer.text}: ${JSON.stringify(pod)}`;
    if (answer.status === 422 && isUnread(answer.json)) return 'unread';
    // Its own validation comes before that of plugins.
    if (answer.status === 422 || phase !== undefined) {
      expect({status: answer.status, phase, allowed}, label).toEqual({
        ...{status: 422, phase: 'validation', allowed: false},
      });
      return 'invalid';
    }
    if (allowed === null) {
      expect(namespace, label).toBe('none');
      expect(answer.status, label).toBe(201);
      return 'unknown';
    }
    expect(answer.status, label).toBe(allowed ? 201 : 403);
    if (!allowed) {
      const text = isObject(answer.json) ? answer.json.message : undefined;
      expect(withoutName(text), label).toBe(withoutName(message));
      return 'denied';
    }
    const warnings = String(answer.headers.warning ?? '').replaceAll('\\"', '"');
    const told = warningIn(said);
    if (told === undefined) expect(warnings, label).not.toContain('would violate PodSecurity');
    else expect(warnings, label).toContain(told);
    return String(state);
  }

  test('workloads that are read from it, as their controllers submit them', async () => {
    const stored: (typeof pods)[number][] = [];
    for (const [index, pod] of pods.entries()) {
      const template = {metadata: {...pod.metadata, labels: {app: 'a'}}, spec: pod.spec};
      const {status, text} = await server.request(
        'POST',
        `/apis/apps/v1/namespaces/${pod.namespace}/deployments`,
        {
          metadata: {name: `d-${index}`},
          spec: {selector: {matchLabels: {app: 'a'}}, template},
        },
      );
      if (status === 201) stored[index] = pod;
      else expect([422], text).toContain(status);
    }
    const ran = await runHere('why', '-A', '-o', 'json', '--kubeconfig', server.kubeconfig);
    expect(ran).toMatchObject({code: 0, err: ''});
    const verdicts = new Map(itemsOf(ran.out).map(item => [item.name, item]));
    const seen: Record<string, number> = {};
    for (const [index, pod] of stored.entries()) {
      if (pod === undefined) continue;
      const said = objectOf(verdicts.get(`d-${index}`));
      const way = await compare(said, podOf(pod, {generateName: `d-${index}-`}), controller);
      seen[way] = (seen[way] ?? 0) + 1;
    }
    for (const way of ['ok', 'warned', 'denied', 'unknown']) {
      expect(seen[way], JSON.stringify(seen)).toBeGreaterThan(5);
    }
  }, 240_000);

  test('bare pods in files', async () => {
    const bare = pods.map((pod, index) => podOf(pod, {name: `p-${index}`}));
    const ran = await runHere(
      ...['why', '-A', '-f', fileOf(bare), '-o', 'json', '--kubeconfig', server.kubeconfig],
    );
    const verdicts = new Map(itemsOf(ran.out).map(item => [item.name, item]));
    const seen: Record<string, number> = {};
    for (const pod of bare) {
      const said = objectOf(verdicts.get(objectOf(pod.metadata).name));
      const way = await compare(said, pod, {});
      seen[way] = (seen[way] ?? 0) + 1;
    }
    for (const way of ['ok', 'warned', 'denied', 'invalid']) {
      expect(seen[way], JSON.stringify(seen)).toBeGreaterThan(5);
    }
  }, 240_000);

  test('check finds the plugin, and that nobody changed the default', async () => {
    const ran = await runHere('check', '-n', 'none', '--kubeconfig', server.kubeconfig);
    expect(ran.code).toBe(0);
    const text = ran.out.replaceAll(/\s+/g, ' ');
    expect(text).toContain('on: it refused a namespace that was tried with a level that is none');
    expect(text).toContain('got in when it was tried in namespace none, which has no label');
  });
});

describe.runIf(successor !== undefined)('what an API server is told in its file', () => {
  const configuration = {
    apiVersion: 'pod-security.admission.config.k8s.io/v1',
    kind: 'PodSecurityConfiguration',
    defaults: {enforce: 'baseline', 'enforce-version': 'v1.30', warn: 'restricted'},
    exemptions: {usernames: ['ci'], namespaces: ['exempt'], runtimeClasses: []},
  };
  const config = fileOf([
    {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AdmissionConfiguration',
      plugins: [{name: 'PodSecurity', configuration}],
    },
  ]);
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({
      admissionPlugins: [],
      program: successor ?? '',
      args: [`--admission-control-config-file=${config}`],
    });
    const places = [labelled('none'), labelled('exempt'), labelled('loud', {warn: 'privileged'})];
    const account = (namespace: string) => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {name: 'default', namespace},
    });
    await server.createAll(places);
    await server.createAll(['none', 'exempt', 'loud'].map(account));
  }, 120_000);
  afterAll(() => server?.stop());

  test('is what --admission-config says', async () => {
    const specs = {plain: plainSpec, host: hostSpec, tight: restrictedSpec};
    const bare = ['none', 'exempt', 'loud'].flatMap(namespace =>
      Object.entries(specs).map(([name, spec]) => barePod(namespace, name, spec)),
    );
    for (const user of ['admin', 'ci']) {
      const ran = await runHere(
        ...['why', '-A', '-f', fileOf(bare), '-o', 'json', '--admission-config', config],
        ...['--kubeconfig', server.kubeconfig, '--requester', user],
      );
      const said = itemsOf(ran.out).map(({namespace, name, allowed, podSecurity}) => {
        const {warn} = objectOf(podSecurity);
        const isWarned = allowed === true && (objectOf(warn).refuses as readonly Json[]).length > 0;
        return `${namespace}/${name}: ${allowed}${isWarned ? ', warned' : ''}`;
      });
      const done = await Promise.all(
        bare.map(async pod => {
          const {namespace, name} = objectOf(pod.metadata);
          const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
          const {status, headers} = await server.request('POST', path, pod, {
            as: user,
            asGroups: ['system:masters'],
          });
          const isWarned = String(headers.warning ?? '').includes('would violate PodSecurity');
          return `${namespace}/${name}: ${status === 201}${isWarned ? ', warned' : ''}`;
        }),
      );
      expect(said.sort(), user).toEqual(done.sort());
    }
  });

  test('check finds the default', async () => {
    const ran = await runHere('check', '-n', 'none', '--kubeconfig', server.kubeconfig);
    expect(ran.out.replaceAll(/\s+/g, ' ')).toContain(
      "baseline:v1.30 is enforced in namespace none, which has no label: it is the server's default",
    );
  });
});

/** Whether the server minds nothing but ports of the host that are claimed twice, whose protocol is not read. */
function isUnread(status: Json | undefined): boolean {
  const {causes} = objectOf(objectOf(status).details);
  return (causes as readonly JsonObject[]).every(({message}) =>
    /^Duplicate value: "TCP\//.test(String(message)),
  );
}

/** The words of a refusal but for the random end of the name. */
function withoutName(message: Json | undefined): string {
  return String(message).replace(/^pods "[^"]*"/, 'pods');
}

/** The warning that the program foretells; undefined without one. */
function warningIn({podSecurity}: JsonObject): string | undefined {
  const {level, version, refuses} = objectOf(objectOf(podSecurity).warn);
  const refusals = (refuses as readonly JsonObject[]).map(({reason, detail}) => ({
    reason: String(reason),
    detail: String(detail),
  }));
  if (refusals.length === 0) return undefined;
  return warningText(
    level as PodSecurityLevel,
    parseStandardVersion(String(version)) ?? 'latest',
    refusals,
  );
}
