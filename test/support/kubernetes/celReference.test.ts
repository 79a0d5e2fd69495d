import {describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../../src/kube/json.ts';
import {objectOf} from '../run/output.ts';
import {askCel, type CelAnswer, type CelCase, hasCelReference} from './celReference.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

function constraints(...operations: readonly string[]): JsonObject {
  const rule = {apiGroups: [''], apiVersions: ['v1'], operations, resources: ['pods']};
  return {resourceRules: [rule]};
}

/** A validating policy with one rule. */
function validating(expression: string, more: JsonObject = {}): JsonObject {
  const validation = {expression, reason: 'Forbidden', message: 'no', ...more};
  return {
    apiVersion,
    kind: 'ValidatingAdmissionPolicy',
    metadata: {name: 'v'},
    spec: {matchConstraints: constraints('CREATE', 'UPDATE'), validations: [validation]},
  };
}

/** A mutating policy with these mutations. */
function mutating(...mutations: readonly JsonObject[]): JsonObject {
  const spec = {matchConstraints: constraints('CREATE'), reinvocationPolicy: 'IfNeeded', mutations};
  return {apiVersion, kind: 'MutatingAdmissionPolicy', metadata: {name: 'm'}, spec};
}

const jsonPatch = (expression: string): JsonObject => ({
  patchType: 'JSONPatch',
  jsonPatch: {expression},
});
const applied = (expression: string): JsonObject => ({
  patchType: 'ApplyConfiguration',
  applyConfiguration: {expression},
});

const container = {name: 'app', image: 'app'};
const pod = (spec: JsonObject = {}, annotations: JsonObject = {}): JsonObject => ({
  metadata: {name: 'p', annotations},
  spec: {serviceAccountName: 'default', containers: [container], ...spec},
});

function ask(objects: readonly Json[], more: Partial<CelCase> = {}): CelAnswer {
  const user = {name: 'alice', groups: ['devs']};
  const [answer] = askCel([{objects, object: pod(), namespace: 'team', user, ...more}]);
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

const specOf = ({pod: stored = {}}: CelAnswer) => objectOf(stored.spec);
const mayUse = (name: string) =>
  `authorizer.group('policy').resource('podsecuritypolicies').namespace(request.namespace).name('${name}').check('use').allowed()`;
const account = (name: string) =>
  `authorizer.serviceAccount(request.namespace, object.spec.serviceAccountName).group('policy').resource('podsecuritypolicies').namespace(request.namespace).name('${name}').check('use').allowed()`;

describe.runIf(hasCelReference())('cel-reference', () => {
  test('judges as the server does, in its words', () => {
    const policy = validating('!object.spec.?hostPID.orValue(false)', {
      messageExpression: "'host PID of ' + object.metadata.name",
    });
    expect(ask([policy]).allowed).toBe(true);
    expect(ask([policy], {object: pod({hostPID: true})})).toMatchObject({
      allowed: false,
      phase: 'validate',
      code: 403,
      reason: 'Forbidden',
      message:
        "pods \"p\" is forbidden: ValidatingAdmissionPolicy 'v' with binding 'v' denied request: host PID of p",
    });
  });

  test('sets the defaults of the API before it judges', () => {
    const policy = validating("object.spec.dnsPolicy == 'ClusterFirst'");
    expect(ask([policy]).allowed).toBe(true);
  });

  test('does not see empty lists', () => {
    const policy = validating('!has(object.spec.securityContext.supplementalGroups)');
    const object = pod({securityContext: {supplementalGroups: []}});
    expect(ask([policy], {object}).allowed).toBe(true);
  });

  test('changes the pod before the validating policies see it, by patches of both sorts', () => {
    const policies = [
      mutating(
        jsonPatch("[JSONPatch{op: 'add', path: '/spec/securityContext/fsGroup', value: 7}]"),
        applied("Object{metadata: Object.metadata{annotations: {'kubernetes.io/psp': 'one'}}}"),
      ),
      validating('object.spec.securityContext.fsGroup == 7'),
    ];
    const answer = ask(policies);
    expect(answer).toMatchObject({allowed: true});
    expect(specOf(answer).securityContext).toEqual({fsGroup: 7});
    expect(objectOf(answer.pod?.metadata).annotations).toEqual({'kubernetes.io/psp': 'one'});
  });

  test('validates the pod between the two, as the server does', () => {
    const answer = ask([validating('false')], {object: pod({restartPolicy: 'Sometimes'})});
    expect(answer).toMatchObject({allowed: false, phase: 'validation', code: 422});
  });

  test('asks for the rights of the account and of the user', () => {
    const grants = [
      {user: 'alice', policies: ['one']},
      {serviceAccount: 'team/default', policies: ['two']},
      {group: 'devs', policies: ['three'], namespace: 'other'},
    ];
    const isUsable = (expression: string) => ask([validating(expression)], {grants}).allowed;
    expect(['one', 'two', 'three'].map(name => isUsable(mayUse(name)))).toEqual([
      true,
      false,
      false,
    ]);
    expect(['one', 'two'].map(name => isUsable(account(name)))).toEqual([false, true]);
  });

  test('takes RBAC objects as they are', () => {
    const rule = {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']};
    const subject = {kind: 'Group', name: 'devs'};
    const rbac = {
      clusterRoles: [{metadata: {name: 'use'}, rules: [rule]}],
      roleBindings: [
        {
          metadata: {name: 'use', namespace: 'team'},
          roleRef: {kind: 'ClusterRole', name: 'use'},
          subjects: [subject],
        },
      ],
    };
    expect(ask([validating(mayUse('one'))], {rbac}).allowed).toBe(true);
    expect(ask([validating(mayUse('one'))], {rbac, namespace: 'other'}).allowed).toBe(false);
  });

  test('keeps to the budget: two checks in an expression, and no third', () => {
    const checks = (count: number) =>
      Array.from({length: count}, (_, index) => mayUse(`p${index}`)).join(' || ');
    const two = ask([validating(`${checks(2)} || true`)]);
    expect(two.allowed).toBe(true);
    expect(two.cost.validation).toBeGreaterThan(700_000);
    expect(ask([validating(`${checks(3)} || true`)])).toMatchObject({
      allowed: false,
      message: expect.stringContaining('cost limit exceeded'),
    });
  });

  test('says what the server would not store', () => {
    const toldOf = (expression: string) =>
      ask([validating(expression)], {stored: true}).invalid ?? [];
    expect(toldOf('object.spec.hostPID ==').join()).toContain('spec.validations[0].expression');
    expect(toldOf('true')).toEqual([]);
  });

  test('judges where a binding says, and warns where it only warns', () => {
    const policy = validating('false');
    const binding = (spec: JsonObject): JsonObject => ({
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: {name: 'b'},
      spec: {policyName: 'v', validationActions: ['Deny'], ...spec},
    });
    const labelled = {matchResources: {namespaceSelector: {matchLabels: {stage: 'deny'}}}};
    const objects = [policy, binding(labelled)];
    expect(ask(objects).allowed).toBe(true);
    expect(ask(objects, {namespaceLabels: {stage: 'deny'}}).allowed).toBe(false);
    const warned = ask([policy, binding({validationActions: ['Warn']})]);
    expect(warned).toMatchObject({allowed: true, warnings: [expect.stringContaining('no')]});
  });

  test('judges updates by the old pod and the new', () => {
    const policy = validating("request.operation != 'UPDATE' || object.spec == oldObject.spec");
    const update = (object: JsonObject) =>
      ask([policy], {operation: 'UPDATE', oldObject: pod(), object});
    expect(update(pod({}, {a: 'b'})).allowed).toBe(true);
    const other = pod({containers: [{...container, image: 'other'}]});
    expect(update(other)).toMatchObject({allowed: false, phase: 'validate'});
  });

  test('keeps the policies of the line before where a case has none', () => {
    const request = {object: pod(), namespace: 'team', user: {name: 'alice', groups: []}};
    const answers = askCel([{...request, objects: [validating('false')]}, request]);
    expect(answers.map(({allowed}) => allowed)).toEqual([false, false]);
  });
});
