import {describe, expect, test} from 'vitest';
import {judgeOf} from '../../src/admission/judge.ts';
import {demoSnapshot} from '../../src/demo/index.ts';
import {afterSteps} from '../../src/grant/bindingSteps.ts';
import {planBind} from '../../src/grant/planBind.ts';
import {inventoryOfSnapshot} from '../../src/inventory/files/snapshot.ts';
import type {Inventory} from '../../src/inventory/inventory.ts';
import {itemsOf} from '../../src/inventory/submissions/items.ts';
import type {Grantee} from '../../src/rbac/grantee.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsHere, runHere} from '../support/run/run.ts';

const demo = inventoryOfSnapshot(demoSnapshot, 'demo');

/** The inventory once the subject may use the policy. */
function bound(inventory: Inventory, policy: string, subject: Grantee, namespace: string) {
  const targets = [{subject, namespace}];
  const {steps} = planBind(inventory.rbac, {policy, targets, roleName: undefined});
  return {...inventory, rbac: afterSteps(inventory.rbac, steps)};
}

describe('ways out', () => {
  const verdicts = itemsOf(demo).map(judgeOf(demo).verdict);

  test('of the demo’s denials: who is bound to a policy is let in by it, and by no other', () => {
    const denied = verdicts.filter(({state}) => state === 'denied');
    expect(denied.length).toBeGreaterThan(10);
    for (const {item, waysOut, candidates} of denied) {
      const {namespace, submission} = item;
      const account = {kind: 'ServiceAccount', namespace, name: submission.serviceAccount} as const;
      const letIn = candidates.filter(({policy}) => {
        const {chosen} = judgeOf(bound(demo, policy.name, account, namespace)).verdict(item);
        return chosen?.policy.name === policy.name;
      });
      expect(waysOut.byUse.map(({policy}) => policy.name)).toEqual(
        letIn.map(({policy}) => policy.name),
      );
    }
  });

  test('there are none for what is admitted', () => {
    for (const {allowed, waysOut} of verdicts) {
      if (allowed) expect(waysOut).toEqual({byUse: [], byChange: undefined});
    }
  });
});

const rule = (name: string) => `${name}: {rule: RunAsAny}`;
const any = ['seLinux', 'runAsUser', 'supplementalGroups', 'fsGroup'].map(rule).join('\n  ');
const policy = (name: string, spec: string) => `
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: ${name}}
spec:
  ${any}
  ${spec}
---
`;
const grant = (...names: readonly string[]) => `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: psp, namespace: a}
rules:
- {apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [${names}], verbs: [use]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: psp, namespace: a}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: psp}
subjects: [{kind: ServiceAccount, name: default, namespace: a}]
---
`;
const deployment = (spec: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: a}
spec: {template: {spec: ${spec}}}
`;
const privileged = '{containers: [{name: c, securityContext: {privileged: true}}]}';

async function waysOf(...parts: readonly string[]) {
  const [item] = await itemsHere('why', '-f', fileOf(parts.join('')));
  return item?.waysOut;
}

describe('ways out, with the API server’s validation', () => {
  test('a policy whose default makes the pod invalid is none', async () => {
    // allowPrivilegeEscalation: false next to privileged: true is a 422.
    const breaking = policy(
      'breaking',
      "volumes: ['*']\n  privileged: true\n  allowPrivilegeEscalation: false",
    );
    const fine = policy('fine', "volumes: ['*']\n  privileged: true");
    const ways = await waysOf(breaking, fine, grant('none'), deployment(privileged));
    expect(ways).toMatchObject({byUse: [{policy: 'fine', mutates: false, opensMore: false}]});
    expect(await waysOf(breaking, grant('none'), deployment(privileged))).toEqual({
      byUse: [],
      byChange: null,
    });
  });

  test('the fewest changes count, and each policy is tried with all of them', async () => {
    const one = policy('one', 'volumes: [emptyDir]');
    const two = policy('two', 'hostPID: true');
    const spec = `{hostPID: true, automountServiceAccountToken: false,
      volumes: [{name: v, emptyDir: {}}, {name: w, secret: {secretName: s}}],
      containers: [{name: c, volumeMounts: [{name: v, mountPath: /v}, {name: w, mountPath: /w}]}]}`;
    const ways = await waysOf(one, two, grant('one', 'two'), deployment(spec));
    expect(ways).toEqual({
      byUse: [],
      byChange: {
        policy: 'one',
        changes: ['pod: remove hostPID: true', 'volume w: remove with all mounts'],
      },
    });
  });

  test('the token of the service account is not removed as if it were a volume of the template', async () => {
    const ways = await waysOf(
      policy('p', 'volumes: []'),
      grant('p'),
      deployment('{containers: [{name: c}]}'),
    );
    expect(JSON.stringify(ways)).toMatch(/: set automountServiceAccountToken: false, if nothing/);
  });

  test('where no policy would do, the line that writes one', async () => {
    const file = fileOf(
      [policy('p', 'hostIPC: true'), grant('none'), deployment(privileged)].join(''),
    );
    const {out} = await runHere('why', 'deploy/web', '-n', 'a', '-f', file);
    expect(out).toContain('None of the policies is known to let it in.\n');
    expect(out).toContain('kubectl psp advise deployment/web -n a --grant\n');
  });

  test('rights that are not known are not taken for ways that are there', async () => {
    const [item] = await itemsHere(
      'why',
      '-f',
      fileOf(policy('p', "volumes: ['*']\n  privileged: true") + deployment(privileged)),
    );
    expect(item?.state).toBe('unknown');
    expect(item?.waysOut).toMatchObject({byUse: [{policy: 'p'}], byChange: null});
  });
});
