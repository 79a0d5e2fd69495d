import {describe, expect, test} from 'vitest';
import {isObject, type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';
import {kyvernoObjects} from '../../../src/migrate/engines/kyverno.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {readDocuments} from '../../../src/yaml/documents.ts';
import {somePolicies} from '../../support/builders/anyPolicy.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {askCel, hasCelReference} from '../../support/kubernetes/celReference.ts';
import {fileOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

function specOf(objects: readonly JsonObject[], kind: string): JsonObject {
  return objectOf(objects.find(object => object.kind === kind)?.spec ?? null);
}

/** The variables by name, without those that ask for rights. */
function variablesIn({variables}: JsonObject): Readonly<Record<string, Json>> {
  const all = (Array.isArray(variables) ? variables : []).map(objectOf);
  return Object.fromEntries(
    all
      .filter(({name}) => !String(name).includes('_mayUse'))
      .map(({name, expression}) => [String(name), expression ?? '']),
  );
}

describe('Kyverno', () => {
  const policies = somePolicies.slice(0, 10);
  const native = nativeObjects(policies, fullOptions).objects;
  const {objects, losses} = kyvernoObjects(policies, false);

  test('ValidatingPolicy asks what ValidatingAdmissionPolicy does, but for how it asks for rights', () => {
    const one = specOf(objects, 'ValidatingPolicy');
    const other = specOf(native, 'ValidatingAdmissionPolicy');
    expect(variablesIn(one)).toEqual(variablesIn(other));
    expect(one.validations).toEqual(other.validations);
    expect(one.failurePolicy).toBe('Fail');
  });

  test('MutatingPolicy asks and writes what MutatingAdmissionPolicy does, and is asked once', () => {
    const one = specOf(objects, 'MutatingPolicy');
    const {again, kept, claimed, chosen, ...others} = variablesIn(
      specOf(native, 'MutatingAdmissionPolicy'),
    );
    expect([again, kept, claimed]).not.toContain(undefined);
    expect(String(chosen)).toBe(
      `variables.kept\n? variables.claimed\n: ${variablesIn(one).chosen}`,
    );
    expect(variablesIn(one)).toEqual({...others, chosen: variablesIn(one).chosen});
    expect(printJson(one)).not.toContain('psp.kubectl/again');
    expect(one.failurePolicy).toBe('Fail');
  });

  test('rights are asked for by reviews, with the groups that an account has', () => {
    const text = printJson(objects);
    expect(text).not.toContain('authorizer');
    expect(text).toContain("resource.Post('authorization.k8s.io/v1', 'subjectaccessreviews'");
    expect(text).toContain(
      "['system:serviceaccounts', 'system:serviceaccounts:' + request.namespace]",
    );
  });

  test('says what is lost', () => {
    expect(losses.map(({says}) => says)).toContainEqual(
      expect.stringContaining('only while Kyverno runs'),
    );
  });
});

describe('Gatekeeper', () => {
  const pod = (fields: JsonObject) => ({
    containers: [{name: 'c', image: 'i', securityContext: fields}],
  });
  const deployment = (namespace: string, name: string, fields: JsonObject = {}) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {
      selector: {matchLabels: {app: name}},
      template: {metadata: {labels: {app: name}}, spec: pod(fields)},
    },
  });
  const group = 'rbac.authorization.k8s.io';
  const world = fileOf([
    policyObject('narrow', {volumes: ['*'], allowPrivilegeEscalation: true}),
    policyObject('wide', {privileged: true, volumes: ['*']}),
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRole',
      metadata: {name: 'use'},
      rules: [{apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']}],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name: 'use'},
      roleRef: {apiGroup: group, kind: 'ClusterRole', name: 'use'},
      subjects: [{apiGroup: group, kind: 'Group', name: 'system:authenticated'}],
    },
    deployment('shop', 'web'),
    deployment('shop', 'api'),
    deployment('mixed', 'web'),
    deployment('mixed', 'agent', {privileged: true}),
  ]);
  const printed = () => runHere('migrate', 'policies', '--to', 'gatekeeper', '-f', world);
  const objectsIn = (out: string) => readDocuments(out, 'yaml').map(({value}) => objectOf(value));

  test('has a constraint where all workloads get one policy, and says what is lost elsewhere', async () => {
    const {code, out, err} = await printed();
    const [template, constraint] = objectsIn(out);
    expect([code, template?.kind, constraint?.kind]).toEqual([
      1,
      'ConstraintTemplate',
      'KubectlPsp1',
    ]);
    expect(constraint?.spec).toMatchObject({match: {namespaces: ['shop']}});
    expect(err).toContain(
      'lost: Namespace mixed has no constraint: its workloads do not all get one policy, but narrow, wide.',
    );
    expect(err).toContain('lost: wide: It is the only policy of no namespace');
  });

  test.runIf(hasCelReference())('its expressions judge as the policy does', async () => {
    const [template] = objectsIn((await printed()).out);
    const [target = {}] = objectOf(template?.spec ?? null).targets as readonly JsonObject[];
    const [code] = target.code as readonly JsonObject[];
    const source = isObject(code?.source) ? code.source : {};
    const resourceRules = [
      {apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods']},
    ];
    const policy = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: {name: 'same'},
      spec: {...source, matchConstraints: {resourceRules}},
    };
    const answers = askCel(
      [{}, {privileged: true}].map((fields, index) => ({
        ...(index === 0 ? {objects: [policy], stored: true} : {}),
        object: {apiVersion: 'v1', kind: 'Pod', metadata: {name: 'p'}, spec: pod(fields)},
        namespace: 'shop',
        user: {name: 'someone', groups: []},
      })),
    );
    expect(answers.map(({allowed}) => allowed)).toEqual([true, false]);
    expect(answers[0]?.invalid ?? []).toEqual([]);
    expect(answers[1]?.message).toContain(
      'PodSecurityPolicy narrow: container c sets privileged: true; allowed: false',
    );
  });
});

test.each(['kyverno', 'gatekeeper'])('what belongs to Kubernetes is refused for %s', async to => {
  const {code, err} = await runHere('migrate', 'policies', '--demo', '--to', to, '--static', 'psp');
  expect([code, err]).toEqual([
    2,
    `error: --static belongs to --to kubernetes, and means nothing to ${to}\n`,
  ]);
});
