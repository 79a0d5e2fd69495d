import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {nativeObjects} from '../../src/migrate/native/nativeObjects.ts';
import {enforce, otherPlugins} from '../../test/cluster/nativeServer.ts';
import {fullOptions} from '../../test/support/builders/nativeOptions.ts';
import {policyObject} from '../../test/support/builders/policies.ts';
import {numberedPolicy, tenantsOf} from '../../test/support/builders/tenants.ts';
import {grantOfUse} from '../../test/support/builders/useGrants.ts';
import {successorApiServer} from '../../test/support/kubernetes/successor.ts';
import {objectOf} from '../../test/support/run/output.ts';
import {
  type ApiServer,
  startApiServer,
  type TokenUser,
} from '../../test/support/server/apiServer.ts';
import {quantile} from './measure.ts';
import {figure, type Row, type Section, skipped} from './section.ts';

const id = 'native';
const title = 'Creating a pod where policies live in admission policies of v1.37';

/** How often each pod is created in each place. */
const rounds = 300;

const user: TokenUser = {token: 'bench', name: 'bench', groups: ['system:authenticated', 'bench']};

/** Policies whose last one alone may be used, so that all before it are looked at. */
interface Bunch {
  readonly name: string;
  readonly policies: readonly JsonObject[];
  /** How much later a pod may be there than without policies, at p95. */
  readonly goal: number | undefined;
}

const bunches: readonly Bunch[] = [
  {name: 'no', policies: [], goal: undefined},
  {name: '6', policies: sixPolicies(), goal: 10},
  {
    name: '60',
    policies: tenantsOf(60).map(number => withVolumes(numberedPolicy(number))),
    goal: 30,
  },
];

const sizes = [1, 6];

/** How long a pod's creation takes without policies, with 6 and with 60, in v1.37 and in v1.24. */
export async function nativeSection(): Promise<Section> {
  const program = successorApiServer();
  if (program === undefined) return skipped(id, title, 'skipped: no API server of v1.37');
  const native = await onSuccessor(program);
  const plugin = await onPlugin();
  const rows = sizes.flatMap(size => bunches.map(bunch => rowOf(bunch, size, native, plugin)));
  const figures = {native: Object.fromEntries(native), plugin: Object.fromEntries(plugin)};
  return {
    id,
    title,
    rows,
    figures,
    notes: [
      `Milliseconds from request to answer of ${rounds} dry runs each, in changing order, p50 / p95, as somebody who may use the last policy alone; then the processor time of the API server for one, its garbage included. Beside: the PodSecurityPolicy plugin of v1.24.17. The goal is how much more than without policies it may be at p95.`,
    ],
  };
}

/** Six that differ in kind, each of which writes something. */
function sixPolicies(): readonly JsonObject[] {
  const range = (min: number) => ({rule: 'MustRunAs', ranges: [{min, max: 65_535}]});
  const volumes = ['configMap', 'secret', 'emptyDir', 'projected', 'persistentVolumeClaim'];
  const strict = {requiredDropCapabilities: ['ALL'], allowPrivilegeEscalation: false, volumes};
  return [
    policyObject('a', {...strict, runAsUser: range(1000), fsGroup: range(1000)}),
    policyObject('b', {...strict, runAsUser: {rule: 'MustRunAsNonRoot'}}),
    policyObject('c', {volumes: [...volumes, 'hostPath'], supplementalGroups: range(1)}),
    policyObject('d', {...strict, seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1'}}}),
    policyObject('e', {hostNetwork: true, hostPorts: [{min: 1, max: 9000}], fsGroup: range(5)}),
    policyObject('f', {...strict, readOnlyRootFilesystem: true, fsGroup: range(1)}),
  ];
}

function withVolumes(policy: JsonObject): JsonObject {
  return {...policy, spec: {...objectOf(policy.spec), volumes: ['configMap']}};
}

/** What creating a pod took in one place: milliseconds. */
interface Cost {
  readonly times: readonly number[];
  /** Processor time of the API server for one, its garbage included. */
  readonly processor: number;
}

type Costs = ReadonlyMap<string, Cost>;

const placeOf = (name: string, size: number) => `${name} ${size}`;

interface Place {
  readonly name: string;
  readonly server: ApiServer;
}

/** All bunches on one server, each bound to a namespace of its own. */
async function onSuccessor(program: string): Promise<Costs> {
  const args = [otherPlugins];
  const server = await startApiServer({admissionPlugins: [], program, args, users: [user]});
  try {
    await server.createAll([...bunches.map(namespaceObject), ...sendsPods()]);
    for (const {name, policies} of bunches) {
      if (policies.length === 0) continue;
      await server.createAll(grantOfLast(policies));
      const {objects} = nativeObjects(
        policies.map(one => decodePolicy(one)),
        fullOptions,
      );
      await enforce(server, boundTo(objects, namespaceOf(name)), `canary-${name}`);
    }
    return await timed(bunches.map(({name}) => ({name, server})));
  } finally {
    await server.stop();
  }
}

/** A server for each bunch: policies of v1.24 count in all namespaces. */
async function onPlugin(): Promise<Costs> {
  const servers: Place[] = [];
  try {
    for (const {name, policies} of bunches) {
      const admissionPlugins = policies.length === 0 ? [] : ['PodSecurityPolicy'];
      const args = ['--disable-admission-plugins=ServiceAccount'];
      const server = await startApiServer({admissionPlugins, args, users: [user]});
      servers.push({name, server});
      await server.createAll([namespaceObject({name}), ...sendsPods(), ...policies]);
      await server.createAll(policies.length === 0 ? [] : grantOfLast(policies));
    }
    return await timed(servers);
  } finally {
    for (const {server} of servers) await server.stop();
  }
}

async function timed(places: readonly Place[]): Promise<Costs> {
  const all = places.flatMap(place => sizes.map(size => ({...place, size})));
  const times = new Map(all.map(({name, size}) => [placeOf(name, size), [] as number[]]));
  // The first rounds warm up what compiles and caches.
  for (let round = -20; round < rounds; round++) {
    for (const one of all.toSorted(() => Math.random() - 0.5)) {
      const took = await create(one, one.size);
      if (round >= 0) times.get(placeOf(one.name, one.size))?.push(took);
    }
  }
  const costs = new Map<string, Cost>();
  for (const one of all) {
    const place = placeOf(one.name, one.size);
    const before = await processorOf(one.server);
    for (let count = 0; count < rounds; count++) await create(one, one.size);
    const processor = ((await processorOf(one.server)) - before) / rounds;
    costs.set(place, {times: times.get(place) ?? [], processor});
  }
  return costs;
}

/** How long it takes until a pod would have been created. */
async function create({name, server}: Place, size: number): Promise<number> {
  const path = `/api/v1/namespaces/${namespaceOf(name)}/pods?dryRun=All`;
  const start = performance.now();
  const {token} = user;
  const {status, text} = await server.request('POST', path, podOf(size), {token});
  const took = performance.now() - start;
  if (status !== 201) throw new Error(`${name}: ${status}: ${text.slice(0, 500)}`);
  return took;
}

/** The processor time that the server has taken so far, in milliseconds. */
async function processorOf({request}: ApiServer): Promise<number> {
  const {text} = await request('GET', '/metrics');
  const [, seconds = ''] = /^process_cpu_seconds_total (\S+)$/m.exec(text) ?? [];
  return Number(seconds) * 1000;
}

function rowOf({name, goal}: Bunch, size: number, native: Costs, plugin: Costs): Row {
  const at = (costs: Costs, bunch: string, share: number) =>
    quantile(costs.get(placeOf(bunch, size))?.times ?? [], share);
  const text = (costs: Costs) => {
    const {processor = Number.NaN} = costs.get(placeOf(name, size)) ?? {};
    const shares = [0.5, 0.95].map(share => figure(at(costs, name, share)));
    return `${shares.join(' / ')} ms, processor ${figure(processor)} ms`;
  };
  const more = (costs: Costs) => at(costs, name, 0.95) - at(costs, 'no', 0.95);
  return {
    what: `${name} policies, ${size === 1 ? '1 container' : `${size} containers`}`,
    ours: text(native),
    peer: text(plugin),
    ratio: goal === undefined ? '-' : `+${figure(more(native))} : +${figure(more(plugin))} ms`,
    goal: goal === undefined ? '-' : `+${goal} ms (${more(native) <= goal ? 'met' : 'not met'})`,
  };
}

const namespaceOf = (name: string) => `policies-${name}`;

function namespaceObject({name}: Pick<Bunch, 'name'>): JsonObject {
  return {apiVersion: 'v1', kind: 'Namespace', metadata: {name: namespaceOf(name)}};
}

const apiGroup = 'rbac.authorization.k8s.io';
const bench = {kind: 'Group', name: 'bench', apiGroup};

function sendsPods(): readonly JsonObject[] {
  const metadata = {name: 'sends-pods'};
  const rules = [{apiGroups: [''], resources: ['pods'], verbs: ['create']}];
  return [
    {apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata, rules},
    {
      apiVersion: `${apiGroup}/v1`,
      kind: 'ClusterRoleBinding',
      metadata,
      roleRef: {apiGroup, kind: 'ClusterRole', name: metadata.name},
      subjects: [bench],
    },
  ];
}

function grantOfLast(policies: readonly JsonObject[]): readonly JsonObject[] {
  const name = String(objectOf(policies.at(-1)?.metadata ?? null).name);
  return grantOfUse(name, bench);
}

/** The objects under a name of their own, for one namespace alone. */
function boundTo(objects: readonly JsonObject[], namespace: string): readonly JsonObject[] {
  return objects
    .filter(({kind}) => kind !== 'ConfigMap')
    .map(object => {
      const metadata = {...objectOf(object.metadata), name: namespace};
      const spec = objectOf(object.spec);
      if (spec.policyName === undefined) return {...object, metadata};
      const matchLabels = {'kubernetes.io/metadata.name': namespace};
      const matchResources = {namespaceSelector: {matchLabels}};
      return {...object, metadata, spec: {...spec, policyName: namespace, matchResources}};
    });
}

function podOf(size: number): JsonObject {
  const containers = Array.from({length: size}, (_, index) => ({
    name: `c${index}`,
    image: 'registry.example.com/app:1',
    ports: [{containerPort: 8080 + index}],
    volumeMounts: [{name: 'config', mountPath: '/etc/app'}],
  }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'p', labels: {app: 'web'}},
    spec: {
      serviceAccountName: 'default',
      containers,
      volumes: [{name: 'config', configMap: {name: 'web'}}],
    },
  };
}
