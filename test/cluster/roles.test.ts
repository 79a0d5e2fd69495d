import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {binding, roleFor} from '../support/builders/audits.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {runHere, runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {createTriedRole, documentedRules, grant, reader} from './documentedRoles.ts';

/** The command lines that each role is for: none may miss anything, all of them together need it all. */
const uses: readonly (readonly [role: string, commandLines: readonly string[]])[] = [
  ['kubectl-psp-advise', ['advise -A']],
  ['kubectl-psp-who-can', ['who-can -A --indirect']],
  ['kubectl-psp-migrate', ['migrate -A']],
  ['kubectl-psp-read', ['why -A -o json', 'snapshot', '-A', 'audit -A']],
];

/** A workload whose pods name a class, under a policy that lets them in. */
const classed: readonly JsonObject[] = [
  {apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 'default', namespace: 'default'}},
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: {name: 'gvisor'},
    handler: 'runsc',
  },
  policyObject('open', {volumes: ['*']}),
  roleFor('use', 'open'),
  binding('use', 'use', ['group:system:serviceaccounts'], true),
  {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {name: 'web', namespace: 'default'},
    spec: {
      selector: {matchLabels: {app: 'web'}},
      template: {
        metadata: {labels: {app: 'web'}},
        spec: {runtimeClassName: 'gvisor', containers: [{name: 'c', image: 'x'}]},
      },
    },
  },
];

describe.runIf(hasReference('etcd', 'kube-apiserver'))('the ClusterRoles of docs/rbac.yaml', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({users: [reader]});
    await createTriedRole(server);
    await server.createAll(classed);
  });
  afterAll(async () => await server?.stop());

  const asReader = (commandLine: string) =>
    runHere(...commandLine.split(' '), '--kubeconfig', server.kubeconfig, '--token', reader.token);

  /** Whether the command says that it lacks the resource; it must not fail in any other way. */
  async function misses(commandLine: string, resource: string): Promise<boolean> {
    const {code, err, out} = await asReader(`${commandLine} -v 1`);
    const told = `${commandLine} without ${resource}: ${code} ${err}`;
    // 3: it answers and can't tell, as migrate does.
    const [failed, isNamed] = [code !== 0, err.includes(resource)];
    if (failed) expect([[3, 4].includes(code), isNamed], told).toEqual([true, true]);
    const isUnknown = out.includes(`"needs": "${resource}"`);
    return failed || isUnknown || err.includes(`incomplete: could not read ${resource}`);
  }

  test.each(uses)('%s is enough for %j, and no less is', async (name, commandLines) => {
    const rules = documentedRules(name);
    await grant(server, rules);
    for (const commandLine of commandLines) {
      const {code, err} = await asReader(commandLine);
      const complaint = /incomplete|could not|can't/.exec(err)?.input;
      expect([commandLine, code, complaint]).toEqual([commandLine, 0, undefined]);
    }
    const single = rules.flatMap(rule => rule.resources.map(resource => ({rule, resource})));
    for (const {rule, resource} of single) {
      await grant(
        server,
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
    const read = documentedRules('kubectl-psp-migrate');
    const write = documentedRules('kubectl-psp-migrate-labels');
    const folder = folderOf();
    const label = async (stage: string) => {
      const place = ['--kubeconfig', server.kubeconfig, '--token', reader.token];
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
    await grant(server, read);
    expect(await label('warn')).toMatchObject({said: expect.stringContaining('forbidden')});
    for (const verb of ['get', 'update']) {
      await grant(server, [...read, ...write.map(rule => ({...rule, verbs: [verb]}))]);
      expect(await label('warn')).toMatchObject({said: expect.stringContaining('forbidden')});
    }
    await grant(server, [...read, ...write]);
    const ran = await label('warn');
    expect([ran.code, ran.said]).toEqual([0, expect.stringContaining('updated Namespace default')]);
  });
});
