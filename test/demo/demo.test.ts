import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {recordDemo} from '../../scripts/demo/cluster.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import {decidingSpec} from '../../src/inventory/inventory.ts';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {itemsHere, runBuilt, runHere} from '../support/run/run.ts';

const file = join(import.meta.dirname, '../../src/demo/snapshot.json');
const inventory = inventoryOfSnapshot(demoSnapshot, 'the demo');

/** All of `why --demo -A`. */
let all: readonly JsonObject[];
beforeAll(async () => {
  all = await itemsHere('why', '--demo', '-A');
});

/** The one thing of this kind whose name begins so. */
function find(namespace: string, kind: string, start: string): JsonObject {
  const [found] = all.filter(
    item => item.namespace === namespace && item.kind === kind && `${item.name}`.startsWith(start),
  );
  if (found === undefined) throw new Error(`no ${kind} ${start} in ${namespace}`);
  return found;
}

function candidatesOf({candidates}: JsonObject): readonly JsonObject[] {
  return Array.isArray(candidates) ? candidates.filter(isObject) : [];
}

describe('the demo', () => {
  test('is a small company: policies, namespaces, and workloads of all kinds', () => {
    const kinds = new Set(inventory.workloads.map(({kind}) => kind));
    const namespaces = new Set([...inventory.workloads, ...inventory.pods].map(namespaceOf));
    expect(inventory.policies).toHaveLength(12);
    expect([...namespaces].sort()).toEqual(
      ['ci', 'data', 'ingress', 'kube-system', 'logging', 'monitoring', 'payments', 'shop'].sort(),
    );
    expect([...kinds].sort()).toEqual([
      'CronJob',
      'DaemonSet',
      'Deployment',
      'Job',
      'ReplicaSet',
      'ReplicationController',
      'StatefulSet',
    ]);
    const top = inventory.workloads.filter(({metadata}) => !metadata.ownerReferences?.length);
    expect(top.length).toBeGreaterThanOrEqual(60);
    expect(inventory.workloads.filter(({volumeClaims}) => volumeClaims?.length)).not.toEqual([]);
    expect(inventory.workloads.filter(({replicas}) => replicas === 0)).not.toEqual([]);
  });

  test('has rights of all shapes', () => {
    const {clusterRoles, roles, clusterRoleBindings, roleBindings} = inventory.rbac;
    const subjects = [...clusterRoleBindings, ...roleBindings]
      .filter(({metadata}) => !metadata?.name?.startsWith('system:'))
      .flatMap(binding => binding.subjects ?? []);
    expect(new Set(subjects.map(({kind}) => kind))).toEqual(
      new Set(['User', 'Group', 'ServiceAccount']),
    );
    const developer = clusterRoles.find(({metadata}) => metadata?.name === 'developer');
    expect(developer?.aggregationRule).toBeDefined();
    expect(developer?.rules?.flatMap(rule => rule.resourceNames ?? [])).toEqual(['team-debug']);
    const named = roles.flatMap(({rules = []}) => rules.flatMap(rule => rule.resourceNames ?? []));
    expect(named).toContain('*');
    expect(roles.some(({rules = []}) => rules.some(isOfExtensions))).toBe(true);
    expect(roleBindings.map(({roleRef}) => roleRef?.name)).toContain('psp:tls');
    expect(clusterRoles.map(({metadata}) => metadata?.name)).not.toContain('psp:tls');
  });

  test.each([
    // Nothing special.
    ['shop', 'Pod', 'storefront-', 'ok', 'baseline'],
    ['shop', 'Deployment', 'black-friday-queue', 'ok', 'baseline'],
    ['ingress', 'Pod', 'edge-proxy-', 'ok', 'edge'],
    ['ingress', 'Pod', 'edge-controller-', 'ok', 'baseline'],
    ['monitoring', 'Pod', 'node-exporter-', 'ok', 'node-agent'],
    ['monitoring', 'Pod', 'push-gateway-', 'ok', 'baseline'],
    ['data', 'StatefulSet', 'warehouse', 'ok', 'data'],
    ['kube-system', 'Pod', 'kube-apiserver-', 'ok', 'privileged'],
    ['data', 'Pod', 'customers-db-1', 'ok', 'data'],
    ['shop', 'Pod', 'debug-ben', 'ok', 'team-debug'],
    ['ci', 'Pod', 'runner-7f4c2', 'ok', 'ci-builder'],
    ['payments', 'Pod', 'card-vault-0', 'ok', 'restricted'],
    // The policy fills in what they leave unset.
    ['shop', 'Pod', 'checkout-', 'mutated', 'restricted'],
    ['payments', 'Pod', 'payment-api-', 'mutated', 'restricted'],
    ['data', 'Pod', 'orders-db-0', 'mutated', 'data'],
    // The policy that became open to all service accounts does not: it is preferred.
    ['shop', 'Pod', 'cart-', 'drifted', 'log-shipper'],
    ['payments', 'Pod', 'webhooks-', 'drifted', 'log-shipper'],
    ['payments', 'CronJob', 'reconcile', 'ok', 'log-shipper'],
    // The policy was tightened since.
    ['shop', 'Pod', 'thumbnailer-', 'denied', null],
    ['payments', 'Pod', 'ledger-', 'denied', null],
    ['monitoring', 'Pod', 'ping-probe-', 'denied', null],
    ['kube-system', 'Pod', 'cluster-autoscaler-', 'denied', null],
    // The right was taken away.
    ['shop', 'Pod', 'db-migrate-42-', 'denied', null],
    ['logging', 'Pod', 'audit-tail-', 'denied', null],
    ['ci', 'Pod', 'build-agent-', 'denied', null],
    // Never started.
    ['shop', 'Deployment', 'recommendations', 'denied', null],
    ['payments', 'Deployment', 'invoice-render', 'denied', null],
    ['ci', 'CronJob', 'nightly-e2e', 'denied', null],
  ])('in %s, %s %s is %s by %s', (namespace, kind, start, state, policy) => {
    expect(find(namespace, kind, start)).toMatchObject({state, policy});
  });

  test('has a policy that is open to none of its pods, though they could use it', () => {
    const candidate = candidatesOf(find('shop', 'Deployment', 'recommendations')).find(
      ({name}) => name === 'gpu-batch',
    );
    const authorizedFor = {serviceAccount: false, user: false};
    expect(candidate).toMatchObject({allowed: true, authorizedFor});
  });

  test('has a policy in the shadow of another, one that admission ignores, and no idle other', () => {
    const chosen = new Set(all.map(({policy}) => policy));
    const names = inventory.policies.map(({metadata}) => metadata.name);
    expect(names.filter(name => !chosen.has(name))).toEqual(['gpu-batch', 'shop-legacy', 'web']);
    const candidates = candidatesOf(find('shop', 'Pod', 'storefront-'));
    expect(candidates.find(({name}) => name === 'web')).toMatchObject({
      allowed: true,
      mutates: false,
      authorizedFor: {serviceAccount: true},
    });
    expect(candidates.find(({name}) => name === 'shop-legacy')).toMatchObject({
      providerError: 'ranges must be supplied for MustRunAs',
    });
  });

  test('has live pods that carry what the server made of them', () => {
    const pod = inventory.pods.find(({metadata}) => metadata.name?.startsWith('fraud-score-'));
    expect(pod?.metadata.annotations).toEqual({
      'kubernetes.io/psp': 'restricted',
      'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    });
    const {containers = []} = (pod && decidingSpec(pod)) ?? {};
    for (const {securityContext} of containers) {
      expect(securityContext?.capabilities?.drop).toEqual(['ALL']);
    }
    expect(containers).toHaveLength(2);
  });

  test('is small and made to be compared: one object a line', () => {
    const text = readFileSync(file, 'utf8');
    expect(text.length).toBeLessThan(300_000);
    expect(text).not.toContain('resourceVersion');
    const lines = text.split('\n').filter(line => line.startsWith('{"metadata"'));
    const {clusterRoles, clusterRoleBindings, roles, roleBindings} = inventory.rbac;
    expect(lines).toHaveLength(
      [
        clusterRoles,
        clusterRoleBindings,
        roles,
        roleBindings,
        inventory.policies,
        inventory.namespaces,
        inventory.serviceAccounts,
        inventory.pods,
      ].flat().length,
    );
  });
});

function namespaceOf({metadata}: {readonly metadata: {readonly namespace?: string | undefined}}) {
  return metadata.namespace;
}

function isOfExtensions({apiGroups}: {readonly apiGroups?: readonly string[] | undefined}) {
  return apiGroups?.includes('extensions') ?? false;
}

describe('commands on the demo', () => {
  test('why looks into the namespace of its context, shop', async () => {
    const here = await itemsHere('why', '--demo');
    expect(new Set(here.map(({namespace}) => namespace))).toEqual(new Set(['shop']));
    expect(here).toHaveLength(all.filter(({namespace}) => namespace === 'shop').length);
    expect(new Set(here.map(({state}) => state))).toEqual(
      new Set(['ok', 'mutated', 'drifted', 'denied']),
    );
  });

  test('the summary counts what why shows', async () => {
    const rows = await itemsHere('--demo');
    const count = (namespace: unknown, state: string) =>
      all.filter(item => item.namespace === namespace && item.state === state).length;
    for (const {namespace, denied, mutated, drifted} of rows) {
      expect({namespace, denied, mutated, drifted}).toEqual({
        namespace,
        denied: count(namespace, 'denied'),
        mutated: count(namespace, 'mutated'),
        drifted: count(namespace, 'drifted'),
      });
    }
    expect(rows.filter(({denied}) => Number(denied) > 0).length).toBeGreaterThan(5);
  });

  test('advise makes a policy for each service account that has a pod', async () => {
    const {code, out, err} = await runHere('advise', '--demo', '-A', '--grant');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatch(
      /\n# Once this is applied, .*\n(# {3}kubectl psp unbind .*\n)*# {3}kubectl psp unbind web --to sa:shop\/storefront --to sa:shop\/catalog -n shop\n$/,
    );
    const accounts = new Set(
      all.flatMap(({namespace, serviceAccount}) =>
        serviceAccount === '' ? [] : [`${namespace}/${serviceAccount}`],
      ),
    );
    // Mirror pods have no account, and one policy for all of them.
    expect(out.match(/^kind: PodSecurityPolicy$/gm)).toHaveLength(accounts.size + 1);
  });

  test('the built program has it embedded', async () => {
    const built = await runBuilt(['--demo']);
    expect(built.code).toBe(0);
    expect(built.err).toBe('');
    expect(built).toEqual(await runHere('--demo'));
  });
});

describe.runIf(hasReference('etcd', 'kube-apiserver'))('the recording', () => {
  // It takes a server, and seconds; only who changes the demo can break it.
  test.runIf(isThorough)('still gives the same, byte for byte', async () => {
    const {text, refusals} = await recordDemo();
    expect(refusals.map(({owner}) => owner.replace(/-[a-z0-9]+$/, ''))).toEqual([
      'ReplicaSet recommendations',
      'ReplicaSet invoice-render',
    ]);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
