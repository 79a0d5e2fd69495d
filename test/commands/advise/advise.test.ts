import {describe, expect, test} from 'vitest';
import {controls} from '../../../src/controls/index.ts';
import {type JsonObject, parseJson, printJson} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import {hasReference, runReference} from '../../support/kubernetes/reference.ts';
import {fileOf} from '../../support/run/files.ts';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';

function workload(namespace: string, name: string, spec: object, annotations = {}): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {template: {metadata: {annotations}, spec}},
  } as JsonObject;
}
const container = (securityContext: object, more: object = {}) => ({
  containers: [{name: 'main', image: 'x', securityContext, ...more}],
});

/** Manifests that each need something else. */
const manifests: readonly JsonObject[] = [
  workload('shop', 'plain', {...container({}), serviceAccountName: 'plain'}),
  workload('shop', 'strict', {
    ...container({
      runAsUser: 1000,
      runAsGroup: 1000,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      capabilities: {drop: ['ALL'], add: ['CHOWN']},
    }),
    automountServiceAccountToken: false,
    serviceAccountName: 'strict',
    securityContext: {fsGroup: 2000, supplementalGroups: [3000], seLinuxOptions: {level: 's0:c1'}},
  }),
  workload('kube-system', 'agent', {
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    serviceAccountName: 'agent',
    ...container({privileged: true}, {ports: [{containerPort: 9100, hostPort: 9100}]}),
    volumes: [
      {name: 'logs', hostPath: {path: '/var/log'}},
      {name: 'flex', flexVolume: {driver: 'example/lvm'}},
      {name: 'csi', csi: {driver: 'csi.example.com'}},
    ],
  }),
  workload(
    'shop',
    'profiles',
    {...container({}), serviceAccountName: 'profiles', runtimeClassName: 'gvisor'},
    {
      'container.apparmor.security.beta.kubernetes.io/main': 'runtime/default',
      'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default',
    },
  ),
  workload('shop', 'tuned', {
    ...container({capabilities: {add: ['NET_ADMIN', 'SYS_TIME']}}),
    serviceAccountName: 'tuned',
    securityContext: {sysctls: [{name: 'net.core.somaxconn', value: '1'}]},
    volumes: [
      {name: 'a', configMap: {name: 'a'}},
      {name: 'b', emptyDir: {}},
    ],
  }),
  workload('shop', 'init', {
    ...container({}),
    serviceAccountName: 'init',
    initContainers: [{name: 'setup', image: 'x', securityContext: {runAsUser: 0}}],
  }),
];

describe('advise', () => {
  const names = async (objects: readonly object[], ...flags: readonly string[]) =>
    (await itemsHere('advise', '-f', fileOf(objects), ...flags)).map(({name}) => name);

  test('a policy for each service account; default is one too', async () => {
    expect(await names(manifests)).toEqual([
      '0-least.kube-system.agent',
      ...['init', 'plain', 'profiles', 'strict', 'tuned'].map(name => `0-least.shop.${name}`),
    ]);
    expect(await names([workload('shop', 'web', container({}))])).toEqual(['0-least.shop.default']);
  });

  test('--for workload, namespace, cluster', async () => {
    expect(await names(manifests, '--for', 'workload')).toContain(
      '0-least-workload.shop.deployment.plain',
    );
    expect(await names(manifests, '--for', 'namespace')).toEqual([
      '0-least-namespace.kube-system',
      '0-least-namespace.shop',
    ]);
    expect(await names(manifests, '--for', 'cluster')).toEqual(['0-least-cluster']);
  });

  test('names never collide and are valid', async () => {
    const web = (namespace: string, serviceAccountName: string) =>
      workload(namespace, `w-${serviceAccountName.length}${serviceAccountName.slice(-9)}`, {
        ...container({}),
        serviceAccountName,
      });
    const long = `n${'x'.repeat(250)}`;
    const objects = [
      web('team-a', 'b-sa'),
      web('team', 'a-b-sa'),
      web('team', 'a.b-sa'),
      web('team', long),
      web('team', `${long.slice(0, -1)}y`),
      web('team', 'Odd_Name'),
      web('team', 'odd-name'),
      web('team', '-'),
      web('team', '..'),
    ];
    const found = await names(objects);
    expect(new Set(found).size).toBe(objects.length);
    expect(found).toEqual(expect.arrayContaining(['0-least.team-a.b-sa', '0-least.team.a-b-sa']));
    for (const name of found) {
      expect(String(name).length).toBeLessThanOrEqual(253);
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    }
  });

  test('the YAML: comments say who needs what, --grant adds role and binding', async () => {
    const [plain] = manifests;
    const {out, err, code} = await runHere('advise', '-f', fileOf([plain ?? {}]), '--grant');
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toContain('# Least privilege for shop/Deployment/plain\n');
    expect(out).toContain('  # service account token: Deployment/plain\n  volumes:\n  - secret\n');
    expect(out.match(/^kind: .*$/gm)).toEqual([
      'kind: PodSecurityPolicy',
      'kind: Role',
      'kind: RoleBinding',
    ]);
    const bare = await runHere('advise', '-f', fileOf([plain ?? {}]));
    expect(out.startsWith(bare.out)).toBe(true);
  });

  test('the order of the files makes no difference', async () => {
    const there = await runHere('advise', '-f', fileOf(manifests), '--grant');
    const back = await runHere('advise', '-f', fileOf([...manifests].reverse()), '--grant');
    expect(back.out).toBe(there.out);
  });

  test('what it advises admits the pods, alone and unchanged', async () => {
    for (const scope of ['service-account', 'workload', 'namespace', 'cluster']) {
      const file = fileOf(manifests);
      const {out} = await runHere('advise', '-f', file, '--for', scope, '--grant');
      const verdicts = await itemsHere('why', '-f', file, '-f', fileOf(out));
      expect(verdicts.map(({state}) => state)).toEqual(manifests.map(() => 'ok'));
    }
  });

  test('--allow-defaults: stricter, and fills in', async () => {
    const file = fileOf(manifests);
    const {out} = await runHere('advise', '-f', file, '--grant', '--allow-defaults');
    expect(out).toMatch(/# would change Deployment\/plain: .*"ALL"/);
    const verdicts = await itemsHere('why', '-f', file, '-f', fileOf(out));
    expect(verdicts.map(({allowed}) => allowed)).toEqual(manifests.map(() => true));
    expect(verdicts.map(({state}) => state)).toContain('mutated');
  });

  test('-o table and name', async () => {
    const file = fileOf(manifests);
    const {out} = await runHere('advise', '-f', file, '-o', 'table');
    expect(out).toMatchInlineSnapshot(`
      "POLICY                      NAMESPACE     SUBJECTS   WORKLOADS   LEVEL
      0-least.kube-system.agent   kube-system   agent      1           privileged (not baseline: privileged, host network, host processes, host IPC and 4 more)
      0-least.shop.init           shop          init       1           privileged (not baseline: SELinux, AppArmor)
      0-least.shop.plain          shop          plain      1           privileged (not baseline: SELinux, AppArmor)
      0-least.shop.profiles       shop          profiles   1           privileged (not baseline: SELinux)
      0-least.shop.strict         shop          strict     1           privileged (not baseline: AppArmor)
      0-least.shop.tuned          shop          tuned      1           privileged (not baseline: SELinux, capabilities, AppArmor, sysctls)
      "
    `);
    const bare = await runHere('advise', '-f', file, '-o', 'table', '--no-headers');
    const cells = (text: string) => text.split('\n').map(line => line.split(/ {2,}/));
    expect(cells(bare.out)).toEqual(cells(out).slice(1));
    const named = await runHere('advise', '-f', file, '-o', 'name');
    expect(named.out.split('\n')[0]).toBe('podsecuritypolicy.policy/0-least.kube-system.agent');
  });

  test('-o json: policy, level, reasons; grants if wanted', async () => {
    const [agent] = await itemsHere('advise', '-f', fileOf(manifests), '--grant');
    expect(agent).toMatchObject({
      namespace: 'kube-system',
      level: 'privileged',
      subjects: [{kind: 'ServiceAccount', namespace: 'kube-system', name: 'agent'}],
      workloads: [{namespace: 'kube-system', kind: 'Deployment', name: 'agent'}],
      policy: {kind: 'PodSecurityPolicy', spec: {privileged: true, hostNetwork: true}},
      grants: [{kind: 'Role'}, {kind: 'RoleBinding'}],
    });
    expect(agent?.reasons).toContainEqual({
      field: '/spec/hostPID',
      need: expect.any(String),
      workloads: [{namespace: 'kube-system', kind: 'Deployment', name: 'agent'}],
    });
  });
});

/** One question to the reference: does this policy alone let these pods through unchanged? */
function caseOf(name: string, policy: object, pod: JsonObject): JsonObject {
  const user = {username: 'u', groups: ['g']};
  const rule = {apiGroups: ['*'], resources: ['*'], verbs: ['*']};
  const role = {metadata: {name: 'all'}, rules: [rule]};
  const binding = {
    metadata: {name: 'all'},
    roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all'},
    subjects: [{kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'u'}],
  };
  return {
    name,
    operation: 'CREATE',
    namespace: 'shop',
    user,
    policies: [policy],
    pod,
    rbac: {clusterRoles: [role], roles: [], clusterRoleBindings: [binding], roleBindings: []},
  } as JsonObject;
}

describe.runIf(hasReference('psp-reference'))('least, by the admission code itself', () => {
  /** Which of the cases the reference admits without a change. */
  function unchanged(cases: readonly JsonObject[]): ReadonlySet<string> {
    const input = cases.map(one => `${printJson(one)}\n`).join('');
    const lines = runReference('psp-reference', ['-compact'], input).toString().trimEnd();
    return new Set(
      lines
        .split('\n')
        .map(line => objectOf(parseJson(line)))
        .filter(({allowed, policies}) => {
          const [first] = policies as readonly JsonObject[];
          return allowed === true && first?.mutates !== true;
        })
        .map(({name}) => String(name)),
    );
  }

  test('the advised policy leaves each pod alone; no tighter step of any control does', async () => {
    const {out} = await runHere('advise', '-f', fileOf(manifests), '-o', 'json');
    const cases: JsonObject[] = [];
    const least: string[] = [];
    let tighter = 0;
    for (const advice of itemsOf(out)) {
      const [place] = advice.workloads as readonly JsonObject[];
      const template = objectOf(
        manifests.find(({metadata}) => objectOf(metadata).name === place?.name)?.spec,
      ).template;
      const pod = withToken(objectOf(template));
      const policy = decodePolicy(objectOf(advice.policy));
      const ask = (label: string, value: object) => {
        cases.push(caseOf(label, {kind: 'PodSecurityPolicy', ...value}, pod));
        return label;
      };
      least.push(ask(`${place?.name}: least`, policy));
      for (const control of controls) {
        for (const {label, value} of control.steps(policy, lastRelease)) {
          if (
            !control.covers(policy, value, lastRelease) ||
            control.covers(value, policy, lastRelease)
          )
            continue;
          if (isMoot(control.id, policy)) continue;
          tighter += 1;
          ask(`${place?.name}: ${control.id}: ${label}`, value);
        }
      }
    }
    expect(tighter).toBeGreaterThan(60);
    expect([...unchanged(cases)]).toEqual(least);
  });
});

/** Where no volume of a type may be used, there is nothing to be tighter about. */
function isMoot(id: string, {spec}: Policy): boolean {
  const type = {
    allowedHostPaths: 'hostPath',
    allowedFlexVolumes: 'flexVolume',
    allowedCSIDrivers: 'csi',
  }[id];
  return type !== undefined && !spec.volumes?.includes(type);
}

/** The pod as the ServiceAccount plugin passes it on, which the reference does not run. */
function withToken({metadata, spec}: JsonObject): JsonObject {
  const own = objectOf(spec);
  const token = {name: 'kube-api-access-x', projected: {sources: tokenSources}};
  const volumes = Array.isArray(own.volumes) ? own.volumes : [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {...objectOf(metadata), name: 'p'},
    spec: {
      ...own,
      volumes: own.automountServiceAccountToken === false ? volumes : [...volumes, token],
    },
  };
}
const tokenSources = [
  {serviceAccountToken: {expirationSeconds: 3607, path: 'token'}},
  {configMap: {name: 'kube-root-ca.crt', items: [{key: 'ca.crt', path: 'ca.crt'}]}},
  {
    downwardAPI: {
      items: [{path: 'namespace', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}}],
    },
  },
];
