import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {answerQuestions, callerQuestions} from '../../src/inventory/read/askCaller.ts';
import {reviewSelf} from '../../src/inventory/read/review.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {connect} from '../../src/world/client.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {readerOf} from '../support/server/following.ts';

const names = ['a', 'b', 'c', 'd', 'e'];
const namespaces = ['shop', 'data'];

/** What each user may use, by the names in their rule; none means all. */
const users: Readonly<Record<string, readonly string[] | undefined>> = {
  everything: undefined,
  nameless: [''],
  namelessAndOne: ['', 'c'],
  one: ['b'],
  nothing: ['none-of-them'],
};

describe.runIf(hasReference('etcd', 'kube-apiserver'))('what the caller may use, live', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer({
      users: Object.keys(users).map(name => ({token: `${name}-token`, name})),
    });
    await server.createAll([
      ...namespaces.map(name => ({apiVersion: 'v1', kind: 'Namespace', metadata: {name}})),
      ...names.map(name => policyObject(name, {})),
      ...Object.entries(users).flatMap(([user, resourceNames]) => grantOf(user, resourceNames)),
    ]);
  });
  afterAll(() => server?.stop());

  test.each(Object.keys(users))('%s: the same as asked one by one', async user => {
    const flags = {server: server.url, token: `${user}-token`, certificateAuthority: server.caFile};
    const client = await connect(flags, {env: {}, warn() {}});
    try {
      const policies = names.map(name => decodePolicy({metadata: {name}, spec: {}}));
      const pods = namespaces.map(namespace => decodePod({metadata: {name: 'x', namespace}}));
      const questions = callerQuestions(policies, pods);
      const reader = readerOf(client);
      const single = await Promise.all(
        questions.map(async ({namespace, policy}) => ({
          namespace,
          policy,
          allowed: await reviewSelf(reader, namespace, policy),
        })),
      );
      expect(await answerQuestions(reader, questions)).toEqual(single);
      const allowed = new Set(single.filter(one => one.allowed).map(({policy}) => policy));
      expect([...allowed]).toEqual((users[user] ?? names).filter(name => names.includes(name)));
    } finally {
      client.close();
    }
  });
});

/** In the namespace `shop` alone, but for who may use everything. */
function grantOf(
  user: string,
  resourceNames: readonly string[] | undefined,
): readonly JsonObject[] {
  const isNarrow = resourceNames !== undefined;
  const metadata = {name: user.toLowerCase(), ...(isNarrow ? {namespace: 'shop'} : {})};
  const kind = isNarrow ? 'Role' : 'ClusterRole';
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    {
      apiVersion,
      kind,
      metadata,
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          verbs: ['use'],
          ...(isNarrow ? {resourceNames} : {}),
        },
      ],
    },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name},
      subjects: [{apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user}],
    },
  ];
}
