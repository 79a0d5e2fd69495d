import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {Json, JsonObject} from '../../src/kube/json.ts';
import {anyCluster} from '../support/builders/anyCluster.ts';
import {hasReference} from '../support/kubernetes/reference.ts';
import {successorApiServer} from '../support/kubernetes/successor.ts';
import {fileOf} from '../support/run/files.ts';
import {itemsOf, objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {create, creators, demoObjects, keyOf, templateOf} from './workloadPods.ts';

/** What a server made of the pods of a template: let in, refused by a level, or taken for invalid. */
type Fate = 'in' | 'refused' | 'invalid';

async function fateOf(server: ApiServer, object: JsonObject, template: JsonObject): Promise<Fate> {
  const {namespace = 'default'} = objectOf(object.metadata);
  const {labels = {}, annotations = {}} = objectOf(template.metadata ?? {});
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {generateName: 'p-', labels, annotations},
    spec: template.spec ?? null,
  };
  const account = creators[String(object.kind)];
  const creator =
    account === undefined
      ? {}
      : {
          as: `system:serviceaccount:kube-system:${account}`,
          asGroups: ['system:serviceaccounts', 'system:authenticated'],
        };
  const answer = await server.request('POST', `/api/v1/namespaces/${namespace}/pods`, pod, creator);
  if (answer.status === 201) return 'in';
  if (answer.status === 422) return 'invalid';
  if (answer.text.includes('violates PodSecurity')) return 'refused';
  throw new Error(`${keyOf(object)}: ${answer.status}: ${answer.text}`);
}

/** Makes the namespaces with labels and what their pods need, and then the pod of every template. */
async function fatesOn(
  server: ApiServer,
  objects: readonly JsonObject[],
  labels: ReadonlyMap<string, JsonObject>,
): Promise<ReadonlyMap<string, Fate>> {
  const fates = new Map<string, Fate>();
  const workloads = objects.flatMap(object => {
    const template = templateOf(object);
    return template === undefined ? [] : [{object, template}];
  });
  for (const [name, own] of labels) {
    const metadata = {name, labels: own};
    await create(server, '/api/v1/namespaces', {apiVersion: 'v1', kind: 'Namespace', metadata});
    const patch = {metadata: {labels: own}};
    await server.request('PATCH', `/api/v1/namespaces/${name}`, patch, {
      contentType: 'application/merge-patch+json',
    });
  }
  for (const {object, template} of workloads) {
    const {namespace = 'default'} = objectOf(object.metadata);
    const {
      serviceAccountName = 'default',
      runtimeClassName,
      priorityClassName,
    } = objectOf(template.spec ?? {});
    const metadata = {name: serviceAccountName};
    await create(server, `/api/v1/namespaces/${namespace}/serviceaccounts`, {metadata});
    if (runtimeClassName !== undefined) {
      const runtime = {metadata: {name: runtimeClassName}, handler: 'h'};
      await create(server, '/apis/node.k8s.io/v1/runtimeclasses', runtime);
    }
    if (priorityClassName !== undefined && !String(priorityClassName).startsWith('system-')) {
      const priority = {metadata: {name: priorityClassName}, value: 1};
      await create(server, '/apis/scheduling.k8s.io/v1/priorityclasses', priority);
    }
    fates.set(keyOf(object), await fateOf(server, object, template));
  }
  return fates;
}

/** What the program says of each workload under the labels that it proposes: refused, let in, or unknown. */
async function foretold(
  objects: readonly JsonObject[],
  to: string,
  level: string,
): Promise<{
  readonly labels: ReadonlyMap<string, JsonObject>;
  readonly refused: ReadonlySet<string>;
  /** What can't be told, and what has nothing to lose as it is denied today. */
  readonly open: ReadonlySet<string>;
  readonly invalid: ReadonlySet<string>;
}> {
  const file = fileOf(objects);
  const args = ['-A', '--from', file, '--to', to];
  const ran = await runHere(
    'migrate',
    'labels',
    ...args,
    '--level',
    level,
    '--stage',
    'enforce',
    '-o',
    'json',
  );
  const items = itemsOf(ran.out);
  const problems = items.flatMap(({problems: all}) => all as readonly JsonObject[]);
  const place = ({kind, namespace, name}: JsonObject) => `${kind} ${namespace}/${name}`;
  // What a policy adds is gone with it.
  const own = problems.filter(({message}) => !/^as policy .* changes it/.test(String(message)));
  const plan = await runHere('migrate', ...args, '-o', 'json');
  const namespaces = itemsOf(plan.out);
  const breaks = namespaces.flatMap(one => one.breaks as readonly JsonObject[]);
  const denied = namespaces
    .flatMap(one => one.workloads as readonly JsonObject[])
    .filter(({today}) => today === 'denied');
  const isInvalid = ({message}: JsonObject) => /^(invalid|sysctl)/.test(String(message));
  return {
    labels: new Map(items.map(item => [String(item.namespace), objectOf(item.labels as Json)])),
    refused: new Set(own.filter(({verdict}) => verdict !== 'unknown').map(place)),
    open: new Set([...own.filter(({verdict}) => verdict === 'unknown'), ...denied].map(place)),
    invalid: new Set(breaks.filter(isInvalid).map(place)),
  };
}

/** Where what was foretold and what became of the pods differ; both lists empty is a proof. */
async function differences(
  server: ApiServer,
  objects: readonly JsonObject[],
  to: string,
  level: string,
): Promise<{
  readonly missed: readonly string[];
  readonly falseAlarms: readonly string[];
  readonly pods: number;
}> {
  const {labels, refused, open, invalid} = await foretold(objects, to, level);
  const fates = await fatesOn(server, objects, labels);
  const known = [...fates].filter(([key]) => !open.has(key));
  const isForetold = (key: string) => refused.has(key) || invalid.has(key);
  return {
    missed: known.filter(([key, fate]) => fate !== 'in' && !isForetold(key)).map(([key]) => key),
    falseAlarms: known
      .filter(([key, fate]) => fate === 'in' && isForetold(key))
      .map(([key]) => key),
    pods: known.length,
  };
}

const seeds = Array.from({length: 20}, (_, index) => index + 1);
const none = {missed: [], falseAlarms: []};

/** The tests of what is foretold for `to`, on a server that is there once they run. */
function testForetold(serverOf: () => ApiServer, to: string, hasLaterFields: boolean): void {
  test.each(['restricted', 'baseline', 'auto'])(
    'is foretold of the demo under %s',
    async level => {
      const {pods, ...found} = await differences(serverOf(), demoObjects(), to, level);
      expect(found).toEqual(none);
      expect(pods).toBeGreaterThan(40);
    },
    120_000,
  );

  test.each(seeds)(
    'is foretold of made-up cluster %i',
    async seed => {
      const level = ['restricted', 'baseline', 'auto'][seed % 3] ?? 'auto';
      const objects = anyCluster(`made-${seed}`, seed, {hasLaterFields});
      const {pods, ...found} = await differences(serverOf(), objects, to, level);
      expect(found).toEqual(none);
      expect(pods).toBe(20);
    },
    120_000,
  );
}

describe.runIf(hasReference('etcd', 'kube-apiserver'))('what becomes of pods, on v1.24', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: []});
  }, 120_000);
  afterAll(() => server?.stop());

  testForetold(() => server, 'v1.25', false);
});

const successor = hasReference('etcd') ? successorApiServer() : undefined;

describe.runIf(successor !== undefined)('what becomes of pods, on v1.37', () => {
  let server: ApiServer;
  beforeAll(async () => {
    server = await startApiServer({admissionPlugins: [], program: successor ?? ''});
  }, 120_000);
  afterAll(() => server?.stop());

  testForetold(() => server, 'v1.37', true);

  // Labels that are pinned to an old version mean its checks there too.
  test.each(seeds.slice(0, 8))(
    'is foretold of made-up cluster %i by pins of v1.25',
    async seed => {
      const objects = anyCluster(`pinned-${seed}`, seed, {hasLaterFields: false});
      const {labels, refused, open} = await foretold(objects, 'v1.25', 'baseline');
      const fates = await fatesOn(server, objects, labels);
      // What v1.37 itself takes for invalid is no business of a label.
      const known = [...fates].filter(([key, fate]) => !open.has(key) && fate !== 'invalid');
      for (const [key, fate] of known)
        expect.soft([key, fate === 'refused']).toEqual([key, refused.has(key)]);
    },
    120_000,
  );

  test('a live reading says what the manifests say, also of fields that came later', async () => {
    const objects = anyCluster('live', 42, {hasLaterFields: true});
    const {labels} = await foretold(objects, 'v1.37', 'privileged');
    await fatesOn(server, [], labels);
    for (const object of objects) {
      const {kind, metadata, apiVersion} = object;
      const {namespace} = objectOf(metadata);
      if (namespace === undefined || kind === 'Pod') continue;
      const path = `/apis/${apiVersion}/namespaces/${namespace}/${String(kind).toLowerCase()}s`;
      await create(server, path, object);
    }
    const levels = async (...source: readonly string[]) => {
      const {out} = await runHere('migrate', '-A', '--to', 'v1.37', '-o', 'json', ...source);
      return itemsOf(out)
        .filter(({namespace}) => String(namespace).startsWith('live-'))
        .flatMap(({workloads}) => workloads as readonly JsonObject[])
        .filter(({kind}) => kind !== 'Pod')
        .map(({kind, name, namespace, after}) => [kind, namespace, name, after]);
    };
    const written = await levels('--from', fileOf(objects));
    expect(written.length).toBeGreaterThan(10);
    expect(await levels('--kubeconfig', server.kubeconfig)).toEqual(written);
  }, 120_000);
});
