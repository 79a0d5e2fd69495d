import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {
  applyAll,
  applyLines,
  type ChangeClient,
  dryRunAll,
  type PlannedChange,
  readObject,
} from '../../src/inventory/apply.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy, type PolicySpec} from '../../src/kube/objects.ts';
import {changeDiff} from '../../src/policy/diffText.ts';
import {objectPath, planCreate, planPolicyUpdate} from '../../src/policy/plan.ts';
import {ApiError, type Client, connect} from '../../src/world/client.ts';
import {writePrivateFile} from '../../src/world/files.ts';
import {type ApiServer, startApiServer} from '../support/apiServer.ts';
import {openRules} from '../support/builders.ts';
import {hasReference} from '../support/reference.ts';
import {runProgram} from '../support/run.ts';
import {folderOf, objectOf} from '../support/world.ts';
import {client as clientOf, json, type Seen, serve} from '../world/fakeApiServer.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';
const rbac = 'rbac.authorization.k8s.io';
const policies = '/apis/policy/v1beta1/podsecuritypolicies';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('a change of the cluster', () => {
  let server: ApiServer;
  let admin: Client;
  const folder = folderOf();
  const saving = {
    now: () => new Date().toISOString(),
    async backup(name: string, text: string) {
      const path = join(folder, name);
      await writePrivateFile(path, text, false);
      return path;
    },
    pause: async () => undefined,
  };

  beforeAll(async () => {
    server = await startApiServer();
    admin = await connectAs();
    await server.createAll([
      clusterRole('editor', [rule('policy', 'podsecuritypolicies', ['get', 'list'])]),
      clusterRole('grantor', [
        rule('policy', 'podsecuritypolicies', ['get', 'create', 'use'], ['granted']),
        rule('policy', 'podsecuritypolicies', ['create']),
        rule(rbac, 'clusterroles', ['get', 'create']),
        rule(rbac, 'clusterrolebindings', ['get', 'create']),
      ]),
      clusterRoleBinding('editor', [{kind: 'User', name: 'editor'}]),
      clusterRoleBinding('grantor', [{kind: 'User', name: 'grantor'}]),
    ]);
  });
  afterAll(async () => {
    admin?.close();
    await server?.stop();
  });

  async function connectAs(user?: string): Promise<Client> {
    return connect({kubeconfig: server.kubeconfig, as: user}, {env: {}, warn: () => undefined});
  }

  /** Makes a policy, and plans its edit. */
  async function edit(name: string, spec: PolicySpec): Promise<PlannedChange> {
    await server.createAll([policyOf(name)]);
    return replan(name, spec);
  }

  async function replan(name: string, spec: PolicySpec): Promise<PlannedChange> {
    const raw = await stored(`${policies}/${name}`);
    const policy = decodePolicy(raw);
    const change = planPolicyUpdate({...policy, spec: {...policy.spec, ...spec}}, raw);
    if (change === undefined) throw new Error('the edit changes nothing');
    return change;
  }

  async function stored(path: string): Promise<JsonObject> {
    return objectOf((await server.request('GET', path)).json);
  }

  const kubectl = (...args: readonly string[]) =>
    runProgram('kubectl', args, {env: {KUBECONFIG: server.kubeconfig, HOME: server.dir}});

  test('an update is tried, then made; kubectl knows of it and can undo it', async () => {
    const old = {...policyOf('applied'), spec: {...openRules, privileged: true, hostPID: true}};
    const oldFile = join(folderOf({'old.yaml': printJson(old)}), 'old.yaml');
    expect((await kubectl('apply', '-f', oldFile)).code).toBe(0);
    const edited = {volumes: ['secret'], privileged: undefined, hostPorts: [{min: 0, max: 1}]};
    const change = await replan('applied', edited);

    const [tried] = await dryRunAll(admin, [change]);
    if (!tried?.ok) throw new Error(printJson(tried));
    expect(await stored(change.path)).toEqual(change.before);
    expect(changeDiff(change, tried.stored)).toBe(`--- applied (cluster)
+++ applied (edited)
@@ -3,7 +3,11 @@
 metadata:
   name: applied
 spec:
-  privileged: true
+  volumes:
+  - secret
+  hostPorts:
+  - min: 0
+    max: 1
   hostPID: true
   seLinux:
     rule: RunAsAny
`);

    const {outcome, done, backups, failure} = await applyAll(admin, [change], saving);
    expect({outcome, failure}).toEqual({outcome: 'applied', failure: undefined});
    const now = await stored(change.path);
    expect(done).toMatchObject([{ok: true, stored: now}]);
    expect(now.spec).toEqual(objectOf(tried.stored.spec));
    const {managedFields, annotations} = objectOf(now.metadata);
    expect(managedFields).toContainEqual(expect.objectContaining({manager: 'kubectl-psp'}));

    const newer = {...old, spec: {...openRules, ...edited, hostPID: true}};
    const newFile = join(folderOf({'new.yaml': printJson(newer)}), 'new.yaml');
    expect((await kubectl('diff', '-f', newFile)).out).toBe('');
    const drift = await kubectl('diff', '-f', oldFile);
    expect(drift.out).toMatch(/^\+ {2}privileged: true$/m);
    expect(drift.out).toMatch(/^- {2}- secret$/m);
    expect((await kubectl('apply', '-f', newFile)).out).toContain('unchanged');
    const byKubectl = objectOf((await stored(change.path)).metadata).annotations;
    expect(objectOf(annotations)[lastApplied]).toBe(objectOf(byKubectl)[lastApplied]);

    const [{file = ''} = {}] = backups;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(file).toMatch(/\/psp-backup-applied-\d{8}T\d{6}\.\d{3}Z\.yaml$/);
    expect(done[0]?.text).toContain(file);
    expect((await kubectl('replace', '-f', file)).out).toContain('replaced');
    expect((await stored(change.path)).spec).toEqual(change.before?.spec);
  });

  test('one that is gone or changed by now is refused, at the dry run and at the PUT', async () => {
    const change = await edit('raced', {hostIPC: true});
    await patch('raced', {metadata: {labels: {by: 'another'}}});
    const later = await replan('raced', {hostIPC: true});
    const stale = {...later, expectedResourceVersion: change.expectedResourceVersion};
    for (const each of [change, stale]) {
      const tried = await dryRunAll(admin, [each]);
      expect(tried).toMatchObject([{ok: false, failure: {kind: 'conflict'}}]);
      const {outcome, failure} = await applyAll(admin, [each], saving);
      expect({outcome, kind: failure?.kind}).toEqual({outcome: 'refused', kind: 'conflict'});
      expect(failure?.message).toMatch(/^PodSecurityPolicy raced was changed by someone else/);
    }
    expect(objectOf((await stored(change.path)).spec).hostIPC).toBeUndefined();

    await server.request('DELETE', change.path);
    expect(await readObject(admin, change.path)).toBeUndefined();
    const {outcome, failure} = await applyAll(admin, [later], saving);
    expect({outcome, kind: failure?.kind}).toEqual({outcome: 'refused', kind: 'notFound'});
    expect(failure?.message).toMatch(/^PodSecurityPolicy raced was deleted by someone else/);
    await server.createAll([policyOf('raced')]);
    const anew = await dryRunAll(admin, [later]);
    expect(anew).toMatchObject([{ok: false, failure: {kind: 'conflict'}}]);
    expect(printJson(anew)).toContain('deleted and made anew');
  });

  test('an invalid one is explained field by field, each of several for itself', async () => {
    const bad = await edit('invalid', {
      allowedHostPaths: [
        {pathPrefix: '../etc', readOnly: undefined},
        {pathPrefix: '', readOnly: undefined},
      ],
    });
    const good = await edit('valid', {hostPID: true});
    const gone = planned({...policyOf('valid'), spec: {...openRules}});
    const [first, second, third] = await dryRunAll(admin, [bad, good, gone]);
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
    const {outcome, failure} = await applyAll(admin, [bad], saving);
    expect(outcome).toBe('refused');
    expect(failure?.message).toMatch(
      /^PodSecurityPolicy invalid is invalid: spec\.allowedHostPaths\[0\]: .*'\.\.'.*; spec\.allowedHostPaths\[1\]: /,
    );
  });

  test('whoever may not is told which right is missing', async () => {
    const change = await edit('guarded', {hostPID: true});
    const editor = await connectAs('editor');
    onTestFinished(() => editor.close());
    for (const result of [
      await dryRunAll(editor, [change]),
      [await applyAll(editor, [change], saving)],
    ]) {
      expect(result).toMatchObject([{failure: {kind: 'forbidden'}}]);
      expect(printJson(result)).toContain('for the right to update podsecuritypolicies');
    }
    expect(await stored(change.path)).toEqual(change.before);
  });

  test('who grants needs the rights that are granted', async () => {
    const grantor = await connectAs('grantor');
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
    expect(await stored(binding.path)).toMatchObject({subjects: [{name: 'jane'}]});
  });

  test('all of an apply is put back when a later part fails', async () => {
    const update = await edit('restored', {hostPID: true});
    const changes = [
      planned(policyOf('brief')),
      update,
      planned(clusterRole('psp:brief', [use('brief')])),
      planned(roleIn('nowhere')),
    ];
    const tried = await dryRunAll(admin, changes);
    expect(tried.map(({ok}) => ok)).toEqual([true, true, true, false]);
    const result = await applyAll(admin, changes, saving);
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
    expect(meaning(await stored(update.path))).toEqual(meaning(objectOf(update.before)));
    for (const change of [changes[0], changes[2]]) {
      expect((await server.request('GET', change?.path ?? '')).status).toBe(404);
    }
  });

  test('what someone else has changed since is left alone and named', async () => {
    const update = await edit('contested', {hostPID: true});
    const made = planned(policyOf('replaced'));
    const last = planned(roleIn('nowhere'));
    const meddling: ChangeClient = {
      get: path => admin.get(path),
      async send(method, path, body) {
        if (path.startsWith(last.collection)) {
          await patch('contested', {metadata: {labels: {by: 'another'}}});
          await server.request('DELETE', made.path);
          await server.createAll([policyOf('replaced')]);
        }
        return admin.send(method, path, body);
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
    expect(await stored(update.path)).toMatchObject({spec: {hostPID: true}});
    expect((await server.request('GET', made.path)).status).toBe(200);
  });

  test('nothing is changed if the old object cannot be saved', async () => {
    const change = await edit('unsaved', {hostPID: true});
    const backup = async () => {
      throw new Error('no space left on the device');
    };
    const {outcome, failure} = await applyAll(admin, [change], {...saving, backup});
    expect(outcome).toBe('refused');
    expect(failure?.message).toMatch(/unsaved can't be saved .* no space left/);
    expect(await stored(change.path)).toEqual(change.before);
  });

  describe('over a connection that breaks', () => {
    const isReal = ({method, url}: Seen) => method !== 'GET' && !url.includes('dryRun=All');

    test('after the request: it went through', async () => {
      const change = await edit('cut-after', {hostPID: true});
      const {client} = await relay(request => (request.method === 'PUT' ? 'after' : 'never'), 1);
      const made = planned(clusterRole('psp:cut-after', [use('cut-after')]));
      const result = await applyAll(client, [change, made], saving);
      expect(result).toMatchObject({outcome: 'applied', done: [{change}, {change: made}]});
      expect(result.done[0]?.stored).toEqual(await stored(change.path));
      expect(objectOf((await stored(change.path)).spec).hostPID).toBe(true);
    });

    test('after a creation, which is undone when the next one fails', async () => {
      const made = planned(policyOf('cut-made'));
      const {client} = await relay(({method}) => (method === 'POST' ? 'after' : 'never'), 1);
      const result = await applyAll(client, [made, planned(roleIn('nowhere'))], saving);
      expect(result).toMatchObject({outcome: 'rolledBack', rollback: [{change: made, ok: true}]});
      expect((await server.request('GET', made.path)).status).toBe(404);
    });

    test('before the request: nothing was changed', async () => {
      const change = await edit('cut-before', {hostPID: true});
      const {client} = await relay(request => (isReal(request) ? 'before' : 'never'), 1);
      const {outcome, failure} = await applyAll(client, [change], saving);
      expect({outcome, kind: failure?.kind}).toEqual({outcome: 'refused', kind: 'unreachable'});
      expect(failure?.message).toMatch(/^cannot update .*\(not changed\)$/);
      expect(await stored(change.path)).toEqual(change.before);
    });

    test('in the middle of putting back: it is put back all the same', async () => {
      const update = await edit('cut-back', {hostPID: true});
      const made = planned(policyOf('cut-back-made'));
      const cut = new Set<string>();
      const {client, seen} = await relay(({method, url, body}) => {
        const isUndoing = method === 'DELETE' || (method === 'PUT' && !body.includes('hostPID'));
        if (!isUndoing || url.includes('dryRun=All') || cut.has(method)) return 'never';
        cut.add(method);
        return 'before';
      });
      const result = await applyAll(client, [update, made, planned(roleIn('nowhere'))], saving);
      expect(result).toMatchObject({outcome: 'rolledBack', rollback: [{ok: true}, {ok: true}]});
      expect([...cut]).toEqual(['DELETE', 'PUT']);
      const asked = seen.map(({method}) => method);
      expect(asked.filter(method => method === 'DELETE' || method === 'PUT')).toEqual([
        ...['PUT', 'DELETE', 'DELETE', 'PUT', 'PUT'],
      ]);
      expect(meaning(await stored(update.path))).toEqual(meaning(objectOf(update.before)));
      expect((await server.request('GET', made.path)).status).toBe(404);
    });

    test('for good: what is not known is said', async () => {
      const change = await edit('cut-off', {hostPID: true});
      let isGone = false;
      const {client} = await relay(request => {
        if (!isGone && !isReal(request)) return 'never';
        const where = isGone ? 'before' : 'after';
        isGone = true;
        return where;
      });
      const result = await applyAll(client, [change], saving);
      expect(result).toMatchObject({outcome: 'partly', failure: {kind: 'unreachable'}});
      expect(result.rollback.map(({text}) => text)).toEqual([
        expect.stringMatching(
          /^it is not known whether PodSecurityPolicy cut-off was updated: see kubectl get podsecuritypolicy cut-off -o yaml; the old one is in /,
        ),
      ]);
      const {file = ''} = result.backups[0] ?? {};
      expect(readFileSync(file, 'utf8')).toContain('name: cut-off\n');
    });

    test.each(['kubectl-edit', 'kubectl-psp'])(
      'while %s writes elsewhere: theirs is not taken for ours',
      async manager => {
        const name = `raced-by-${manager}`;
        const change = await edit(name, {hostPID: true});
        const {client} = await relay(async request => {
          if (!isReal(request)) return 'never';
          await patch(`${name}?fieldManager=${manager}`, {spec: {hostIPC: true}});
          return 'before';
        });
        const result = await applyAll(client, [change], saving);
        expect(result).toMatchObject({outcome: 'partly', failure: {kind: 'conflict'}});
        expect((await stored(change.path)).spec).toMatchObject({hostIPC: true});
        expect((await stored(change.path)).spec).not.toHaveProperty('hostPID');
      },
    );

    test('before the dry run: one answer for all, without asking again', async () => {
      const changes = [planned(policyOf('never-a')), planned(policyOf('never-b'))];
      const {client, seen} = await relay(() => 'before');
      const tried = await dryRunAll(client, changes);
      expect(tried).toMatchObject(
        changes.map(change => ({change, ok: false, failure: {change, kind: 'unreachable'}})),
      );
      expect(seen).toHaveLength(1);
    });
  });

  type Cut = 'before' | 'after' | 'never';

  /** A client whose way to the server breaks before or after a request gets there, so many times. */
  async function relay(
    cut: (request: Seen) => Cut | Promise<Cut>,
    times = Number.POSITIVE_INFINITY,
  ): Promise<{client: Client; seen: readonly Seen[]}> {
    let left = times;
    const {url, seen} = await serve(async (response, request) => {
      const where = left > 0 ? await cut(request) : 'never';
      if (where !== 'never') left -= 1;
      if (where === 'before') return void response.destroy();
      const [code, answer] = await forward(request);
      if (where === 'after') return void response.destroy();
      json(response, answer, code);
    });
    const {client} = await clientOf({server: url});
    return {client, seen};
  }

  async function forward({method, url, body}: Seen): Promise<readonly [number, Json]> {
    try {
      if (method === 'GET') return [200, await admin.get(url)];
      return [200, await admin.send(method as 'PUT', url, parseJson(body))];
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return [error.status, error.body ?? null];
    }
  }

  async function patch(name: string, body: object): Promise<void> {
    const contentType = 'application/merge-patch+json';
    const {status} = await server.request('PATCH', `${policies}/${name}`, body, {contentType});
    expect(status).toBe(200);
  }
});

function policyOf(name: string): JsonObject {
  const spec = {...openRules, privileged: true};
  return {apiVersion: 'policy/v1beta1', kind: 'PodSecurityPolicy', metadata: {name}, spec};
}

function rule(
  group: string,
  resource: string,
  verbs: readonly string[],
  names?: readonly string[],
) {
  const rest = names === undefined ? {} : {resourceNames: names};
  return {apiGroups: [group], resources: [resource], verbs, ...rest};
}

function use(policy: string): JsonObject {
  return rule('policy', 'podsecuritypolicies', ['use'], [policy]);
}

function clusterRole(name: string, rules: readonly JsonObject[]): JsonObject {
  return {apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: {name}, rules};
}

/** Binds the cluster role of the same name. */
function clusterRoleBinding(name: string, users: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: {name},
    roleRef: {apiGroup: rbac, kind: 'ClusterRole', name},
    subjects: users.map(user => ({apiGroup: rbac, ...user})),
  };
}

function roleIn(namespace: string): JsonObject {
  const metadata = {name: 'psp:brief', namespace};
  return {apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules: [use('brief')]};
}

function planned(object: JsonObject): PlannedChange {
  const plan = planCreate(object);
  if (plan.plan !== 'change') throw new Error(plan.text);
  expect(plan.change.path).toBe(objectPath(object));
  return plan.change;
}

/** What a user wrote of an object, and kubectl's copy of it. */
function meaning({metadata, spec}: JsonObject): Json {
  const {name, labels = null, annotations = {}} = objectOf(metadata);
  const kept = isObject(annotations) ? annotations[lastApplied] : undefined;
  const applied = typeof kept === 'string' ? parseJson(kept) : null;
  return parseJson(printJson({name, labels, applied, spec}));
}
