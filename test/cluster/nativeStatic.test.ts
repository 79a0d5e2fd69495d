import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {grantedPolicies, verifyWorld} from './verifyWorld.ts';

const successor = hasReference('etcd') ? successorApiServer() : undefined;
const isPolicy = ({kind}: JsonObject) => kind === 'PodSecurityPolicy';
const root = '/apis/admissionregistration.k8s.io/v1';

/** The names of the objects of a kind that the API shows. */
async function namesOf(server: ApiServer, plural: string) {
  const {text} = await server.request('GET', `${root}/${plural}`);
  return itemsOf(text).map(({metadata}) => String(objectOf(metadata).name));
}

const kinds = [
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
];

describe.runIf(successor !== undefined)('migrate policies --static, on v1.37', () => {
  let server: ApiServer;
  beforeAll(async () => {
    const folder = join(folderOf(), 'psp');
    const from = fileOf(grantedPolicies);
    const made = await runHere('migrate', 'policies', '--from', from, '--static', folder);
    // That supplementalGroups: [] can't be seen.
    expect(made.err).toMatch(/^lost: team: .*$/m);
    const [, configuration = ''] = /^ +(--admission-control-config-file=.*)$/m.exec(made.out) ?? [];
    server = await startApiServer({
      admissionPlugins: [],
      program: successor ?? '',
      args: [configuration],
    });
    await server.createAll([...verifyWorld, ...grantedPolicies.filter(one => !isPolicy(one))]);
  }, 180_000);
  afterAll(() => server?.stop());

  async function fate(namespace: string, spec: JsonObject = {}) {
    const serviceAccountName = namespace === 'shop' ? 'web' : 'default';
    const pod = {
      metadata: {generateName: 'p-', annotations: {'kubernetes.io/psp': 'wide'}},
      spec: {
        serviceAccountName,
        automountServiceAccountToken: false,
        containers: [{name: 'app', image: 'app'}],
        ...spec,
      },
    };
    const as = {
      as: 'system:serviceaccount:kube-system:replicaset-controller',
      asGroups: ['system:serviceaccounts', 'system:authenticated'],
    };
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    const {status, json} = await server.request('POST', path, pod, as);
    const {metadata = {}, spec: stored = {}, message} = objectOf(json);
    const {annotations = {}} = objectOf(metadata);
    return {
      status,
      policy: objectOf(annotations)['kubernetes.io/psp'],
      fsGroup: objectOf(objectOf(stored).securityContext ?? {}).fsGroup,
      message,
    };
  }

  const isInForce = async () => {
    expect(await fate('shop')).toMatchObject({status: 201, policy: 'strict', fsGroup: 5});
    expect(await fate('data')).toMatchObject({status: 201, policy: 'wide'});
    expect(await fate('shop', {hostPID: true})).toMatchObject({
      status: 403,
      message: expect.stringContaining('rejected by strict: sets hostPID: true'),
    });
    expect(await fate('edge')).toMatchObject({status: 403});
  };

  test('pods are judged by the files', async () => {
    for (const plural of kinds)
      expect([plural, await namesOf(server, plural)]).toEqual([plural, []]);
    await isInForce();
  });

  test('and nobody can take that away over the API, nor get round it', async () => {
    for (const plural of kinds) {
      const path = `${root}/${plural}/kubectl-psp.static.k8s.io`;
      const removed = await server.request('DELETE', path);
      expect([plural, removed.status]).toEqual([plural, 404]);
      expect((await server.request('DELETE', `${root}/${plural}`)).status).toBe(200);
    }
    const metadata = {name: 'kubectl-psp.static.k8s.io'};
    const binding = {metadata, spec: {policyName: metadata.name, validationActions: ['Audit']}};
    const made = await server.request('POST', `${root}/validatingadmissionpolicybindings`, binding);
    expect(made.status).toBe(422);
    await isInForce();
  });
});
