import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {createTriedRole, documentedRules, grant, type Rule, reader} from './documentedRoles.ts';

const reading = documentedRules('kubectl-psp-migrate');
const writing = documentedRules('kubectl-psp-write');
const trying = documentedRules('kubectl-psp-migrate-try');

/** The rules without a verb on a resource. */
function without(rules: readonly Rule[], resource: string, verb: string): readonly Rule[] {
  return rules.map(rule => {
    if (!rule.verbs.includes(verb)) return rule;
    return {...rule, resources: rule.resources.filter(one => one !== resource)};
  });
}

const labels = {app: 'web'};
const objects = [
  {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
  ...['shop', 'default'].map(namespace => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name: 'default', namespace},
  })),
  policyObject('team', {volumes: ['*']}),
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'web', namespace: 'shop'},
    spec: {
      selector: {matchLabels: labels},
      template: {metadata: {labels}, spec: {containers: [{name: 'c', image: 'i'}]}},
    },
  },
];

describe.runIf(hasReference('etcd', 'kube-apiserver'))('rights for the end of the way off', () => {
  let server: ApiServer;
  const folder = folderOf();
  const start = async (admissionPlugins: readonly string[] | undefined) => {
    server = await startApiServer({users: [reader], ...(admissionPlugins && {admissionPlugins})});
    await server.createAll(objects);
    await createTriedRole(server);
  };
  const run = async (rules: readonly Rule[], ...args: readonly string[]) => {
    await grant(server, rules);
    const place = ['--kubeconfig', server.kubeconfig, '--token', reader.token];
    const ran = await runWith({answers: undefined, folder}, 'migrate', ...args, ...place);
    return {code: ran.code, said: `${ran.out}${ran.err}`};
  };
  const policies = async () => {
    const {json} = await server.request('GET', '/apis/policy/v1beta1/podsecuritypolicies');
    const {items} = json as {readonly items: readonly {readonly metadata: {name: string}}[]};
    return items.map(({metadata}) => metadata.name);
  };

  describe('bypass', () => {
    beforeAll(() => start(undefined), 120_000);
    afterAll(() => server?.stop());
    const bypass = ['bypass', '-n', 'shop', '--apply', '--yes'];

    test('who may only read is told so, and nothing is changed', async () => {
      const {code, said} = await run([...reading, ...trying], ...bypass);
      expect([code, said]).toEqual([4, expect.stringContaining('podsecuritypolicies')]);
      expect(await policies()).toEqual(['team']);
    });

    test.each([
      ['get', 'deployments'],
      ['impersonate', 'serviceaccounts'],
      ['impersonate', 'groups'],
    ])(
      'without the right to %s %s it is done, and not known to work',
      async (verb, resource) => {
        const rules = [...reading, ...writing, ...without(trying, resource, verb)];
        const {code, said} = await run(rules, ...bypass);
        expect([code, said]).toEqual([
          3,
          expect.stringMatching(/shop\/web was not tried: .*forbidden(.|\n)*tried the pods of 0/),
        ]);
        await run(rules, ...bypass, '--back');
        expect(await policies()).toEqual(['team']);
      },
      30_000,
    );

    test('the roles of docs/rbac.yaml are enough, both ways', async () => {
      const rules = [...reading, ...writing, ...trying];
      const {code, said} = await run(rules, ...bypass);
      expect([code, said]).toEqual([
        0,
        expect.stringContaining('tried the pods of 1 templates: 1 met only 0-psp-bypass'),
      ]);
      expect(await run(rules, ...bypass, '--back')).toMatchObject({code: 0});
      expect(await policies()).toEqual(['team']);
    }, 30_000);
  });

  describe('cleanup', () => {
    beforeAll(() => start([]), 120_000);
    afterAll(() => server?.stop());
    const cleanup = ['cleanup', '--apply', '--yes'];

    test('without the right to create pods nobody knows whether the plugin is off', async () => {
      const rules = [...reading, ...writing, ...without(trying, 'pods', 'create')];
      const {code, said} = await run(rules, ...cleanup);
      expect([code, said]).toEqual([3, expect.stringContaining('nothing was changed')]);
      expect(await policies()).toEqual(['team']);
    });

    test('the roles of docs/rbac.yaml are enough, and those to write are needed', async () => {
      const {code, said} = await run([...reading, ...trying], ...cleanup);
      expect([code, said]).toEqual([4, expect.stringContaining('forbidden')]);
      expect(await policies()).toEqual(['team']);
      expect(await run([...reading, ...writing, ...trying], ...cleanup)).toMatchObject({code: 0});
      expect(await policies()).toEqual([]);
    });
  });
});
