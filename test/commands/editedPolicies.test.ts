import {describe, expect, test} from 'vitest';
import {snapshotText} from '../../src/inventory/files/snapshot.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {objectsOnStage} from '../../src/migrate/native/stages.ts';
import {binding, deployment, grant, psp, roleFor} from '../support/builders/audits.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';

const strict = psp('strict', {runAsUser: {rule: 'MustRunAsNonRoot'}});
const {objects} = nativeObjects([decodePolicy(strict)], fullOptions);

/** A snapshot of a cluster with these objects, whose policies live in admission policies. */
function snapshotOf(
  admissionPolicies: readonly JsonObject[],
  others: readonly JsonObject[] = [
    strict,
    ...grant('strict', 'sa:web'),
    deployment('web', {runAsUser: 1000}),
  ],
  labels: Readonly<Record<string, string>> = {},
): string {
  const cluster = clusterWith(others, {
    origin: 'cluster',
    source: 'context later',
    policyApi: 'absent',
    serverVersion: 'v1.37.2',
    namespaces: [{metadata: {name: 'shop', labels}}],
    admissionPolicies,
  });
  return fileOf([JSON.parse([...snapshotText(cluster)].join('')) as JsonObject]);
}

const edit = (kind: string, more: JsonObject) =>
  objects.map(object =>
    object.kind === kind ? {...object, spec: {...objectOf(object.spec), ...more}} : object,
  );

describe('policies in admission policies that somebody has edited', () => {
  const from = ['--from', snapshotOf(edit('ValidatingAdmissionPolicy', {failurePolicy: 'Ignore'}))];
  const run = (...args: readonly string[]) => runHere(...args, ...from);
  const told =
    "incomplete: can't tell what admission policies do (they were edited by hand: ValidatingAdmissionPolicy kubectl-psp differs in spec.failurePolicy; kubectl psp migrate policies --apply makes them again); affected answers say unknown\n";

  test('are read, and no pod is said to be let in or denied', async () => {
    const whole = await runHere('why', '-A', '-o', 'json', '--from', snapshotOf(objects));
    expect(itemsOf(whole.out).map(({state}) => state)).toEqual(['ok']);
    const {code, out, err} = await run('why', '-A', '-o', 'json');
    expect([code, err]).toEqual([0, told]);
    expect(itemsOf(out).map(({state, policy}) => [state, policy])).toEqual([['unknown', null]]);
    const story = await run('why', 'deploy/web', '-n', 'shop');
    expect(story.out).toContain(
      'what the admission policies do: they differ from their sources (kubectl psp migrate policies --apply)',
    );
  });

  test('are answered about by all commands', async () => {
    const codes = [];
    const all = [[], ['get'], ['who-can', '-A'], ['audit'], ['advise', '-A'], ['check']];
    for (const args of all) {
      const {code, err} = await run(...args);
      codes.push([args[0], code]);
      if (args[0] !== 'check') expect(err).toContain(told);
    }
    expect(codes).toEqual([
      [undefined, 0],
      ['get', 0],
      ['who-can', 0],
      ['audit', 0],
      ['advise', 0],
      ['check', 3],
    ]);
    const check = await run('check');
    expect(check.out).toContain('It is not known whether PodSecurityPolicies are in force.');
    expect(check.out).toContain('the admission policies differ from their sources');
    const audit = await run('audit', '-o', 'json');
    expect(itemsOf(audit.out).map(({rule, severity}) => [rule, severity])).toContainEqual([
      'admission-policies-edited',
      'high',
    ]);
  });
});

test('of grants that the objects were made before, only who has them is unknown', async () => {
  const tools = Array.from({length: 20}, (_, index) =>
    psp(`tool-${index}`, {runAsUser: {rule: 'MustRunAs', ranges: [{min: index + 1, max: 99}]}}),
  );
  const before = grant('tool-1', 'sa:web');
  const {objects: made} = nativeObjects(
    tools.map(one => decodePolicy(one)),
    fullOptions,
    clusterWith(before).rbac,
  );
  const states = async (...more: readonly JsonObject[]) => {
    const all = [...tools, ...before, ...more, deployment('web')];
    const other = {spec: {serviceAccountName: 'other', containers: [{name: 'c'}]}};
    const from = snapshotOf(made, [...all, deployment('idle', {}, other)]);
    const {code, out, err} = await runHere('why', '-A', '-o', 'json', '--from', from);
    expect(code).toBe(0);
    return {err, states: itemsOf(out).map(({name, state}) => [name, state])};
  };
  expect(await states()).toEqual({
    err: '',
    states: [
      ['idle', 'denied'],
      ['web', 'mutated'],
    ],
  });
  const late = await states(...grant('tool-2', 'sa:other'));
  expect(late.err).toContain('made before policy tool-2 was granted in namespace shop');
  expect(late.states).toEqual([
    ['idle', 'unknown'],
    ['web', 'mutated'],
  ]);
  // Who may use all policies gets the first that takes the pod, whenever that was granted.
  const all = await states(roleFor('all'), binding('all', 'all', ['sa:other']));
  expect(all).toEqual({
    err: '',
    states: [
      ['idle', 'mutated'],
      ['web', 'mutated'],
    ],
  });
});

test('check says of policies that can no longer be read that nobody knows', async () => {
  const bare = objects.map(object => ({...object, metadata: {name: 'kubectl-psp'}}));
  const {code, out} = await runHere('check', '--from', snapshotOf(bare));
  expect(code).toBe(3);
  expect(out).toContain('unknown: the admission policies differ from their sources');
});

test('on stage mutate, the level of a namespace is asked about what the policy has written', async () => {
  const hardening = psp(
    'strict',
    {
      allowPrivilegeEscalation: false,
      requiredDropCapabilities: ['ALL'],
      runAsUser: {rule: 'MustRunAsNonRoot'},
    },
    {
      'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*',
      'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default',
    },
  );
  const spec = {
    serviceAccountName: 'web',
    containers: [{name: 'c'}],
  };
  const states = async (labels: Readonly<Record<string, string>>, subject: string) => {
    const made = nativeObjects([decodePolicy(hardening)], fullOptions).objects;
    const from = snapshotOf(
      objectsOnStage(made, 'mutate'),
      [hardening, ...grant('strict', subject), deployment('web', {}, {spec})],
      {'pod-security.kubernetes.io/enforce': 'restricted', ...labels},
    );
    const {code, out} = await runHere('why', '-A', '-o', 'json', '--from', from);
    expect(code).toBe(0);
    return itemsOf(out).map(({state}) => state);
  };
  const mutated = {'psp.kubectl/stage': 'mutate'};
  expect(await states({}, 'sa:web')).toEqual(['denied']);
  expect(await states(mutated, 'sa:web')).toEqual(['ok']);
  expect(await states(mutated, 'sa:other')).toEqual(['denied']);
});

describe('bindings that somebody has weakened', () => {
  const auditOf = async (more: JsonObject) => {
    const from = snapshotOf(edit('ValidatingAdmissionPolicyBinding', more));
    const [audit, why] = [
      await runHere('audit', '-o', 'json', '--from', from),
      await runHere('why', '-A', '-o', 'json', '--from', from),
    ];
    const findings = itemsOf(audit.out).filter(({rule}) => rule === 'not-in-force-everywhere');
    return {
      findings: findings.map(({severity, message}) => [severity, message]),
      states: itemsOf(why.out).map(({state}) => state),
    };
  };

  test('to warn: labels decide, and nothing is refused', async () => {
    expect(await auditOf({validationActions: ['Warn']})).toEqual({
      findings: [['high', 'the policies are not in force: nothing is refused']],
      states: ['unknown'],
    });
  });

  test('to some namespaces, or some pods: what is not looked into is unknown', async () => {
    const matchLabels = {team: 'a'};
    expect(await auditOf({matchResources: {namespaceSelector: {matchLabels}}})).toEqual({
      findings: [['medium', 'the policies are in force in some namespaces only']],
      states: ['unknown'],
    });
    expect(await auditOf({matchResources: {objectSelector: {matchLabels}}})).toEqual({
      findings: [['medium', 'the policies are in force for some pods only']],
      states: ['unknown'],
    });
  });

  test('as on a stage: labels decide where they refuse nothing', async () => {
    const from = snapshotOf(objectsOnStage(objects, 'deny'));
    const {out} = await runHere('check', '--from', from);
    expect(out).toContain('on where the bindings of the admission policies say so');
  });
});
