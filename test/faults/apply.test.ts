import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {type Applied, applyAll, type PlannedChange} from '../../src/apply/applyAll.ts';
import {planCreate, planPolicyUpdate} from '../../src/apply/planChange.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {labelOf} from '../../src/kube/reference.ts';
import {connect} from '../../src/world/client.ts';
import {policyObject} from '../support/builders/policies.ts';
import {
  answers,
  breaks,
  breaksOff,
  changes,
  isShort,
  isSilent,
  refuses,
  stalls,
  type Which,
} from '../support/faults/faults.ts';
import {clusterObjects} from '../support/faults/objects.ts';
import {type Fault, type FaultProxy, openFaultProxy} from '../support/faults/proxy.ts';
import {advicesFor, applyIn, draftOf, openBareSession} from '../support/faults/session.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {folderOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';

const policies = '/apis/policy/v1beta1/podsecuritypolicies';
const rbac = 'rbac.authorization.k8s.io';
const page = '<html>log in</html>';

/** Faults of a change, each as the server's last word and as one that the answer only seems to be. */
const faults: readonly [string, (bounds: {which: Which; times: number}) => Fault][] = [
  ['403', bounds => refuses(403, 'Forbidden', 'no', bounds)],
  ['409', bounds => refuses(409, 'AlreadyExists', 'no', bounds)],
  ['422', bounds => refuses(422, 'Invalid', 'no', bounds)],
  ['429', bounds => refuses(429, 'TooManyRequests', 'no', bounds)],
  ['500', bounds => refuses(500, 'InternalError', 'no', bounds)],
  ['503', bounds => refuses(503, 'ServiceUnavailable', 'no', bounds)],
  ['401', bounds => refuses(401, 'Unauthorized', 'no', bounds)],
  ['a web page', bounds => answers(200, 'text/html', page, bounds)],
  ['an empty answer', bounds => answers(201, 'application/json', '', bounds)],
  ['a connection that breaks', breaks],
  ['an answer that breaks off', breaksOff],
  ['a short answer', isShort],
  ['silence', isSilent],
  ['an answer that stalls', stalls],
];

/** What takes for ever has to end; what comes at once gets the time that it takes on a busy machine. */
function timeoutFor(fault: string): string {
  return /silence|stalls/.test(fault) ? '1s' : '30s';
}

describe.runIf(hasReference('etcd', 'kube-apiserver'))('an apply', () => {
  let server: ApiServer;
  let made = 0;
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: []});
    await server.createAll(clusterObjects);
  });
  afterAll(() => server?.stop());

  async function stored(path: string): Promise<JsonObject | undefined> {
    const {status, json} = await server.request('GET', path);
    if (status !== 404 && status !== 200) throw new Error(`${path}: ${status}`);
    return status === 404 ? undefined : objectOf(json);
  }

  /** A change of a policy that is there, and a new policy with its role and binding. */
  async function plan(): Promise<readonly PlannedChange[]> {
    made += 1;
    const [old, name] = [`old-${made}`, `new-${made}`];
    await server.createAll([policyObject(old)]);
    const raw = objectOf(await stored(`${policies}/${old}`));
    const policy = decodePolicy(raw);
    const update = planPolicyUpdate({...policy, spec: {...policy.spec, hostPID: true}}, raw);
    if (update === undefined) throw new Error('nothing to change');
    const role = {apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: {name}, rules: []};
    const roleRef = {apiGroup: rbac, kind: 'ClusterRole', name};
    const binding = {...role, kind: 'ClusterRoleBinding', rules: undefined, roleRef, subjects: []};
    const objects = [policyObject(name), role, binding];
    const creations = objects.map(object => planCreate(object));
    return [update, ...creations.flatMap(each => (each.plan === 'change' ? [each.change] : []))];
  }

  async function isNew({path, action}: PlannedChange): Promise<boolean> {
    const object = await stored(path);
    return action === 'update' ? objectOf(object?.spec).hostPID === true : object !== undefined;
  }

  async function apply(
    proxy: FaultProxy,
    planned: readonly PlannedChange[],
    {pause = async () => {}, requestTimeout = '30s'} = {},
  ): Promise<Applied> {
    const flags = {kubeconfig: server.kubeconfig, server: proxy.url, requestTimeout};
    const patience = {baseMs: 5};
    const client = await connect(flags, {env: process.env, warn() {}}, {patience});
    const backup = async (name: string) => name;
    const now = () => '2022-05-03T12:00:00.000Z';
    return applyAll(client, planned, {backup, now, pause}).finally(() => client.close());
  }

  /** Whether what is said is what is: all, nothing, or exactly what is named as standing. */
  async function expectTruth(applied: Applied, planned: readonly PlannedChange[]): Promise<void> {
    const {outcome, done, rollback} = applied;
    for (const change of planned) {
      const is = await isNew(change);
      const words = `${labelOf(change)}: ${JSON.stringify({...applied, done: done.length})}`;
      const own = rollback.filter(step => step.change.path === change.path);
      const standing = own.filter(({ok}) => !ok);
      if (outcome === 'applied') expect(is, words).toBe(true);
      else if (standing.length === 0) expect(is, words).toBe(false);
      else if (!/^it is not known whether/.test(standing[0]?.text ?? '')) {
        expect(is, words).toBe(true);
      }
    }
  }

  async function proxied(fault?: Fault): Promise<FaultProxy> {
    const proxy = await openFaultProxy(server, fault);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  test.for(faults)('that meets %s at its last change, once', async ([name, fault]) => {
    const planned = await plan();
    const which: Which = ({method, path}) =>
      method === 'POST' && path.endsWith('/clusterrolebindings');
    const proxy = await proxied(fault({which, times: 1}));
    const applied = await apply(proxy, planned, {requestTimeout: timeoutFor(name)});
    expect(proxy.strikes()).toBe(1);
    expect(applied.outcome).not.toBe('partly');
    await expectTruth(applied, planned);
  });

  test.for(faults)('that meets %s from its last change on, for ever', async ([name, fault]) => {
    const planned = await plan();
    let isLast = false;
    const which: Which = request => {
      isLast ||= request.method === 'POST' && request.path.endsWith('/clusterrolebindings');
      return isLast && changes(request);
    };
    const proxy = await proxied(fault({which, times: Infinity}));
    const applied = await apply(proxy, planned, {requestTimeout: timeoutFor(name)});
    expect(proxy.strikes()).toBeGreaterThan(1);
    await expectTruth(applied, planned);
  });

  test('that only takes something away, and whose answer is lost: it is known to be done', async () => {
    const [update] = await plan();
    const looser = objectOf(await stored(update?.path ?? ''));
    const raw = {...looser, spec: {...objectOf(looser.spec), hostPID: true}};
    await server.request('PUT', update?.path ?? '', raw);
    const now = objectOf(await stored(update?.path ?? ''));
    const policy = decodePolicy(now);
    const change = planPolicyUpdate({...policy, spec: {...policy.spec, hostPID: undefined}}, now);
    const proxy = await proxied(
      breaksOff({which: ({method, query}) => method === 'PUT' && !query.has('dryRun'), times: 1}),
    );
    const applied = await apply(proxy, change === undefined ? [] : [change]);
    expect(applied).toMatchObject({outcome: 'applied', done: [{ok: true}]});
    expect(objectOf((await stored(update?.path ?? ''))?.spec).hostPID).toBeUndefined();
  });

  test('of two sessions at once: one wins, the other learns', async () => {
    const proxy = await proxied();
    const flags = {kubeconfig: server.kubeconfig, server: proxy.url};
    const sessions = [
      await openBareSession(flags, folderOf()),
      await openBareSession(flags, folderOf()),
    ];
    for (const {end} of sessions) onTestFinished(end);
    for (const [method, does] of [
      [
        'PUT',
        session => applyIn(session, {kind: 'policy', draft: draftOf(session.inventory, 'zero')}),
      ],
      [
        'POST',
        session =>
          applyIn(session, {kind: 'advice', advices: advicesFor(session.inventory, 'ops')}),
      ],
    ] as const satisfies readonly (readonly [string, (one: (typeof sessions)[0]) => unknown])[]) {
      proxy.set(together(2, request => request.method === method && changes(request)));
      const results = await Promise.all(sessions.map(session => does(session)));
      expect(results.map(({ok}) => ok).toSorted()).toEqual([false, true]);
      const lost = results.find(({ok}) => !ok)?.lines.join('\n');
      expect(lost).toMatch(/changed by someone else|exists already: someone else made it/);
    }
    expect(objectOf((await stored(`${policies}/zero`))?.spec).hostPID).toBe(true);
    const name = '0-least.ops.app';
    const inOps = `/apis/${rbac}/v1/namespaces/ops`;
    for (const path of [`${policies}/${name}`, `${inOps}/roles/psp:${name}`]) {
      expect(await stored(path)).toBeDefined();
    }
  });

  test('of a policy that goes between dry run and apply: said, nothing is made', async () => {
    await server.createAll([policyObject('brief')]);
    const flags = {kubeconfig: server.kubeconfig};
    const {services, inventory, end} = await openBareSession(flags, folderOf());
    onTestFinished(end);
    const changes = await services.plan({kind: 'policy', draft: draftOf(inventory, 'brief')});
    expect(await services.dryRun(changes)).toMatchObject({ok: true});
    await server.request('DELETE', `${policies}/brief`);
    const {ok, lines} = await services.apply(changes);
    expect(ok).toBe(false);
    expect(lines.join('\n')).toContain('brief was deleted by someone else since it was read');
    expect(await stored(`${policies}/brief`)).toBeUndefined();
  });

  test('during which the server dies, and comes back: put back or said', async () => {
    for (const when of ['before', 'after'] as const) {
      const planned = await plan();
      const proxy = await proxied({
        strikes: ({method, path}) => method === 'POST' && path.endsWith('/clusterroles'),
        times: 1,
        async act({ask, socket}) {
          if (when === 'after') await ask();
          await server.kill();
          socket.destroy();
        },
      });
      let looks = 0;
      const pause = async () => {
        looks += 1;
        if (looks === 2) await server.restart();
      };
      const applied = await apply(proxy, planned, {pause});
      expect(looks).toBeGreaterThan(1);
      expect(applied.outcome).toBe(when === 'after' ? 'applied' : 'rolledBack');
      await expectTruth(applied, planned);
    }
  });
});

/** Holds these requests until so many have come. */
function together(count: number, strikes: Which): Fault {
  const all = Promise.withResolvers<void>();
  let waiting = 0;
  return {
    strikes,
    async act({pass}) {
      waiting += 1;
      if (waiting === count) all.resolve();
      await all.promise;
      await pass();
    },
  };
}
