import {describe, expect, test} from 'vitest';
import {demoSnapshot} from '../../../src/demo/index.ts';
import {inventoryOfSnapshot} from '../../../src/inventory/snapshot.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {type Severity, severities} from '../../../src/policy/audit/finding.ts';
import {auditOf} from '../../../src/policy/audit/index.ts';
import {rules} from '../../../src/policy/audit/rules/index.ts';
import {objectText} from '../../../src/policy/audit/words.ts';
import {builtinPolicy} from '../../../src/policy/builtin.ts';
import {wordsOf} from '../../docs/markdown.ts';
import {parseCommand} from '../../docs/runCommand.ts';
import {
  binding,
  clusterWith,
  deployment,
  findingsOf,
  gapOf,
  grant,
  podsOf,
  psp,
  role,
  roleFor,
} from '../../support/audits.ts';

interface Case {
  /** Objects in which the rule finds one thing, and what. */
  readonly yes: readonly JsonObject[];
  readonly finds: readonly [object: string, severity: Severity, message: string, remedy: string];
  /** A word or more of its evidence. */
  readonly shows?: string;
  /** Much the same objects, in which it finds nothing. */
  readonly no: readonly JsonObject[];
}

const privileged = {privileged: true};
const open = psp('open', privileged);
const strict = psp('strict');
const hardening = psp('a-hardening', {requiredDropCapabilities: ['ALL']});
const web = [strict, ...grant('strict', 'sa:web')];
const secrets = {resources: ['secrets'], apiGroups: [''], verbs: ['get']};
const replicaSetController = 'user:system:serviceaccount:kube-system:replicaset-controller';
const hostPaths = (...allowedHostPaths: readonly JsonObject[]) =>
  psp('paths', {volumes: ['hostPath'], allowedHostPaths});

const cases: Readonly<Record<string, Case>> = {
  'denied-on-restart': {
    yes: [...web, deployment('app', privileged), ...podsOf('app', 'strict', 3)],
    finds: [
      ...(['Deployment/shop/app', 'high', 'all 3 pods would be denied if created anew'] as const),
      'kubectl psp advise -n shop --grant',
    ],
    shows: 'strict: spec.containers[0].securityContext.privileged: Invalid value: true',
    no: [...web, deployment('app'), ...podsOf('app', 'strict', 3)],
  },
  'denied-now': {
    yes: [...web, open, deployment('app', privileged)],
    finds: [
      ...(['Deployment/shop/app', 'high'] as const),
      'has no pod, and admission denies those that it asks for',
      'kubectl psp bind open --to sa:shop/web',
    ],
    shows: 'open would admit it unchanged',
    no: [...web, deployment('app'), deployment('idle', privileged, {replicas: 0})],
  },
  'denied-idle': {
    yes: [...web, deployment('app', privileged, {replicas: 0})],
    finds: [
      ...(['Deployment/shop/app', 'medium', 'is idle, and admission would deny its pods'] as const),
      'kubectl psp advise -n shop --grant',
    ],
    no: [...web, deployment('app', {}, {replicas: 0}), deployment('now', privileged)],
  },
  'policy-drift': {
    yes: [...web, open, deployment('app'), ...podsOf('app', 'open', 2)],
    finds: [
      ...(['Deployment/shop/app', 'medium', 'a restart would move 2 pods to strict'] as const),
      'kubectl psp why deployment/app -n shop',
    ],
    shows: '2 pods: open -> strict',
    no: [...web, deployment('app'), ...podsOf('app', 'strict'), ...podsOf('app', 'gone')],
  },
  'requester-only': {
    yes: [
      strict,
      ...grant('strict', replicaSetController),
      deployment('app'),
      ...podsOf('app', 'strict'),
    ],
    finds: [
      ...(['Deployment/shop/app', 'medium'] as const),
      '1 pod bound to strict through the right of system:serviceaccount:kube-system:replicaset-controller alone',
      'kubectl psp bind strict --to sa:shop/web',
    ],
    shows: 'requester: RoleBinding/shop/strict -> ClusterRole/strict',
    no: [...web, deployment('app'), ...podsOf('app', 'strict')],
  },
  'defaults-bypassed': {
    yes: [
      hardening,
      open,
      roleFor('both', 'a-hardening', 'open'),
      binding('b', 'both', ['sa:web']),
      deployment('app'),
    ],
    finds: [
      ...(['Deployment/shop/app', 'medium'] as const),
      'a-hardening would fill in defaults, but open is looser and takes it unchanged',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'a-hardening: add /spec/containers/0/securityContext {"capabilities":{"drop":["ALL"]}}',
    no: [hardening, open, ...grant('a-hardening', 'sa:web'), deployment('app')],
  },
  'changed-by-order': {
    yes: [
      ...[hardening, psp('b-hardening', {requiredDropCapabilities: ['KILL']})],
      ...[roleFor('both', 'a-hardening', 'b-hardening'), binding('b', 'both', ['sa:web'])],
      deployment('app'),
    ],
    finds: [
      ...(['Deployment/shop/app', 'low'] as const),
      'a-hardening changes its pods since it sorts before b-hardening, which would change them otherwise',
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'b-hardening: add /spec/containers/0/securityContext {"capabilities":{"drop":["KILL"]}}',
    no: [
      ...[hardening, psp('b-hardening', {requiredDropCapabilities: ['ALL']})],
      ...[roleFor('both', 'a-hardening', 'b-hardening'), binding('b', 'both', ['sa:web'])],
      deployment('app'),
    ],
  },
  'stale-annotation': {
    yes: [...web, deployment('app'), ...podsOf('app', 'gone', 2)],
    finds: [
      ...(['Deployment/shop/app', 'low', '2 pods admitted by gone, which does not exist'] as const),
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'Pod app-1: gone',
    no: [...web, deployment('app'), ...podsOf('app', 'strict')],
  },
  'contradicted-annotation': {
    yes: [...web, deployment('app', privileged), ...podsOf('app', 'strict', 2)],
    finds: [
      ...([
        'Deployment/shop/app',
        'low',
        '2 pods admitted by strict, which refuses such pods',
      ] as const),
      'kubectl psp why deployment/app -n shop',
    ],
    shows: 'Privileged containers are not allowed',
    no: [...web, deployment('app'), ...podsOf('app', 'strict', 2)],
  },
  'template-annotation': {
    yes: [...web, deployment('app', {}, {annotations: {'kubernetes.io/psp': 'open'}})],
    finds: [
      ...(['Deployment/shop/app', 'low'] as const),
      'its template has the annotation kubernetes.io/psp: open',
      `kubectl patch deployment/app -n shop --type=json -p '[{"op":"remove","path":"/spec/template/metadata/annotations/kubernetes.io~1psp"}]'`,
    ],
    no: [...web, deployment('app'), ...podsOf('app', 'strict')],
  },
  'writable-host-path': {
    yes: [hostPaths({pathPrefix: '/data', readOnly: true}, {pathPrefix: '/var'})],
    finds: [
      ...(['PodSecurityPolicy/paths', 'high', 'pods may write to /var of the node'] as const),
      `kubectl patch podsecuritypolicy/paths --type=json -p '[{"op":"add","path":"/spec/allowedHostPaths/1/readOnly","value":true}]'`,
    ],
    shows: 'who writes there can take over the node',
    no: [
      hostPaths({pathPrefix: '/', readOnly: true}),
      psp('other'),
      psp('all', {...privileged, volumes: ['*']}),
    ],
  },
  'escalation-beside-admin': {
    yes: [psp('admin', {allowedCapabilities: ['CHOWN', 'SYS_ADMIN']})],
    finds: [
      ...(['PodSecurityPolicy/admin', 'high'] as const),
      'allows SYS_ADMIN with privilege escalation: as good as privileged',
      `kubectl patch podsecuritypolicy/admin --type=merge -p '{"spec":{"allowedCapabilities":["CHOWN"]}}'`,
    ],
    no: [
      psp('off', {allowedCapabilities: ['SYS_ADMIN'], allowPrivilegeEscalation: false}),
      psp('all', {...privileged, allowedCapabilities: ['*']}),
    ],
  },
  'escalation-contradiction': {
    yes: [psp('mixed', {...privileged, allowPrivilegeEscalation: false})],
    finds: [
      ...(['PodSecurityPolicy/mixed', 'medium'] as const),
      'allows privileged containers, but turns off the privilege escalation that goes with it',
      `kubectl patch podsecuritypolicy/mixed --type=merge -p '{"spec":{"privileged":false,"allowedCapabilities":[]}}'`,
    ],
    no: [open, psp('off', {allowPrivilegeEscalation: false})],
  },
  'over-broad-policy': {
    yes: [psp('broad', {hostPID: true}), ...grant('broad', 'sa:web'), deployment('app')],
    finds: [
      ...(['PodSecurityPolicy/broad', 'medium'] as const),
      'allows more than its pods need: host processes',
      'kubectl psp advise --compare broad -A',
    ],
    shows: 'Host processes: allowed -> forbidden would do',
    no: [
      psp('broad', {hostPID: true}),
      ...grant('broad', 'sa:web'),
      deployment('app', {}, {spec: {hostPID: true}}),
    ],
  },
  'ignored-policy': {
    yes: [psp('void', {runAsUser: {rule: 'MustRunAs'}})],
    finds: [
      ...(['PodSecurityPolicy/void', 'medium'] as const),
      'admission ignores it: MustRunAs requires at least one range',
      'kubectl edit podsecuritypolicy/void',
    ],
    no: [psp('used', {runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 2}]}})],
  },
  'orphan-policy': {
    yes: [...web, open, roleFor('all'), binding('all', 'all', ['user:root'], true)],
    finds: [
      ...(['PodSecurityPolicy/open', 'low', 'no bound role names it'] as const),
      'kubectl psp try --delete open -A && kubectl delete podsecuritypolicy/open',
    ],
    shows: 'open to all policies: ClusterRoleBinding/all -> ClusterRole/all',
    no: [...web, open, ...grant('open', 'user:alice')],
  },
  'unused-policy': {
    yes: [...web, open, ...grant('open', 'user:alice'), deployment('app')],
    finds: [
      ...(['PodSecurityPolicy/open', 'low', 'no pod and no workload binds to it'] as const),
      'kubectl psp try --delete open -A && kubectl delete podsecuritypolicy/open',
    ],
    shows: 'granted by RoleBinding/shop/open -> ClusterRole/open',
    no: [...web, deployment('app')],
  },
  'shadowed-policy': {
    yes: [...web, open, ...grant('open', 'sa:web'), deployment('app'), deployment('other')],
    finds: [
      ...(['PodSecurityPolicy/strict', 'low'] as const),
      'all that would pass it binds to open, which sorts before',
      'kubectl psp who-can use open -A',
    ],
    shows: '2 workloads and pods bound to open: Deployment/shop/app, Deployment/shop/other',
    no: [...web, open, ...grant('open', 'user:alice'), deployment('app')],
  },
  'equal-policies': {
    yes: [
      psp('a', {allowedCapabilities: ['CHOWN', 'KILL']}),
      psp('b', {allowedCapabilities: ['KILL', 'CHOWN'], privileged: false}),
    ],
    finds: [
      ...(['PodSecurityPolicy/b', 'low', 'says the same as a'] as const),
      'kubectl psp who-can use b -A',
    ],
    no: [
      psp('a'),
      psp('b', privileged),
      psp('c', {}, {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'}),
    ],
  },
  'open-to-workloads': {
    yes: [
      open,
      roleFor('open', 'open'),
      binding('wide', 'open', ['group:system:serviceaccounts'], true),
    ],
    finds: [
      ...(['ClusterRoleBinding/wide', 'high'] as const),
      'opens policy open to every workload, through Group system:serviceaccounts',
      'kubectl psp unbind open --to group:system:serviceaccounts',
    ],
    shows: 'it holds the accounts of all pods, and the controllers that request them',
    no: [open, roleFor('open', 'open'), binding('wide', 'open', ['group:devs', 'sa:web'], true)],
  },
  'self-grant': {
    yes: [
      strict,
      role('r', {apiGroups: ['*'], resources: ['roles'], verbs: ['escalate']}),
      binding('r', 'r', ['sa:web']),
    ],
    finds: [
      ...([
        'ServiceAccount/shop/web',
        'high',
        'could give itself a policy, or change one',
      ] as const),
      'kubectl psp who-can -A --indirect',
    ],
    shows: 'it may escalate roles',
    no: [strict, role('r', secrets), binding('r', 'r', ['sa:web', 'group:system:masters'])],
  },
  'wildcard-name': {
    yes: [strict, roleFor('r', '*')],
    finds: [
      ...(['ClusterRole/r', 'medium'] as const),
      'has the resource name "*", which is no wildcard and grants nothing',
      'kubectl edit clusterrole/r',
    ],
    no: [strict, roleFor('r'), role('s', {...secrets, resourceNames: ['*']})],
  },
  'missing-policy': {
    yes: [strict, roleFor('r', 'strict', 'gone', 'lost')],
    finds: [
      ...(['ClusterRole/r', 'low', 'grants gone, lost, which do not exist'] as const),
      'kubectl edit clusterrole/r',
    ],
    no: [strict, roleFor('r', 'strict', '*')],
  },
  'missing-role': {
    yes: [strict, binding('b', 'gone', ['sa:web'])],
    finds: [
      ...(['RoleBinding/shop/b', 'low'] as const),
      'refers to ClusterRole/gone, which does not exist',
      'kubectl delete rolebinding/b -n shop',
    ],
    no: [strict, ...grant('strict', 'sa:web')],
  },
  'no-subjects': {
    yes: [strict, ...grant('strict')],
    finds: [
      ...(['RoleBinding/shop/strict', 'info', 'has no subjects'] as const),
      'kubectl delete rolebinding/strict -n shop',
    ],
    no: [strict, ...grant('strict', 'sa:web'), role('r', secrets), binding('r', 'r', [])],
  },
  'no-policy': {
    yes: [deployment('app', privileged), roleFor('r', 'gone')],
    finds: [
      ...(['Audit/policies', 'info'] as const),
      'the test has no PodSecurityPolicy, so nothing else was looked at',
      'kubectl psp check',
    ],
    no: [strict],
  },
};

test('every rule has its case here, but the one about unread objects', () => {
  expect(Object.keys(cases)).toEqual(rules.map(({id}) => id).filter(id => id !== 'not-answered'));
});

describe.each(Object.entries(cases))('%s', (rule, {yes, finds, shows, no}) => {
  test('is found, with what shows it and what mends it', () => {
    const found = findingsOf(rule, yes);
    expect(
      found.map(({object, severity, message, remedy}) => [
        objectText(object),
        severity,
        message,
        remedy,
      ]),
    ).toEqual([finds]);
    if (shows !== undefined) expect(found[0]?.evidence.join('\n')).toContain(shows);
  });

  test('is not found where there is none', () => {
    expect(findingsOf(rule, no)).toEqual([]);
  });
});

describe('less grave are', () => {
  test('denied pods whose creator nobody knows', () => {
    const bare = {
      ...{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'bare', namespace: 'shop'}},
      spec: {containers: [{name: 'c', securityContext: privileged}]},
    };
    const [found] = findingsOf('denied-on-restart', [...web, bare]);
    expect(found).toMatchObject({severity: 'medium', object: {kind: 'Pod', name: 'bare'}});
    expect(found?.message).toContain('unless the right of whoever creates them');
  });

  test.each<[Severity, string, boolean]>([
    ['high', 'open', true],
    ['medium', 'open', false],
    ['medium', 'middle', true],
    ['info', 'middle', false],
  ])('%s: a grant of %s to all accounts (cluster-wide: %s)', (severity, policy, wide) => {
    const seLinux = {rule: 'MustRunAs', seLinuxOptions: {level: 's0'}};
    const profiles = {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default',
      'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'runtime/default',
    };
    const found = findingsOf('open-to-workloads', [
      ...[open, psp('middle', {seLinux}, profiles), roleFor('r', policy)],
      binding('b', 'r', ['group:system:authenticated'], wide),
    ]);
    expect(found.map(finding => finding.severity)).toEqual([severity]);
  });

  test('paths of policies that nobody may use, and paths that are not those of the node', () => {
    const paths = hostPaths({pathPrefix: '/data'});
    expect(findingsOf('writable-host-path', [paths])[0]?.severity).toBe('medium');
    expect(findingsOf('writable-host-path', [paths, ...web])[0]?.severity).toBe('low');
  });

  test('users that could grant themselves a policy', () => {
    const escalate = role('r', {apiGroups: ['*'], resources: ['roles'], verbs: ['escalate']});
    const objects = [strict, escalate, binding('r', 'r', ['user:root'])];
    expect(findingsOf('self-grant', objects)[0]?.severity).toBe('info');
  });
});

describe('nothing is said of', () => {
  test('policies inside of restricted that everybody may use', () => {
    const restricted = {
      ...clusterWith([]),
      policies: [builtinPolicy('restricted', {appArmor: true})],
    };
    const name = restricted.policies[0]?.metadata.name ?? '';
    const wide = binding('b', 'r', ['group:system:authenticated'], true);
    const {rbac} = clusterWith([roleFor('r', name), wide]);
    const scope = {namespace: undefined, isWhole: true};
    expect(
      auditOf({...restricted, rbac}, scope).findings.filter(
        ({rule}) => rule === 'open-to-workloads',
      ),
    ).toEqual([]);
  });

  test('defaults that a policy goes without which is no looser', () => {
    const filling = {fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 5}]}};
    const objects = [psp('a', filling), psp('b'), roleFor('both', 'a', 'b')];
    const bound = [binding('b', 'both', ['sa:web']), deployment('app')];
    expect(findingsOf('defaults-bypassed', [...objects, ...bound])).toEqual([]);
  });
});

test('a remedy that closes a policy is only given if its pods get in still', () => {
  const paths = hostPaths({pathPrefix: '/data'});
  const mounting = (readOnly: boolean) =>
    deployment(
      'app',
      {},
      {
        spec: {
          automountServiceAccountToken: false,
          containers: [{name: 'c', volumeMounts: [{name: 'v', mountPath: '/v', readOnly}]}],
          volumes: [{name: 'v', hostPath: {path: '/data/x'}}],
        },
      },
    );
  const remedyWith = (readOnly: boolean) =>
    findingsOf('writable-host-path', [paths, ...grant('paths', 'sa:web'), mounting(readOnly)])[0]
      ?.remedy;
  expect(remedyWith(true)).toMatch(/^kubectl patch/);
  expect(remedyWith(false)).toBe('kubectl psp advise --compare paths -A');
});

describe('what could not be read', () => {
  const objects = [...web, open, ...grant('open', 'user:alice'), deployment('app', privileged)];

  test('is said, and nothing that depends on it', () => {
    const gaps = [gapOf('pods', 'other')];
    expect(findingsOf('unused-policy', objects)).toHaveLength(2);
    expect(findingsOf('unused-policy', objects, {gaps})).toEqual([]);
    const said = findingsOf('not-answered', objects, {gaps});
    const unused = said.find(({object}) => object.name === 'unused-policy');
    expect(unused).toMatchObject({
      severity: 'info',
      message: 'was not looked at: could not read pods',
      evidence: ['pods in other: forbidden'],
      remedy: 'kubectl auth can-i list pods -A',
    });
    expect(said.map(({object}) => object.name)).not.toContain('open-to-workloads');
  });

  test('voids rules about single objects for its namespace alone', () => {
    const inOther = {...deployment('app', privileged), metadata: {name: 'app', namespace: 'other'}};
    const found = findingsOf('denied-now', [...objects, inOther], {
      gaps: [gapOf('rolebindings', 'shop')],
    });
    expect(found.map(({object}) => object.namespace)).toEqual(['other']);
    const said = findingsOf('not-answered', objects, {gaps: [gapOf('rolebindings', 'shop')]});
    expect(said.find(({object}) => object.name === 'denied-now')?.message).toBe(
      'was not looked at in shop: could not read rolebindings',
    );
  });

  test('voids all that depends on it if it is of no namespace', () => {
    const gaps = [gapOf('clusterroles')];
    expect(findingsOf('denied-now', objects, {gaps})).toEqual([]);
    expect(findingsOf('missing-role', [strict, binding('b', 'x', [])], {gaps})).toEqual([]);
    expect(
      findingsOf('ignored-policy', [...objects, ...(cases['ignored-policy']?.yes ?? [])], {gaps}),
    ).toHaveLength(1);
  });

  test('one namespace alone says nothing of what takes all', () => {
    const {findings} = auditOf(clusterWith(objects), {namespace: 'shop', isWhole: false});
    const named = findings
      .filter(({rule}) => rule === 'not-answered')
      .map(({object}) => object.name);
    expect(named).toEqual([
      'orphan-policy',
      'over-broad-policy',
      'shadowed-policy',
      'unused-policy',
    ]);
    expect(findings.map(({rule}) => rule)).toContain('denied-now');
  });
});

describe('the demo', () => {
  const inventory = inventoryOfSnapshot(demoSnapshot, 'demo');
  const {findings} = auditOf(inventory, {namespace: undefined, isWhole: true});

  test('has an id for each finding, and the graver ones first', () => {
    expect(new Set(findings.map(({id}) => id)).size).toBe(findings.length);
    const ranks = findings.map(({severity}) => severities.indexOf(severity));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect(findings.length).toBeGreaterThan(20);
  });

  test('has remedies whose command lines parse', async () => {
    const lines = findings.flatMap(({remedy}) => remedy.split(' && '));
    const own = [...new Set(lines)].filter(line => line.startsWith('kubectl psp '));
    expect(own.length).toBeGreaterThan(5);
    for (const line of own) {
      const {exitCode, output} = await parseCommand(wordsOf(line).slice(2));
      expect.soft(exitCode, `${line}: ${output}`).not.toBe(2);
    }
    expect(lines.filter(line => !line.startsWith('kubectl '))).toEqual([]);
  });

  test('is the same for a namespace, less what is in others', () => {
    const shop = auditOf(inventory, {namespace: 'shop', isWhole: true});
    expect(shop.findings).toEqual(
      findings.filter(({object: {namespace}}) => namespace === undefined || namespace === 'shop'),
    );
    expect(new Set(shop.verdicts.map(({item}) => item.namespace))).toEqual(new Set(['shop']));
  });
});

test('thousands of equal pods are one finding', () => {
  const objects = [...web, deployment('app', privileged), ...podsOf('app', 'strict', 2000)];
  const found = findingsOf('denied-on-restart', objects);
  expect(found.map(({message}) => message)).toEqual([
    'all 2000 pods would be denied if created anew',
  ]);
});
