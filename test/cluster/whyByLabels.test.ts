import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {realClock} from '../../src/inventory/follow/followCluster.ts';
import {regimeOf} from '../../src/inventory/regime.ts';
import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {type PodSecurityLevel, warningText} from '../../src/podSecurity/judge.ts';
import {parseStandardVersion} from '../../src/podSecurity/version.ts';
import {connect} from '../../src/world/client.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {binding, role} from '../support/builders/audits.ts';
import {
  barePod,
  deploymentOf,
  hostSpec,
  labelled,
  plainSpec,
  restrictedSpec,
} from '../support/builders/labelledCluster.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {followed, untilState} from '../support/server/following.ts';

const namespaces = [
  labelled('none'),
  labelled('open', {enforce: 'privileged'}),
  labelled('warned', {enforce: 'privileged', warn: 'restricted', 'warn-version': 'v1.29'}),
  labelled('baseline', {enforce: 'baseline', warn: 'baseline'}),
  labelled('pinned', {enforce: 'baseline', 'enforce-version': 'v1.26', warn: 'restricted'}),
  labelled('restricted', {enforce: 'restricted', 'enforce-version': 'v1.37'}),
  labelled('old', {enforce: 'restricted', 'enforce-version': 'v1.20', audit: 'restricted'}),
  labelled('quiet', {enforce: 'restricted', warn: 'privileged'}),
];
const names = namespaces.map(({metadata}) => String(objectOf(metadata).name));
const podsPerNamespace = isThorough ? 80 : 30;
const seed = Number(process.env.PSP_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** What restricted asks of a container. */
const tight = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: {drop: ['ALL']},
  seccompProfile: {type: 'RuntimeDefault'},
};

/** Pods of which each level lets some in: half of them are hardened as restricted asks. */
const pods = fc
  .sample(fc.tuple(anyPod, fc.nat(3), fc.constantFrom(undefined, false)), {
    seed,
    numRuns: names.length * podsPerNamespace,
  })
  .map(([pod, how, hostUsers], index) => ({
    namespace: names[index % names.length] ?? '',
    ...(how === 3 ? torn(objectOf(pod), hostUsers) : taken(objectOf(pod), how)),
  }));

/** Without what v1.37 takes for invalid: annotations beside other fields, mounts of nothing, and so on. */
function taken({metadata, spec}: JsonObject, how: number) {
  const {initContainers: _, runtimeClassName: __, ...own} = objectOf(spec);
  const podContext = objectOf(own.securityContext ?? {});
  const isTight = how > 0;
  const calm = {hostNetwork: undefined, hostPID: undefined, hostIPC: undefined, volumes: []};
  const securityContext = {...podContext, sysctls: [], seccompProfile: undefined};
  const containers = own.containers as readonly JsonObject[];
  return {
    metadata: isTight ? {} : {annotations: objectOf(metadata).annotations ?? {}},
    spec: {
      ...own,
      ...(how === 1 ? calm : {}),
      securityContext: how === 1 ? {} : securityContext,
      containers: containers.map(container => ({
        ...container,
        image: 'i',
        volumeMounts: [],
        ports: isTight ? [] : (container.ports ?? []),
        securityContext: isTight ? tight : fieldsTaken(objectOf(container.securityContext ?? {})),
      })),
    },
  };
}

/** Every other one with what v1.37 itself refuses of the fields that are judged. */
function torn({metadata, spec}: JsonObject, hostUsers: boolean | undefined) {
  const {containers, volumes, hostNetwork, hostPID, hostIPC, securityContext} = objectOf(spec);
  const {sysctls, seccompProfile} = objectOf(securityContext ?? {});
  const isOnHost = (volume: Json) => isObject(volume) && volume.hostPath !== undefined;
  return {
    metadata: {annotations: objectOf(metadata).annotations ?? {}},
    spec: {
      ...(hostUsers === false ? {hostUsers} : {shareProcessNamespace: hostPID}),
      ...{hostNetwork, hostPID, hostIPC},
      securityContext: {sysctls, seccompProfile},
      volumes: Array.isArray(volumes) ? volumes.filter(isOnHost) : [],
      containers: (containers as readonly JsonObject[]).map(({name, ports, securityContext}) => ({
        name,
        image: 'i',
        ports: ports ?? [],
        securityContext: securityContext ?? {},
      })),
    },
  };
}

function fieldsTaken(securityContext: JsonObject): JsonObject {
  const {seccompProfile: _, procMount: __, ...rest} = securityContext;
  return rest;
}

const controller = {
  as: 'system:serviceaccount:kube-system:replicaset-controller',
  asGroups: ['system:serviceaccounts', 'system:authenticated'],
};

const podOf = ({metadata, spec, namespace}: (typeof pods)[number], name: object): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {...metadata, ...name, namespace} as JsonObject,
  spec: spec as JsonObject,
});

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

describe.runIf(successor !== undefined)('who may see one namespace alone', () => {
  let server: ApiServer;
  const view = {
    apiGroups: ['', 'apps', 'batch'],
    resources: ['*'],
    verbs: ['get', 'list', 'watch'],
  };
  const subjects = [{kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io'}];
  const list = {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingadmissionpolicies'],
    verbs: ['list', 'watch'],
  };

  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
    await server.createAll([labelled('shop', {enforce: 'baseline'})]);
    await server.createAll([
      deploymentOf('shop', 'tight', restrictedSpec),
      deploymentOf('shop', 'host', hostSpec),
      role('viewer', view),
      {...binding('viewer', 'viewer', []), subjects},
      role('lister', list),
    ]);
  }, 120_000);
  afterAll(() => server?.stop());

  const asJane = (...args: readonly string[]) =>
    runHere(...args, '-n', 'shop', '--kubeconfig', server.kubeconfig, '--as', 'jane');
  const states = (out: string) => itemsOf(out).map(({name, state}) => `${name}: ${state}`);

  test('is told of denials, and of the rest that policies may live where nobody could look', async () => {
    const {code, out, err} = await asJane('why', '-o', 'json');
    expect(code).toBe(0);
    expect(err).toBe(
      "incomplete: can't list validatingadmissionpolicies (forbidden); affected answers say unknown\n",
    );
    expect(states(out)).toEqual(['host: denied', 'tight: unknown']);
    const summary = await asJane('-o', 'table');
    expect(summary).toMatchObject({code: 0});
    expect(summary.out).toMatch(/^shop +0 +2 +baseline +privileged +1 +1 +0$/m);
  });

  test('the session sees the same', async () => {
    const client = await connect({kubeconfig: server.kubeconfig, as: 'jane'}, {env: {}, warn() {}});
    onTestFinished(() => client.close());
    const live = followed(client, 'shop', realClock);
    await untilState(live, 'live');
    const {inventory} = live.current();
    expect(inventory.policyApi).toBe('absent');
    expect(inventory.gaps.map(({resource}) => resource)).not.toContain('podsecuritypolicies');
    expect(regimeOf(inventory)).toEqual({kind: 'podSecurity', minor: 37, mayHavePolicies: true});
  });

  test('and of all, once it may list these: never that podsecuritypolicies are missing', async () => {
    await server.createAll([{...binding('lister', 'lister', [], true), subjects}]);
    const {code, out, err} = await asJane('why', '-o', 'json');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(states(out)).toEqual(['host: denied', 'tight: ok']);
    const check = await asJane('check');
    expect(check.code).toBe(0);
    expect(check.out).toContain('Pods are judged by Pod Security Admission');
    expect(check.out).not.toContain('podsecuritypolicies');
    expect(check.err).toBe('');
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
