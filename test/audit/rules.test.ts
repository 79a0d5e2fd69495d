import {describe, expect, test} from 'vitest';
import type {Severity} from '../../src/audit/finding.ts';
import {auditOf} from '../../src/audit/index.ts';
import {rules} from '../../src/audit/rules/index.ts';
import {objectText} from '../../src/audit/words.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {
  binding,
  deployment,
  findingsOf,
  grant,
  podsOf,
  psp,
  role,
  roleFor,
} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {labelRules} from './cases/labelRules.ts';
import {nativeRules} from './cases/nativeRules.ts';
import {podRules} from './cases/podRules.ts';
import {policyRules} from './cases/policyRules.ts';
import {rightsRules} from './cases/rightsRules.ts';
import {hostPaths, open, privileged, type RuleCases, strict, web} from './cases/ruleCase.ts';

const cases: RuleCases = {
  ...podRules,
  ...policyRules,
  ...rightsRules,
  ...nativeRules,
  ...labelRules,
};

test('every rule has its case here, but the one about unread objects', () => {
  expect(Object.keys(cases)).toEqual(rules.map(({id}) => id).filter(id => id !== 'not-answered'));
});

describe.each(Object.entries(cases))('%s', (rule, {yes, finds, shows, no, cluster, calm}) => {
  test('is found, with what shows it and what fixes it', () => {
    const found = findingsOf(rule, yes, cluster);
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
    expect(findingsOf(rule, no, {...cluster, ...calm})).toEqual([]);
  });
});

test('what becomes of a pod whose creator may be somebody with a right is no finding', () => {
  const bare = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'bare', namespace: 'shop'},
    spec: {containers: [{name: 'c', securityContext: privileged}]},
  };
  const named = (objects: readonly JsonObject[]) =>
    findingsOf('denied-on-restart', objects).map(({object}) => objectText(object));
  expect(named([...web, bare])).toContain('Pod/shop/bare');
  const open = [psp('zz', {privileged: true, volumes: ['*']}), ...grant('zz', 'group:admins')];
  expect(named([...web, ...open, bare])).not.toContain('Pod/shop/bare');
});

test.each<[string, readonly JsonObject[], readonly string[]]>([
  ['denied-now', [...web, deployment('app', privileged)], ['privileged']],
  ['open-to-many', [open, ...grant('open', 'group:devs')], ['privileged']],
  ['writable-host-path', [hostPaths({pathPrefix: '/data'})], ['allowedHostPaths']],
  ['no-subjects', [strict, roleFor('r', 'strict'), binding('r', 'r', [])], []],
])('%s names the controls that it rests on', (rule, objects, named) => {
  const [found] = findingsOf(rule, objects);
  expect(found?.controls.map(({id}) => id)).toEqual(named);
});

test('a denial says what is wrong by container, value and what is allowed', () => {
  const [found] = findingsOf('denied-now', [...web, deployment('app', privileged)]);
  expect(found?.evidence.join('\n')).not.toContain('Invalid value');
  expect(found?.evidence).toContain(
    'strict: container c: sets privileged: true; allowed: false (securityContext.privileged)',
  );
});

describe('less serious are', () => {
  test.each<[Severity, boolean]>([
    ['high', true],
    ['medium', false],
  ])('%s: a grant of an open policy to all accounts (cluster-wide: %s)', (severity, wide) => {
    const wideGrant = binding('b', 'r', ['group:system:authenticated'], wide);
    const found = findingsOf('open-to-workloads', [open, roleFor('r', 'open'), wideGrant]);
    expect(found.map(finding => finding.severity)).toEqual([severity]);
  });

  test('moves to a policy that is tighter and changes nothing', () => {
    const objects = [...web, open, deployment('app'), ...podsOf('app', 'open', 2)];
    expect(findingsOf('policy-drift', objects).map(({severity}) => severity)).toEqual(['low']);
  });

  test('grants of people, and who may create pods among them', () => {
    const objects = [open, ...grant('open', 'group:devs', 'sa:agent')];
    expect(findingsOf('open-to-many', objects)[0]?.severity).toBe('low');
    const maker = role('m', {apiGroups: [''], resources: ['pods'], verbs: ['create']});
    const bound = [...objects, maker, binding('m', 'm', ['group:devs'])];
    expect(findingsOf('pod-maker', bound)[0]?.severity).toBe('info');
    const all = binding('all', 'all', ['group:devs']);
    const everything = role('all', {apiGroups: ['*'], resources: ['*'], verbs: ['*']});
    expect(findingsOf('all-policies', [open, everything, all])[0]?.severity).toBe('info');
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
  test.each<[string, JsonObject]>([
    ['any SELinux context', {seLinux: {rule: 'RunAsAny'}}],
    ['unsafe sysctls, which a kubelet has to allow', {allowedUnsafeSysctls: ['*']}],
    ['an unmasked /proc, which is alpha', {allowedProcMountTypes: ['Unmasked']}],
    ['privilege escalation and root, which baseline allows', {allowPrivilegeEscalation: true}],
  ])('a grant to everybody of a policy that allows %s', (_, spec) => {
    const wide = binding('b', 'r', ['group:system:authenticated', 'group:devs'], true);
    for (const rule of ['open-to-workloads', 'open-to-many']) {
      expect(findingsOf(rule, [psp('p', spec), roleFor('r', 'p'), wide])).toEqual([]);
    }
  });

  test('a grant to the accounts of kube-system, there', () => {
    const system = 'group:system:serviceaccounts:kube-system';
    const bound = {...binding('b', 'r', [system]), metadata: {name: 'b', namespace: 'kube-system'}};
    for (const rule of ['open-to-workloads', 'open-to-many']) {
      expect(findingsOf(rule, [open, roleFor('r', 'open'), bound])).toEqual([]);
    }
  });

  test('policies that a platform ships, unless they are open', () => {
    const shipped = psp('eks.privileged', privileged);
    expect(findingsOf('orphan-policy', [...web, shipped])).toEqual([]);
    const wide = binding('b', 'r', ['group:system:authenticated'], true);
    const objects = [shipped, roleFor('r', 'eks.privileged'), wide];
    expect(findingsOf('open-to-workloads', objects)).toHaveLength(1);
  });

  test('seccomp that a policy leaves open', () => {
    const any = {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'};
    const objects = [psp('p', {}, any), ...grant('p', 'sa:web'), deployment('app')];
    expect(findingsOf('over-broad-policy', objects)).toEqual([]);
  });

  test('policies to delete that a denied workload was given, or would get in by', () => {
    const objects = [...web, open, deployment('app', privileged)];
    const rules = ['unused-policy', 'orphan-policy'];
    expect(rules.flatMap(rule => findingsOf(rule, objects))).toEqual([]);
    expect(rules.flatMap(rule => findingsOf(rule, [...web, open]))).toHaveLength(2);
  });

  test('policies inside of restricted that everybody may use', () => {
    const restricted = {
      ...clusterWith([]),
      policies: [builtinPolicy('restricted', {appArmor: true, release: lastRelease})],
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

test('a mistaken grant of a policy that its pods need is corrected, but not where others get it by that', () => {
  const wrong = role('open', {
    apiGroups: ['policy/v1beta1'],
    resources: ['podsecuritypolicies'],
    resourceNames: ['open'],
    verbs: ['use'],
  });
  const needy = [
    ...web,
    open,
    wrong,
    binding('open', 'open', ['sa:web']),
    deployment('app', privileged),
  ];
  const remedyWith = (...more: readonly JsonObject[]) =>
    findingsOf('near-miss-grant', [...needy, ...more])
      .map(({remedy}) => remedy)
      .join();
  const patching = `kubectl patch clusterrole/open --type=json -p '[{"op":"add","path":"/rules/0/apiGroups","value":["policy"]}]'`;
  const trying = `${patching} --dry-run=server -o yaml | kubectl psp try -A -f -`;
  const everything = role('all', {apiGroups: ['*'], resources: ['*'], verbs: ['*']});
  expect(remedyWith(everything, binding('all', 'all', ['group:admins'], true))).toBe(patching);
  const maker = role('maker', {apiGroups: [''], resources: ['pods'], verbs: ['create']});
  expect(remedyWith(maker, binding('maker', 'maker', ['sa:robot']))).toBe(trying);
  // Its other pods would move to it, as it sorts first.
  expect(remedyWith(deployment('other'))).toBe(trying);
  expect(remedyWith(binding('more', 'open', ['group:devs']))).toBe(trying);
});

test('a volume that a claim asks for by name is that claim’s, if it is no other one’s', () => {
  const evidenceOf = (spec: JsonObject) => {
    const metadata = {name: 'data', uid: 'its-uid'};
    const volume = {apiVersion: 'v1', kind: 'PersistentVolume', metadata, spec};
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: {name: 'mine', namespace: 'shop'},
      spec: {volumeName: 'data'},
    };
    return findingsOf('host-path-volume', [strict, volume, claim]).flatMap(
      ({evidence}) => evidence,
    );
  };
  const hostPath = {path: '/srv'};
  expect(evidenceOf({hostPath})).toEqual([
    'data: /srv of the node; pods of shop reach it through claim mine',
  ]);
  expect(evidenceOf({hostPath, claimRef: {namespace: 'data', name: 'db'}})).toEqual([
    'data: /srv of the node; pods of data reach it through claim db',
  ]);
});

test('thousands of equal pods are one finding', () => {
  const objects = [...web, deployment('app', privileged), ...podsOf('app', 'strict', 2000)];
  const found = findingsOf('denied-on-restart', objects);
  expect(found.map(({message}) => message)).toEqual(['all 2000 pods would be denied if recreated']);
});

test('a misspelt subject is corrected by a patch where somebody waits for the policy, if it is a mild one', () => {
  const bound = (policy: JsonObject, name: string) => {
    const typo = {
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'User',
      name: 'serviceaccount:shop:web',
    };
    const wrong = {...binding('b', name, []), subjects: [typo]};
    return [policy, roleFor(name, name), wrong, deployment('app')];
  };
  const remedyOf = (objects: readonly JsonObject[]) =>
    findingsOf('near-miss-grant', objects).map(({remedy}) => remedy);
  expect(remedyOf(bound(strict, 'strict'))).toEqual([
    `kubectl patch rolebinding/b -n shop --type=json -p '[{"op":"replace","path":"/subjects/0","value":{"kind":"ServiceAccount","namespace":"shop","name":"web"}}]'`,
  ]);
  expect(remedyOf(bound(open, 'open')).join()).toMatch(
    / --dry-run=server -o yaml \| kubectl psp try -A -f -$/,
  );
});
