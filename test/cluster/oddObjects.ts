import type {JsonObject} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {objectOf} from '../support/run/output.ts';

const anyRule = {rule: 'RunAsAny'};

/** Volume sources that no made-up case has, or not all of; each is valid. */
const sources: readonly JsonObject[] = [
  {hostPath: {path: '/var/log', type: ''}},
  {emptyDir: {}},
  {emptyDir: {medium: 'Memory', sizeLimit: '1Gi'}},
  {gcePersistentDisk: {pdName: 'a'}},
  {awsElasticBlockStore: {volumeID: 'a'}},
  {gitRepo: {repository: 'a'}},
  {secret: {secretName: 'a', optional: true}},
  {nfs: {server: 'a', path: '/'}},
  {iscsi: {targetPortal: '10.0.0.1', iqn: 'iqn.2001-04.com.example:a', lun: 0}},
  {glusterfs: {endpoints: 'a', path: 'b'}},
  {persistentVolumeClaim: {claimName: 'a', readOnly: true}},
  {rbd: {monitors: ['a'], image: 'b'}},
  {flexVolume: {driver: 'example/flex', options: {a: 'b'}}},
  {cinder: {volumeID: 'a'}},
  {cephfs: {monitors: ['a']}},
  {flocker: {datasetName: 'a'}},
  {downwardAPI: {items: [{path: 'a', fieldRef: {fieldPath: 'metadata.name'}}]}},
  {fc: {targetWWNs: ['a'], lun: 1}},
  {azureFile: {secretName: 'a', shareName: 'b'}},
  {configMap: {name: 'a'}},
  {vsphereVolume: {volumePath: 'a'}},
  {quobyte: {registry: 'a:1', volume: 'b'}},
  {azureDisk: {diskName: 'a', diskURI: 'https://example.com/a.vhd'}},
  {photonPersistentDisk: {pdID: 'a'}},
  {storageos: {volumeName: 'a'}},
  {projected: {sources: [{secret: {name: 's'}}, {configMap: {name: 'c', optional: false}}]}},
  {
    projected: {
      sources: [
        {serviceAccountToken: {path: 'token', expirationSeconds: 3607, audience: 'a'}},
        {serviceAccountToken: {path: 'token'}},
        {
          downwardAPI: {
            items: [
              {path: 'a', fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}},
              {path: 'b', resourceFieldRef: {containerName: 'c', resource: 'limits.cpu'}},
            ],
          },
        },
      ],
    },
  },
  {portworxVolume: {volumeID: 'a'}},
  {scaleIO: {gateway: 'a', system: 'b', secretRef: {name: 'c'}, volumeName: 'd'}},
  {csi: {driver: 'csi.example.com', volumeAttributes: {a: 'b'}}},
  {
    ephemeral: {
      volumeClaimTemplate: {
        spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
      },
    },
  },
];

/** A pod for each volume source. */
export function volumePods(namespace: string): readonly JsonObject[] {
  return sources.map((source, index) => {
    const volumes = [{name: 'v', ...source}];
    return podObject(
      {name: `volume-${index}`, namespace},
      {serviceAccountName: 'default', volumes},
    );
  });
}

/** What is set to its zero value, to an extreme, or to everything at once. */
export function oddObjects(namespace: string): readonly JsonObject[] {
  const largest = 9_223_372_036_854_775_807n;
  const ranges = [
    {min: 0, max: 0},
    {min: 9_007_199_254_740_993n, max: largest},
  ];
  return [
    {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {
        name: 'everything',
        labels: {a: 'b', empty: ''},
        annotations: {
          'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*',
          'example.com/secret': 'not kept',
        },
      },
      spec: {
        privileged: false,
        allowPrivilegeEscalation: false,
        defaultAllowPrivilegeEscalation: false,
        hostPorts: [
          {min: 0, max: 0},
          {min: 1, max: 65535},
        ],
        seLinux: {rule: 'MustRunAs', seLinuxOptions: {user: '', level: 's0:c1'}},
        runAsUser: {rule: 'MustRunAs', ranges},
        runAsGroup: {rule: 'MayRunAs', ranges},
        supplementalGroups: {rule: 'MustRunAs', ranges},
        fsGroup: {rule: 'MayRunAs', ranges},
        allowedHostPaths: [{pathPrefix: '/', readOnly: true}, {pathPrefix: '/var'}],
        allowedFlexVolumes: [{driver: 'example/flex'}],
        allowedCSIDrivers: [{name: 'csi.example.com'}],
        allowedProcMountTypes: ['Default'],
        allowedUnsafeSysctls: ['net.*'],
        forbiddenSysctls: ['kernel.*'],
        runtimeClass: {allowedRuntimeClassNames: ['*'], defaultRuntimeClassName: 'gvisor'},
        volumes: ['*'],
      },
    },
    {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name: 'nothing', annotations: {}},
      spec: {
        seLinux: anyRule,
        runAsUser: anyRule,
        supplementalGroups: anyRule,
        fsGroup: anyRule,
        runtimeClass: {allowedRuntimeClassNames: []},
      },
    },
    ...accounts(namespace),
    ...roles(namespace),
    oddPod(namespace),
  ];
}

function accounts(namespace: string): readonly JsonObject[] {
  const account = (name: string, more: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: {name, namespace},
    ...more,
  });
  return [
    account('unsaid', {}),
    account('yes', {automountServiceAccountToken: true, imagePullSecrets: [{name: 'a'}]}),
    account('no', {automountServiceAccountToken: false}),
  ];
}

function roles(namespace: string): readonly JsonObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const requirement = {key: 'a', operator: 'In', values: ['b', 'c']};
  return [
    {apiVersion, kind: 'Role', metadata: {name: 'empty', namespace}, rules: []},
    {
      apiVersion,
      kind: 'ClusterRole',
      metadata: {name: 'aggregated', labels: {a: 'b'}},
      aggregationRule: {
        clusterRoleSelectors: [
          {matchLabels: {a: 'b'}, matchExpressions: [requirement]},
          {matchExpressions: [{key: 'x', operator: 'Exists'}]},
        ],
      },
      rules: [{verbs: ['get'], nonResourceURLs: ['/healthz']}],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata: {name: 'to-nobody', namespace},
      roleRef: {apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'empty'},
    },
  ];
}

function oddPod(namespace: string): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'odd',
      namespace,
      labels: {empty: '', a: 'b'},
      annotations: {'kubernetes.io/psp': 'ü', 'example.com/other': 'x'.repeat(5000)},
      ownerReferences: [
        {apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u', controller: false},
        {apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'r', uid: 'v', controller: true},
        {apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'w'},
      ],
    },
    spec: {
      automountServiceAccountToken: false,
      os: {name: 'linux'},
      nodeName: 'node',
      serviceAccountName: 'no',
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      securityContext: {
        runAsUser: 0,
        runAsGroup: 0,
        fsGroup: 2_147_483_647,
        runAsNonRoot: false,
        supplementalGroups: [0, 1, 2_147_483_647],
        sysctls: [{name: 'a.b', value: ''}],
        seccompProfile: {type: 'Localhost', localhostProfile: 'a.json'},
        seLinuxOptions: {},
      },
      initContainers: [{name: 'i', image: 'i', securityContext: {}}],
      containers: [
        {
          name: 'c',
          image: 'i',
          env: [{name: 'A', value: 'secret'}],
          ports: [
            {containerPort: 80, hostPort: 80},
            {containerPort: 53, protocol: 'UDP'},
          ],
          resources: {limits: {cpu: '1'}},
          securityContext: {
            runAsUser: 0,
            runAsGroup: 0,
            runAsNonRoot: false,
            privileged: false,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: false,
            procMount: 'Default',
            capabilities: {add: ['KILL'], drop: ['ALL']},
            seLinuxOptions: {level: 's0:c1', type: '', role: 'r', user: 'u'},
          },
        },
      ],
    },
  };
}

/** A workload of each kind, with the pod as its template. */
export function workloadsOf(
  pod: JsonObject,
  namespace: string,
  name: string,
): readonly JsonObject[] {
  const {annotations} = objectOf(pod.metadata);
  const {
    priorityClassName: _class,
    ephemeralContainers: _late,
    activeDeadlineSeconds: _end,
    ...own
  } = objectOf(pod.spec);
  const spec: JsonObject = {serviceAccountName: 'default', ...own};
  const labels = {app: name};
  const meta = {labels, ...(annotations === undefined ? {} : {annotations})};
  const selector = {matchLabels: labels};
  const template = {metadata: meta, spec: {...spec, restartPolicy: 'Always'}};
  const once = {metadata: meta, spec: {...spec, restartPolicy: 'Never'}};
  const claim = {
    metadata: {name: 'data'},
    spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
  };
  const make = (apiVersion: string, kind: string, of: JsonObject): JsonObject => ({
    apiVersion,
    kind,
    metadata: {name, namespace, labels: {...labels, of: kind}},
    spec: of,
  });
  return [
    make('apps/v1', 'Deployment', {replicas: 0, selector, template}),
    make('apps/v1', 'ReplicaSet', {replicas: 3, selector, template}),
    make('apps/v1', 'StatefulSet', {
      selector,
      template,
      serviceName: 's',
      volumeClaimTemplates: [claim, {...claim, metadata: {name: 'more'}}],
    }),
    make('apps/v1', 'DaemonSet', {selector, template}),
    make('v1', 'ReplicationController', {replicas: 1, selector: labels, template}),
    make('batch/v1', 'Job', {suspend: false, template: once}),
    make('batch/v1', 'CronJob', {
      schedule: '* * * * *',
      suspend: true,
      jobTemplate: {spec: {suspend: false, template: once}},
    }),
  ];
}
