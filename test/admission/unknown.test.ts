import fc from 'fast-check';
import {expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import type {Verdict} from '../../src/admission/judgement.ts';
import type {Gap, Inventory} from '../../src/inventory/inventory.ts';
import {type Item, itemsOf} from '../../src/inventory/submissions/items.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {anyRbac, namespaces} from '../support/builders/anyRbac.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {policyObject} from '../support/builders/policies.ts';
import {runsOf} from '../support/run/runs.ts';

type RbacObject = JsonObject & {
  readonly kind: string;
  readonly metadata: {readonly namespace?: string; readonly name: string};
};

const containers = (securityContext: JsonObject) => [{name: 'c', image: 'x', securityContext}];
const specs: Readonly<Record<string, JsonObject>> = {
  plain: {containers: containers({})},
  host: {hostNetwork: true, containers: containers({})},
  root: {containers: containers({privileged: true})},
};

const policyObjects = [
  policyObject('open', {privileged: true, hostNetwork: true, volumes: ['*']}),
  policyObject('tight', {volumes: ['*']}),
  // It makes privileged pods invalid.
  policyObject('other', {privileged: true, allowPrivilegeEscalation: false, volumes: ['*']}),
];

/** Pods of all kinds of creators: a controller's, of nobody, and with an annotation. */
const podObjects: readonly JsonObject[] = namespaces.flatMap(namespace =>
  Object.entries(specs).flatMap(([name, spec]): readonly JsonObject[] => [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {name, namespace},
      spec: {template: {spec: {...spec, serviceAccountName: 'web'}}},
    },
    {apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace}, spec},
    ...['open', 'tight', 'gone'].map(policy => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: `${name}-by-${policy}`,
        namespace,
        annotations: {'kubernetes.io/psp': policy},
      },
      spec,
    })),
  ]),
);

const worldOf = (rbac: readonly RbacObject[], gaps: readonly Gap[] = []): Inventory =>
  clusterWith([...policyObjects, ...rbac, ...podObjects], {gaps});

/** A world, and which of its RBAC objects were read. */
const halfRead = anyRbac.chain(objects =>
  fc.record({
    objects: fc.constant(objects as readonly RbacObject[]),
    isHidden: fc.array(fc.boolean(), {minLength: objects.length, maxLength: objects.length}),
    // An empty list may be unread as well.
    alsoUnread: fc.subarray([
      gapOf({kind: 'ClusterRole', metadata: {name: ''}}),
      gapOf({kind: 'RoleBinding', metadata: {name: '', namespace: 'ns-b'}}),
    ]),
  }),
);

function gapOf({kind, metadata}: Pick<RbacObject, 'kind' | 'metadata'>): Gap {
  return {resource: `${kind.toLowerCase()}s`, namespace: metadata.namespace, reason: 'hidden'};
}

/** What is said of a pod; that its annotation tells is how it is known, and with more rights read it may be known by them. */
function answerOf({allowed, chosen, state}: Verdict) {
  return {allowed, policy: chosen?.policy.name, state};
}

test('what is known of a world that was read in part is so in the whole world', () => {
  let [known, unknown] = [0, 0];
  fc.assert(
    fc.property(halfRead, ({objects, isHidden, alsoUnread}) => {
      const hidden = objects.filter((_, index) => isHidden[index]);
      const read = objects.filter((_, index) => !isHidden[index]);
      const part = worldOf(read, [...hidden.map(gapOf), ...alsoUnread]);
      const whole = judgeOf(worldOf(objects)).verdict;
      const partly = judgeOf(part).verdict;
      for (const item of itemsOf(part)) {
        const [said, is] = [partly(item), whole(item)];
        if (said.state !== 'unknown') {
          expect(answerOf(said)).toEqual(answerOf(is));
          expect([undefined, is.message]).toContain(said.message);
          known++;
        } else {
          unknown++;
          expect(said.unknown).not.toEqual([]);
          if (said.allowed) expect(is.allowed).toBe(true);
        }
      }
    }),
    {numRuns: runsOf(200)},
  );
  // Both kinds of answers were looked at.
  expect(Math.min(known, unknown)).toBeGreaterThan(runsOf(500));
});

test('unknown is only said where two ways to complete the world give two answers', () => {
  let unknown = 0;
  fc.assert(
    fc.property(halfRead, ({objects, isHidden, alsoUnread}) => {
      const gaps = [...objects.filter((_, index) => isHidden[index]).map(gapOf), ...alsoUnread];
      const read = objects.filter((_, index) => !isHidden[index]);
      const part = worldOf(read, gaps);
      const partly = judgeOf(part).verdict;
      // Of others, nobody knows the creator, in any world.
      const items = itemsOf(part).filter(({kind}) => kind === 'Deployment');
      for (const item of items.filter(each => partly(each).state === 'unknown').slice(0, 3)) {
        unknown++;
        const answers = completions(read, gaps, item).map(rbac =>
          JSON.stringify(answerOf(judgeOf(worldOf(rbac)).verdict(item))),
        );
        expect(new Set(answers).size).toBeGreaterThan(1);
      }
    }),
    {numRuns: runsOf(60)},
  );
  expect(unknown).toBeGreaterThan(runsOf(50));
});

/** The world as it was read, and with one role or binding more of those that were not. */
function completions(
  read: readonly RbacObject[],
  gaps: readonly Gap[],
  {namespace}: Item,
): readonly (readonly RbacObject[])[] {
  const lacks = (resource: string, place: string | undefined) =>
    gaps.some(gap => gap.resource === resource && gap.namespace === place);
  const scopes = [
    {place: undefined, prefix: 'Cluster', roles: 'clusterroles'},
    {place: namespace, prefix: '', roles: 'roles'},
  ];
  const policies = ['open', 'tight', 'other'];
  const roles = scopes.flatMap(({place, prefix, roles}) =>
    lacks(roles, place)
      ? ['new', 'r1', 'r2', 'r3', 'missing'].flatMap(name =>
          policies.map(policy => roleObject(`${prefix}Role`, place, name, policy)),
        )
      : [],
  );
  const isRead = (role: RbacObject) =>
    read.some(
      ({kind, metadata}) =>
        kind === role.kind &&
        metadata.namespace === role.metadata.namespace &&
        metadata.name === role.metadata.name,
    );
  const fresh = roles.filter(role => !isRead(role));
  const known = read.filter(
    ({kind, metadata}) =>
      kind === 'ClusterRole' || (kind === 'Role' && metadata.namespace === namespace),
  );
  const bindings = scopes
    .filter(({place, prefix}) => lacks(`${prefix.toLowerCase()}rolebindings`, place))
    .flatMap(({place, prefix}) =>
      [...fresh, ...known]
        .filter(({kind}) => place !== undefined || kind === 'ClusterRole')
        .map(role => [
          ...(known.includes(role) ? [] : [role]),
          bindingOf(`${prefix}RoleBinding`, place, namespace, role),
        ]),
    );
  return [read, ...[...fresh.map(role => [role]), ...bindings].map(more => [...read, ...more])];
}

function roleObject(kind: string, namespace: string | undefined, name: string, policy: string) {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: namespace === undefined ? {name} : {name, namespace},
    rules: [
      {
        verbs: ['use'],
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        resourceNames: [policy],
      },
    ],
  };
}

function bindingOf(
  kind: string,
  place: string | undefined,
  namespace: string,
  {kind: roleKind, metadata}: RbacObject,
): RbacObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind,
    metadata: place === undefined ? {name: 'more'} : {name: 'more', namespace: place},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: roleKind, name: metadata.name},
    subjects: [{kind: 'ServiceAccount', namespace, name: 'web'}],
  };
}
