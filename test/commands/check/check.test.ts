import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {checked, policy, policyList, type Tried} from './checkWorld.ts';

const pods = (...items: readonly JsonObject[]) => ({'/api/v1/pods': items});
const pod = (
  name: string,
  creationTimestamp: string,
  annotations: JsonObject = {},
): JsonObject => ({
  metadata: {name, namespace: 'default', creationTimestamp, annotations},
});
const quota: Tried = {message: 'pods "kubectl-psp-check-abcde" is forbidden: exceeded quota: q'};

describe('by a pod that is tried', () => {
  test('on: it got in by a policy', async () => {
    const {code, text, triedPods} = await checked({tried: [{policy: 'open'}]}, '-n', 'shop');
    expect(code).toBe(0);
    expect(text).toContain(
      'Admission: on: a pod that was tried in namespace shop got in by policy open',
    );
    expect(triedPods.map(({url}) => url)).toEqual(['/api/v1/namespaces/shop/pods?dryRun=All']);
  });

  test.each([
    'pods "kubectl-psp-check-" is forbidden: PodSecurityPolicy: unable to admit pod: []',
    'pods "kubectl-psp-check-" is forbidden: PodSecurityPolicy: no providers available to validate pod request',
    'pods "kubectl-psp-check-" is forbidden: unable to validate against any pod security policy: []',
  ])('on: %s', async message => {
    const {code, text} = await checked({tried: [{message}]});
    expect({code, text}).toMatchObject({code: 0});
    expect(text).toContain('on: it refused a pod that was tried in namespace default');
  });

  test('off: nobody had a say', async () => {
    const {code, text} = await checked({tried: ['off']});
    expect(code).toBe(1);
    expect(text).toContain('PodSecurityPolicies are not in force.');
    expect(text).toContain('--enable-admission-plugins=PodSecurityPolicy');
  });

  test('a second one, where something else refuses the first', async () => {
    const message =
      'pods "kubectl-psp-check-" is forbidden: PodSecurityPolicy: unable to admit pod: [x]';
    const {code, triedPods} = await checked({tried: [quota, {message}]});
    expect(code).toBe(0);
    const specs = triedPods.map(({body}) => objectOf(objectOf(JSON.parse(body)).spec));
    expect(specs.map(({hostPID}) => hostPID)).toEqual([undefined, true]);
  });

  test("a webhook that uses the plugin's words is not the plugin", async () => {
    const message =
      'admission webhook "w" denied the request: pods "kubectl-psp-check-" is forbidden: PodSecurityPolicy: x';
    const {code, text} = await checked({tried: [{message}, {message, status: 400}]});
    expect(code).toBe(3);
    expect(text).toContain(
      `unknown: there is no pod to judge by (a pod can't be tried: ${message})`,
    );
  });

  test.each([
    ['pods is forbidden: User "u" cannot create resource "pods" in API group ""', 403],
    ['namespaces "default" not found', 404],
    [
      'pods "kubectl-psp-check-" is forbidden: error looking up service account default/default',
      403,
    ],
  ])('no second one where that is in vain: %s', async (message, status) => {
    const {code, triedPods, text} = await checked({tried: [{message, status}]});
    expect({code, tried: triedPods.length}).toEqual({code: 3, tried: 1});
    expect(text).toContain(message);
  });

  test('never by servers that would create it', async () => {
    const {triedPods, code, text} = await checked({version: 'v1.12.10'});
    expect({code, tried: triedPods.length}).toEqual({code: 3, tried: 0});
    expect(text).toContain('servers before 1.13 would create it');
    const hidden = await checked({forbidden: /^\/version$/});
    expect(hidden.triedPods).toEqual([]);
    expect(hidden.text).toContain('no pod can be tried: its version is not known');
  });

  test('no answer of the server is no answer', async () => {
    const {code, err} = await checked({tried: [{message: 'Unauthorized', status: 401}]});
    expect(code).toBe(3);
    expect(err).toContain('does not accept the credentials');
  });
});

describe('by pods that run, where none can be tried', () => {
  const marked = {'kubernetes.io/psp': 'web'};
  test('the youngest decides', async () => {
    const old = pod('a', '2022-01-01T00:00:00Z', marked);
    const young = pod('b', '2022-01-02T00:00:00Z');
    const off = await checked({tried: [quota, quota], objects: pods(young, old)});
    expect(off.code).toBe(1);
    expect(off.text).toContain(
      `probably off: the youngest pod, default/b, does not carry kubernetes.io/psp (a pod can't be tried: ${quota.message})`,
    );
    const young2 = pod('c', '2022-01-03T00:00:00Z', marked);
    const on = await checked({tried: [quota, quota], objects: pods(old, young2)});
    expect(on.code).toBe(0);
    expect(on.text).toContain(
      'probably on: the youngest pod, default/c, carries kubernetes.io/psp',
    );
  });

  test('those of other namespaces, if this one has none', async () => {
    const objects = pods(pod('a', '2022-01-01T00:00:00Z', marked));
    const {code} = await checked({tried: [quota, quota], objects}, '-n', 'empty');
    expect(code).toBe(0);
  });

  test('nothing, if they may not be read', async () => {
    const {code, text} = await checked({
      tried: [quota, quota],
      forbidden: /^\/api\/v1\/(pods|namespaces\/default\/pods)$/,
    });
    expect(code).toBe(3);
    expect(text).toContain('unknown: no pod can be read');
  });
});

describe('by the version', () => {
  test.each([
    ['v1.24.17-gke.100', 'deprecated since 1.21, gone from 1.25 on'],
    ['v1.20.4-eks-abc', 'deprecated from 1.21 on, gone from 1.25 on'],
  ])('%s is %s', async (version, says) => {
    const {text} = await checked({version, tried: [{policy: 'p'}]});
    expect(text).toContain(`Server: ${version}: ${says}`);
  });

  test('before 1.16 the rules are those of 1.16; both API groups are named', async () => {
    const {text, code} = await checked({
      version: 'v1.15.0',
      served: ['policy/v1beta1', 'extensions/v1beta1'],
      tried: [{policy: 'p'}],
    });
    expect(code).toBe(0);
    expect(text).toContain('API: served as policy/v1beta1 and extensions/v1beta1');
    expect(text).toContain('Rules: those of v1.16, the oldest that are known here');
  });
});

test('what could not be asked is a gap, not an end', async () => {
  const given = {
    forbidden: /selfsubjectaccessreviews|podsecuritypolicies|^\/apis/,
    tried: [{policy: 'p'}],
  };
  const {code, out, err} = await checked(given);
  expect(code).toBe(0); // a policy that let a pod in is proof of the API too
  expect(err).toContain("incomplete: can't list podsecuritypolicies (forbidden)");
  expect(err).toContain("incomplete: can't ask what you may use (forbidden)");
  expect(out).toContain('API:        it is not known what the server serves\n');
  expect(out).not.toContain('YOU MAY');
});

test('the machine output has the rights, and is as the schema says', async () => {
  const objects = {[policyList]: [policy('eks.privileged')]};
  const {code, out} = await checked({objects, tried: ['off']}, '-o', 'json');
  expect(code).toBe(1);
  const document = objectOf(JSON.parse(out));
  expect(document).toMatchObject({inForce: 'no', managed: [{platform: 'Amazon EKS'}]});
  const right = {group: 'apps', resource: 'deployments', verb: 'list', reach: 'everywhere'};
  expect(document.rights).toContainEqual(right);
  const file = join(import.meta.dirname, '../../../schema/psp.kubectl.v1alpha1.json');
  const schema = JSON.parse(readFileSync(file, 'utf8'));
  const ajv = new Ajv2020({validateFormats: false}).addSchema(schema);
  const validate = ajv.getSchema(`${schema.$id}#/$defs/Check`);
  expect(validate?.(document), JSON.stringify(validate?.errors)).toBe(true);
});

test('text of the server stays away from the terminal', async () => {
  const message = 'admission webhook "\u001b[31mred" denied the request';
  const {out} = await checked({tried: [{message}, {message}]});
  expect(out).not.toContain('\u001b');
});

test.each([
  [['check', 'x'], 'check takes no argument, got x'],
  [['check', '--demo', '--from', 'x'], '--demo and --from exclude each other'],
  [['check', '--demo', '-o', 'wide'], '"wide" is not one of table, json, yaml'],
])('%j is a usage error', async (args, says) => {
  const {code, err} = await runHere(...args);
  expect(code).toBe(2);
  expect(err).toContain(says);
});
