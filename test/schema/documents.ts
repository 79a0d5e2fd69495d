import {demoSnapshot} from '../../src/demo/index.ts';
import {parseJson, printJson} from '../../src/kube/json.ts';
import {volumeSourceKeys} from '../../src/kube/volume.ts';
import {binding, role} from '../support/builders/audits.ts';
import {labelled, labelledSnapshot} from '../support/builders/labelledCluster.ts';
import {laterSnapshot} from '../support/builders/laterCluster.ts';
import {fileOf} from '../support/run/files.ts';
import {objectOf} from '../support/run/output.ts';

export const workloads = fileOf(
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

export const policies = fileOf([
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
export const partial = fileOf(
  printJson({
    ...demoSnapshot,
    gaps: [
      {resource: 'rolebindings', namespace: 'shop', reason: 'forbidden'},
      {resource: 'cronjobs', reason: 'forbidden'},
    ],
  }),
  'partial.json',
);

const windowsOptions = {
  hostProcess: false,
  gmsaCredentialSpecName: 'g',
  gmsaCredentialSpec: '',
  runAsUserName: 'u',
};
const appArmorProfile = {type: 'Localhost', localhostProfile: 'p'};
const handler = {httpGet: {host: 'h', port: 1}, tcpSocket: {host: 'h', port: 1}};

/** What few pods have, and what no server takes: a snapshot has it all the same. */
export const oddities = fileOf([
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: {name: 'kata'},
    handler: 'kata',
  },
  pod('odd', {
    hostUsers: false,
    runtimeClassName: 'kata',
    securityContext: {windowsOptions, appArmorProfile, fsGroupChangePolicy: 'Never'},
    containers: [
      {
        name: 'c',
        image: 'x',
        securityContext: {windowsOptions, appArmorProfile},
        volumeMounts: [
          {name: 'v', mountPath: '/v', mountPropagation: 'None', subPath: '/', subPathExpr: '..'},
        ],
        livenessProbe: handler,
        readinessProbe: handler,
        startupProbe: handler,
        lifecycle: {postStart: handler, preStop: handler},
      },
    ],
    volumes: [
      {name: 'v', hostPath: {path: '/v', type: 'Folder'}},
      {name: 'i', image: {reference: 'x'}},
    ],
  }),
]);

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
export const documents: readonly (readonly [kind: string, ...args: readonly string[]])[] = [
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

/** The object with its strings of many digits as numbers, which JavaScript can't write exactly. */
function parseLong(object: object): object {
  return objectOf(parseJson(printJson(object).replaceAll(/"(\d{16,})"/g, '$1')));
}
