import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openRules} from '../../support/builders/policies.ts';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {itemsOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

const policy = (name: string, spec = {}, more = {}) => ({
  apiVersion: 'policy/v1beta1',
  kind: 'PodSecurityPolicy',
  metadata: {name},
  spec: {...openRules, volumes: ['*'], ...spec},
  ...more,
});
const group = 'rbac.authorization.k8s.io';
const everybody = {
  apiVersion: `${group}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: {name: 'all'},
  roleRef: {apiGroup: group, kind: 'ClusterRole', name: 'cluster-admin'},
  subjects: [{apiGroup: group, kind: 'Group', name: 'system:serviceaccounts'}],
};
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name: 'web', namespace: 'a'},
  spec: {template: {spec: {containers: [{name: 'c'}]}}},
};

describe('policies that the API server would refuse', () => {
  const wrong = [
    ['a name in upper case', policy('Upper'), 'metadata.name: '],
    [
      'a label that is none',
      policy('l', {}, {metadata: {name: 'l', labels: {'a b': 'c'}}}),
      'metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters',
    ],
    [
      'a value of a label that is none',
      policy('l', {}, {metadata: {name: 'l', labels: {a: 'b c'}}}),
      'metadata.labels: Invalid value: "b c": a valid label must be an empty string or consist of',
    ],
    [
      'the key of an annotation that is none',
      policy('l', {}, {metadata: {name: 'l', annotations: {'psp/x/y': 'c'}}}),
      'metadata.annotations: Invalid value: "psp/x/y": a qualified name must consist of alphanumeric',
    ],
    ['a volume type that is none', policy('v', {volumes: ['hostpath']}), 'spec.volumes: '],
    [
      'a version that is none',
      policy('old', {}, {apiVersion: 'v1'}),
      'apiVersion: v1 has no PodSecurityPolicy, it is policy/v1beta1',
    ],
    [
      'a version that never was',
      policy('new', {}, {apiVersion: 'policy/v1'}),
      'apiVersion: policy/v1 has no PodSecurityPolicy, it is policy/v1beta1',
    ],
    [
      'a kind in lower case',
      policy('lower', {}, {kind: 'podsecuritypolicy'}),
      'apiVersion: policy/v1beta1 has no podsecuritypolicy, it is PodSecurityPolicy',
    ],
    [
      'a kind in the plural',
      policy('many', {}, {apiVersion: 'v1', kind: 'PodSecurityPolicies'}),
      'apiVersion: v1 has no PodSecurityPolicies, it is PodSecurityPolicy of policy/v1beta1',
    ],
  ] as const;

  test.each(wrong)('are told and not chosen: %s', async (_, refused, reason) => {
    const {name} = refused.metadata;
    const files = [refused, policy('zz'), everybody, web];
    const {out, err} = await runHere('why', '-f', fileOf(files), '-o', 'json');
    expect(itemsOf(out)[0]).toMatchObject({name: 'web', policy: 'zz'});
    const said = `PodSecurityPolicy ${name} is invalid, the API server would refuse it: ${reason}`;
    expect(err).toContain(said);
    const audit = await runHere('audit', '--from', fileOf(files), '-o', 'json');
    const finding = itemsOf(audit.out).find(({rule}) => rule === 'refused-policy');
    expect(finding).toMatchObject({id: `refused-policy/PodSecurityPolicy/${name}`});
    expect(String(finding?.message)).toContain(reason);
    const compare = await runHere('advise', '--compare', name, '--from', fileOf(files));
    expect(compare.code).toBe(3);
    expect(compare.err).toContain(`policy "${name}" can't exist, the API server would refuse it`);
  });

  test('alone are no cluster to ask: the files are the world', async () => {
    const {code, err} = await runHere('why', '-f', fileOf([policy('Upper'), everybody, web]));
    expect(code).toBe(0);
    expect(err).toContain('PodSecurityPolicy Upper is invalid');
    const audit = await runHere('audit', '--from', fileOf([policy('Upper')]), '-o', 'json');
    expect(itemsOf(audit.out).map(({rule}) => rule)).toEqual(['refused-policy', 'no-policy']);
  });

  test('of an apiVersion of old servers are read, and said to be of one', async () => {
    const old = {apiVersion: 'extensions/v1beta1'};
    const warning =
      'PodSecurityPolicy old: no server has it under extensions/v1beta1 from v1.16 on: write policy/v1beta1\n';
    const written = await runHere('why', '-f', fileOf([policy('old', {}, old), everybody, web]));
    expect(written.err).toContain(warning);
    const metadata = {name: 'old', uid: 'u'};
    const stored = fileOf([policy('old', {}, {...old, metadata}), everybody, web]);
    expect((await runHere('why', '-f', stored)).err).not.toContain('no server');
  });

  test('get the rest of their names from the server, which is no fault', async () => {
    const made = policy('', {}, {metadata: {generateName: 'made-'}});
    const {out, err} = await runHere('why', '-f', fileOf([made, everybody, web]), '-o', 'json');
    expect(itemsOf(out)).toMatchObject([{name: 'web', policy: 'made-xxxxx'}]);
    expect(err).toBe('');
  });

  test('leave the policy that they would change as it is', async () => {
    const before = fileOf([policy('p'), everybody, web]);
    const change = fileOf([policy('p', {volumes: ['hostpath']})]);
    const {code, out, err} = await runHere('try', '-A', '--from', before, '-f', change);
    expect(code).toBe(1);
    expect(err).toContain('note: PodSecurityPolicy p is invalid, the API server would refuse it');
    expect(out).not.toContain('denied');
  });

  test('count where a cluster has stored them', async () => {
    const stored = policy('Upper', {}, {metadata: {name: 'Upper', uid: 'u'}});
    const {out, err} = await runHere('why', '-f', fileOf([stored, everybody, web]), '-o', 'json');
    expect(err).not.toContain('is invalid');
    expect(itemsOf(out)[0]).toMatchObject({name: 'web', policy: 'Upper'});
  });

  test('are shown by a comparison of policies that names their file', async () => {
    const args = [fileOf([policy('Upper')]), 'builtin:restricted'];
    const {code, err} = await runHere('diff', ...args);
    expect(code).toBe(1);
    expect(err).toContain('PodSecurityPolicy Upper is invalid');
  });

  test('are not meant by a kind of that name in a group of its own', async () => {
    const other = policy('x', {}, {apiVersion: 'example.com/v1'});
    const {err} = await runHere('why', '-f', fileOf([other, policy('p'), everybody, web]));
    expect(err).toBe('skipped 1 object without a pod template: 1 PodSecurityPolicy\n');
  });
});

describe('unknown fields', () => {
  const warnings = async (...objects: readonly object[]) => {
    const {err} = await runHere('why', '-f', fileOf([policy('p'), everybody, web, ...objects]));
    return err.trimEnd().split('\n').filter(Boolean);
  };

  test('are named with their place and the near field, whatever the kind', async () => {
    const found = await warnings(
      policy('q', {hostPort: []}),
      {...everybody, subject: []},
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: 'x'},
        spec: {container: [], somethingElse: 1},
      },
      {...web, metadata: {name: 'v'}, spec: {...web.spec, containers: []}},
    );
    expect(
      found
        .filter(line => line.includes('unknown'))
        .map(line => line.replace(/^.*: document/, 'document')),
    ).toEqual([
      'document 4, line 4: PodSecurityPolicy q: unknown field "spec.hostPort": did you mean "hostPorts"?',
      'document 5, line 5: ClusterRoleBinding all: unknown field "subject": did you mean "subjects"?',
      'document 6, line 6: Pod default/x: unknown field "spec.container": did you mean "containers"?',
      'document 6, line 6: Pod default/x: unknown field "spec.somethingElse"',
      'document 7, line 7: Deployment default/v: unknown field "spec.containers"',
    ]);
  });

  test('are counted from the twenty-first on', async () => {
    const fields = Object.fromEntries(Array.from({length: 23}, (_, index) => [`zz${index}`, 1]));
    const found = await warnings(policy('q', fields));
    expect(found).toHaveLength(21);
    expect(found.at(-1)).toBe('3 more unknown fields');
  });

  test('are none of kinds that are not known here', async () => {
    const other = {...web, apiVersion: 'example.com/v1', spec: {...web.spec, x: 1}};
    expect((await warnings(other)).join()).not.toContain('unknown field');
  });
});

describe('a patch among plain files', () => {
  const patch = {...web, spec: {replicas: 5}};

  test.each([
    ['after', {'a.yaml': web, 'z/patch.yaml': patch}],
    ['before', {'z.yaml': web, 'a/patch.yaml': patch}],
  ])('is refused with the line to type: %s its base', async (_, files) => {
    const folder = folderOf(
      Object.fromEntries(
        Object.entries(files).map(([name, value]) => [name, JSON.stringify(value)]),
      ),
    );
    const {code, out, err} = await runHere('advise', '-f', folder);
    expect({code, out}).toEqual({code: 3, out: ''});
    const [name = ''] = Object.keys(files).filter(file => file.includes('patch'));
    expect(err).toContain('Deployment a/web has no containers');
    expect(err).toContain(`kubectl kustomize ${join(folder, name, '..')} | kubectl psp ... -f -`);
  });

  test('may have containers without images', async () => {
    const [name, image] = ['c', 'x'];
    const whole = {...web, spec: {template: {spec: {containers: [{name, image}]}}}};
    const context = {securityContext: {privileged: true}};
    const patch = {...web, spec: {template: {spec: {containers: [{name, ...context}]}}}};
    for (const files of [fileOf([whole, patch]), fileOf([patch, whole])]) {
      const {code, err} = await runHere('why', '-f', files);
      expect(code).toBe(3);
      expect(err).toContain('Deployment a/web has no images and is defined in');
    }
  });

  test('is one of no other object: two whole ones replace each other', async () => {
    const other = {...web, spec: {...web.spec, replicas: 2}};
    const {code, err} = await runHere('advise', '-f', fileOf([web, other]));
    expect(code).toBe(0);
    expect(err).toContain('is defined again, differently');
  });
});

describe('objects of RBAC under an apiVersion that has none', () => {
  test.each([
    ['rbac/v1', 'rbac/v1 has no ClusterRoleBinding, it is rbac.authorization.k8s.io/v1'],
    ['v1', 'v1 has no ClusterRoleBinding, it is rbac.authorization.k8s.io/v1'],
  ])('are told, and give nothing: %s', async (apiVersion, says) => {
    const files = fileOf([policy('p'), everybody, {...everybody, apiVersion}, web]);
    const {err} = await runHere('why', '-f', files);
    expect(err).toMatch(/: ClusterRoleBinding \S+ was not read: /);
    expect(err).toContain(`was not read: ${says}\n`);
    expect(err).not.toContain('skipped');
  });
});
