import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {folderOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runWith} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {create, creators, demoObjects, keyOf, templateOf} from './workloadPods.ts';

const successor = hasReference('etcd', 'kube-apiserver') ? successorApiServer() : undefined;

/** What a server makes of a pod: the policy that lets it in, or why not. */
type Fate = string;

const all = demoObjects();
const workloads = all.filter(({kind}) => String(kind) in creators);

/** The demo without its pods and workloads, which are only tried; a later server has no policies to make. */
function world(hasPolicies: boolean): readonly JsonObject[] {
  return all.filter(
    one => templateOf(one) === undefined && (hasPolicies || one.kind !== 'PodSecurityPolicy'),
  );
}

async function fateOn(server: ApiServer, workload: JsonObject): Promise<Fate> {
  const {namespace = 'default'} = objectOf(workload.metadata);
  const template = templateOf(workload) ?? {};
  const {labels = {}, annotations = {}} = objectOf(template.metadata ?? {});
  const pod = {metadata: {generateName: 'p-', labels, annotations}, spec: template.spec ?? null};
  const as = {
    as: `system:serviceaccount:kube-system:${creators[String(workload.kind)]}`,
    asGroups: ['system:serviceaccounts', 'system:authenticated'],
  };
  const path = `/api/v1/namespaces/${String(namespace)}/pods?dryRun=All`;
  const {status, json, text} = await server.request('POST', path, pod, as);
  if (status === 403) return 'refused';
  if (status !== 201) throw new Error(`${keyOf(workload)}: ${status}: ${text}`);
  const {annotations: stored = {}} = objectOf(objectOf(json).metadata);
  return `let in by ${String(objectOf(stored)['kubernetes.io/psp'])}`;
}

async function fatesOn(server: ApiServer): Promise<Readonly<Record<string, Fate>>> {
  const fates = [];
  for (const workload of workloads) fates.push([keyOf(workload), await fateOn(server, workload)]);
  return Object.fromEntries(fates);
}

/** What pods refer to, beside what the demo has. */
async function complete(server: ApiServer): Promise<void> {
  for (const workload of workloads) {
    const {namespace = 'default'} = objectOf(workload.metadata);
    const {
      serviceAccountName: name = 'default',
      priorityClassName,
      runtimeClassName,
    } = objectOf(templateOf(workload)?.spec ?? {});
    await create(server, `/api/v1/namespaces/${String(namespace)}/serviceaccounts`, {
      metadata: {name},
    });
    if (priorityClassName !== undefined && !String(priorityClassName).startsWith('system-')) {
      const priority = {metadata: {name: priorityClassName}, value: 1};
      await create(server, '/apis/scheduling.k8s.io/v1/priorityclasses', priority);
    }
    if (runtimeClassName !== undefined) {
      const runtime = {metadata: {name: runtimeClassName}, handler: 'h'};
      await create(server, '/apis/node.k8s.io/v1/runtimeclasses', runtime);
    }
  }
}

async function make(server: ApiServer, objects: readonly JsonObject[]): Promise<void> {
  const isSystem = ({kind, metadata}: JsonObject) =>
    kind === 'Namespace' && ['default', 'kube-system'].includes(String(objectOf(metadata).name));
  await server.createAll(objects.filter(one => !isSystem(one)));
  await complete(server);
}

describe.runIf(successor !== undefined)('the way from v1.24 to v1.37', () => {
  let [old, later]: (ApiServer | undefined)[] = [];
  beforeAll(async () => {
    [old, later] = await Promise.all([
      startApiServer(),
      startApiServer({admissionPlugins: [], program: successor ?? ''}),
    ]);
    await make(old, world(true));
    await make(later, world(false));
  }, 240_000);
  afterAll(() => Promise.all([old?.stop(), later?.stop()]));

  test('after one command the same pods are let in by the same policies, and refused', {
    timeout: 300_000,
  }, async () => {
    if (old === undefined || later === undefined) throw new Error('no servers');
    const folder = folderOf();
    const run = (server: ApiServer, ...args: readonly string[]) =>
      runWith({folder}, ...args, '--kubeconfig', server.kubeconfig);
    const before = await fatesOn(old);
    const kinds = new Set(Object.values(before));
    expect(kinds.has('refused')).toBe(true);
    expect(kinds.size).toBeGreaterThan(4);

    expect(await run(old, 'snapshot', 'old.json')).toMatchObject({code: 0});
    const moved = await run(
      later,
      ...[
        'migrate',
        'policies',
        '--from',
        join(folder, 'old.json'),
        '--apply',
        '--stage',
        'enforce',
        '-y',
      ],
    );
    expect(moved).toMatchObject({code: 0});
    expect(await fatesOn(later)).toEqual(before);

    const rights = async (server: ApiServer) => {
      const {out} = await run(server, 'who-can', '-A', '-o', 'json');
      // Both servers have roles of their own.
      return itemsOf(out).filter(({subject}) => !/"system:/.test(JSON.stringify(subject)));
    };
    expect(await rights(later)).toEqual(await rights(old));
    expect(await run(later, 'check')).toMatchObject({code: 0});
  });
});
