import {describe, expect, test} from 'vitest';
import type {PlannedChange} from '../../src/apply/applyAll.ts';
import {planCreate, planDelete, planPolicyUpdate} from '../../src/apply/planChange.ts';
import {plain} from '../../src/apply/sameMeaning.ts';
import {afterChanges} from '../../src/effect/afterChanges.ts';
import {effectOf, isRisky} from '../../src/effect/effect.ts';
import {type ChangeQuestion, questionFor} from '../../src/effect/question.ts';
import type {Inventory} from '../../src/inventory/inventory.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {withNativeFacts} from '../../src/migrate/native/nativeDrift.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {printablePolicy} from '../../src/report/advice.ts';
import {effectTable} from '../../src/report/effect.ts';
import {questionLines} from '../../src/report/question.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {policyObject} from '../support/builders/policies.ts';
import {objectOf} from '../support/run/output.ts';

const rbac = 'rbac.authorization.k8s.io';
const restricted = plain(
  printablePolicy(builtinPolicy('restricted', {appArmor: true, release: lastRelease})),
);

/** The built-in restricted policy under another name, with other fields. */
const strict = (name: string, spec: JsonObject = {}): JsonObject => ({
  ...restricted,
  metadata: {...objectOf(restricted.metadata), name},
  spec: {...objectOf(restricted.spec), ...spec},
});

const web = {kind: 'ServiceAccount', name: 'web', namespace: 'shop'};
const admins = {kind: 'Group', apiGroup: rbac, name: 'system:masters'};

/** A role in shop for the use of these policies, or of all, and its binding. */
function grant(name: string, policies: readonly string[], subject: JsonObject = web) {
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata: {name, namespace: 'shop'},
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          verbs: ['use'],
          ...(policies.length === 0 ? {} : {resourceNames: [...policies]}),
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata: {name, namespace: 'shop'},
      roleRef: {apiGroup: rbac, kind: 'Role', name},
      subjects: [subject],
    },
  ] satisfies readonly JsonObject[];
}

function deployment(containers: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name: 'web', namespace: 'shop'},
    spec: {
      template: {
        spec: {
          serviceAccountName: 'web',
          automountServiceAccountToken: false,
          containers: [...containers],
        },
      },
    },
  };
}

const made = (objects: readonly object[]): readonly PlannedChange[] =>
  objects.map(object => {
    const planned = planCreate(object);
    if (planned.plan !== 'change') throw new Error(planned.text);
    return planned.change;
  });

function asked(before: Inventory, changes: readonly PlannedChange[]): ChangeQuestion {
  const after = afterChanges(before, changes);
  return questionFor({before, after, treated: effectOf(before, after).shifts});
}

/** Makes a policy of the inventory say this. */
function edited({policies}: Inventory, object: JsonObject): readonly PlannedChange[] {
  const wanted = decodePolicy(object);
  const old = policies.find(({metadata}) => metadata.name === wanted.metadata.name) ?? wanted;
  const change = planPolicyUpdate(wanted, plain(printablePolicy(old)));
  return change === undefined ? [] : [change];
}

describe('a change is asked for in proportion', () => {
  test('y or n: a restricted policy is opened, or less is allowed and nobody is denied', () => {
    const cluster = clusterWith([strict('strict'), policyObject('wide')]);
    expect(asked(cluster, made(grant('strict', ['strict'])))).toMatchObject({
      mustType: false,
      gains: [],
    });
    const privileged = clusterWith([policyObject('wide', {privileged: true})]);
    const tighter = asked(privileged, edited(privileged, strict('wide')));
    expect(tighter.mustType).toBe(false);
  });

  test('y or n: what is let in for sure is not denied, though by which policy is unknown', () => {
    const gaps = ['clusterroles', 'clusterrolebindings'].map(resource => ({
      resource,
      namespace: undefined,
      reason: 'forbidden',
    }));
    const objects = [strict('strict'), strict('aaa'), deployment([{name: 'c', image: 'i'}])];
    const cluster = clusterWith(objects, {gaps});
    const changes = made(grant('strict', ['strict']));
    const {shifts, ...effect} = effectOf(cluster, afterChanges(cluster, changes));
    expect(shifts.map(({kind, after}) => [kind, after?.allowed])).toEqual([['unknown', true]]);
    expect(isRisky({...effect, shifts})).toBe(false);
    expect(asked(cluster, changes)).toMatchObject({mustType: false, unknown: [], gaps: []});
    expect(effectTable(shifts, {wide: false, headers: false})).toMatch(/web +unknown +admitted/);
  });

  test('the name: a policy beyond restricted comes into new hands', () => {
    const cluster = clusterWith([policyObject('wide', {hostNetwork: true})]);
    const question = asked(cluster, made(grant('wide', ['wide'])));
    expect(question.mustType).toBe(true);
    expect(questionLines(question).join('\n')).toMatch(
      /^wide goes beyond restricted \(.*Host network.*\), and is opened to: ServiceAccount shop\/web$/m,
    );
  });

  test('y or n: those who get it may use a policy already that lets all of that through', () => {
    const before = clusterWith([
      policyObject('wide', {hostNetwork: true}),
      policyObject('same', {hostNetwork: true}),
      policyObject('less'),
      ...grant('old', ['wide']),
    ]);
    expect(asked(before, made(grant('new', ['same']))).mustType).toBe(false);
    expect(asked(before, made(grant('new', ['less']))).mustType).toBe(false);
    expect(asked(before, made(grant('again', ['wide']))).mustType).toBe(false);
    const others = asked(before, made(grant('new', ['less'], {...web, name: 'other'})));
    expect(others.mustType).toBe(true);
  });

  test('a new policy is no gain to those who may use all, and one to those whose role waits for it', () => {
    const admin = clusterWith([...grant('admin', [], admins)]);
    expect(asked(admin, made([policyObject('wide')])).mustType).toBe(false);
    const waiting = clusterWith([...grant('early', ['wide'])]);
    expect(asked(waiting, made([policyObject('wide')])).mustType).toBe(true);
  });

  test('an edit: looser within restricted is y or n, beyond it the name', () => {
    const cluster = clusterWith([
      strict('strict', {readOnlyRootFilesystem: true, volumes: ['configMap']}),
    ]);
    const within = edited(cluster, strict('strict', {volumes: ['configMap', 'emptyDir']}));
    expect(asked(cluster, within).mustType).toBe(false);
    const beyond = asked(cluster, edited(cluster, strict('strict', {hostPID: true})));
    expect(beyond.mustType).toBe(true);
    expect(questionLines(beyond).join('\n')).toContain(
      'strict goes beyond restricted, and becomes looser in: Host processes',
    );
  });

  test('the name: something would be denied, or nobody can tell', () => {
    const objects = [
      strict('strict'),
      ...grant('strict', ['strict']),
      deployment([
        {
          name: 'main',
          image: 'i',
          securityContext: {runAsUser: 1000, allowPrivilegeEscalation: false},
        },
      ]),
    ];
    const [policy] = clusterWith(objects).policies;
    const taken = [planDelete(strict('strict'))];
    expect(policy?.metadata.name).toBe('strict');
    const denied = asked(clusterWith(objects), taken);
    expect(denied.mustType).toBe(true);
    expect(questionLines(denied)).toEqual([
      'Pods or workloads that would be denied: 1',
      '  shop/Deployment/web',
    ]);
    const gaps = ['roles', 'rolebindings'].map(resource => ({
      resource,
      namespace: undefined,
      reason: 'forbidden',
    }));
    const others = clusterWith([...objects, strict('zz')], {gaps});
    const unknown = asked(others, taken);
    expect(unknown.mustType).toBe(true);
    expect(questionLines(unknown)[0]).toBe(
      'Pods or workloads of which it is unknown whether they would be denied: 1',
    );
  });
});

test('what is written is said, what it does to root, and whose user only the image knows', () => {
  const open = policyObject('web', {volumes: ['*'], allowPrivilegeEscalation: true});
  const cluster = clusterWith([
    open,
    ...grant('web', ['web']),
    deployment([
      {name: 'main', image: 'i'},
      {name: 'side', image: 'i', securityContext: {runAsUser: 7}},
      {name: 'safe', image: 'i', securityContext: {runAsNonRoot: true}},
    ]),
  ]);
  const spec = {
    ...objectOf(open.spec),
    runAsUser: {rule: 'MustRunAsNonRoot'},
    readOnlyRootFilesystem: true,
  };
  const question = asked(cluster, edited(cluster, {...open, spec}));
  expect(question.mustType).toBe(false);
  const lines = questionLines(question);
  expect(lines[0]).toMatch(
    /^Pods or workloads that would be changed: 1, which get (?=.*runAsNonRoot: true)(?=.*readOnlyRootFilesystem: true)/,
  );
  expect(lines).toContain('What that does to a container whose image runs as root:');
  expect(lines).toContain('  runAsNonRoot: it does not start');
  expect(lines.slice(-2)).toEqual([
    'Containers whose user is not set in the pod, so that the image decides:',
    '  shop/Deployment/web: main',
  ]);
});

describe('where policies live in admission policies', () => {
  const nativeOf = (...policies: readonly JsonObject[]) =>
    nativeObjects(
      policies.map(one => decodePolicy(one)),
      fullOptions,
    ).objects;
  const open = policyObject('open', {privileged: true, volumes: ['*']});
  const closed = policyObject('open', {volumes: ['emptyDir']});
  const agent = deployment([{name: 'c', image: 'i', securityContext: {privileged: true}}]);
  const namespaces = [{apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}}];
  const cluster = withNativeFacts(
    clusterWith([open, agent, ...namespaces, ...grant('open', ['open'])], {
      policyApi: 'absent',
      serverVersion: 'v1.37.2',
      admissionPolicies: nativeOf(open),
    }),
  );
  const changesTo = (...policies: readonly JsonObject[]) =>
    made(nativeOf(...policies)).filter(({kind}) => !kind.endsWith('Binding'));

  test('a change of these is judged as the policies in them are', () => {
    const changes = changesTo(closed);
    const {shifts} = effectOf(cluster, afterChanges(cluster, changes));
    expect(shifts.map(({kind, item}) => [kind, item.name])).toEqual([['denied', 'web']]);
    expect(asked(cluster, changes)).toMatchObject({mustType: true});
    expect(asked(cluster, changesTo(open, policyObject('other')))).toMatchObject({mustType: false});
  });

  test('those that would say no policies leave open what becomes of pods', () => {
    const changes = changesTo(open).map(change => {
      const {metadata} = change.desired;
      return {
        ...change,
        desired: {...change.desired, metadata: {name: objectOf(metadata ?? {}).name ?? ''}},
      };
    });
    const {shifts} = effectOf(cluster, afterChanges(cluster, changes));
    expect(shifts.map(({kind}) => kind)).toEqual(['unknown']);
  });
});
