import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {policyObject} from '../support/builders/policies.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {kubectlOn} from '../support/run/kubectl.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {account, bindingOf, bindings, deployment, roleOf, roles, use} from './bindObjects.ts';

const policiesPath = '/apis/policy/v1beta1/podsecuritypolicies';

describe.runIf(hasReference('etcd', 'kube-apiserver'))('delete, on a cluster', () => {
  let server: ApiServer;
  const folder = folderOf();

  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll([
      {apiVersion: 'v1', kind: 'Namespace', metadata: {name: 'shop'}},
      account('api'),
      policyObject('web', {volumes: ['*']}),
      policyObject('web-v2', {volumes: ['*']}),
      roleOf('psp:web', use('web')),
      bindingOf('psp:web', [{kind: 'ServiceAccount', namespace: 'shop', name: 'api'}]),
      deployment('api'),
    ]);
  }, 120_000);
  afterAll(() => server?.stop());

  const run = (answers: readonly string[] | undefined, ...args: readonly string[]) =>
    runWith({answers, folder}, ...args, '--kubeconfig', server.kubeconfig);
  const status = async (path: string) => (await server.request('GET', path)).status;
  const all = [`${policiesPath}/web`, `${roles}/psp:web`, `${bindings}/psp:web`];
  const statuses = () => Promise.all(all.map(status));

  test('asks for the name where a pod is denied, and saves all to one file that puts it back', async () => {
    const tried = await run(undefined, 'delete', 'web', '--dry-run=server');
    expect(tried).toMatchObject({code: 0, err: ''});
    expect(tried.out).toContain('The server would delete PodSecurityPolicy web\n');
    const declined = await run(['y'], 'delete', 'web');
    expect(declined.code).toBe(1);
    expect(declined.err).toBe("Type the policy's name to go on: \n");
    expect(await statuses()).toEqual([200, 200, 200]);

    const done = await run(['web'], 'delete', 'web');
    expect(done.code, done.err).toBe(0);
    expect(done.out).toMatch(
      /\ndeleted PodSecurityPolicy web\ndeleted RoleBinding shop\/psp:web\ndeleted Role shop\/psp:web; all of them are in psp-backup-web-\S+ \(kubectl create -f puts them back\)\n$/,
    );
    expect(await statuses()).toEqual([404, 404, 404]);
    const [file = '', ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect(readFileSync(join(folder, file), 'utf8')).toMatch(
      /kind: Role\n(.|\n)*kind: RoleBinding\n(.|\n)*kind: PodSecurityPolicy\n/,
    );
    const back = await kubectlOn(server, ['create', '-f', join(folder, file)]);
    expect(back.code, back.err).toBe(0);
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  test('after bind --like nobody is denied, so y is enough', async () => {
    const bound = await run(['y'], 'bind', 'web-v2', '--like', 'web');
    expect(bound.code, bound.err).toBe(0);
    const done = await run(['y'], 'delete', 'web');
    expect(done).toMatchObject({code: 0, err: 'Apply this? [y/N] \n'});
    expect(done.out).toContain('Pods and workloads: 1 moves to another policy.\n');
    expect(await statuses()).toEqual([404, 404, 404]);
    const again = await run(['y'], 'delete', 'web');
    expect(again.code).toBe(3);
    expect(again.err).toMatch(/^error: policy "web" not found in /);
  });
});
