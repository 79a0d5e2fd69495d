import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {conformanceResult} from '../../src/conformance/conformance.ts';
import {emptyInventory} from '../../src/inventory/inventory.ts';
import {withGranted} from '../../src/inventory/read/readRbac.ts';
import {type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {policyObject} from '../support/builders/policies.ts';
import {idOf, numberedPolicy, tenantPolicy, tenantsOf} from '../support/builders/tenants.ts';
import {grantOfUse} from '../support/builders/useGrants.ts';
import {securityOf} from '../support/kubernetes/celCases.ts';
import {changedPod} from '../support/kubernetes/conformance.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {enforce, otherPlugins} from './nativeServer.ts';
import {grantedPolicies} from './verifyWorld.ts';

/** Whether all that there is to try is tried, or a part: see native.test.ts. */
const isWhole = process.env.PSP_NATIVE_CASES === 'all';

const successor = hasReference('etcd') ? successorApiServer() : undefined;
const apiGroup = 'rbac.authorization.k8s.io';
const groupOf = (name: string): JsonObject => ({kind: 'Group', name, apiGroup});

/** Policies that speak of every control, no two of them alike, and none but the last for the largest pods. */
const manyPolicies = Array.from({length: 20}, (_, index): JsonObject => {
  const [strict = {}] = grantedPolicies.filter(({kind}) => kind === 'PodSecurityPolicy');
  const {annotations} = objectOf(strict.metadata);
  const isLast = index === 19;
  const spec = {
    ...objectOf(strict.spec),
    allowedCapabilities: [`CAP_${index}`, 'NET_ADMIN', 'SYS_TIME'],
    hostPorts: [{min: index + 1, max: 60_000 + index}],
    runAsUser: {rule: 'MustRunAs', ranges: [{min: 1000 + (isLast ? 0 : index + 1), max: 2000}]},
    allowedHostPaths: ['/var/log', '/data', '/srv', '/opt', `/own-${index}`].map(pathPrefix => ({
      pathPrefix,
      readOnly: index % 2 === 0,
    })),
    ...(index % 3 === 0 ? {readOnlyRootFilesystem: false} : {}),
  };
  return {...strict, metadata: {name: `many-${index + 10}`, annotations: annotations ?? {}}, spec};
});

/** As much as 50 containers can have of what policies look at. */
function largePod(more: JsonObject): JsonObject {
  const volumes = Array.from({length: 20}, (_, index) => ({
    name: `v${index}`,
    hostPath: {path: `/data/deep/folder/number-${index}`},
  }));
  const containers = Array.from({length: 50}, (_, index) => ({
    name: `container-${index}`,
    image: 'i',
    securityContext: {
      capabilities: {add: ['NET_ADMIN', 'SYS_TIME'], drop: ['KILL', 'MKNOD']},
      readOnlyRootFilesystem: true,
      runAsUser: 1000,
      ...more,
    },
    ports: Array.from({length: 10}, (_, port) => ({
      containerPort: 20_000 + index * 10 + port,
      hostPort: 20_000 + index * 10 + port,
    })),
    volumeMounts: volumes.map(({name}) => ({name, mountPath: `/mnt/${name}`, readOnly: true})),
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'large'},
    spec: {
      serviceAccountName: 'default',
      containers,
      volumes,
      securityContext: {sysctls: [{name: 'kernel.msgmax', value: '1'}]},
    },
  };
}

describe.runIf(successor !== undefined)('many policies, on a server of v1.37', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({
      admissionPlugins: [],
      program: successor ?? '',
      args: [otherPlugins],
    });
    const rules = [{apiGroups: [''], resources: ['pods'], verbs: ['create']}];
    const metadata = {name: 'sends-pods'};
    await server.createAll([
      {apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules},
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'ClusterRoleBinding',
        metadata,
        roleRef: {apiGroup, kind: 'ClusterRole', name: 'sends-pods'},
        subjects: [groupOf('system:authenticated')],
      },
      {
        apiVersion: 'node.k8s.io/v1',
        kind: 'RuntimeClass',
        metadata: {name: 'gvisor'},
        handler: 'h',
      },
    ]);
  }, 180_000);
  afterAll(() => server?.stop());

  async function tried(pod: JsonObject, groups: readonly string[], namespace = 'default') {
    const as = {as: 'someone', asGroups: ['system:authenticated', ...groups]};
    const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
    for (;;) {
      const {status, json, text} = await server.request('POST', path, pod, as);
      // A machine that does much else may be too slow for the time that a request has.
      if (status !== 429 && status < 500) return {status, text, pod: objectOf(json)};
      expect(text).not.toMatch(/cost|budget/);
    }
  }

  async function during(objects: readonly JsonObject[], name: string, run: () => Promise<void>) {
    const paths = await enforce(server, objects, name);
    try {
      await run();
    } finally {
      for (const path of paths) await server.request('DELETE', path);
    }
  }

  const userOf = ({spec}: JsonObject): Json | undefined => {
    const {containers} = objectOf(spec ?? {});
    const [container = {}] = Array.isArray(containers) ? containers : [];
    return objectOf(objectOf(container).securityContext ?? {}).runAsUser;
  };
  const policyIn = ({metadata}: JsonObject) =>
    objectOf(objectOf(metadata ?? {}).annotations ?? {})['kubernetes.io/psp'];

  test('60 of them, each for another group, are chosen from', {timeout: 300_000}, async () => {
    const policies = tenantsOf(60).map(numberedPolicy);
    const names = policies.map(({metadata}) => String(objectOf(metadata).name));
    await server.createAll(
      names.flatMap((name, index) => grantOfUse(name, groupOf(`group-${index}`))),
    );
    const {objects} = nativeObjects(
      policies.map(one => decodePolicy(one)),
      fullOptions,
    );
    const pod = {metadata: {name: 'p'}, spec: {containers: [{name: 'c', image: 'i'}]}};
    await during(objects, 'canary-60', async () => {
      for (const [index, name] of names.entries()) {
        const {status, pod: made} = await tried(pod, [`group-${index}`]);
        expect([status, policyIn(made), userOf(made)]).toEqual([201, name, index + 1]);
      }
      expect(await tried(pod, [])).toMatchObject({status: 403});
    });
  });

  test('3,500 that differ in values, one a tenant', {timeout: 600_000}, async () => {
    const tenants = tenantsOf(3500);
    const grants = tenants.map(tenant =>
      grantOfUse(`tool-${tenant}`, groupOf(`system:serviceaccounts:ns-${tenant}`), `ns-${tenant}`),
    );
    const {objects} = nativeObjects(
      tenants.map(tenant => decodePolicy(tenantPolicy(tenant))),
      fullOptions,
      withGranted(emptyInventory.rbac, grants.flat()),
    );
    expect(Math.max(...objects.map(object => printJson(object).length))).toBeLessThan(2 ** 20);
    const sample = tenants.filter(tenant => tenant % (isWhole ? 17 : 170) === 5);
    expect(sample.length).toBeGreaterThan(isWhole ? 200 : 20);
    await server.createAll(
      sample.flatMap(tenant => [
        {apiVersion: 'v1', kind: 'Namespace', metadata: {name: `ns-${tenant}`}},
        ...(grants[tenant] ?? []),
      ]),
    );
    const admission = objects.filter(({kind}) => kind !== 'ConfigMap');
    const podAs = (runAsUser?: number) => ({
      metadata: {name: 'p'},
      spec: {
        serviceAccountName: 'default',
        containers: [{name: 'c', image: 'i', ...(runAsUser && {securityContext: {runAsUser}})}],
      },
    });
    await during(admission, 'canary-3500', async () => {
      for (const tenant of sample) {
        const namespace = `ns-${tenant}`;
        const {status, pod} = await tried(podAs(), [], namespace);
        expect([namespace, status, policyIn(pod), userOf(pod)]).toEqual([
          namespace,
          201,
          `tool-${tenant}`,
          idOf(tenant),
        ]);
        const other = await tried(podAs(idOf(tenant) + 3), [], namespace);
        expect([namespace, other.status]).toEqual([namespace, 403]);
      }
    });
  });

  test('20 that speak of every control, for pods of 50 containers', {
    timeout: 600_000,
  }, async () => {
    const policies = [...manyPolicies, policyObject('z-open', {privileged: true, volumes: ['*']})];
    const {objects} = nativeObjects(
      policies.map(one => decodePolicy(one)),
      fullOptions,
    );
    const rules = {
      last: ['many-29'],
      all: policies.map(({metadata}) => String(objectOf(metadata).name)),
      none: [],
    };
    const grants = Object.entries(rules).flatMap(([group, names]) =>
      names.flatMap(name => {
        const [role = {}, binding = {}] = grantOfUse(name, groupOf(group));
        return [role, binding].map(one => ({...one, metadata: {name: `${group}-${name}`}}));
      }),
    );
    await server.createAll(grants.map(bindingToOwn));
    const pods = [{}, {privileged: true}, {runAsUser: 1001}, {readOnlyRootFilesystem: false}];
    await during(objects, 'canary-50', async () => {
      for (const group of isWhole ? Object.keys(rules) : ['last']) {
        for (const more of pods) {
          const input = {
            name: `${group} ${printJson(more)}`,
            operation: 'CREATE',
            namespace: 'default',
            user: {username: 'someone', groups: ['system:authenticated', group]},
            policies,
            rbac: rbacOf(grants.map(bindingToOwn)),
            pod: largePod(more),
          };
          const expected = objectOf(parseJson(printJson(conformanceResult(input) as Json)));
          const {status, pod, text} = await tried(input.pod, [group]);
          expect(text).not.toMatch(/cost|budget/);
          expect([input.name, status]).toEqual([input.name, expected.allowed ? 201 : 403]);
          if (!expected.allowed) continue;
          const wanted = securityOf(changedPod(input.pod, expected));
          expect(securityOf(pod)).toEqual({...wanted, policy: expected.policy});
        }
      }
    });
  });
});

/** The binding of a role that was renamed. */
function bindingToOwn(one: JsonObject): JsonObject {
  const {roleRef} = one;
  return roleRef === undefined
    ? one
    : {...one, roleRef: {...objectOf(roleRef), name: objectOf(one.metadata).name ?? ''}};
}

function rbacOf(objects: readonly JsonObject[]): JsonObject {
  const of = (wanted: string) => objects.filter(({kind}) => kind === wanted);
  return {clusterRoles: of('ClusterRole'), clusterRoleBindings: of('ClusterRoleBinding')};
}
