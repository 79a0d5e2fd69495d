import {mkdtempSync, readFileSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject, printJson} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {kubectlOn} from '../support/run/kubectl.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runBuilt, runHere, runProgram} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {
  barePod,
  clusterObjects,
  ownPolicies,
  secret,
  workloadCount,
  workloads,
} from './adviseObjects.ts';
import {securityOf} from './pods.ts';
import {prepared, readPod} from './prepared.ts';

const users = [
  {token: 'creator-token', name: 'creator'},
  {token: 'viewer-token', name: 'viewer'},
  {token: 'reader-token', name: 'reader'},
];
describe.runIf(hasReference('etcd', 'kube-apiserver'))('advise and snapshot, live', () => {
  const folder = mkdtempSync(join(tmpdir(), 'psp-live-'));
  let server: ApiServer;
  let live: readonly string[];

  beforeAll(async () => {
    server = await startApiServer({users});
    live = ['--kubeconfig', server.kubeconfig];
    await server.createAll([...clusterObjects(), ...workloads()]);
    const {code, err} = await kubectlOn(server, ['apply', '-f', '-'], printJson(barePod));
    expect(err).toBe('');
    expect(code).toBe(0);
  });
  afterAll(async () => {
    rmSync(folder, {recursive: true, force: true});
    await server?.stop();
  });

  /** Puts what `advise` prints on the server, and then every workload's pod to it. */
  async function applied(scope: string, ...more: readonly string[]) {
    const flags = ['advise', '-A', ...live, '--for', scope, '--grant', ...more];
    const advised = await runHere(...flags);
    expect(advised.err).toBe('');
    const {code, out, err} = await kubectlOn(server, ['apply', '-f', '-'], advised.out);
    expect(err.replaceAll(/^Warning: .*\n/gm, '')).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('podsecuritypolicy.policy/0-least');
    const advices = itemsOf((await runHere(...flags, '-o', 'json')).out);
    return {advices, answers: await submitAll(server)};
  }

  async function removePolicies() {
    await server.request('DELETE', '/apis/policy/v1beta1/podsecuritypolicies');
    await server.createAll(ownPolicies);
  }

  test.for([
    ['service-account', 11],
    ['namespace', 3],
    ['cluster', 1],
    ['service-account', 4, '--max-policies=4'],
  ] as const)(
    'advise --for %s: kubectl applies it, and it admits each pod unchanged (%s policies)',
    async ([scope, count, ...more]) => {
      const {advices, answers} = await applied(scope, ...more);
      expect(advices).toHaveLength(count);
      const differences = answers.flatMap(({label, pod, status, answer}) => {
        if (status !== 201) return [`${label}: ${status} ${answer.message}`];
        const chosen = String(objectOf(objectOf(answer.metadata).annotations)['kubernetes.io/psp']);
        const own = advices.find(({workloads: list}) => names(list).includes(label))?.name;
        if (chosen !== own) return [`${label}: admitted by ${chosen}, not by ${own}`];
        const [before, after] = [securityOf(prepared(pod, chosen)), securityOf(readPod(answer))];
        return before === after ? [] : [`${label}: changed from ${before} to ${after}`];
      });
      expect(differences).toEqual([]);
      await removePolicies();
    },
  );

  test('advise --for workload: a policy each, and every pod gets in unchanged', async () => {
    const {advices, answers} = await applied('workload');
    expect(advices).toHaveLength(workloadCount + 1);
    const changed = answers.filter(
      ({pod, status, answer}) =>
        status !== 201 || securityOf(prepared(pod, pspOf(answer))) !== securityOf(readPod(answer)),
    );
    expect(changed.map(({label, answer}) => `${label}: ${answer.message}`)).toEqual([]);
    await removePolicies();
  });

  test('advise --allow-defaults: every pod gets in, some changed', async () => {
    const {answers} = await applied('service-account', '--allow-defaults');
    const refused = answers.filter(({status}) => status !== 201);
    expect(refused.map(({label, answer}) => `${label}: ${answer.message}`)).toEqual([]);
    const changed = answers.filter(
      ({pod, answer}) => securityOf(prepared(pod, pspOf(answer))) !== securityOf(readPod(answer)),
    );
    expect(changed.length).toBeGreaterThan(10);
    await removePolicies();
  });

  test('advise answers the same bytes twice', async () => {
    const [one, other] = await Promise.all([
      runHere('advise', '-A', ...live, '--grant'),
      runHere('advise', '-A', ...live, '--grant'),
    ]);
    expect(one.out).toBe(other.out);
    expect(one.out).not.toContain(secret);
  });

  test('a snapshot answers as the cluster does, and holds no secret', async () => {
    const file = join(folder, 'snapshot.json');
    const written = {
      code: 0,
      out: '',
      err: expect.stringMatching(/^wrote \S+snapshot\.json: .*\n$/),
    };
    expect(await runHere('snapshot', file, ...live)).toEqual(written);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(secret);
    expect(text).not.toContain('last-applied');
    expect(text).not.toContain('managedFields');
    expect(text).toContain('"team-a"');

    for (const args of [
      ...['table', 'wide', 'json', 'yaml', 'name'].map(format => ['why', '-A', '-o', format]),
      ['why'],
      ['why', '-n', 'team'],
      ['why', 'bare', '-o', 'wide'],
      ...['yaml', 'json', 'table', 'name'].map(format => ['advise', '-A', '-o', format]),
      ['-o', 'json'],
    ]) {
      const fromCluster = await runHere(...args, ...live);
      const fromFile = await runHere(...args, '--from', file);
      expect(fromFile, args.join(' ')).toEqual(fromCluster);
      expect(fromCluster.out.length).toBeGreaterThan(5);
    }
    const {out} = await runHere('snapshot', ...live);
    const withoutTime = (snapshot: string) => snapshot.replace(/"takenAt":"[^"]*"/, '');
    expect(withoutTime(out)).toBe(withoutTime(text));
  });

  test('a bare pod is judged for who asks if that is said, also by rights in the group extensions', async () => {
    const [item] = itemsOf(
      (await runHere('why', 'bare', ...live, '--requester', 'me', '-o', 'json')).out,
    );
    expect(item).toMatchObject({name: 'bare', judgedForCaller: true, allowed: true});
    const asReader = await runHere(
      'why',
      'bare',
      ...live,
      '--as',
      'reader',
      '--requester',
      'me',
      '-o',
      'json',
    );
    expect(itemsOf(asReader.out)).toMatchObject([
      {allowed: true, policy: 'open', requester: 'reader', via: [{right: 'requester'}]},
    ]);
    const asCreator = await runHere('why', 'bare', ...live, '--requester', 'creator');
    expect(asCreator.out).toContain('denied');
  });

  test('who may list little gets a marked answer, or one line why there is none', async () => {
    const viewer = await runHere('why', '-n', 'team', ...live, '--token', 'viewer-token');
    expect(viewer.code).toBe(0);
    expect(viewer.out).toContain('Deployment/w0');
    expect(viewer.err.trimEnd()).toMatch(
      /^incomplete: can't list clusterroles, clusterrolebindings; roles, rolebindings in namespace team \(forbidden\); affected answers say unknown$/,
    );
    expect(viewer.err).not.toContain('deployments');

    const creator = await runHere('why', ...live, '--token', 'creator-token');
    expect(creator.code).toBe(4);
    expect(creator.out).toBe('');
    expect(creator.err.trimEnd().split('\n').at(-1)).toMatch(
      /^error: could not read podsecuritypolicies: .*cannot list/,
    );
  });

  test('a wrong token is one line and exit code 3', async () => {
    const {code, out, err} = await runHere('why', ...live, '--token', 'no');
    expect({code, out}).toEqual({code: 3, out: ''});
    expect(err).toMatch(/^error: https:.* does not accept the credentials of .*\n$/);
  });

  test('files are judged by the cluster: its policies, rights and unmounted tokens', async () => {
    const args = ['-o', 'json', '--kubeconfig', server.kubeconfig];
    const pod = {...barePod, spec: {...barePod.spec, serviceAccountName: 'b-sa'}};
    const {out} = await runBuilt(['why', '-f', '-', ...args], {stdin: printJson(pod)});
    expect(itemsOf(out)).toMatchObject([{serviceAccount: 'b-sa', policy: 'no-volumes'}]);
    // `b-sa` mounts no token: no volume, so a policy without volumes refuses nothing.
    const candidates = itemsOf(out)[0]?.candidates;
    expect(candidates).toMatchObject([{name: 'no-volumes', errors: []}, {name: 'open'}]);
  });

  test('kubectl runs it as its plugin, with flags before the command', async () => {
    const path = `${join(import.meta.dirname, '../../bin')}:${process.env.PATH}`;
    const env = {KUBECONFIG: server.kubeconfig, HOME: server.dir, PATH: path};
    const ran = await runProgram('kubectl', ['psp', '-n', 'team', 'why', '-o', 'name'], {env});
    expect(ran.err).toBe('');
    expect(ran.out.split('\n')).toContain('deployment/w0');
    const other = await runProgram('kubectl', ['psp', 'why', '--context', 'nowhere'], {env});
    expect(other.code).toBe(3);
    expect(other.err).toMatch(/^error: .*"nowhere".*\n$/);
  });
});

interface Submitted {
  readonly label: string;
  readonly pod: JsonObject;
  readonly status: number;
  readonly answer: JsonObject;
}

/** Submits every workload's pod as a user who may use no policy: its account's right must do. */
async function submitAll(server: ApiServer): Promise<readonly Submitted[]> {
  const answers: Submitted[] = [];
  for (const {metadata, spec} of workloads()) {
    const {name, namespace} = objectOf(metadata);
    const {metadata: meta, spec: podSpec} = objectOf(objectOf(spec).template);
    const named = {...objectOf(meta), namespace, generateName: `${name}-`};
    const pod = podObject(named, objectOf(podSpec));
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {status, json} = await server.request('POST', path, pod, {token: 'creator-token'});
    answers.push({label: `${namespace}/${name}`, pod, status, answer: objectOf(json)});
  }
  return answers;
}

function pspOf({metadata}: JsonObject): string {
  return String(objectOf(objectOf(metadata).annotations)['kubernetes.io/psp']);
}

function names(list: Json | undefined): readonly string[] {
  return Array.isArray(list)
    ? list.filter(isObject).map(({namespace, name}) => `${namespace}/${name}`)
    : [];
}
