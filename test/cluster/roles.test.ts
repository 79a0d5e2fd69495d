import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere, runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const roles = new Map(
  readDocuments(readFileSync('docs/rbac.yaml', 'utf8'), 'docs/rbac.yaml').map(({value}) => {
    const {metadata, rules} = value as unknown as {
      readonly metadata: {readonly name: string};
      readonly rules: readonly Rule[];
    };
    return [metadata.name, rules];
  }),
);

const users = [{name: 'reader', token: 'reader-token'}];

/** The command lines that each role is for: none may miss anything, all of them together need it all. */
const uses: readonly (readonly [role: string, commandLines: readonly string[]])[] = [
  ['kubectl-psp-advise', ['advise -A']],
  ['kubectl-psp-who-can', ['who-can -A --indirect']],
  ['kubectl-psp-migrate', ['migrate -A']],
  ['kubectl-psp-read', ['why -A', 'snapshot', '-A', 'audit -A']],
];

describe.runIf(hasReference('etcd', 'kube-apiserver'))('the ClusterRoles of docs/rbac.yaml', () => {
  let server: ApiServer;
  const role = 'rbac.authorization.k8s.io/v1';

  beforeAll(async () => {
    server = await startApiServer({users});
    await server.createAll([
      {
        apiVersion: role,
        kind: 'ClusterRole',
        metadata: {name: 'tried'},
        rules: [],
      },
      {
        apiVersion: role,
        kind: 'ClusterRoleBinding',
        metadata: {name: 'tried'},
        roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'tried'},
        subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'reader'}],
      },
    ]);
  });
  afterAll(async () => await server?.stop());

  /** Gives the user these rules and no others, and waits until the server knows. */
  async function grant(rules: readonly Rule[]): Promise<void> {
    const path = `/apis/${role}/clusterroles/tried`;
    const {json} = await server.request('GET', path);
    const marker = {apiGroups: ['marker'], resources: [`m${Math.random()}`], verbs: ['get']};
    const some = rules.filter(({resources}) => resources.length > 0);
    const changed = {...objectOf(json), rules: [...some, marker]};
    expect((await server.request('PUT', path, changed as unknown as JsonObject)).status).toBe(200);
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user: 'reader',
        resourceAttributes: {group: 'marker', resource: marker.resources[0], verb: 'get'},
      },
    };
    for (;;) {
      const answer = await server.request(
        'POST',
        '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        review as unknown as JsonObject,
      );
      if (objectOf(objectOf(answer.json).status).allowed === true) return;
    }
  }

  const asReader = (commandLine: string) =>
    runHere(
      ...commandLine.split(' '),
      '--kubeconfig',
      server.kubeconfig,
      '--token',
      'reader-token',
    );

  /** Whether the command says that it lacks the resource; it must not fail in any other way. */
  async function misses(commandLine: string, resource: string): Promise<boolean> {
    const {code, err} = await asReader(`${commandLine} -v 1`);
    const told = `${commandLine} without ${resource}: ${code} ${err}`;
    // 3: it answers and can't tell, as migrate does.
    const [failed, isNamed] = [code !== 0, err.includes(resource)];
    if (failed) expect([[3, 4].includes(code), isNamed], told).toEqual([true, true]);
    return failed || err.includes(`incomplete: could not read ${resource}`);
  }

  test.each(uses)('%s is enough for %j, and no less is', async (name, commandLines) => {
    const rules = roles.get(name) ?? [];
    await grant(rules);
    for (const commandLine of commandLines) {
      const {code, err} = await asReader(commandLine);
      const complaint = /incomplete|could not|can't/.exec(err)?.input;
      expect([commandLine, code, complaint]).toEqual([commandLine, 0, undefined]);
    }
    const single = rules.flatMap(rule => rule.resources.map(resource => ({rule, resource})));
    for (const {rule, resource} of single) {
      await grant(
        rules.map(each =>
          each === rule
            ? {...rule, resources: rule.resources.filter(other => other !== resource)}
            : each,
        ),
      );
      const missing: string[] = [];
      for (const commandLine of commandLines) {
        if (await misses(commandLine, resource)) missing.push(commandLine);
      }
      expect(missing, `the commands that miss ${resource}`).not.toEqual([]);
    }
  });

  test('kubectl-psp-migrate-labels lets set labels, beside what reads, and no less does', async () => {
    const read = roles.get('kubectl-psp-migrate') ?? [];
    const write = roles.get('kubectl-psp-migrate-labels') ?? [];
    const folder = folderOf();
    const label = async (stage: string) => {
      const place = ['--kubeconfig', server.kubeconfig, '--token', 'reader-token'];
      const step = ['-n', 'default', '--stage', stage, '--apply', '--yes'];
      const ran = await runWith(
        {answers: undefined, folder},
        'migrate',
        'labels',
        ...step,
        ...place,
      );
      return {...ran, said: `${ran.out}${ran.err}`};
    };
    await grant(read);
    expect(await label('warn')).toMatchObject({said: expect.stringContaining('forbidden')});
    for (const verb of ['get', 'update']) {
      await grant([...read, ...write.map(rule => ({...rule, verbs: [verb]}))]);
      expect(await label('warn')).toMatchObject({said: expect.stringContaining('forbidden')});
    }
    await grant([...read, ...write]);
    const ran = await label('warn');
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('updated Namespace default')]);
  });
});
