import {mkdtempSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {kyvernoObjects} from '../../src/migrate/engines/kyverno.ts';
import type {TrialAnswer} from '../../src/migrate/verify/outcome.ts';
import type {PodToTry} from '../../src/migrate/verify/trials.ts';
import {verifyPods} from '../../src/migrate/verify/verification.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {grantedPolicies, verifyWorld} from '../cluster/verifyWorld.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {engineProgram} from '../support/kubernetes/engines.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {objectOf} from '../support/run/output.ts';
import {runProgram} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {Batches} from './batches.ts';

/** How many pods are tried: PSP_ENGINE_CASES=3000 is all that there are. */
const most = Number(process.env.PSP_ENGINE_CASES ?? 150);

const kyverno = hasReference('etcd') ? engineProgram('kyverno') : undefined;
const program = kyverno && successorApiServer();

describe.runIf(program !== undefined)('policies under Kyverno', () => {
  let server: ApiServer;
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-psp-kyverno-'));
  const policiesFile = join(folder, 'policies.yaml');
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: program ?? ''});
    await server.createAll(verifyWorld);
    const policies = grantedPolicies.map(one => decodePolicy(one));
    // Its command line takes nothing but policies.
    const {objects} = kyvernoObjects(policies, false);
    const own = objects.filter(({kind}) => /Policy$/.test(String(kind)));
    writeFileSync(policiesFile, own.map(one => printJson(one)).join('\n---\n'));
  }, 120_000);
  afterAll(() => server?.stop());

  /** A pod as a server without policies would store it: that is what a webhook is asked about, and what comes after it. */
  async function stored(pod: JsonObject): Promise<TrialAnswer> {
    const {namespace} = objectOf(pod.metadata);
    const path = `/api/v1/namespaces/${String(namespace)}/pods?dryRun=All`;
    const {status, json, text} = await server.request('POST', path, pod);
    if (status !== 201) {
      return {kind: 'refused', status, message: String(objectOf(json).message ?? text)};
    }
    return {kind: 'stored', pod: objectOf(json)};
  }

  /** What the engine makes of pods that somebody sends: each as it is changed, or why it is refused. */
  async function judged(
    pods: readonly JsonObject[],
    {user, groups}: PodToTry['stand']['requester'],
  ): Promise<readonly (JsonObject | string)[]> {
    const own = mkdtempSync(join(folder, 'run-'));
    const userFile = join(own, 'user.json');
    const head = {apiVersion: 'cli.kyverno.io/v1alpha1', kind: 'UserInfo', metadata: {name: 'u'}};
    writeFileSync(userFile, printJson({...head, userInfo: {username: user, groups}}));
    const named = pods.map((pod, index) => ({
      ...pod,
      metadata: {...objectOf(pod.metadata), name: `trial-${index}`},
    }));
    const {out, err} = await runProgram(
      kyverno ?? '',
      [
        ...['apply', policiesFile, '--resource', '-', '--userinfo', userFile],
        ...['--cluster', '--kubeconfig', server.kubeconfig],
        ...['--output', `${own}/`, '--detailed-results', '--remove-color'],
      ],
      {
        stdin: named.map(pod => printJson(pod, 1)).join('\n---\n'),
        env: {HOME: own, KUBECONFIG: server.kubeconfig},
      },
    );
    const lines = `${out}\n${err}`.split('\n');
    const files = new Set(readdirSync(own));
    return named.map(({metadata: {name}}) => {
      const at = lines.findIndex(
        line => line.includes(`/Pod/${name} `) || line.endsWith(`/Pod/${name}`),
      );
      if (at >= 0) return `${lines[at]} ${lines[at + 1]}`;
      if (!files.has(`${name}-mutated.yaml`))
        throw new Error(`nothing about ${name}: ${out}${err}`);
      const [document] = readDocuments(
        readFileSync(join(own, `${name}-mutated.yaml`), 'utf8'),
        'yaml',
      );
      return objectOf((document?.value ?? null) as Json);
    });
  }

  test('are kept as it is said: who gets which, what is written, what is refused', {
    timeout: 3_600_000,
  }, async () => {
    const source = clusterWith([...verifyWorld, ...grantedPolicies], {serverVersion: 'v1.24.17'});
    const batches = new Batches<PodToTry, TrialAnswer>(
      ({stand: {requester}}) => printJson(requester),
      async trials => {
        const sent = await Promise.all(trials.map(({pod}) => stored(pod)));
        const pods = sent.flatMap(one => (one.kind === 'stored' ? [objectOf(one.pod)] : []));
        const [first] = trials;
        const answers = first === undefined ? [] : await judged(pods, first.stand.requester);
        const inTurn = answers.values();
        return Promise.all(
          sent.map(async (one): Promise<TrialAnswer> => {
            if (one.kind === 'refused') return one;
            const answer = inTurn.next().value ?? '';
            if (typeof answer !== 'string') return stored(withoutSystemFields(answer));
            const message = `pods "p" is forbidden: ValidatingAdmissionPolicy: ${answer}`;
            return {kind: 'refused', status: 403, message};
          }),
        );
      },
    );
    const {results} = await verifyPods(source, {most, answer: trial => batches.ask(trial)});
    const counts = Map.groupBy(results, ({outcome}) => outcome.kind);
    const told = [...counts].map(([kind, all]) => `${all.length} ${kind}`).join(', ');
    process.stderr.write(`pods under Kyverno: ${told}\n`);
    const differing = results.flatMap(({trial, outcome}) =>
      outcome.kind === 'differs' ? [{says: trial.says, who: trial.stand, ...outcome}] : [],
    );
    expect(differing.slice(0, 10)).toEqual([]);
    expect(counts.get('same')?.length ?? 0).toBeGreaterThan(results.length * 0.8);
  });
});

function withoutSystemFields(pod: JsonObject): JsonObject {
  const {
    uid: _u,
    creationTimestamp: _c,
    managedFields: _m,
    generation: _g,
    ...metadata
  } = objectOf(pod.metadata);
  return parseJson(printJson({...pod, metadata, status: {}})) as JsonObject;
}
