import {readFileSync} from 'node:fs';
import {beforeAll, describe, expect, test} from 'vitest';
import {applyAll, dryRunAll} from '../../src/apply/applyAll.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {savingTo} from '../support/server/saving.ts';
import type {Seen} from '../world/fakeApiServer.ts';
import {clusterRole, meaning, planned, policyOf, roleIn, use} from './applyObjects.ts';
import type {ApplyWorld} from './applyWorld.ts';

/**
 * Tests what comes of an apply over a connection that breaks. They run within apply.test.ts, on its
 * server: to start another one takes its time.
 */
export function testBrokenConnections(theWorld: () => ApplyWorld): void {
  describe('over a connection that breaks', () => {
    let world: ApplyWorld;
    const saving = savingTo(folderOf());
    beforeAll(() => {
      world = theWorld();
    });
    const isReal = ({method, url}: Seen) => method !== 'GET' && !url.includes('dryRun=All');

    test('after the request: it went through', async () => {
      const change = await world.edit('cut-after', {hostPID: true});
      const {client} = await world.relay(
        request => (request.method === 'PUT' ? 'after' : 'never'),
        1,
      );
      const made = planned(clusterRole('psp:cut-after', [use('cut-after')]));
      const result = await applyAll(client, [change, made], saving);
      expect(result).toMatchObject({outcome: 'applied', done: [{change}, {change: made}]});
      expect(result.done[0]?.stored).toEqual(await world.stored(change.path));
      expect(objectOf((await world.stored(change.path)).spec).hostPID).toBe(true);
    });

    test('after a creation, which is undone when the next one fails', async () => {
      const made = planned(policyOf('cut-made'));
      const {client} = await world.relay(({method}) => (method === 'POST' ? 'after' : 'never'), 1);
      const result = await applyAll(client, [made, planned(roleIn('nowhere'))], saving);
      expect(result).toMatchObject({outcome: 'rolledBack', rollback: [{change: made, ok: true}]});
      expect((await world.server.request('GET', made.path)).status).toBe(404);
    });

    test('before the request: nothing was changed', async () => {
      const change = await world.edit('cut-before', {hostPID: true});
      const {client} = await world.relay(request => (isReal(request) ? 'before' : 'never'), 1);
      const {outcome, failure} = await applyAll(client, [change], saving);
      expect({outcome, kind: failure?.kind}).toEqual({outcome: 'refused', kind: 'unreachable'});
      expect(failure?.message).toMatch(/^cannot update .*\(not changed\)$/);
      expect(await world.stored(change.path)).toEqual(change.before);
    });

    test('in the middle of putting back: it is put back all the same', async () => {
      const update = await world.edit('cut-back', {hostPID: true});
      const made = planned(policyOf('cut-back-made'));
      const cut = new Set<string>();
      const {client, seen} = await world.relay(({method, url, body}) => {
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
        'PUT',
        'DELETE',
        'DELETE',
        'PUT',
        'PUT',
      ]);
      expect(meaning(await world.stored(update.path))).toEqual(meaning(objectOf(update.before)));
      expect((await world.server.request('GET', made.path)).status).toBe(404);
    });

    test('for good: what is not known is said', async () => {
      const change = await world.edit('cut-off', {hostPID: true});
      let isGone = false;
      const {client} = await world.relay(request => {
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
        const change = await world.edit(name, {hostPID: true});
        const {client} = await world.relay(async request => {
          if (!isReal(request)) return 'never';
          await world.patch(`${name}?fieldManager=${manager}`, {spec: {hostIPC: true}});
          return 'before';
        });
        const result = await applyAll(client, [change], saving);
        expect(result).toMatchObject({outcome: 'partly', failure: {kind: 'conflict'}});
        expect((await world.stored(change.path)).spec).toMatchObject({hostIPC: true});
        expect((await world.stored(change.path)).spec).not.toHaveProperty('hostPID');
      },
    );

    test('before the dry run: one answer for all, without asking again', async () => {
      const changes = [planned(policyOf('never-a')), planned(policyOf('never-b'))];
      const {client, seen} = await world.relay(() => 'before');
      const tried = await dryRunAll(client, changes);
      expect(tried).toMatchObject(
        changes.map(change => ({change, ok: false, failure: {change, kind: 'unreachable'}})),
      );
      expect(seen).toHaveLength(1);
    });
  });
}
