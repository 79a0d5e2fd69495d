import {mkdtempSync, readFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {identityOf} from '../../src/grant/verifyRights.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {isPartOf} from '../../src/rbac/grantee.ts';
import type {UseRight} from '../../src/rbac/whoCan.ts';
import {anyRbac, askedSubjects, namespaces, policies} from '../support/builders/anyRbac.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {runBuilt} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

/** How many RBAC worlds are made; each is asked all questions: at least 2,000 in CI. */
const worlds = isThorough ? 14 : 4;
const fewest = isThorough ? 2000 : 500;
const seed = 20240117;

describe.runIf(hasReference('etcd', 'kube-apiserver'))('who-can and the server', () => {
  let server: ApiServer;
  const kubectl = (...args: readonly string[]) =>
    runBuilt(['--kubeconfig', server.kubeconfig, ...args]);

  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll([
      ...namespaces
        .filter(name => name !== 'kube-system')
        .map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
      ...policies.map(name => policyObject(name)),
    ]);
  });
  afterAll(() => server?.stop());

  test('agree on every question', async () => {
    let asked = 0;
    for (const objects of fc.sample(anyRbac, {numRuns: worlds, seed})) {
      await server.createAll(objects as readonly JsonObject[]);
      await settle(server);
      const {code, out, err} = await kubectl('who-can', '-A', '-o', 'json');
      expect({code, err}).toEqual({code: 0, err: ''});
      const {items} = JSON.parse(out) as {readonly items: readonly PrintedRight[]};
      const questions = askedSubjects.flatMap(subject =>
        subject.name === 'system:masters' // reviews have a shortcut that admission has not
          ? []
          : policies.flatMap(policy => namespaces.map(namespace => ({subject, policy, namespace}))),
      );
      asked += questions.length;
      const wrong = await disagreements(server, questions, items);
      expect(wrong).toEqual([]);
      await removeAll(server, objects);
    }
    expect(asked).toBeGreaterThanOrEqual(fewest);
  });

  test('--verify asks it and finds no disagreement; --from gives the same rows', async () => {
    const [objects = []] = fc.sample(anyRbac, {numRuns: 1, seed: seed + 1});
    await server.createAll(objects as readonly JsonObject[]);
    await settle(server);
    const verified = await kubectl('who-can', '-A', '--verify');
    expect(verified.err).toMatch(/verified: \d+ questions asked, 0 disagreements/);
    expect(verified.code).toBe(0);
    const file = join(mkdtempSync(join(tmpdir(), 'psp-')), 'snapshot.json');
    expect((await kubectl('snapshot', file)).code).toBe(0);
    const offline = await runBuilt(['who-can', '-A', '--from', file]);
    expect(offline.out).toBe(verified.out);
    expect(readFileSync(file, 'utf8')).toContain('"clusterRoleBindings"');
    await removeAll(server, objects);
  });

  test('--verify asks about the identity itself, also if it may use nothing, and about everybody', async () => {
    const nothing = await kubectl('who-can', '--subject', 'user:nobody', '--verify');
    expect(nothing.err).toContain('No subject may use it here.');
    expect(nothing.err).toContain(`verified: ${policies.length} questions asked, 0 disagreements`);
    expect(nothing.code).toBe(0);

    // All that the policies are given to is system:authenticated: kubectl auth can-i says yes to any user.
    const apiGroup = 'rbac.authorization.k8s.io';
    const objects = [
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'ClusterRole',
        metadata: {name: 'use-first'},
        rules: [
          {
            verbs: ['use'],
            apiGroups: ['policy'],
            resources: ['podsecuritypolicies'],
            resourceNames: policies.slice(0, 1),
          },
        ],
      },
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'ClusterRoleBinding',
        metadata: {name: 'use-first'},
        roleRef: {apiGroup, kind: 'ClusterRole', name: 'use-first'},
        subjects: [{kind: 'Group', apiGroup, name: 'system:authenticated'}],
      },
    ];
    await server.createAll(objects);
    await settle(server);
    for (const subject of ['user:nobody', 'system:serviceaccount:ns-a:web']) {
      const ran = await kubectl('who-can', '--subject', subject, '--verify', '--no-headers');
      expect(ran.out).toMatch(new RegExp(`^${policies[0]} +Group system:authenticated `));
      expect(ran.err).toMatch(/verified: \d+ questions asked, 0 disagreements/);
      expect(ran.code).toBe(0);
    }
    await removeAll(server, objects);
  });

  test('says so when roles may not be read, and asks about the caller', async () => {
    const as = ['--as', 'nobody-special'];
    const denied = await kubectl('who-can', ...as);
    expect(denied.code).toBe(4);
    expect(denied.err).toMatch(/^(incomplete: .*\n)*error: could not read podsecuritypolicies/);
    await server.createAll([
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: {name: 'see-policies'},
        rules: [
          {
            verbs: ['list', 'use'],
            apiGroups: ['policy'],
            resources: ['podsecuritypolicies'],
          },
        ],
      },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: {name: 'see-policies'},
        roleRef: {
          apiGroup: 'rbac.authorization.k8s.io',
          kind: 'ClusterRole',
          name: 'see-policies',
        },
        subjects: [{kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'nobody-special'}],
      },
    ]);
    await settle(server);
    const partial = await kubectl('who-can', 'open', ...as, '--no-headers');
    expect(partial.code).toBe(0);
    expect(partial.err).toContain(
      'not all roles can be read: the server was asked about you alone',
    );
    expect(partial.out).toMatch(/^open +User nobody-special +default +granted by the API server/);
    await server.createAll(inDefault);
    await settle(server);
    const {out} = await kubectl('who-can', 'open', '-n', 'default', ...as, '--no-headers');
    expect(out).toMatch(/^open +ServiceAccount default\/known +default +RoleBinding\/known/m);
    expect(out).toMatch(/^open +User nobody-special +default +granted by the API server/m);
    const other = ['--subject', 'sa:default/known', '-n', 'default', ...as, '--no-headers'];
    const subject = await kubectl('who-can', 'open', ...other);
    expect(subject.code).toBe(0);
    expect(subject.err).toContain('cannot create subjectaccessreviews');
    expect(subject.out).toMatch(
      /^open +ServiceAccount default\/known +default +RoleBinding\/known/m,
    );
  });
});

/** A grant in namespace default, and the right of the user without ClusterRoles to read it. */
const inDefault: readonly JsonObject[] = [
  {name: 'known', resource: 'podsecuritypolicies', group: 'policy', verb: 'use'},
  {name: 'see-roles', resource: '*', group: 'rbac.authorization.k8s.io', verb: 'list'},
].flatMap(({name, resource, group, verb}) => {
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = {name, namespace: 'default'};
  return [
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'Role',
      metadata,
      rules: [{verbs: [verb], apiGroups: [group], resources: [resource]}],
    },
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: {apiGroup, kind: 'Role', name},
      subjects: [
        name === 'known'
          ? {kind: 'ServiceAccount', name, namespace: 'default'}
          : {kind: 'User', apiGroup, name: 'nobody-special'},
      ],
    },
  ];
});

interface PrintedRight {
  readonly policy: string;
  readonly subject: UseRight['subject'];
  readonly scope: {readonly namespace: string} | null;
}

interface Question {
  readonly subject: (typeof askedSubjects)[number];
  readonly policy: string;
  readonly namespace: string;
}

async function disagreements(
  server: ApiServer,
  questions: readonly Question[],
  items: readonly PrintedRight[],
): Promise<readonly object[]> {
  const wrong: object[] = [];
  const queue = [...questions];
  const worker = async () => {
    for (let question = queue.pop(); question !== undefined; question = queue.pop()) {
      const {subject, policy, namespace} = question;
      const identity = identityOf({namespace: undefined, ...subject});
      const ours = items.some(
        item =>
          item.policy === policy &&
          (item.scope === null || item.scope.namespace === namespace) &&
          isPartOf(item.subject, identity),
      );
      const theirs = await review(server, identity, policy, namespace);
      if (ours !== theirs) wrong.push({...question, ours, theirs});
    }
  };
  await Promise.all(Array.from({length: 8}, worker));
  return wrong;
}

/** A SubjectAccessReview in each of the two API groups that admission asks for. */
async function review(
  server: ApiServer,
  {user, groups}: {readonly user: string; readonly groups: readonly string[]},
  name: string,
  namespace: string,
): Promise<boolean> {
  for (const group of ['policy', 'extensions']) {
    const {json} = await server.request(
      'POST',
      '/apis/authorization.k8s.io/v1/subjectaccessreviews',
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          ...(user === '' ? {} : {user}),
          groups,
          resourceAttributes: {
            namespace,
            verb: 'use',
            group,
            resource: 'podsecuritypolicies',
            name,
          },
        },
      },
    );
    if ((json as {readonly status: {readonly allowed: boolean}}).status.allowed) return true;
  }
  return false;
}

/** The server's authorizer works on a cache: waits until it knows a binding made just now. */
async function settle(server: ApiServer): Promise<void> {
  const name = `settled-${Date.now()}`;
  const apiGroup = 'rbac.authorization.k8s.io';
  await server.createAll([
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name},
      roleRef: {apiGroup, kind: 'ClusterRole', name: 'cluster-admin'},
      subjects: [{kind: 'User', apiGroup, name}],
    },
  ]);
  const identity = {user: name, groups: []};
  while (!(await review(server, identity, 'any', 'ns-a'))) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  await server.request('DELETE', `/apis/${apiGroup}/v1/clusterrolebindings/${name}`);
  while (await review(server, identity, 'any', 'ns-a')) {
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

async function removeAll(server: ApiServer, objects: readonly object[]): Promise<void> {
  for (const object of objects) {
    const {kind, metadata} = object as {
      readonly kind: string;
      readonly metadata: {readonly name: string; readonly namespace?: string};
    };
    const inside = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
    await server.request(
      'DELETE',
      `/apis/rbac.authorization.k8s.io/v1${inside}/${kind.toLowerCase()}s/${metadata.name}`,
    );
  }
}
