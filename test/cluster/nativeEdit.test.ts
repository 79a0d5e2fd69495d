import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {fullOptions} from '../support/builders/nativeOptions.ts';
import {applyIn, draftOf, openBareSession} from '../support/faults/session.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {folderOf} from '../support/run/files.ts';
import {itemsOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {enforce} from './nativeServer.ts';
import {grantedPolicies, verifyWorld} from './verifyWorld.ts';

const successor = hasReference('etcd') ? successorApiServer() : undefined;
const isPolicy = ({kind}: JsonObject) => kind === 'PodSecurityPolicy';

describe.runIf(successor !== undefined)(
  'a change of policies that live in admission policies',
  () => {
    let server: ApiServer;
    const folder = folderOf();
    const run = (...args: readonly string[]) =>
      runWith({folder}, ...args, '--kubeconfig', server.kubeconfig);
    const policies = async () => {
      const {out} = await run('snapshot', '-');
      const {policies: all} = JSON.parse(out) as {
        policies: {metadata: {name: string}; spec: {hostPID?: boolean}}[];
      };
      return all;
    };
    const names = async () => (await policies()).map(({metadata}) => metadata.name);
    const sharesHost = async () =>
      (await policies()).find(({metadata}) => metadata.name === 'strict')?.spec.hostPID === true;

    beforeAll(async () => {
      server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
      const all = grantedPolicies.filter(isPolicy).map(one => decodePolicy(one));
      await server.createAll([...verifyWorld, ...grantedPolicies.filter(one => !isPolicy(one))]);
      await enforce(server, nativeObjects(all, fullOptions).objects, 'canary');
    }, 180_000);
    afterAll(() => server?.stop());

    test('the session compiles an edit, replaces the objects, and takes it back', async () => {
      const at = {kubeconfig: server.kubeconfig, server: server.url};
      const session = await openBareSession(at, folder);
      const draft = draftOf(session.inventory, 'strict');
      const result = await applyIn(session, {kind: 'policy', draft});
      expect(result).toMatchObject({ok: true});
      expect(result.lines.join('\n')).toContain('ValidatingAdmissionPolicy kubectl-psp');
      expect(await sharesHost()).toBe(true);
      await enforce(server, [], 'later');
      const verified = await run('migrate', 'verify', '--cases', '60');
      expect(verified.code).toBe(0);

      const stale = await applyIn(session, {kind: 'policy', draft}).catch((error: Error) => error);
      expect(String(stale)).toContain('somebody has changed the policies since strict was read');
      const undone = await applyIn(session, {kind: 'undo', made: result.made});
      expect(undone).toMatchObject({ok: true});
      expect(await sharesHost()).toBe(false);
      session.end();
    }, 120_000);

    test('delete takes a policy out of them, and its grants', async () => {
      const before = await names();
      const {code, out, err} = await run('delete', 'team', '-y');
      expect([code, err]).toEqual([0, '']);
      expect(out).toContain('ValidatingAdmissionPolicy kubectl-psp');
      expect(await names()).toEqual(before.filter(name => name !== 'team'));
      const whoCan = await run('who-can', '-A', '-o', 'json');
      expect(itemsOf(whoCan.out).some(({policy}) => policy === 'team')).toBe(false);
    }, 120_000);
  },
);
