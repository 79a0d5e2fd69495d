import {describe, expect, test} from 'vitest';
import {controls} from '../../src/controls/index.ts';
import {type JsonObject, printJson} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import type {TrialAnswer} from '../../src/migrate/verify/outcome.ts';
import {securityDifferences, securityOf} from '../../src/migrate/verify/securityOf.ts';
import {type Stand, standsFor} from '../../src/migrate/verify/stands.ts';
import {podsToTry} from '../../src/migrate/verify/trials.ts';
import {verificationState, verifyPods} from '../../src/migrate/verify/verification.ts';
import {builtinLevels, builtinPolicy} from '../../src/policy/builtin.ts';
import {editsOf, evaluate, preparePolicy} from '../../src/policy/evaluate.ts';
import {tokenIdentity} from '../../src/rbac/authorize.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';

const rbac = 'rbac.authorization.k8s.io';

/** A policy that says something about every control. */
const strict: JsonObject = {
  ...policyObject('strict', {
    allowedCapabilities: ['NET_ADMIN'],
    defaultAddCapabilities: ['AUDIT_WRITE'],
    requiredDropCapabilities: ['KILL'],
    hostPorts: [{min: 8000, max: 8080}],
    volumes: ['secret', 'hostPath', 'flexVolume', 'csi'],
    allowedHostPaths: [{pathPrefix: '/var/log', readOnly: true}, {pathPrefix: '/data'}],
    allowedFlexVolumes: [{driver: 'example.com/lvm'}],
    allowedCSIDrivers: [{name: 'inline.example.com'}],
    runAsUser: {rule: 'MustRunAs', ranges: [{min: 1000, max: 2000}]},
    runAsGroup: {rule: 'MayRunAs', ranges: [{min: 1000, max: 2000}]},
    fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]},
    supplementalGroups: {rule: 'MayRunAs', ranges: [{min: 5, max: 9}]},
    seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1,c2', type: 't'}},
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    allowedUnsafeSysctls: ['kernel.msg*'],
    forbiddenSysctls: ['kernel.shm_rmid_forced'],
    runtimeClass: {allowedRuntimeClassNames: ['gvisor'], defaultRuntimeClassName: 'gvisor'},
  }),
  metadata: {
    name: 'strict',
    annotations: {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default,localhost/a',
      'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default',
      'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'localhost/b',
      'apparmor.security.beta.kubernetes.io/defaultProfileName': 'localhost/b',
    },
  },
};

const stand: Stand = {
  namespace: 'shop',
  serviceAccount: 'default',
  requester: tokenIdentity('kube-system', 'replicaset-controller'),
  policies: ['strict'],
};

/** What a policy makes of a pod, in one text. */
function effectOf(policy: Policy, {submission: {view}}: ReturnType<typeof podsToTry>[number]) {
  const prepared = preparePolicy(policy, lastRelease);
  const {errors} = evaluate(prepared, view);
  return errors.length > 0 ? 'denied' : printJson(editsOf(prepared, view));
}

describe('near misses', () => {
  const policies = [
    decodePolicy(strict),
    ...builtinLevels.map(level => builtinPolicy(level, {appArmor: true, release: lastRelease})),
  ];
  const steps = policies.flatMap(policy =>
    controls.flatMap(control =>
      control
        .steps(policy, lastRelease)
        // What admission can't work with decides nothing.
        .filter(({value}) => preparePolicy(value, lastRelease).unusable === undefined)
        .filter(
          ({value}) =>
            !(
              control.covers(policy, value, lastRelease) &&
              control.covers(value, policy, lastRelease)
            ) &&
            !control.isMoot(value) &&
            !control.isMoot(policy),
        )
        .map(({label, value}) => ({
          policy,
          name: policy.metadata.name,
          id: control.id,
          label,
          value,
        })),
    ),
  );

  test.each(steps)('tell $name from the same with "$label" ($id)', ({policy, name, value}) => {
    const {rbac, release} = clusterWith([]);
    const source = {policies: [policy, value], rbac, release, serviceAccounts: []};
    const pods = podsToTry({...stand, policies: [name]}, source);
    expect(pods.some(pod => effectOf(policy, pod) !== effectOf(value, pod))).toBe(true);
  });

  test('are on both sides of the borders of each control', () => {
    expect(steps.length).toBeGreaterThan(80);
    const source = clusterWith([strict]);
    const [policy] = source.policies;
    if (policy === undefined) throw new Error('no policy');
    const pods = podsToTry(stand, source);
    for (const {id} of controls) {
      const own = pods.filter(({control}) => control === id).map(pod => effectOf(policy, pod));
      expect.soft([id, own.includes('denied')]).toEqual([id, true]);
    }
    expect(pods.filter(pod => effectOf(policy, pod) !== 'denied').length).toBeGreaterThan(50);
  });
});

const account = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {namespace, name},
});

function useOf(policy: string, subject: JsonObject, namespace?: string): readonly JsonObject[] {
  const name = `use-${policy}`;
  const apiVersion = `${rbac}/v1`;
  const rules = [
    {
      apiGroups: ['policy'],
      resources: ['podsecuritypolicies'],
      resourceNames: [policy],
      verbs: ['use'],
    },
  ];
  return [
    {apiVersion, kind: 'ClusterRole', metadata: {name}, rules},
    {
      apiVersion,
      kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: {name, ...(namespace === undefined ? {} : {namespace})},
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name},
      subjects: [subject],
    },
  ];
}

describe('stands', () => {
  const standsOf = (...objects: readonly JsonObject[]) => {
    const {stands, ...rest} = standsFor(clusterWith(objects));
    const shown = stands.map(({namespace, serviceAccount, requester, policies}) =>
      [namespace, serviceAccount, requester.user.replace(/.*:/, ''), ...policies].join(' '),
    );
    return {shown, ...rest};
  };

  test('are service accounts, members of groups and users, and one without rights', () => {
    const found = standsOf(
      ...['by-account', 'by-group', 'by-user', 'by-nobody', 'by-stranger'].map(name =>
        policyObject(name),
      ),
      account('a', 'web'),
      account('b', 'default'),
      account('c', 'default'),
      ...useOf('by-account', {kind: 'ServiceAccount', namespace: 'a', name: 'web'}, 'a'),
      ...useOf('by-group', {kind: 'Group', name: 'system:serviceaccounts:b'}),
      ...useOf('by-user', {kind: 'User', name: 'alice'}, 'c'),
      ...useOf('by-stranger', {kind: 'ServiceAccount', namespace: 'a', name: 'gone'}, 'a'),
    );
    expect(found).toEqual({
      shown: [
        'a web replicaset-controller by-account',
        'b default replicaset-controller by-group',
        'c default alice by-user',
        'c default replicaset-controller',
      ],
      without: ['by-stranger'],
      unused: ['by-nobody'],
    });
  });
});

describe('a verification', () => {
  const source = clusterWith([
    strict,
    account('shop', 'default'),
    ...useOf('strict', {kind: 'ServiceAccount', namespace: 'shop', name: 'default'}, 'shop'),
  ]);
  const refused = (message: string, status = 403): TrialAnswer => ({
    kind: 'refused',
    status,
    message,
  });
  const stateWith = async (answer: TrialAnswer) => {
    const found = await verifyPods(source, {most: 50, answer: async () => answer});
    expect(found.results.length).toBeGreaterThanOrEqual(50);
    expect(found.results.length).toBeLessThanOrEqual(51);
    expect(found.all).toBeGreaterThan(100);
    return verificationState(found);
  };
  const denial =
    "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'psp' with binding 'psp' denied request: ";

  test('differs where a server admits or denies what it should not', async () => {
    expect(await stateWith({kind: 'stored', pod: podObject({name: 'p'})})).toBe('differs');
    expect(await stateWith(refused(`${denial}no`))).toBe('differs');
    expect(
      await stateWith(refused(`${denial}validation failed due to running out of cost budget`, 422)),
    ).toBe('differs');
  });

  test('is unknown where nobody could try, or others refuse everything', async () => {
    const user = 'users "x" is forbidden: User "y" cannot impersonate resource "users"';
    expect(await stateWith(refused(user))).toBe('unknown');
    expect(await stateWith(refused('admission webhook "w" denied the request'))).toBe('unknown');
    expect(await stateWith(refused('Pod "p" is invalid: spec', 422))).toBe('unknown');
  });
});

describe('what matters of two pods', () => {
  const container = (context: JsonObject, name = 'c') => ({
    spec: {containers: [{name, image: 'i', securityContext: context}]},
  });
  const fieldsOf = (one: JsonObject, other: JsonObject) =>
    securityDifferences(securityOf(one), securityOf(other)).map(({field}) => field);

  test('is the same for what the API leaves out, and for AppArmor in both forms', () => {
    expect(fieldsOf(container({}), {spec: {containers: [{name: 'c'}], hostPID: false}})).toEqual(
      [],
    );
    const annotations = {'container.apparmor.security.beta.kubernetes.io/c': 'localhost/p'};
    const field = {appArmorProfile: {type: 'Localhost', localhostProfile: 'p'}};
    expect(fieldsOf({metadata: {annotations}, ...container({})}, container(field))).toEqual([]);
    const order = (add: readonly string[]) => container({capabilities: {add}});
    expect(fieldsOf(order(['B', 'A']), order(['A', 'B']))).toEqual([]);
  });

  test('differs by field', () => {
    const pod = container({runAsUser: 5, capabilities: {add: ['A']}});
    const other = {
      ...container({privileged: false}),
      metadata: {annotations: {'kubernetes.io/psp': 'p'}},
    };
    expect(fieldsOf(pod, other)).toEqual([
      'metadata.annotations.kubernetes.io/psp',
      'spec.containers[c].securityContext.capabilities.add',
      'spec.containers[c].securityContext.privileged',
      'spec.containers[c].securityContext.runAsUser',
    ]);
  });
});
