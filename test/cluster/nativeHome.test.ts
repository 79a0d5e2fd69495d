import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {folderOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {createTriedRole, documentedRules, grant, reader} from './documentedRoles.ts';
import {enforce} from './nativeServer.ts';
import {grantedPolicies, verifyWorld} from './verifyWorld.ts';

const successor = hasReference('etcd') ? successorApiServer() : undefined;
const isPolicy = ({kind}: JsonObject) => kind === 'PodSecurityPolicy';

describe.runIf(successor !== undefined)('policies in admission policies, on v1.37', () => {
  let server: ApiServer;
  const folder = folderOf();
  const run = (...args: readonly string[]) =>
    runWith({folder}, ...args, '--kubeconfig', server.kubeconfig);

  beforeAll(async () => {
    server = await startApiServer({
      admissionPlugins: [],
      program: successor ?? '',
      users: [reader],
    });
    await createTriedRole(server);
    const policies = grantedPolicies.filter(isPolicy).map(one => decodePolicy(one));
    await server.createAll([
      ...verifyWorld,
      ...grantedPolicies.filter(one => !isPolicy(one)),
      ...['shop', 'edge'].map(
        (namespace): JsonObject => ({
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: {name: 'app', namespace},
          spec: {
            selector: {matchLabels: {app: 'app'}},
            template: {
              metadata: {labels: {app: 'app'}},
              spec: {
                serviceAccountName: namespace === 'shop' ? 'web' : 'default',
                containers: [{name: 'app', image: 'app'}],
              },
            },
          },
        }),
      ),
    ]);
    await enforce(server, nativeObjects(policies, fullOptions).objects, 'canary');
  }, 180_000);
  afterAll(() => server?.stop());

  test('the server does what the program says of near misses of all policies', async () => {
    const {code, out, err} = await run('migrate', 'verify', '--cases', '400');
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/as foretold \(\d{2,} admitted, \d{2,} denied\), 0 not/);
  }, 300_000);

  test('why says which policy lets pods in, and what it writes', async () => {
    const {code, out, err} = await run('why', '-A', '-o', 'json');
    expect([code, err]).toEqual([0, '']);
    const items = itemsOf(out).map(({namespace, name, state, policy}) => ({
      namespace,
      name,
      state,
      policy,
    }));
    expect(items).toEqual([
      {namespace: 'edge', name: 'app', state: 'denied', policy: null},
      {namespace: 'shop', name: 'app', state: 'mutated', policy: 'strict'},
    ]);
  });

  test('the other commands answer as where PodSecurityPolicies are served', async () => {
    const all = [
      ['check'],
      ['who-can', '-A'],
      ['audit'],
      ['advise', '-A'],
      ['diff', 'strict', 'builtin:restricted'],
    ];
    const codes = [];
    for (const args of all) codes.push([args[0], (await run(...args)).code]);
    expect(codes).toEqual([
      ['check', 0],
      ['who-can', 0],
      ['audit', 0],
      ['advise', 0],
      ['diff', 1],
    ]);
    const {out} = await run();
    expect(out).toContain('4 PodSecurityPolicies (API: none; they live in admission policies)');
  });

  test('the roles of docs/rbac.yaml are enough, and without that for admission policies it is unknown', async () => {
    const more = documentedRules('kubectl-psp-read-admission');
    const asReader = () => run('why', '-A', '--token', reader.token);
    await grant(server, [...documentedRules('kubectl-psp-read'), ...more]);
    expect(await asReader()).toMatchObject({code: 0, err: ''});
    for (const {resources} of more) {
      for (const resource of resources) {
        const rest = more.map(rule => ({
          ...rule,
          resources: rule.resources.filter(one => one !== resource),
        }));
        await grant(server, [...documentedRules('kubectl-psp-read'), ...rest]);
        const {code, out, err} = await asReader();
        if (resource === 'validatingadmissionpolicies') {
          // There may be none: labels decide, and nothing is let in for sure.
          expect(err).toContain(`can't list ${resource}`);
          expect(out).not.toMatch(/ (ok|warned)$/m);
          continue;
        }
        expect([resource, code]).toEqual([resource, 4]);
        expect(err).toContain(`could not read ${resource}`);
      }
    }
  });

  test('a namespace with a level refuses what its policies let in', async () => {
    const path = '/api/v1/namespaces/shop';
    const label = (level: string | null) => {
      const labels = {'pod-security.kubernetes.io/enforce': level};
      const contentType = 'application/merge-patch+json';
      return server.request('PATCH', path, {metadata: {labels}}, {contentType});
    };
    await label('restricted');
    const {out} = await run('why', '-n', 'shop', '-o', 'json');
    await label(null);
    const [item = {}] = itemsOf(out);
    expect(item.state).toBe('denied');
    expect(item.message).toContain('violates PodSecurity "restricted:latest"');
  });

  test('what was edited by hand is not known any more', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/kubectl-psp';
    const {json} = await server.request('GET', path);
    const policy = objectOf(json);
    const spec = objectOf(policy.spec);
    const validations = [{expression: 'true'}];
    const put = await server.request('PUT', path, {...policy, spec: {...spec, validations}});
    expect(put.status).toBe(200);
    const {code, out, err} = await run('why', '-n', 'shop', '-o', 'json');
    expect(code).toBe(0);
    expect(err).toContain('ValidatingAdmissionPolicy kubectl-psp differs in spec.validations');
    expect(itemsOf(out).map(({state}) => state)).toEqual(['unknown']);
    const audit = await run('audit', '-o', 'json');
    expect(itemsOf(audit.out).map(({rule}) => rule)).toContain('admission-policies-edited');
    const again = await run('migrate', 'policies', '--apply', '-y', '--stage', 'mutate');
    expect(again.code).toBe(0);
    expect(again.err).toMatch(/^lost: team: [^\n]*\n$/);
    const known = await run('why', '-n', 'shop', '-o', 'json');
    expect([known.code, known.err]).toEqual([0, '']);
  });
});
