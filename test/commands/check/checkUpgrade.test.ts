import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {grant, psp} from '../../support/builders/audits.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {fileOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {type Cluster, checked} from './checkWorld.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const everybody = {kind: 'Group', name: 'system:authenticated'};
/** Lets tokens in as projected volumes only, as those are from v1.21 on. */
const projectedOnly = policyObject('projected-only', {volumes: ['projected']});
const role = {
  metadata: {name: 'use-it'},
  rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']}],
};
const binding = {
  metadata: {name: 'use-it'},
  roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'use-it'},
  subjects: [everybody],
};
const deployment: JsonObject = {
  metadata: {name: 'web', namespace: 'shop'},
  spec: {
    selector: {},
    template: {metadata: {}, spec: {containers: [{name: 'c', image: 'x'}]}},
  },
};

/** Of v1.20, where a pod of its own gets its token as a secret. */
const old: Cluster = {
  version: 'v1.20.4-eks-6b7464',
  tried: [{policy: 'projected-only'}],
  objects: {
    '/apis/policy/v1beta1/podsecuritypolicies': [projectedOnly],
    [`${rbac}/clusterroles`]: [role],
    [`${rbac}/clusterrolebindings`]: [binding],
    '/apis/apps/v1/deployments': [deployment],
    '/api/v1/namespaces': [{metadata: {name: 'shop'}}],
  },
};

describe('the rules', () => {
  test.each([
    ['v1.20.4-eks-6b7464', 'those of v1.20 Upgrade'],
    ['v1.24.17', 'those of v1.24 Upgrade'],
    ['v1.15.3', 'those of v1.16, the oldest that are known here'],
  ])('of a server of %s: %s', async (version, says) => {
    const {text} = await checked({version, tried: [{policy: 'p'}]});
    expect(text).toContain(`Rules: ${says}`);
  });

  test('of a server that does not tell its version', async () => {
    const {text} = await checked({forbidden: /^\/version$/});
    expect(text).toContain(
      'Rules: those of v1.24, the last release with policies: the version of the server is not known',
    );
  });

  test('of files', async () => {
    const file = fileOf([psp('web')]);
    const says = async (...args: readonly string[]) =>
      /Rules: +(.*)\n/.exec((await runHere('check', ...args)).out)?.[1];
    expect(await says('--from', file)).toBe('those of v1.24; --kubernetes-version names others');
    expect(await says('--from', file, '--kubernetes-version', 'v1.19')).toBe(
      'those of v1.19, as --kubernetes-version says',
    );
    expect(await says('--demo', '--kubernetes-version', 'v1.19')).toBe(
      'those of v1.19, as --kubernetes-version says',
    );
    expect(await says('--demo')).toBe('those of v1.24');
  });
});

describe('an upgrade', () => {
  test('of a cluster to the next release: what is judged otherwise there', async () => {
    const {text, out, code} = await checked(old);
    expect(code).toBe(0);
    expect(text).toContain('Upgrade: to v1.21, pods and workloads: 1 is no longer denied');
    expect(out).toMatch(/\nshop +Deployment +web +denied +projected-only +admitted +/);
  });

  test('to a later one, and where nothing differs', async () => {
    const far = await checked(old, '--to', 'v1.24');
    expect(far.text).toContain('Upgrade: to v1.24, pods and workloads: 1 is no longer denied');
    const same = await checked({...old, version: 'v1.21.14'}, '--to', 'v1.23');
    expect(same.text).toContain('Upgrade: to v1.23, pods and workloads: 1 stays as it is');
    expect(same.out).not.toContain('NAMESPACE');
  });

  test('says who is to be denied, for people and for scripts', async () => {
    const securityContext = {seccompProfile: {type: 'RuntimeDefault'}};
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'p', namespace: 'shop'},
      spec: {
        automountServiceAccountToken: false,
        containers: [{name: 'c', image: 'x'}],
        securityContext,
      },
    };
    const file = fileOf([psp('web'), ...grant('web', 'group:system:authenticated'), pod]);
    const flags = ['--from', file, '--kubernetes-version', 'v1.18'];
    // v1.18 does not know the field, and drops it before a policy sees it.
    const {out} = await runHere('check', ...flags);
    expect(out).toContain('Upgrade:    to v1.19, pods and workloads: 1 would be denied\n');
    expect(out).toMatch(/\nshop +Pod +p +web +denied +denied +web denies it: .*seccomp/);
    const document = objectOf(JSON.parse((await runHere('check', ...flags, '-o', 'json')).out));
    expect(document).toMatchObject({
      rules: 'v1.18',
      upgrade: {to: 'v1.19', items: [{name: 'p', change: 'denied'}], summary: {denied: 1, same: 0}},
    });
    const schemaFile = join(import.meta.dirname, '../../../schema/psp.kubectl.v1alpha1.json');
    const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
    const ajv = new Ajv2020({validateFormats: false}).addSchema(schema);
    const validate = ajv.getSchema(`${schema.$id}#/$defs/Check`);
    expect(validate?.(document), JSON.stringify(validate?.errors)).toBe(true);
  });

  test('from the last release with policies is a migration', async () => {
    const {out} = await runHere('check', '--demo');
    expect(out).toContain(
      'Upgrade:    the next release has no PodSecurityPolicies: see kubectl psp migrate\n',
    );
  });

  test('is not looked at where no policy is in force, unless asked for', async () => {
    const off = {...old, tried: ['off' as const]};
    const {text, code} = await checked(off);
    expect(code).toBe(1);
    expect(text).not.toContain('Upgrade:');
    const asked = await checked(off, '--to', 'v1.21');
    expect(asked.text).toContain('Upgrade: to v1.21, pods and workloads: 1 is no longer denied');
  });

  test('is not known where policies or pods may not be read', async () => {
    const hidden = await checked({...old, forbidden: /podsecuritypolicies/});
    expect(hidden.text).toContain(
      'Upgrade: what v1.21 would change is not known: no policy can be read',
    );
    const part = await checked({...old, forbidden: /\/pods$|deployments/});
    expect(part.text).toContain('unknown for what runs in');
    expect(part.err).toContain("incomplete: can't list");
  });

  test.each([
    ['v1.19', 'not later than v1.20, by whose rules answers are made: give v1.21 to v1.24'],
    ['v1.25', 'it has no PodSecurityPolicy, which v1.25 removed: see kubectl psp migrate'],
    ['new', 'not a version of Kubernetes: give v1.21 to v1.24'],
  ])('--to %s is a usage error', async (to, says) => {
    const {code, err} = await runHere(
      ...['check', '--demo', '--kubernetes-version', 'v1.20', '--to', to],
    );
    expect(code).toBe(2);
    expect(err).toBe(`error: --to ${to}: ${says}\n`);
  });
});
