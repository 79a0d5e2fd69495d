import type {ServerResponse} from 'node:http';
import {describe, expect, test} from 'vitest';
import {itemsOf, objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';
import {settled} from '../../support/server/clocks.ts';
import {json} from '../../world/fakeApiServer.ts';
import {fakeCluster} from '../fakeCluster.ts';
import {objects, pod, pods, policies, policy} from '../smallCluster.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

describe('reading a cluster', () => {
  test('reads lists to their last page', async () => {
    const {flags} = await fakeCluster({objects});
    const {code, out, err} = await runHere('why', '-A', '-o', 'name', ...flags);
    expect({code, err}).toEqual({code: 0, err: ''});
    expect(out).toBe(pods.map((_, index) => `pod/p${index + 1}\n`).join(''));
  });

  test('long lists come from the cache, but not where something is going to be changed', async () => {
    const cached = async (...args: readonly string[]) => {
      const {flags, seen} = await fakeCluster({objects});
      expect(await runHere(...args, ...flags)).toMatchObject({code: 0});
      return seen.map(({url}) => url).filter(url => url.includes('resourceVersion'));
    };
    expect(await cached('why', '-A')).toEqual(['/api/v1/pods?resourceVersion=0']);
    const change = ['bind', 'open', '--to', 'sa:a/web', '--to', 'sa:b/web', '--dry-run=client'];
    expect(await cached(...change)).toEqual([]);
  });

  test('namespaces and the version are read where the answer shows or needs them', async () => {
    const binding = {
      metadata: {name: 'b', namespace: 'a'},
      subjects: [],
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r'},
    };
    const facts = async (...args: readonly string[]) => {
      const {flags, seen} = await fakeCluster({
        objects: {...objects, [`${rbac}/rolebindings`]: [binding]},
      });
      await runHere(...args, ...flags);
      const paths = seen.map(({url}) => url.split('?')[0]);
      return paths.filter(path => path === '/version' || path === '/api/v1/namespaces').sort();
    };
    expect(await facts('who-can', '-n', 'a')).toEqual([]);
    // Whose rules judge pods, and tell policies apart.
    expect(await facts('why', '-A')).toEqual(['/version']);
    expect(await facts('advise', '-A')).toEqual(['/version']);
    expect(await facts('diff', 'open', 'builtin:baseline')).toEqual(['/version']);
    // It may be misspelt.
    expect(await facts('who-can', '-n', 'b')).toEqual(['/api/v1/namespaces']);
    expect(await facts('snapshot')).toEqual(['/api/v1/namespaces', '/version']);
    expect(await facts('-n', 'a')).toEqual(['/api/v1/namespaces', '/version']);
  });

  test('volumes are read for audits and snapshots of the whole cluster, as far as they show nodes', async () => {
    const volumes = '/api/v1/persistentvolumes';
    const bound = {hostPath: {path: '/srv'}, claimRef: {namespace: 'a', name: 'db'}};
    const stored = [
      {metadata: {name: 'data', uid: 'u1'}, spec: bound},
      {metadata: {name: 'share', uid: 'u2'}, spec: {nfs: {path: '/srv'}}},
    ];
    const asked = async (...args: readonly string[]) => {
      const {flags, seen} = await fakeCluster({objects: {...objects, [volumes]: stored}});
      const {out} = await runHere(...args, ...flags);
      return {out, isRead: seen.some(({url}) => url.startsWith(volumes))};
    };
    const audit = await asked('audit', '-A');
    expect(audit.out).toMatch(/ 1 PersistentVolume of type hostPath is .*: data\n/);
    const snapshot = await asked('snapshot');
    expect(objectOf(JSON.parse(snapshot.out)).persistentVolumes).toEqual([stored[0]]);
    for (const args of [['audit', '-n', 'a'], ['why', '-A'], ['-A']]) {
      expect.soft(await asked(...args), args.join(' ')).toMatchObject({isRead: false});
    }
  });

  test('without the right to volumes, that rule alone has no answer', async () => {
    const {flags} = await fakeCluster({
      objects,
      forbids: path => path.endsWith('/persistentvolumes'),
    });
    const {code, out, err} = await runHere('audit', '-A', '-o', 'json', ...flags);
    expect(code).toBe(0);
    expect(err).toContain("can't list persistentvolumes (forbidden)");
    const unanswered = itemsOf(out).filter(({rule}) => rule === 'not-answered');
    expect(unanswered.map(({object}) => objectOf(object).name)).toEqual(['host-path-volume']);
  });

  test('takes policies from extensions/v1beta1 where policy/v1beta1 is not served', async () => {
    const old = '/apis/extensions/v1beta1/podsecuritypolicies';
    const {flags} = await fakeCluster({
      objects: {...objects, [old]: [policy]},
      missing: [policies],
    });
    const asked = ['why', '-A', '-o', 'json', '--requester', 'me'];
    const {out} = await runHere(...asked, ...flags);
    expect(itemsOf(out).map(item => item.policy)).toEqual(Array(5).fill('open'));
  });

  test('a server below 1.16 is read, and said to be judged by the rules of v1.16', async () => {
    const {flags} = await fakeCluster({
      objects: {...objects, '/apis/extensions/v1beta1/podsecuritypolicies': [policy]},
      missing: [policies, '/apis/batch/v1/cronjobs'],
      answers(response, {url}) {
        if (url !== '/version') return false;
        json(response, {gitVersion: 'v1.14.10'});
        return true;
      },
    });
    const {out, err} = await runHere('why', '-A', '-o', 'json', '--requester', 'me', ...flags);
    expect(itemsOf(out).map(item => item.policy)).toEqual(Array(5).fill('open'));
    expect(err).toBe(
      'note: the server is v1.14.10, and is judged by the rules of a later release: those of v1.16, the oldest that are known here\n',
    );
  });

  test('a server of 1.25: why answers by labels, advise works, who-can says who may change them', async () => {
    const {flags} = await fakeCluster({
      objects,
      missing: [policies],
      answers(response, {url}) {
        if (url !== '/version') return false;
        json(response, {gitVersion: 'v1.25.3'});
        return true;
      },
    });
    const why = await runHere('why', '-A', '-o', 'json', ...flags);
    expect(why).toMatchObject({code: 0, err: ''});
    expect(itemsOf(why.out).map(({podSecurity}) => objectOf(podSecurity).needs)).toEqual(
      Array(5).fill('baseline'),
    );
    const {code, out, err} = await runHere('who-can', ...flags);
    expect({code, out}).toEqual({code: 0, out: ''});
    expect(err).toMatch(/^note: the server \(v1\.25\.3\) has no policies to use; .*labels.*\n/);
    const advised = await runHere('advise', '-A', '-o', 'name', ...flags);
    expect(advised).toMatchObject({code: 0, err: ''});
    expect(advised.out).toBe(
      'podsecuritypolicy.policy/0-least.a.default\npodsecuritypolicy.policy/0-least.b.default\n',
    );
    expect((await runHere('snapshot', ...flags)).code).toBe(0);
  });

  test('a kind that may not be listed everywhere is listed namespace by namespace', async () => {
    const {flags, seen} = await fakeCluster({
      objects,
      forbids: path => path === '/api/v1/pods' || path.includes('/namespaces/a/pods'),
    });
    const {code, out, err} = await runHere('why', '-A', '-o', 'json', ...flags);
    expect(code).toBe(0);
    expect(itemsOf(out).map(({name}) => name)).toEqual(['p3', 'p4', 'p5']);
    expect(JSON.parse(out).gaps).toEqual([
      {resource: 'pods', namespace: 'a', reason: expect.stringContaining('"eve" cannot')},
    ]);
    expect(err).toBe(
      "incomplete: can't list pods in namespace a (forbidden); affected answers say unknown\n",
    );
    expect(seen.map(({url}) => url.split('?')[0])).toContain('/api/v1/namespaces/b/pods');
  });

  test('without the right to list namespaces either, the kind is a gap but in the namespace of the context', async () => {
    const {flags} = await fakeCluster({
      objects,
      forbids: path => path === '/api/v1/namespaces' || path === `${rbac}/roles`,
    });
    const {code, err} = await runHere('why', '-A', ...flags);
    expect(code).toBe(0);
    expect(err).toBe(
      "incomplete: can't list namespaces; roles outside of namespace default (forbidden); affected answers say unknown\n",
    );
    const told = await runHere('why', '-A', '-v', '1', ...flags);
    expect(told.err.split('\n').map(line => line.replace(/: cannot.*/, ''))).toEqual([
      'incomplete: could not read namespaces',
      'incomplete: could not read roles outside of namespace default',
      '',
    ]);
  });

  test('gaps come in the same order each time', async () => {
    const refuse = (response: ServerResponse) => {
      response.writeHead(403, {'Content-Type': 'application/json'});
      response.end('{"kind":"Status","message":"no","reason":"Forbidden"}');
    };
    const forbids = (path: string) =>
      path.startsWith('/api/v1/pods') || path.endsWith('roles') || /namespaces\/[ab]\//.test(path);
    const runs = await Promise.all(
      Array.from({length: 4}, async () => {
        const {flags} = await fakeCluster({
          objects,
          forbids,
          answers: (response, {url}) => {
            if (!url.includes('/namespaces/a/')) return false;
            // The answers come in any order.
            void settled(Math.random() * 40).then(() => refuse(response));
            return true;
          },
        });
        return (await runHere('why', '-A', ...flags)).err.replaceAll(/127.0.0.1:\d+/g, 'HOST');
      }),
    );
    expect(new Set(runs).size).toBe(1);
    expect(runs[0]).toContain('in namespace a');
  });

  test('without policies there is no answer: exit code 4', async () => {
    const {flags} = await fakeCluster({objects, forbids: path => path === policies});
    for (const format of ['table', 'json']) {
      const {code, out, err} = await runHere('why', '-A', '-o', format, ...flags);
      expect({code, out}).toEqual({code: 4, out: ''});
      expect(err).toContain('error: could not read podsecuritypolicies: ');
    }
  });

  test('an empty namespace: kubectl’s line on standard error, exit code 0', async () => {
    const {flags} = await fakeCluster({objects});
    expect(await runHere('why', '-n', 'empty', ...flags)).toEqual({
      code: 0,
      out: '',
      err: 'No resources found in empty namespace.\n',
    });
    const {out, code} = await runHere('why', '-n', 'empty', '-o', 'json', ...flags);
    expect({code, items: itemsOf(out)}).toEqual({code: 0, items: []});
    expect(await runHere('advise', '-n', 'empty', ...flags)).toEqual({
      code: 0,
      out: '',
      err: 'No resources found in empty namespace.\n',
    });
  });

  test('files of one namespace need only the rights to read that one', async () => {
    const {flags, seen} = await fakeCluster({objects});
    const {writeFileSync} = await import('node:fs');
    const {folderOf} = await import('../../support/run/files.ts');
    const file = `${folderOf()}/pod.json`;
    writeFileSync(file, JSON.stringify({apiVersion: 'v1', kind: 'Pod', ...pod('new', 'a')}));
    const {code, out} = await runHere('why', '-f', file, ...flags);
    expect(code).toBe(0);
    expect(out).toContain('open');
    const paths = seen.map(({url}) => url.split('?')[0]);
    expect(paths).toContain(`${rbac}/namespaces/a/rolebindings`);
    expect(paths).not.toContain(`${rbac}/rolebindings`);
    expect(paths).not.toContain('/api/v1/pods');
  });

  test('labels choose pods by their own labels, not by their template’s', async () => {
    const template = {metadata: {labels: {app: 'web'}}, spec: {containers: [{name: 'c'}]}};
    const owner = {apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u'};
    const own = pod('web-1', 'a', {
      labels: {app: 'web', hash: '123'},
      ownerReferences: [{...owner, controller: true}],
    });
    const set = {metadata: {name: 'web', namespace: 'a', uid: 'u'}, spec: {template}};
    const {flags} = await fakeCluster({
      objects: {
        ...objects,
        '/api/v1/pods': [...pods, own],
        '/apis/apps/v1/replicasets': [set, {...set, metadata: {name: 'idle', namespace: 'a'}}],
      },
    });
    const chosen = async (selector: string) =>
      (await runHere('why', '-A', '-o', 'name', '-l', selector, ...flags)).out.trim().split('\n');
    expect(await chosen('hash=123')).toEqual(['pod/web-1']);
    expect(await chosen('app=web')).toEqual(['pod/web-1', 'replicaset/idle']);
    expect(await chosen('app in (p1,p5),app!=p5')).toEqual(['pod/p1']);
  });
});
