import {describe, expect, test} from 'vitest';
import {conformanceResult} from '../../../src/conformance/conformance.ts';
import {emptyInventory} from '../../../src/inventory/inventory.ts';
import {type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {withNativeFacts} from '../../../src/migrate/native/nativeDrift.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import type {RbacObjects} from '../../../src/rbac/authorize.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {idOf, numberedPolicy, tenantPolicy, tenantsOf} from '../../support/builders/tenants.ts';
import {celDifferences} from '../../support/kubernetes/celCases.ts';
import {askCel, type CelCase, hasCelReference} from '../../support/kubernetes/celReference.ts';
import {objectOf} from '../../support/run/output.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
/** Each tenant's accounts may use the tenant's policy, in a namespace of theirs; root may use all. */
function rbacOf(tenants: readonly number[]): RbacObjects {
  const rules = (names: readonly string[]) => [
    {
      apiGroups: ['policy'],
      resources: ['podsecuritypolicies'],
      verbs: ['use'],
      resourceNames: names,
    },
  ];
  const meta = (name: string, namespace?: string) => ({
    name,
    namespace,
    uid: undefined,
    labels: undefined,
  });
  const bindingTo = (kind: string, name: string, subject: {kind: string; name: string}) => ({
    roleRef: {apiGroup: rbacGroup, kind, name},
    subjects: [{...subject, apiGroup: rbacGroup, namespace: undefined}],
  });
  return {
    clusterRoles: [{metadata: meta('all'), rules: rules([]), aggregationRule: undefined}],
    clusterRoleBindings: [
      {metadata: meta('all'), ...bindingTo('ClusterRole', 'all', {kind: 'User', name: 'root'})},
    ],
    roles: tenants.map(tenant => ({
      metadata: meta('use', `ns-${tenant}`),
      rules: rules([`tool-${tenant}`]),
      aggregationRule: undefined,
    })),
    roleBindings: tenants.map(tenant => ({
      metadata: meta('use', `ns-${tenant}`),
      ...bindingTo('Role', 'use', {kind: 'Group', name: `system:serviceaccounts:ns-${tenant}`}),
    })),
  };
}

function podOf(fields: JsonObject, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'p'},
    spec: {
      serviceAccountName: 'default',
      containers: [{name: 'c', image: 'i', securityContext: fields}],
      ...spec,
    },
  };
}

describe.runIf(hasCelReference())('policies that differ in values alone', () => {
  test('are judged as v1.24 does, between others and for who may use all', {
    timeout: 300_000,
  }, () => {
    const tenants = tenantsOf(60);
    const policies = [
      policyObject('a-first', {privileged: true, hostPID: true, volumes: ['*']}),
      ...tenants.map(tenantPolicy),
      policyObject('z-last', {volumes: ['*'], readOnlyRootFilesystem: true}),
    ];
    const rbac = rbacOf(tenants);
    const {objects} = nativeObjects(
      policies.map(one => decodePolicy(one)),
      fullOptions,
      rbac,
    );
    const folder = (path: string) => ({volumes: [{name: 'v', hostPath: {path}}]});
    const pods = [
      podOf({}),
      podOf({runAsUser: idOf(7)}),
      podOf({runAsUser: idOf(7), runAsGroup: idOf(7)}, {securityContext: {fsGroup: idOf(7)}}),
      podOf({runAsUser: 1}),
      podOf({privileged: true}),
      podOf({}, folder('/data/tool-7/x')),
      podOf({}, folder('/data/tool-70')),
      podOf({}, {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}}),
    ];
    const users = [
      {username: 'root', groups: ['system:authenticated']},
      {username: 'eve', groups: ['system:authenticated']},
    ];
    const inputs = ['ns-7', 'ns-9', 'elsewhere'].flatMap(namespace =>
      users.flatMap(user =>
        pods.map((pod, index) => ({
          name: `${namespace} ${user.username} ${index}`,
          operation: 'CREATE',
          namespace,
          user,
          policies,
          rbac: objectOf(parseJson(printJson(rbac))),
          pod,
        })),
      ),
    );
    const answers = askCel(
      inputs.map(
        ({name, namespace, user, pod}, index): CelCase => ({
          name,
          ...(index === 0 ? {objects} : {}),
          object: pod,
          namespace,
          user: {name: user.username, groups: user.groups},
          rbac: objectOf(parseJson(printJson(rbac))),
        }),
      ),
    );
    const differences = inputs.flatMap((input, index) => {
      const answer = answers[index];
      const expected = objectOf(parseJson(printJson(conformanceResult(input))));
      return answer === undefined ? ['none'] : (celDifferences({input, expected}, answer) ?? []);
    });
    expect(differences.slice(0, 5)).toEqual([]);
    expect(answers.filter(({allowed}) => allowed).length).toBeGreaterThan(10);
  });

  test('3,500 of them fit, and are right', {timeout: 600_000}, () => {
    const tenants = tenantsOf(3500);
    const rbac = rbacOf(tenants);
    const policies = tenants.map(tenant => decodePolicy(tenantPolicy(tenant)));
    const {objects, losses} = nativeObjects(policies, fullOptions, rbac);
    const sizes = objects.map(object => printJson(object).length);
    expect(Math.max(...sizes)).toBeLessThan(1024 * 1024);
    expect(losses.some(({says}) => says.includes('a later binding to one of them'))).toBe(true);

    const sample = tenants.filter(tenant => tenant % 18 === 5);
    const cases = sample.flatMap((tenant): readonly CelCase[] => {
      const [namespace, policy] = [`ns-${tenant}`, `tool-${tenant}`];
      const user = {name: 'controller', groups: ['system:authenticated']};
      const grants = [{serviceAccount: `${namespace}/default`, policies: [policy]}];
      return [
        {object: podOf({}), namespace, user, grants},
        {object: podOf({runAsUser: idOf(tenant) + 3}), namespace, user, grants},
      ];
    });
    const admission = objects.filter(({kind}) => kind !== 'ConfigMap');
    const [first, ...rest] = cases;
    if (first === undefined) throw new Error('no cases');
    const root: CelCase = {
      object: podOf({}),
      namespace: 'elsewhere',
      user: {name: 'root', groups: []},
      grants: [{user: 'root', policies: ['*']}],
    };
    const asked = [{...first, objects: admission, stored: true}, ...rest, root];
    const [byRoot, ...answers] = askCel(asked).toReversed();
    expect(byRoot?.pod?.metadata).toMatchObject({annotations: {'kubernetes.io/psp': 'tool-0'}});
    answers.reverse();
    expect(answers[0]?.invalid ?? []).toEqual([]);
    const wrong = answers.filter(({allowed, phase, pod, cost}, index) => {
      if (Math.max(cost.mutation, cost.validation) > 9_000_000) return true;
      if (index % 2 === 1) return allowed || phase !== 'validate';
      const [container] = objectOf(pod?.spec ?? {}).containers as readonly JsonObject[];
      const {runAsUser} = objectOf(container?.securityContext ?? {});
      return !allowed || runAsUser !== idOf(sample[index / 2] ?? 0);
    });
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(answers).toHaveLength(2 * sample.length);
    expect(sample.length).toBeGreaterThan(190);
  });
});

test.runIf(hasCelReference())(
  '60 policies, each for another group, are chosen from',
  {timeout: 300_000},
  () => {
    const numbers = tenantsOf(60);
    const policies = numbers.map(number => decodePolicy(numberedPolicy(number)));
    const {objects} = nativeObjects(policies, fullOptions, rbacOf([]));
    const answers = askCel(
      numbers.map(
        (number): CelCase => ({
          ...(number === 0 ? {objects, stored: true} : {}),
          object: podOf({}),
          namespace: 'default',
          user: {name: 'someone', groups: [`group-${number}`]},
          grants: numbers.map(one => ({
            group: `group-${one}`,
            policies: [policies[one]?.metadata.name ?? ''],
          })),
        }),
      ),
    );
    const found = answers.map(({pod}) => {
      const [container] = objectOf(pod?.spec ?? {}).containers as readonly JsonObject[];
      return objectOf(container?.securityContext ?? {}).runAsUser;
    });
    expect(found).toEqual(numbers.map(number => number + 1));
    expect(Math.max(...answers.map(({cost}) => cost.mutation))).toBeLessThan(10_000_000);
  },
);

describe('what admission policies with tables say of themselves', () => {
  const tenants = tenantsOf(25);
  const policies = tenants.map(tenant => decodePolicy(tenantPolicy(tenant)));
  const everywhere = (tenant: number): RbacObjects => {
    const {roles, roleBindings, ...rest} = rbacOf([tenant]);
    const global = <T extends {readonly metadata?: object | undefined}>(one: T) => ({
      ...one,
      metadata: {name: 'use', namespace: undefined, uid: undefined, labels: undefined},
    });
    return {
      ...rest,
      clusterRoles: roles.map(global),
      clusterRoleBindings: roleBindings.map(one => ({
        ...global(one),
        roleRef: {apiGroup: rbacGroup, kind: 'ClusterRole', name: 'use'},
      })),
      roles: [],
      roleBindings: [],
    };
  };
  const both = (one: RbacObjects, other: RbacObjects): RbacObjects => ({
    clusterRoles: [...one.clusterRoles, ...other.clusterRoles],
    clusterRoleBindings: [...one.clusterRoleBindings, ...other.clusterRoleBindings],
    roles: [...one.roles, ...other.roles],
    roleBindings: [...one.roleBindings, ...other.roleBindings],
  });
  const nobody: RbacObjects = emptyInventory.rbac;
  const madeBy = (rbac: RbacObjects | undefined) =>
    nativeObjects(policies, fullOptions, rbac).objects;
  const said = (admissionPolicies: readonly JsonObject[], rbac: RbacObjects) => {
    const inventory = {...emptyInventory, policies, admissionPolicies, rbac};
    return withNativeFacts(inventory).gaps.map(({reason}) => reason.split(';')[0]);
  };
  const late = (policy: string, where = '') =>
    `they were made before policy ${policy} was granted${where}, and don't try it there`;

  test.each([
    ['in namespaces', rbacOf(tenants)],
    ['everywhere', everywhere(3)],
    ['both', both(rbacOf([1, 2]), everywhere(3))],
  ])('nothing, whichever of these grants are read: %s', (_, rbac) => {
    const made = madeBy(rbac);
    expect(printJson(made)).toContain('run_1_candidates');
    for (const read of [rbac, nobody, {...rbac, roleBindings: []}, {...rbac, roles: []}]) {
      expect(said(made, read)).toEqual([]);
    }
  });

  test('nothing where each is asked by itself', () => {
    expect(said(madeBy(undefined), rbacOf(tenants))).toEqual([]);
    expect(said(madeBy(nobody), rbacOf(tenants))).toEqual([]);
  });

  test('which later grant they lack', () => {
    const made = madeBy(rbacOf([1, 2]));
    expect(said(made, rbacOf([1, 2, 4]))).toEqual([late('tool-4', ' in namespace ns-4')]);
    expect(said(made, both(rbacOf([1, 2]), everywhere(3)))).toEqual([late('tool-3')]);
    const wide = madeBy(both(rbacOf([1]), everywhere(3)));
    expect(said(wide, both(rbacOf([1, 2]), everywhere(3)))).toEqual([
      late('tool-2', ' in namespace ns-2'),
    ]);
  });

  test.each([
    ["['tool-1']", "['tool-1', 'tool-2'] + ['tool-3']"],
    ["['tool-1']", "['tool-1'].filter(x, false)"],
    ['[?request.namespace]', "[?'ns-2']"],
  ])('that somebody put in another expression for %s', (old, other) => {
    const text = printJson(madeBy(rbacOf([1, 2]))).replaceAll(old, other);
    const edited = parseJson(text) as readonly JsonObject[];
    expect(said(edited, rbacOf([1, 2]))[0]).toMatch(
      /^they were edited by hand: .* differs in spec\.variables/,
    );
  });
});
