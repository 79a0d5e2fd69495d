import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {fakeCluster} from '../../inventory/fakeCluster.ts';
import {binding, grant, psp, role, roleFor} from '../../support/builders/audits.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

const pod = (name: string, spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {name, namespace: 'shop', ...metadata},
  spec: {containers: [{name: 'c', image: 'x'}], ...spec},
});

const operated = {
  uid: '0e4c',
  annotations: {'kubernetes.io/psp': 'host'},
  ownerReferences: [{apiVersion: 'example.com/v1', kind: 'Fleet', name: 'f', controller: true}],
};

describe('what is not known', () => {
  test('files without RBAC deny nothing, and say what they have none of', async () => {
    const files = fileOf([psp('web'), pod('plain')]);
    const [item] = await itemsHere('why', '-f', files);
    expect(item).toMatchObject({
      state: 'unknown',
      allowed: null,
      policy: null,
      message: null,
      unknown: [
        {
          about: 'who may use web',
          needs: 'roles and bindings, of which the files have none',
        },
        {about: 'who creates it', needs: '--requester'},
      ],
    });
    expect((await runHere('why', '-f', files, '--fail-on-denied')).code).toBe(0);
    expect((await runHere('why', '-f', files, '--fail-on-unknown')).code).toBe(1);
    const story = await runHere('why', 'plain', '-n', 'shop', '-f', files);
    expect(story.out).toContain('plain in namespace shop: unknown');
    expect(story.out).toContain('Depends on       who may use web (roles and bindings');
  });

  test('what no policy admits is denied, whoever may use what', async () => {
    const files = fileOf([psp('web'), pod('host', {hostNetwork: true})]);
    const [item] = await itemsHere('why', '-f', files);
    expect(item).toMatchObject({state: 'denied', allowed: false, message: null});
    expect((await runHere('why', '-f', files, '--fail-on-unknown')).code).toBe(0);
    const story = await runHere('why', 'host', '-n', 'shop', '-f', files);
    expect(story.out).toContain('its words depend on rights that are not known here');
  });

  test('whoever creates a pod is logged in; beyond that, its annotation tells', async () => {
    const host = policyObject('host', {hostNetwork: true, volumes: ['*']});
    const world = [psp('web'), host, ...grant('host', 'user:alice')];
    const files = fileOf([
      ...world,
      roleFor('use-web', 'web'),
      binding('all', 'use-web', ['group:system:authenticated'], true),
      pod('plain'),
      pod('host', {hostNetwork: true}),
      pod('operated', {hostNetwork: true}, operated),
    ]);
    const items = await itemsHere('why', '-f', files);
    expect(
      items.map(({name, state, policy, byAnnotation}) => [name, state, policy, byAnnotation]),
    ).toEqual([
      ['host', 'unknown', null, undefined],
      ['operated', 'ok', 'host', true],
      ['plain', 'ok', 'web', undefined],
    ]);
    expect((await runHere('why', '-f', files)).out).toMatch(/operated .* ok \(by its annotation\)/);
    const asAlice = await itemsHere('why', '-f', files, '--requester', 'alice');
    expect(asAlice.map(({state}) => state)).toEqual(['ok', 'ok', 'ok']);
  });

  test('a right of the built-in controllers alone makes no other pod', async () => {
    const files = fileOf([
      psp('web'),
      roleFor('use-web', 'web'),
      {
        ...binding('controllers', 'use-web', [], true),
        subjects: [
          {kind: 'ServiceAccount', namespace: 'kube-system', name: 'statefulset-controller'},
        ],
      },
      pod('plain'),
    ]);
    expect(await itemsHere('why', '-f', files)).toMatchObject([{state: 'denied', allowed: false}]);
  });
});

describe('what the files have none of', () => {
  const all = ['group:system:serviceaccounts'];
  const secrets = {apiGroups: [''], resources: ['secrets'], verbs: ['get']};

  test.each([
    ['roles', [binding('all', 'use-web', all, true)]],
    ['bindings', [roleFor('use-web', 'web')]],
    // A binding that is kept elsewhere may be of cluster-admin.
    ['bindings', [role('other', secrets)]],
  ])('without %s, nobody knows who may use a policy', async (kind, rbac) => {
    const files = fileOf([psp('web'), pod('plain'), ...rbac]);
    const [item] = await itemsHere('why', '-f', files);
    expect(item).toMatchObject({
      state: 'unknown',
      allowed: null,
      unknown: [
        {about: 'who may use web', needs: `${kind}, of which the files have none`},
        {about: 'who creates it'},
      ],
    });
    const whoCan = await runHere('who-can', '-A', '--from', files);
    expect(whoCan).toMatchObject({
      out: '',
      err: `incomplete: no ${kind} among the files; affected answers say unknown\nWho may use it here is unknown: nothing that was read lets a subject use it.\n`,
    });
    const audit = await itemsHere('audit', '--from', files);
    expect(new Set(audit.map(({rule}) => rule))).toEqual(new Set(['not-answered']));
  });

  test('a binding of a role that every cluster has needs no role among them', async () => {
    const reader = 'extension-apiserver-authentication-reader';
    const files = fileOf([
      psp('web'),
      pod('plain'),
      binding('everything', 'cluster-admin', all, true),
      {
        ...binding('reader', reader, all),
        metadata: {name: 'reader', namespace: 'kube-system'},
        roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: reader},
      },
    ]);
    expect(await itemsHere('why', '-f', files)).toMatchObject([{state: 'ok', policy: 'web'}]);
    const {err} = await runHere('who-can', '-A', '--from', files);
    expect(err).toBe('');
  });

  test('without policies, it is not known which decide', async () => {
    const rbac = [roleFor('use-web', 'web'), binding('all', 'use-web', all, true)];
    const files = fileOf([pod('plain'), ...rbac]);
    expect(await itemsHere('why', '-A', '--from', files)).toMatchObject([
      {
        state: 'unknown',
        allowed: null,
        message: null,
        unknown: [
          {about: 'the policies', needs: 'podsecuritypolicies, of which the files have none'},
        ],
      },
    ]);
    const invalid = {...psp('web'), apiVersion: 'policy/v1'};
    const refused = fileOf([pod('plain'), invalid, ...rbac]);
    // They are meant for a cluster that asks policies, and there is none that it would take.
    expect(await itemsHere('why', '-A', '--from', refused)).toMatchObject([{state: 'denied'}]);
  });

  test('in a cluster without policies, all depends on whether the plugin is on', async () => {
    const why = async (annotations: object) => {
      const made = pod('plain', {}, {uid: '7', annotations});
      const {flags} = await fakeCluster({objects: {'/api/v1/pods': [made as JsonObject]}});
      return itemsHere('why', '-A', ...flags);
    };
    expect(await why({})).toMatchObject([
      {
        state: 'unknown',
        allowed: null,
        unknown: [{about: 'whether PSP admission is on', needs: 'kubectl psp check'}],
      },
    ]);
    const marked = {'kubernetes.io/psp': 'gone'};
    expect(await why(marked)).toMatchObject([{state: 'denied', allowed: false}]);
  });
});

describe('what the server says after the policy', () => {
  const privileged = {containers: [{name: 'c', image: 'x', securityContext: {privileged: true}}]};
  const windows = {os: {name: 'windows'}};
  const policy = policyObject('filling', {
    privileged: true,
    allowPrivilegeEscalation: false,
    fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 5}]},
    volumes: ['*'],
  });
  const world = [policy, ...grant('filling', 'group:system:serviceaccounts')];

  test('a policy that makes the pod invalid denies it, in the words of the 422', async () => {
    const files = fileOf([...world, pod('a', privileged), pod('b', windows), pod('c')]);
    const [a, b, c] = await itemsHere('why', '-f', files);
    expect(a).toMatchObject({
      state: 'denied',
      phase: 'validation',
      policy: null,
      message:
        'Pod "a" is invalid: spec.containers[0].securityContext: Invalid value: core.SecurityContext{...}: cannot set `allowPrivilegeEscalation` to false and `privileged` to true',
    });
    expect(b).toMatchObject({
      message:
        'Pod "b" is invalid: [spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod, spec.containers[0].securityContext.allowPrivilegeEscalation: Forbidden: cannot be set for a windows pod]',
    });
    expect(c).toMatchObject({state: 'mutated', policy: 'filling'});
    expect((await runHere('why', '-f', files, '--fail-on-denied')).code).toBe(1);
    const story = await runHere('why', 'a', '-n', 'shop', '-f', files);
    expect(story.out).toContain('denied: what filling writes into it makes it invalid');
  });

  test('a pod that is invalid by itself is said to be', async () => {
    const bad = pod('bad', {containers: [{name: 'Not_A_Label', image: 'x'}]});
    const story = await runHere('why', 'bad', '-n', 'shop', '-f', fileOf([...world, bad]));
    expect(story.out).toContain('denied: it is invalid, whatever the policies say');
  });

  test('what may not be read is unknown too, where it was asked about', async () => {
    const {flags} = await fakeCluster({forbids: path => path.includes('deployments')});
    const code = async (...args: readonly string[]) =>
      (await runHere('why', '--fail-on-unknown', ...args, ...flags)).code;
    expect(await code('-A')).toBe(1);
    expect(await code('-n', 'shop')).toBe(1);
    const {flags: readable} = await fakeCluster();
    expect((await runHere('why', '-A', '--fail-on-unknown', ...readable)).code).toBe(0);
  });
});
