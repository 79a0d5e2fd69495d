import {statSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {
  applyAll,
  applyLines,
  type ChangeClient,
  dryRunAll,
  readObject,
} from '../../src/apply/applyAll.ts';
import {printJson} from '../../src/kube/json.ts';
import {openRules} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {kubectlOn} from '../support/run/kubectl.ts';
import {objectOf} from '../support/run/output.ts';
import {savingTo} from '../support/server/saving.ts';
import {testBrokenConnections} from './applyBroken.ts';
import {
  clusterRole,
  clusterRoleBinding,
  lastApplied,
  meaning,
  planned,
  policyOf,
  roleIn,
  use,
} from './applyObjects.ts';
import {ApplyWorld} from './applyWorld.ts';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('a change of the cluster', () => {
  let world: ApplyWorld;
  const saving = savingTo(folderOf());
  beforeAll(async () => {
    world = await ApplyWorld.start();
    await world.makeUsers();
  });
  afterAll(() => world?.stop());

  test('an update is tried, then made; kubectl knows of it and can undo it', async () => {
    const old = {...policyOf('applied'), spec: {...openRules, privileged: true, hostPID: true}};
    const oldFile = join(folderOf({'old.yaml': printJson(old)}), 'old.yaml');
    expect((await kubectlOn(world.server, ['apply', '-f', oldFile])).code).toBe(0);
    const edited = {volumes: ['secret'], privileged: undefined, hostPorts: [{min: 0, max: 1}]};
    const change = await world.replan('applied', edited);

    const [tried] = await dryRunAll(world.admin, [change]);
    if (!tried?.ok) throw new Error(printJson(tried));
    expect(await world.stored(change.path)).toEqual(change.before);
    const {privileged: _, ...kept} = edited;
    expect(tried.stored.spec).toMatchObject({...openRules, ...kept, hostPID: true});
    expect(tried.stored.spec).not.toHaveProperty('privileged');

    const {outcome, done, backups, failure} = await applyAll(world.admin, [change], saving);
    expect({outcome, failure}).toEqual({outcome: 'applied', failure: undefined});
    const now = await world.stored(change.path);
    expect(done).toMatchObject([{ok: true, stored: now}]);
    expect(now.spec).toEqual(objectOf(tried.stored.spec));
    const {managedFields, annotations} = objectOf(now.metadata);
    expect(managedFields).toContainEqual(expect.objectContaining({manager: 'kubectl-psp'}));

    const newer = {...old, spec: {...openRules, ...edited, hostPID: true}};
    const newFile = join(folderOf({'new.yaml': printJson(newer)}), 'new.yaml');
    expect((await kubectlOn(world.server, ['diff', '-f', newFile])).out).toBe('');
    const drift = await kubectlOn(world.server, ['diff', '-f', oldFile]);
    expect(drift.out).toMatch(/^\+ {2}privileged: true$/m);
    expect(drift.out).toMatch(/^- {2}- secret$/m);
    expect((await kubectlOn(world.server, ['apply', '-f', newFile])).out).toContain('unchanged');
    const byKubectl = objectOf((await world.stored(change.path)).metadata).annotations;
    expect(objectOf(annotations)[lastApplied]).toBe(objectOf(byKubectl)[lastApplied]);

    const [{file = ''} = {}] = backups;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(file).toMatch(/\/psp-backup-applied-\d{8}T\d{6}\.\d{3}Z\.yaml$/);
    expect(done[0]?.text).toContain(file);
    expect((await kubectlOn(world.server, ['replace', '-f', file])).out).toContain('replaced');
    expect((await world.stored(change.path)).spec).toEqual(change.before?.spec);
  });

  test('one that is gone or changed by now is refused, at the dry run and at the PUT', async () => {
    const change = await world.edit('raced', {hostIPC: true});
    await world.patch('raced', {metadata: {labels: {by: 'another'}}});
    const later = await world.replan('raced', {hostIPC: true});
    const stale = {...later, expectedResourceVersion: change.expectedResourceVersion};
    for (const each of [change, stale]) {
      const tried = await dryRunAll(world.admin, [each]);
      expect(tried).toMatchObject([{ok: false, failure: {kind: 'conflict'}}]);
      const {outcome, failure} = await applyAll(world.admin, [each], saving);
      expect({outcome, kind: failure?.kind}).toEqual({outcome: 'refused', kind: 'conflict'});
      expect(failure?.message).toMatch(/^PodSecurityPolicy raced was changed by someone else/);
    }
    expect(objectOf((await world.stored(change.path)).spec).hostIPC).toBeUndefined();

    await world.server.request('DELETE', change.path);
    expect(await readObject(world.admin, change.path)).toBeUndefined();
    const {outcome, failure} = await applyAll(world.admin, [later], saving);
    expect({outcome, kind: failure?.kind}).toEqual({outcome: 'refused', kind: 'notFound'});
    expect(failure?.message).toMatch(/^PodSecurityPolicy raced was deleted by someone else/);
    await world.server.createAll([policyOf('raced')]);
    const again = await dryRunAll(world.admin, [later]);
    expect(again).toMatchObject([{ok: false, failure: {kind: 'conflict'}}]);
    expect(printJson(again)).toContain('deleted and recreated');
  });

  test('an invalid one is explained field by field, each of several for itself', async () => {
    const bad = await world.edit('invalid', {
      allowedHostPaths: [
        {pathPrefix: '../etc', readOnly: undefined},
        {pathPrefix: '', readOnly: undefined},
      ],
    });
    const good = await world.edit('valid', {hostPID: true});
    const gone = planned({...policyOf('valid'), spec: {...openRules}});
    const [first, second, third] = await dryRunAll(world.admin, [bad, good, gone]);
    expect(first).toMatchObject({
      ok: false,
      failure: {
        kind: 'invalid',
        fields: [
          {field: 'spec.allowedHostPaths[0]', message: expect.stringContaining("'..'")},
          {field: 'spec.allowedHostPaths[1]', message: 'Required value: is required'},
        ],
      },
    });
    expect(second).toMatchObject({ok: true});
    expect(third).toMatchObject({ok: false, failure: {kind: 'conflict'}});
    const {outcome, failure} = await applyAll(world.admin, [bad], saving);
    expect(outcome).toBe('refused');
    expect(failure?.message).toMatch(
      /^PodSecurityPolicy invalid is invalid: spec\.allowedHostPaths\[0\]: .*'\.\.'.*; spec\.allowedHostPaths\[1\]: /,
    );
  });

  test('whoever may not is told which right is missing', async () => {
    const change = await world.edit('guarded', {hostPID: true});
    const editor = await world.connectAs('editor');
    onTestFinished(() => editor.close());
    for (const result of [
      await dryRunAll(editor, [change]),
      [await applyAll(editor, [change], saving)],
    ]) {
      expect(result).toMatchObject([{failure: {kind: 'forbidden'}}]);
      expect(printJson(result)).toContain('for the right to update podsecuritypolicies');
    }
    expect(await world.stored(change.path)).toEqual(change.before);
  });

  test('who grants needs the rights that are granted', async () => {
    const grantor = await world.connectAs('grantor');
    onTestFinished(() => grantor.close());
    const role = planned(clusterRole('psp:granted', [use('granted')]));
    const binding = planned(clusterRoleBinding('psp:granted', [{kind: 'User', name: 'jane'}]));
    const tooMuch = planned(clusterRole('psp:all', [use('other')]));
    const tried = await dryRunAll(grantor, [role, binding, tooMuch]);
    expect(tried).toMatchObject([
      {ok: true},
      {ok: true, note: 'ClusterRoleBinding psp:granted can only be tried once its role is there'},
      {ok: false, failure: {kind: 'forbidden'}},
    ]);
    expect(printJson(tried[2])).toMatch(/psp:all grants what you may not do.*ResourceNames/);
    expect(await dryRunAll(grantor, [binding])).toMatchObject([
      {ok: false, failure: {kind: 'notFound'}},
    ]);
    expect(await applyAll(grantor, [role, binding], saving)).toMatchObject({outcome: 'applied'});
    expect(await world.stored(binding.path)).toMatchObject({subjects: [{name: 'jane'}]});
  });

  test('all of an apply is put back when a later part fails', async () => {
    const update = await world.edit('restored', {hostPID: true});
    const changes = [
      planned(policyOf('brief')),
      update,
      planned(clusterRole('psp:brief', [use('brief')])),
      planned(roleIn('nowhere')),
    ];
    const tried = await dryRunAll(world.admin, changes);
    expect(tried.map(({ok}) => ok)).toEqual([true, true, true, false]);
    const result = await applyAll(world.admin, changes, saving);
    expect(result.outcome).toBe('rolledBack');
    const [{file = ''} = {}] = result.backups;
    expect(applyLines(result)).toEqual([
      'created PodSecurityPolicy brief',
      `updated PodSecurityPolicy restored; the old one is in ${file} (kubectl replace -f puts it back)`,
      'created ClusterRole psp:brief',
      'Role nowhere/psp:brief: there is no namespace nowhere: make it first',
      'deleted ClusterRole psp:brief again',
      'put PodSecurityPolicy restored back as it was',
      'deleted PodSecurityPolicy brief again',
    ]);
    expect(meaning(await world.stored(update.path))).toEqual(meaning(objectOf(update.before)));
    for (const change of [changes[0], changes[2]]) {
      expect((await world.server.request('GET', change?.path ?? '')).status).toBe(404);
    }
  });

  test('what someone else has changed since is left alone and named', async () => {
    const update = await world.edit('contested', {hostPID: true});
    const made = planned(policyOf('replaced'));
    const last = planned(roleIn('nowhere'));
    const meddling: ChangeClient = {
      get: path => world.admin.get(path),
      async send(method, path, body) {
        if (path.startsWith(last.collection)) {
          await world.patch('contested', {metadata: {labels: {by: 'another'}}});
          await world.server.request('DELETE', made.path);
          await world.server.createAll([policyOf('replaced')]);
        }
        return world.admin.send(method, path, body);
      },
    };
    const result = await applyAll(meddling, [update, made, last], saving);
    expect(result).toMatchObject({
      outcome: 'partly',
      rollback: [
        {change: made, ok: true},
        {change: update, ok: false},
      ],
    });
    expect(result.rollback[1]?.text).toMatch(
      /^PodSecurityPolicy contested stays changed: .* was changed by someone else .*; the old one is in /,
    );
    expect(await world.stored(update.path)).toMatchObject({spec: {hostPID: true}});
    expect((await world.server.request('GET', made.path)).status).toBe(200);
  });

  test('nothing is changed if the old object cannot be saved', async () => {
    const change = await world.edit('unsaved', {hostPID: true});
    const backup = async () => {
      throw new Error('no space left on the device');
    };
    const {outcome, failure} = await applyAll(world.admin, [change], {...saving, backup});
    expect(outcome).toBe('refused');
    expect(failure?.message).toMatch(/unsaved can't be saved .* no space left/);
    expect(await world.stored(change.path)).toEqual(change.before);
  });

  testBrokenConnections(() => world);
});
