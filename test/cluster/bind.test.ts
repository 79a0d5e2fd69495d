import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import {applyAll, applyLines, dryRunAll} from '../../src/apply/applyAll.ts';
import {planCreate, planDelete, planSubjects} from '../../src/apply/planChange.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {type Client, connect} from '../../src/world/client.ts';
import {podObject} from '../support/builders/pods.ts';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {fileOf, folderOf} from '../support/run/files.ts';
import {kubectlOn} from '../support/run/kubectl.ts';
import {objectOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {savingTo} from '../support/server/saving.ts';
import {account, bare, bindingOf, bindings, deployment, roleOf, roles, use} from './bindObjects.ts';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('bind and unbind, on a cluster', () => {
  let server: ApiServer;
  const folder = folderOf();

  beforeAll(async () => {
    server = await startApiServer({users: [{token: 'dev-token', name: 'dev'}]});
    await server.createAll([
      {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
      ...['api', 'other'].map(account),
      ...['web', 'spare'].map(name => policyObject(name, {volumes: ['*']})),
      roleOf('make-pods', {apiGroups: [''], resources: ['pods'], verbs: ['create']}),
      bindingOf('make-pods', [{kind: 'User', name: 'dev'}]),
      deployment('api'),
    ]);
  }, 120_000);
  afterAll(() => server?.stop());

  /** Runs the program on the cluster; without answers there is no terminal. */
  const run = (answers: readonly string[] | undefined, ...args: readonly string[]) =>
    runWith({answers, folder}, ...args, '--kubeconfig', server.kubeconfig);
  const status = async (path: string) => (await server.request('GET', path)).status;
  const stored = async (path: string) => objectOf((await server.request('GET', path)).json);
  const kubectl = (...args: readonly string[]) => kubectlOn(server, args);

  /** The policy that lets a pod of the account in, made by someone who may use none; or the refusal. */
  async function admitted(serviceAccount: string): Promise<string> {
    const pod = podObject(
      {generateName: 'x-', namespace: 'shop'},
      {serviceAccountName: serviceAccount},
    );
    const answer = await server.request('POST', '/api/v1/namespaces/shop/pods?dryRun=All', pod, {
      token: 'dev-token',
    });
    const {metadata, message} = objectOf(answer.json);
    if (answer.status !== 201) return String(message);
    return String(objectOf(objectOf(metadata).annotations)['kubernetes.io/psp']);
  }

  /** Waits for what admission says of an account's pods: the server reads RBAC a moment after it changed. */
  async function expectAdmitted(serviceAccount: string, by: string | RegExp): Promise<void> {
    await vi.waitFor(async () => expect(await admitted(serviceAccount)).toMatch(by), {
      timeout: 10_000,
    });
  }

  test('a grant is shown, tried, agreed to and made; the pod is admitted by it', async () => {
    await expectAdmitted('api', /unable to admit pod/);
    const bind = ['bind', 'web', '--to', 'sa:shop/api'];

    const tried = await run(undefined, ...bind, '--dry-run=server');
    expect(tried).toMatchObject({code: 0, err: ''});
    expect(tried.out).toMatch(/^shop +Deployment +api +denied +web +admitted +may now use web$/m);
    expect(tried.out).toContain('The server would create RoleBinding shop/psp:web\n');

    const noTerminal = await run(undefined, ...bind);
    expect(noTerminal.code).toBe(2);
    expect(noTerminal.err).toBe(
      'error: nothing was changed: there is no terminal to ask on; --yes applies without asking\n',
    );
    const declined = await run(['n'], ...bind);
    expect(declined.code).toBe(1);
    expect(declined.out).toMatch(/\nNothing was changed\.\n$/);
    expect((await run([''], ...bind)).code).toBe(1);
    expect(await status(`${roles}/psp:web`)).toBe(404);
    expect(await status(`${bindings}/psp:web`)).toBe(404);

    // The policy lets in more than the restricted standard: a slip of a key is not enough.
    const slip = await run(['y'], ...bind);
    expect(slip.code).toBe(1);
    expect(slip.out).toMatch(
      /^web goes beyond restricted \(.*\), and is opened to: ServiceAccount shop\/api$/m,
    );
    expect(await status(`${roles}/psp:web`)).toBe(404);
    const done = await run(['web'], ...bind);
    expect(done).toMatchObject({code: 0, err: "Type the policy's name to go on: \n"});
    expect(done.out).toMatch(/created Role shop\/psp:web\ncreated RoleBinding shop\/psp:web\n$/);
    await expectAdmitted('api', /^web$/);
    const {managedFields, labels} = objectOf((await stored(`${bindings}/psp:web`)).metadata);
    expect(managedFields).toMatchObject([{manager: 'kubectl-psp'}]);
    expect(labels).toEqual({'app.kubernetes.io/managed-by': 'kubectl-psp'});
    const again = await run(undefined, ...bind);
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/^Nothing to do\.\n/);

    const more = await run(
      undefined,
      'bind',
      'web',
      '--to',
      'sa:shop/other',
      '--yes',
      '-o',
      'yaml',
    );
    expect(more.code, more.err).toBe(0);
    expect(more.out).toMatch(/^kind: RoleBinding\n[\s\S]*name: api\n[\s\S]*name: other\n/);
    await expectAdmitted('other', /^web$/);
  });

  test('taking it away asks for the name if pods are denied, and keeps what was there', async () => {
    const unbind = ['unbind', 'web', '--to', 'sa:shop/api', '--to', 'sa:shop/other'];
    const wrong = await run(['y'], ...unbind);
    expect(wrong.code).toBe(1);
    expect(wrong.out).toContain(
      'Pods or workloads that would be denied: 1\n  shop/Deployment/api\n',
    );
    expect(wrong.err).toBe("Type the policy's name to go on: \n");
    await expectAdmitted('api', /^web$/);

    const done = await run(['web'], ...unbind);
    expect(done.code).toBe(0);
    expect(done.out).toMatch(
      /deleted RoleBinding shop\/psp:web\ndeleted Role shop\/psp:web; all of them are in psp-backup-\S+ \(kubectl create -f puts them back\)\n/,
    );
    await expectAdmitted('api', /unable to admit pod/);
    expect(await status(`${roles}/psp:web`)).toBe(404);
    const [, name = ''] = /all of them are in (\S+)/.exec(done.out) ?? [];
    const back = await kubectl('create', '-f', join(folder, name));
    expect(back.code, back.err).toBe(0);
    await expectAdmitted('other', /^web$/);
    expect(readFileSync(join(folder, name), 'utf8')).toMatch(
      /as it was before kubectl psp deleted it .*\n# Put it back with: kubectl create -f THIS_FILE/,
    );
    expect((await run(undefined, ...unbind, '--yes')).code).toBe(0);
  });

  test("another's binding gets the subject by an update that kubectl apply keeps", async () => {
    const manifest = (...subjects: readonly string[]) => ({
      ...bindingOf(
        'psp:spare',
        subjects.map(name => ({kind: 'ServiceAccount', namespace: 'shop', name})),
      ),
    });
    const file = fileOf([
      roleOf('psp:spare', use('spare')),
      {...manifest('api'), metadata: {name: 'psp:spare', namespace: 'shop', labels: {team: 'a'}}},
    ]);
    expect((await kubectl('apply', '-f', file)).code).toBe(0);
    const bound = await run(undefined, 'bind', 'spare', '--to', 'sa:shop/other', '-y');
    expect(bound.code, bound.err).toBe(0);
    expect(bound.out).toContain('update RoleBinding shop/psp:spare: + ServiceAccount shop/other\n');
    const now = await stored(`${bindings}/psp:spare`);
    expect(now).toMatchObject({
      metadata: {labels: {team: 'a'}},
      subjects: [{name: 'api'}, {name: 'other'}],
    });
    const newer = fileOf([
      {
        ...manifest('api', 'other'),
        metadata: {name: 'psp:spare', namespace: 'shop', labels: {team: 'a'}},
      },
    ]);
    const applied = await kubectl('apply', '-f', newer);
    expect(applied.out).toContain('rolebinding.rbac.authorization.k8s.io/psp:spare unchanged');
    const unbound = await run(undefined, 'unbind', 'spare', '--to', 'sa:shop/api', '-y');
    expect(unbound.code, unbound.err).toBe(0);
    expect(await stored(`${bindings}/psp:spare`)).toMatchObject({subjects: [{name: 'other'}]});
    expect(await status(`${roles}/psp:spare`)).toBe(200);
  });

  test('what the server would refuse is not begun', async () => {
    const nowhere = await run(['y'], 'bind', 'web', '--to', 'ns:nowhere');
    expect(nowhere.code).toBe(4);
    expect(nowhere.err).toBe('');
    expect(nowhere.out).toContain('note: there is no namespace nowhere: ');
    expect(nowhere.out).toContain(
      'Role nowhere/psp:web: there is no namespace nowhere: make it first\n',
    );
    expect(nowhere.out).toMatch(/\nNothing was changed\.\n$/);
    const nobody = await run(['y'], 'bind', 'web', '--to', 'sa:shop/api', '--as', 'dev');
    expect(nobody.code).toBe(4);
    expect(nobody.err).toMatch(/error: could not read podsecuritypolicies: /);
  });

  test('the same change tried from files says what came of it', async () => {
    const change = fileOf([
      roleOf('r', use('spare')),
      bindingOf('r', [{kind: 'ServiceAccount', name: 'api', namespace: 'shop'}]),
    ]);
    const {code, out, err} = await run(undefined, 'try', '-n', 'shop', '-f', change);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toMatch(/^shop +Deployment +api +denied +spare +admitted +may now use spare$/m);
    expect(await status(`${roles}/r`)).toBe(404);
    // The caller may use all policies, but need not be the one who creates the pod again.
    await server.createAll([bare('mine')]);
    const fresh = fileOf([policyObject('0-first', {volumes: ['*']})]);
    const again = await run(undefined, 'try', '-n', 'shop', '-f', fresh);
    expect(again.out).toBe('Pods and workloads: 2 stay as they are.\n');
  });

  describe('a deletion', () => {
    let admin: Client;
    const saving = savingTo(folderOf());
    beforeAll(async () => {
      const options = {env: {}, warn: () => undefined};
      admin = await connect({kubeconfig: server.kubeconfig}, options);
    });
    afterAll(() => admin?.close());

    async function made(name: string): Promise<JsonObject> {
      await server.createAll([
        bindingOf(name, [{kind: 'ServiceAccount', name: 'api', namespace: 'shop'}]),
      ]);
      const kind = {apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding'};
      return {...kind, ...(await stored(`${bindings}/${name}`))};
    }

    test('is tried without being made, and made again if a later change fails', async () => {
      const [deleted, changed] = [planDelete(await made('d1')), await made('d2')];
      const failing = planCreate({
        ...roleOf('r', use('web')),
        metadata: {name: 'r', namespace: 'no'},
      });
      if (failing.plan !== 'change') throw new Error('nothing to do');
      const changes = [planSubjects(changed, []), deleted, failing.change];
      const tried = await dryRunAll(admin, changes);
      expect(tried.map(({ok}) => ok)).toEqual([true, true, false]);
      expect(await status(deleted.path)).toBe(200);

      const result = await applyAll(admin, changes, saving);
      expect(result.outcome).toBe('rolledBack');
      expect(applyLines(result)).toEqual([
        expect.stringMatching(/^updated RoleBinding shop\/d2; .*replace -f puts it back/),
        expect.stringMatching(/^deleted RoleBinding shop\/d1; .*create -f puts it back/),
        'Role no/r: there is no namespace no: make it first',
        'made RoleBinding shop/d1 again',
        'put RoleBinding shop/d2 back as it was',
      ]);
      expect(await stored(deleted.path)).toMatchObject({subjects: [{name: 'api'}]});
      expect(await stored(`${bindings}/d2`)).toMatchObject({subjects: [{name: 'api'}]});
    });

    test('of what has changed since, or is gone, is refused', async () => {
      const change = planDelete(await made('d3'));
      const type = {contentType: 'application/merge-patch+json'};
      await server.request('PATCH', change.path, {metadata: {labels: {by: 'another'}}}, type);
      for (const result of [
        await dryRunAll(admin, [change]),
        [await applyAll(admin, [change], saving)],
      ]) {
        expect(result).toMatchObject([{failure: {kind: 'conflict'}}]);
      }
      expect(await status(change.path)).toBe(200);
      await server.request('DELETE', change.path);
      const gone = await applyAll(admin, [change], saving);
      expect(gone).toMatchObject({outcome: 'refused', failure: {kind: 'notFound'}});
      expect(gone.failure?.message).toMatch(/^RoleBinding shop\/d3 was deleted by someone else/);
    });

    test('whose answer is lost is found to have been made', async () => {
      const change = planDelete(await made('d4'));
      const result = await applyAll(
        {
          get: path => admin.get(path),
          async send(method, path, body) {
            await admin.send(method, path, body);
            throw Object.assign(new Error('the connection broke'), {status: 0});
          },
        },
        [change],
        saving,
      );
      expect(result).toMatchObject({outcome: 'applied', done: [{ok: true}]});
      expect(await status(change.path)).toBe(404);
    });
  });
});
