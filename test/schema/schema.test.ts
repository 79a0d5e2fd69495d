import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {Ajv2020} from 'ajv/dist/2020.js';
import {describe, expect, test} from 'vitest';
import {demoSnapshot} from '../../src/demo/index.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {volumeSourceKeys} from '../../src/kube/pod.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {binding, role} from '../support/builders/audits.ts';
import {labelled, labelledSnapshot} from '../support/builders/labelledCluster.ts';
import {laterSnapshot} from '../support/builders/laterCluster.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';
import {runHere} from '../support/run/run.ts';

const file = join(import.meta.dirname, '../../schema/psp.kubectl.v1alpha1.json');
const schema: JsonObject = JSON.parse(readFileSync(file, 'utf8'));
// Formats are notes in this version of JSON Schema.
const ajv = new Ajv2020({allErrors: true, validateFormats: false}).addSchema(schema);

/** What is wrong with a document of this kind; nothing for a valid one. */
function faultsOf(kind: string, value: unknown): readonly string[] {
  const validate = ajv.getSchema(`${schema.$id}#/$defs/${kind}`);
  if (validate === undefined) throw new Error(`the schema has no ${kind}`);
  validate(value);
  return (validate.errors ?? []).map(
    ({instancePath, message, params}) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

const workloads = fileOf(
  [
    pod('bare', {containers: [{name: 'c', securityContext: {runAsUser: 1000, privileged: true}}]}),
    {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {name: 'db', namespace: 'shop', labels: {app: 'db'}},
      spec: {
        replicas: 2,
        template: {
          metadata: {annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'unconfined'}},
          spec: {
            hostPID: true,
            os: {name: 'linux'},
            runtimeClassName: 'gvisor',
            securityContext: {
              fsGroup: 5,
              supplementalGroups: [1, 2],
              sysctls: [{name: 'kernel.shm_rmid'}],
              seLinuxOptions: {level: 's0'},
              seccompProfile: {type: 'RuntimeDefault'},
            },
            initContainers: [{name: 'i', volumeMounts: [{name: 'hostPath', mountPath: '/x'}]}],
            containers: [
              {
                name: 'c',
                ports: [{containerPort: 80, hostPort: 80}],
                securityContext: {
                  capabilities: {add: ['NET_ADMIN'], drop: ['ALL']},
                  procMount: 'Unmasked',
                  runAsUser: '4611686018427387905',
                  runAsNonRoot: true,
                },
              },
            ],
            volumes: volumeSourceKeys.map(key => ({name: key, [key]: sourceOf(key)})),
          },
        },
        volumeClaimTemplates: [{metadata: {name: 'data'}}],
      },
    },
  ].map(object => parseLong(object)),
);

/** Other versions of the same, and one that is only here. */
const privileged = fileOf([
  pod('bare', {containers: [{name: 'c', securityContext: {privileged: true}}]}),
  pod('new', {hostPID: true, containers: [{name: 'c'}]}),
]);

const policies = fileOf([
  {
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {name: 'loose'},
    spec: {
      privileged: true,
      volumes: ['*'],
      hostPID: true,
      hostPorts: [{min: 1, max: 99}],
      allowedHostPaths: [{pathPrefix: '/x', readOnly: true}],
      allowedCSIDrivers: [{name: 'd'}],
      allowedFlexVolumes: [{driver: 'd'}],
      runtimeClass: {allowedRuntimeClassNames: ['*']},
      runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 2}]},
      fsGroup: {rule: 'RunAsAny'},
      seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0'}},
      supplementalGroups: {rule: 'RunAsAny'},
      allowedCapabilities: ['*'],
    },
  },
]);

const ignoreFile = fileOf(
  printJson([
    {rule: 'policy-drift', object: 'Deployment/shop/*', reason: 'known', until: '2999-12-31'},
    {rule: 'policy-drift', object: 'Deployment/data/*', reason: 'known'},
  ]),
  'ignore.yaml',
);

/** A snapshot in which some things could not be read. */
const partial = fileOf(
  printJson({
    ...demoSnapshot,
    gaps: [
      {resource: 'rolebindings', namespace: 'shop', reason: 'forbidden'},
      {resource: 'cronjobs', reason: 'forbidden'},
    ],
  }),
  'partial.json',
);

function pod(name: string, spec: object): object {
  return {apiVersion: 'v1', kind: 'Pod', metadata: {name, namespace: 'shop'}, spec};
}

function sourceOf(key: string): object {
  if (key !== 'projected') return {path: '/x', driver: 'd', name: 'n'};
  const fieldRef = {apiVersion: 'v1', fieldPath: 'metadata.namespace'};
  const token = {path: 'token', audience: 'a', expirationSeconds: 3607};
  return {
    sources: [
      {serviceAccountToken: token, configMap: {name: 'c'}, secret: {name: 's'}},
      {downwardAPI: {items: [{path: 'p', fieldRef, resourceFieldRef: {resource: 'r'}}]}},
    ],
  };
}

/** The object with its strings of many digits as numbers, which JavaScript can't write exactly. */
function parseLong(object: object): object {
  return objectOf(parseJson(printJson(object).replaceAll(/"(\d{16,})"/g, '$1')));
}

const later = await laterSnapshot();
const relabelers = await labelledSnapshot([
  role('relabeler', {apiGroups: [''], resources: ['namespaces'], verbs: ['patch']}),
  binding('devs', 'relabeler', ['group:devs']),
]);
const relabelled = fileOf([
  labelled('monitoring', {enforce: 'privileged', warn: 'restricted'}),
  labelled('kube-system', {enforce: 'privileged'}),
]);

/** Command lines without their format, by the kind of document that they print. */
const documents: readonly (readonly [kind: string, ...args: readonly string[]])[] = [
  ['Why', 'why', '--demo', '-A'],
  ['Why', 'why', '--from', partial, '-A', '--requester', 'alice,devs'],
  ['Why', 'why', 'deploy/thumbnailer', '-n', 'shop', '--demo'],
  ['Why', 'why', '-f', policies, '-f', workloads],
  ['Why', 'why', '-f', policies, '-f', workloads, '--assume-authorized'],
  ['Why', 'why', '-n', 'none', '--demo'],
  ['Advice', 'advise', '--demo', '-A', '--grant'],
  ['Advice', 'advise', '--demo', '-A', '--for', 'namespace', '--grant'],
  ['Advice', 'advise', '--demo', '-A', '--for', 'cluster', '--grant', '--allow-defaults'],
  ['Advice', 'advise', '--from', partial, '-n', 'shop', '--for', 'workload'],
  ['Advice', 'advise', '-f', workloads],
  ['Advice', 'advise', '--demo', '-A', '--max-policies', '3', '--grant'],
  ['Hardening', 'advise', '--demo', '-A', '--harden'],
  ['Hardening', 'advise', '-f', workloads, '--harden', 'baseline'],
  ['WhoCan', 'who-can', '--demo', '-A'],
  ['WhoCan', 'who-can', '--demo', '-A', '--expand', '--indirect'],
  ['WhoCan', 'who-can', 'privileged', '--from', partial, '-n', 'shop'],
  ['WhoCan', 'who-can', '--demo', '--subject', 'sa:shop/media'],
  ['Summary', '--demo'],
  ['Summary', '--from', partial, '-n', 'shop'],
  ['Summary', '--from', later],
  ['Check', 'check', '--from', later],
  ['Why', 'why', '--from', later, '-A'],
  ['Audit', 'audit', '--from', later],
  ['WhoCan', 'who-can', '-A', '--from', relabelers],
  ['Try', 'try', '--from', later, '-A', '-f', relabelled],
  ['Version', 'version'],
  ['Check', 'check', '--demo'],
  ['Reuse', 'advise', '--demo', '-A', '--reuse', '--grant'],
  ['Reuse', 'advise', '--from', partial, '-n', 'payments', '--reuse', '--for', 'namespace'],
  ['Excess', 'advise', '--demo', '--compare', 'restricted'],
  ['Excess', 'advise', '-f', workloads, '--compare', 'builtin:baseline'],
  ['Excess', 'advise', '--from', partial, '-n', 'none', '--compare', 'restricted'],
  ['Diff', 'diff', '--demo', 'restricted', 'restricted'],
  ['Diff', 'diff', '--demo', 'privileged', 'restricted'],
  ['Diff', 'diff', 'builtin:restricted', 'builtin:restricted'],
  ['Compare', 'compare', workloads, privileged],
  ['Try', 'try', '--demo', '-A', '--delete', 'baseline'],
  ['Try', 'try', '--demo', '-A', '-f', workloads, '-f', policies],
  ['Try', 'try', '--from', partial, '-A', '--delete', 'baseline'],
  ['Compare', 'compare', privileged, workloads],
  ['Audit', 'audit', '--demo'],
  ['Audit', 'audit', '--demo', '--ignore', ignoreFile],
  ['Audit', 'audit', '--from', partial, '-n', 'shop'],
  ['Migration', 'migrate', '--demo', '-A'],
  ['Migration', 'migrate', '--from', partial, '-A', '--to', 'v1.34'],
  ['MigrationLabels', 'migrate', 'labels', '--demo', '-A', '--level', 'restricted'],
  ['MigrationLabels', 'migrate', 'labels', '--from', partial, '-A', '--stage', 'enforce'],
  ['MigrationPatches', 'migrate', 'patches', '--demo', '-A'],
  ['MigrationPatches', 'migrate', 'patches', '--demo', '-A', '--for', 'restricted'],
];

const cases = documents.map(
  ([kind, ...args]) => [args.map(arg => basename(arg)).join(' '), kind, args] as const,
);

describe('the schema describes', () => {
  test.each(cases)('%s', async (_, kind, args) => {
    const {code, out, err} = await runHere(...args, '-o', 'json');
    // That two policies differ, or that pods would be denied, is an answer, too.
    const isNo = kind === 'Diff' ? args.includes('privileged') : args.includes('--delete');
    const isPlan = kind === 'Migration' || kind === 'MigrationLabels';
    expect(isPlan ? [1, 3] : [isNo ? 1 : 0], err).toContain(code);
    const document: unknown = JSON.parse(out);
    expect(faultsOf(kind, document)).toEqual([]);
    expect(ajv.validate(schema.$id as string, document)).toBe(true);
  });

  test.each([
    ['the demo', '--demo'],
    ['manifests', '--from', policies, '--from', workloads],
    ['a part', '--from', partial],
  ])('a snapshot of %s', async (_, ...source) => {
    const {code, out, err} = await runHere('snapshot', ...source);
    expect(code, err).toBe(0);
    expect(faultsOf('Snapshot', JSON.parse(out))).toEqual([]);
    expect(ajv.validate(schema.$id as string, JSON.parse(out))).toBe(true);
  });
});

test.each(cases)('-o yaml says what -o json says: %s', async (_, kind, args) => {
  const json = await runHere(...args, '-o', 'json');
  const yaml = await runHere(...args, '-o', 'yaml');
  if (kind === 'Advice' || kind === 'Reuse') {
    // Their YAML is for kubectl apply: policies and grants.
    const answer = objectOf(parseJson(json.out));
    const items = answer.items as readonly JsonObject[];
    const advised = kind === 'Reuse' ? items.map(({advice}) => advice).filter(isObject) : items;
    const objects = [...advised, {grants: answer.grants ?? []}].flatMap(
      ({policy, grants = []}: JsonObject) => [
        ...(policy === undefined ? [] : [policy]),
        ...(grants as readonly Json[]),
      ],
    );
    expect(readDocuments(yaml.out, 'yaml').map(({value}) => value)).toEqual(objects);
    return;
  }
  if (kind === 'MigrationLabels') {
    // Its YAML are patches of namespaces, those that can be set.
    const set = readDocuments(yaml.out, 'yaml').map(({value}) =>
      objectOf(objectOf(value).metadata),
    );
    const items = objectOf(parseJson(json.out)).items as readonly JsonObject[];
    const wanted = items.map(({namespace: name, labels}) => ({name, labels}));
    const ready = args.includes('enforce')
      ? wanted.filter((_item, index) => items[index]?.verdict === 'fine')
      : wanted;
    expect(set).toEqual(ready);
    return;
  }
  if (kind === 'Hardening') {
    // Its YAML are patches for kubectl and kustomize.
    const items = objectOf(parseJson(json.out)).items as readonly JsonObject[];
    const patches = items.flatMap(({patch}) => (isObject(patch) ? [patch] : []));
    expect(readDocuments(yaml.out, 'yaml').map(({value}) => value)).toEqual(patches);
    return;
  }
  expect(readDocuments(yaml.out, 'yaml').map(({value}) => value)).toEqual([parseJson(json.out)]);
});

describe('the schema refuses', () => {
  test('what it does not name, at any depth', async () => {
    const snapshot = JSON.parse((await runHere('snapshot', '--demo')).out);
    expect(refusals('Snapshot', snapshot)).toEqual([]);
    for (const [kind, ...args] of [documents[3], documents[6], documents[12], documents[15]].filter(
      found => found !== undefined,
    )) {
      const document = JSON.parse((await runHere(...args, '-o', 'json')).out);
      expect(refusals(kind, document)).toEqual([]);
    }
  });

  test('documents that lack what is always there, and other kinds', () => {
    const apiVersion = 'psp.kubectl/v1alpha1';
    expect(faultsOf('Why', {apiVersion, kind: 'Why'})).not.toEqual([]);
    expect(faultsOf('Why', {apiVersion, kind: 'Summary', items: []})).not.toEqual([]);
    expect(faultsOf('Why', {apiVersion: 'psp.kubectl/v1', kind: 'Why', items: []})).not.toEqual([]);
    expect(faultsOf('Why', {apiVersion, kind: 'Why', items: []})).toEqual([]);
  });

  test('nothing by accident: every object is closed, or a map', () => {
    const open: string[] = [];
    walk(schema, '', (value, path) => {
      if (value.type !== 'object' || value.maxProperties === 0) return;
      if (value.additionalProperties === undefined) open.push(path);
    });
    expect(open).toEqual([]);
  });
});

/** Where an unknown property goes unnoticed. Maps of strings and values of patches take any. */
function refusals(kind: string, document: JsonObject): readonly string[] {
  const unnoticed: string[] = [];
  const seen = new Set<string>();
  walk(document, '', (value, path) => {
    const shape = path.replaceAll(/\/\d+/g, '/*');
    if (seen.has(shape) || /\/(labels|annotations|matchLabels|value)(\/|$)/.test(shape)) return;
    seen.add(shape);
    (value as {unknown?: string}).unknown = 'x';
    if (faultsOf(kind, document).length === 0) unnoticed.push(path);
    delete (value as {unknown?: string}).unknown;
  });
  expect(seen.size).toBeGreaterThan(2);
  return unnoticed;
}

function walk(value: Json | undefined, path: string, visit: Visit): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}/${index}`, visit);
  } else if (isObject(value)) {
    visit(value, path);
    for (const [key, item] of Object.entries(value)) walk(item, `${path}/${key}`, visit);
  }
}
type Visit = (value: JsonObject, path: string) => void;
