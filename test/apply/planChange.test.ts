import {describe, expect, test} from 'vitest';
import {objectPath, planCreate, planPolicyUpdate} from '../../src/apply/planChange.ts';
import {UserError} from '../../src/errors.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import {openRules} from '../support/builders/policies.ts';
import {objectOf} from '../support/run/output.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const seccompAllowed = 'seccomp.security.alpha.kubernetes.io/allowedProfileNames';
const appArmorAllowed = 'apparmor.security.beta.kubernetes.io/allowedProfileNames';

/** A policy as an API server gives it. */
function stored(annotations?: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    kind: 'PodSecurityPolicy',
    apiVersion: 'policy/v1beta1',
    metadata: {
      name: 'web',
      uid: '1f6e',
      resourceVersion: '41',
      creationTimestamp: '2024-01-02T03:04:05Z',
      labels: {team: 'a'},
      ...(annotations === undefined ? {} : {annotations}),
      managedFields: [{manager: 'kubectl-client-side-apply', operation: 'Update'}],
    },
    spec: {privileged: true, ...openRules, allowPrivilegeEscalation: true, ...spec},
  };
}

/** The policy as an editor has it, with other fields. */
function edited(raw: JsonObject, spec: Policy['spec'], annotations?: Record<string, string>) {
  const policy = decodePolicy(raw);
  const metadata = {...policy.metadata, annotations: annotations ?? policy.metadata.annotations};
  return {metadata, spec: {...policy.spec, ...spec}};
}

describe('planPolicyUpdate', () => {
  test('replaces the spec and keeps the rest, but for managedFields', () => {
    const raw = stored({owner: 'alice'});
    const draft = edited(raw, {privileged: false, volumes: ['secret'], hostPID: true});
    expect(planPolicyUpdate(draft, raw)).toEqual({
      action: 'update',
      kind: 'PodSecurityPolicy',
      name: 'web',
      namespace: undefined,
      path: '/apis/policy/v1beta1/podsecuritypolicies/web',
      collection: '/apis/policy/v1beta1/podsecuritypolicies',
      before: raw,
      expectedResourceVersion: '41',
      desired: {
        kind: 'PodSecurityPolicy',
        apiVersion: 'policy/v1beta1',
        metadata: {
          name: 'web',
          uid: '1f6e',
          resourceVersion: '41',
          creationTimestamp: '2024-01-02T03:04:05Z',
          labels: {team: 'a'},
          annotations: {owner: 'alice'},
        },
        spec: {volumes: ['secret'], hostPID: true, ...openRules, allowPrivilegeEscalation: true},
      },
    });
  });

  test.each<[string, Policy['spec']]>([
    ['nothing', {}],
    ['a false or an empty list that the server leaves out', {hostPID: false, volumes: []}],
    ['the default', {allowPrivilegeEscalation: undefined}],
  ])('a change of %s is none', (_what, spec) => {
    const raw = stored();
    expect(planPolicyUpdate(edited(raw, spec), raw)).toBeUndefined();
  });

  test.each<[string, Policy['spec']]>([
    ['defaultAllowPrivilegeEscalation: false', {defaultAllowPrivilegeEscalation: false}],
    ['allowPrivilegeEscalation: false', {allowPrivilegeEscalation: false}],
    ['a runtimeClass without names', {runtimeClass: {allowedRuntimeClassNames: []} as never}],
    ['a range from 0 to 0', {hostPorts: [{min: 0, max: 0}]}],
  ])('%s is a change', (_what, spec) => {
    const raw = stored();
    const desired = planPolicyUpdate(edited(raw, spec), raw)?.desired;
    expect(desired?.spec).toMatchObject(spec as object);
  });

  test('has the version that the draft began from, though the object has another by now', () => {
    const draft = edited(stored(), {hostIPC: true});
    const newer = stored();
    const metadata = {...(newer.metadata as JsonObject), resourceVersion: '50'};
    const change = planPolicyUpdate(draft, {...newer, metadata});
    expect(change?.expectedResourceVersion).toBe('41');
    expect(change?.desired.metadata).toMatchObject({resourceVersion: '41'});
  });

  test('sets and removes the profile annotations, and no others', () => {
    const raw = stored({owner: 'alice', [seccompAllowed]: '*'});
    const draft = edited(raw, {}, {[appArmorAllowed]: 'runtime/default'});
    expect(planPolicyUpdate(draft, raw)?.desired.metadata).toMatchObject({
      annotations: {owner: 'alice', [appArmorAllowed]: 'runtime/default'},
    });
    const bare = stored({[seccompAllowed]: '*'});
    const none = planPolicyUpdate(edited(bare, {}, {}), bare)?.desired.metadata;
    expect(none).not.toHaveProperty('annotations');
  });

  test("rewrites kubectl's copy in kubectl's bytes, only where the edit is", () => {
    const before =
      '{"apiVersion":"policy/v1beta1","kind":"PodSecurityPolicy","metadata":{"annotations":{"note":"a \\u003c b"},"name":"web"},"spec":{"fsGroup":{"rule":"RunAsAny"},"privileged":true,"runAsUser":{"rule":"RunAsAny"}}}\n';
    const raw = stored({[lastApplied]: before});
    const ranges = [{min: 9007199254740993n, max: 9007199254740995n}];
    const draft = edited(
      raw,
      {privileged: undefined, runAsUser: {rule: 'MustRunAs', ranges}},
      {[seccompAllowed]: 'runtime/default'},
    );
    const metadata = objectOf(planPolicyUpdate(draft, raw)?.desired.metadata);
    expect(objectOf(metadata.annotations)[lastApplied]).toBe(
      '{"apiVersion":"policy/v1beta1","kind":"PodSecurityPolicy","metadata":{"annotations":{"note":"a \\u003c b","seccomp.security.alpha.kubernetes.io/allowedProfileNames":"runtime/default"},"name":"web"},"spec":{"fsGroup":{"rule":"RunAsAny"},"runAsUser":{"ranges":[{"max":9007199254740995,"min":9007199254740993}],"rule":"MustRunAs"}}}\n',
    );
  });

  test.each(['not JSON', '[]'])("leaves a copy of kubectl's that is none: %s", text => {
    const raw = stored({[lastApplied]: text});
    const change = planPolicyUpdate(edited(raw, {hostIPC: true}), raw);
    expect(change?.desired.metadata).toMatchObject({annotations: {[lastApplied]: text}});
  });

  test('refuses a draft of another policy', () => {
    const draft = decodePolicy({metadata: {name: 'other'}, spec: {}});
    expect(() => planPolicyUpdate(draft, stored())).toThrow(TypeError);
  });
});

const rbac = 'rbac.authorization.k8s.io';
const role: JsonObject = {
  apiVersion: `${rbac}/v1`,
  kind: 'Role',
  metadata: {name: 'psp:web', namespace: 'team-a'},
  rules: [
    {
      apiGroups: ['policy'],
      resources: ['podsecuritypolicies'],
      resourceNames: ['web'],
      verbs: ['use'],
    },
  ],
};
const binding: JsonObject = {
  apiVersion: `${rbac}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: {name: 'psp:web'},
  roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: 'psp:web'},
  subjects: [
    {kind: 'Group', apiGroup: rbac, name: 'devs'},
    {kind: 'ServiceAccount', namespace: 'team-a', name: 'web'},
  ],
};
const policy: JsonObject = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {name: 'web', annotations: undefined},
  spec: {privileged: true, hostPID: false, ...openRules},
};

describe('planCreate', () => {
  test('posts to the collection of the kind', () => {
    const {plan, ...rest} = planCreate(role);
    expect([plan, rest]).toEqual([
      'change',
      {
        change: {
          action: 'create',
          path: `/apis/${rbac}/v1/namespaces/team-a/roles/psp%3Aweb`,
          collection: `/apis/${rbac}/v1/namespaces/team-a/roles`,
          kind: 'Role',
          name: 'psp:web',
          namespace: 'team-a',
          desired: role,
        },
      },
    ]);
    expect(objectPath(binding)).toBe(`/apis/${rbac}/v1/clusterrolebindings/psp%3Aweb`);
    expect(objectPath(policy)).toBe('/apis/policy/v1beta1/podsecuritypolicies/web');
  });

  const [rule] = role.rules as readonly JsonObject[];
  test.each<[string, JsonObject, JsonObject, string | undefined]>([
    [
      'the same role',
      role,
      {...role, metadata: {...(role.metadata as object), uid: '1'}},
      undefined,
    ],
    [
      'rules in another order',
      {
        ...role,
        rules: [rule ?? {}, {verbs: ['get', 'list'], apiGroups: [''], resources: ['pods']}],
      },
      {
        ...role,
        rules: [{verbs: ['list', 'get'], apiGroups: [''], resources: ['pods']}, rule ?? {}],
      },
      undefined,
    ],
    ['another verb', role, {...role, rules: [{...rule, verbs: ['*']}]}, 'rules'],
    ['more rules', role, {...role, rules: [rule ?? {}, rule ?? {}]}, 'rules'],
    [
      'another URL',
      {...role, kind: 'ClusterRole', rules: [{verbs: ['get'], nonResourceURLs: ['/a']}]},
      {...role, kind: 'ClusterRole', rules: [{verbs: ['get'], nonResourceURLs: ['/b']}]},
      'rules',
    ],
    [
      'subjects in another order, their group by default',
      binding,
      {
        ...binding,
        subjects: [
          {kind: 'ServiceAccount', namespace: 'team-a', name: 'web', apiGroup: ''},
          {kind: 'Group', name: 'devs'},
        ],
      },
      undefined,
    ],
    ['fewer subjects', binding, {...binding, subjects: []}, 'subjects'],
    [
      'another role',
      binding,
      {...binding, roleRef: {kind: 'ClusterRole', name: 'admin', apiGroup: rbac}},
      'role',
    ],
    ['the policy as the server stores it', policy, stored(), undefined],
    ['a policy with another field', policy, stored({}, {hostPID: true}), 'spec'],
    ['a policy with another profile', policy, stored({[seccompAllowed]: '*'}), 'profiles'],
  ])('what is there: %s', (_what, wanted, existing, difference) => {
    const plan = planCreate(wanted, existing);
    expect(plan.plan).toBe(difference === undefined ? 'same' : 'conflict');
    const words = difference === undefined ? 'needs no change' : `differs in its ${difference}`;
    expect(plan).toMatchObject({text: expect.stringContaining(words)});
  });

  test.each<[JsonObject, string]>([
    [{apiVersion: 'v1', kind: 'Secret', metadata: {name: 'a'}}, "a Secret can't be applied"],
    [{...policy, metadata: {}}, 'without a name'],
    [{...role, metadata: {name: 'a'}}, 'Role a names no namespace'],
  ])('refuses %j', (object, message) => {
    expect(() => planCreate(object)).toThrow(UserError);
    expect(() => planCreate(object)).toThrow(message);
  });
});
