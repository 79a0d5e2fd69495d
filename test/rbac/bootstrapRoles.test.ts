import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {binding, type Role, type Rule, role} from '../../src/kube/objects.ts';
import {authorizerOf} from '../../src/rbac/authorize.ts';
import {bootstrapRoles, withBootstrapRoles} from '../../src/rbac/bootstrapRoles.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {goModule} from '../support/kubernetes/goModule.ts';
import {objectOf} from '../support/run/output.ts';

const kubernetes = goModule('k8s.io/kubernetes@v1.24.17', "Kubernetes' bootstrap roles");

/** The roles that v1.24 creates, as its own tests have them. */
function createdRoles(...files: readonly string[]): readonly Role[] {
  const folder = 'plugin/pkg/auth/authorizer/rbac/bootstrappolicy/testdata';
  return files.flatMap(name => {
    const text = readFileSync(join(kubernetes ?? '', folder, name), 'utf8');
    return readDocuments(text, name).flatMap(({value}) => {
      const {items} = objectOf(value ?? null);
      return Array.isArray(items) ? items.map(role) : [];
    });
  });
}

const reading = ['get', 'list', 'watch', 'delete', 'deletecollection'];

/** The rules that change roles, bindings or policies, or that open policies. */
function reachingRules({rules = []}: Role): readonly Rule[] {
  const has = (list: readonly string[] = [], ...names: readonly string[]) =>
    list.includes('*') || names.some(name => list.includes(name));
  return rules.filter(
    ({apiGroups, resources, verbs = []}) =>
      verbs.some(verb => !reading.includes(verb)) &&
      ((has(apiGroups, 'policy', 'extensions') && has(resources, 'podsecuritypolicies')) ||
        (has(apiGroups, 'rbac.authorization.k8s.io') &&
          has(resources, 'roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'))),
  );
}

describe.runIf(kubernetes !== undefined)('the bootstrap roles', () => {
  const outline = (one: Role) => ({
    name: one.metadata?.name,
    labels: Object.entries(one.metadata?.labels ?? {}).filter(([key]) => key.includes('aggregate')),
    aggregation: one.aggregationRule?.clusterRoleSelectors?.map(({matchLabels}) => matchLabels),
    rules: reachingRules(one),
  });
  const byName = (one: {name?: string | undefined}, other: {name?: string | undefined}) =>
    (one.name ?? '') < (other.name ?? '') ? -1 : 1;

  test('are those of Kubernetes, with all that they grant of policies, roles and bindings', () => {
    const created = createdRoles('cluster-roles.yaml', 'controller-roles.yaml');
    expect(created.length).toBeGreaterThan(60);
    expect(bootstrapRoles.map(outline).toSorted(byName)).toEqual(
      created.map(outline).toSorted(byName),
    );
  });
});

describe.runIf(kubernetes !== undefined)('the bootstrap roles of namespaces', () => {
  const created = () => createdRoles('namespace-roles.yaml');
  const placed = ({metadata}: Role) => `${metadata?.namespace}/${metadata?.name}`;

  test('are those of Kubernetes, and grant nothing of policies, roles and bindings', () => {
    expect(created().flatMap(reachingRules)).toEqual([]);
    const bindings = created().map(({metadata}) =>
      binding({
        metadata: {name: 'b', namespace: metadata?.namespace},
        roleRef: {kind: 'Role', name: metadata?.name},
      }),
    );
    const {roles} = withBootstrapRoles({clusterRoles: [], roles: []}, bindings);
    expect(roles.map(placed).toSorted()).toEqual(created().map(placed).toSorted());
  });

  test('are in their own namespaces only', () => {
    const elsewhere = binding({
      metadata: {name: 'b', namespace: 'shop'},
      roleRef: {kind: 'Role', name: 'extension-apiserver-authentication-reader'},
    });
    expect(withBootstrapRoles({clusterRoles: [], roles: []}, [elsewhere]).roles).toEqual([]);
  });
});

describe('manifests', () => {
  const bindingOf = (name: string) =>
    binding({
      metadata: {name: 'b'},
      roleRef: {kind: 'ClusterRole', name},
      subjects: [{kind: 'User', name: 'alice'}],
    });
  const labelled = role({
    metadata: {name: 'psp', labels: {'rbac.authorization.k8s.io/aggregate-to-view': 'true'}},
    rules: [
      {
        apiGroups: ['policy'],
        resources: ['podsecuritypolicies'],
        resourceNames: ['base'],
        verbs: ['use'],
      },
    ],
  });
  const opened = (name: string, own: readonly Role[]) => {
    const bindings = [bindingOf(name)];
    const {grants} = authorizerOf({
      ...withBootstrapRoles({clusterRoles: own, roles: []}, bindings),
      clusterRoleBindings: bindings,
      roleBindings: [],
    });
    return grants.map(({policies}) => (policies === undefined ? 'all' : [...policies]));
  };

  test('have the bootstrap roles that they bind, and no others', () => {
    expect(opened('cluster-admin', [])).toEqual(['all']);
    expect(opened('edit', [])).toEqual([]);
    const own = {clusterRoles: [labelled], roles: []};
    const {clusterRoles} = withBootstrapRoles(own, [bindingOf('system:node')]);
    expect(clusterRoles.map(({metadata}) => metadata?.name)).toEqual(['psp', 'system:node']);
  });

  test('add rules to them by aggregation, over several steps', () => {
    for (const name of ['view', 'edit', 'admin']) {
      expect(opened(name, [labelled]), name).toEqual([['base']]);
    }
  });

  test('may define a role of the name themselves', () => {
    const own = role({metadata: {name: 'cluster-admin'}, rules: []});
    expect(opened('cluster-admin', [own])).toEqual([]);
  });
});
