import type {JsonObject} from '../../src/kube/json.ts';

/** What pods of one kind of program look like; `spec` is that of a pod template. */
export interface Template {
  readonly name: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job';
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec: JsonObject;
}

const restricted: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: {drop: ['ALL']},
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
};
const runtimeDefault: JsonObject = {seccompProfile: {type: 'RuntimeDefault'}};
const hostPath = (name: string, path: string): JsonObject => ({
  name,
  hostPath: {path, type: 'Directory'},
});
const mount = (name: string, mountPath: string, readOnly = false): JsonObject => ({
  name,
  mountPath,
  ...(readOnly ? {readOnly} : {}),
});

const http: readonly JsonObject[] = [{name: 'http', containerPort: 8080, protocol: 'TCP'}];

/** A container with all that real ones have besides it: environment, resources and, below, probes. */
function initContainer(
  name: string,
  securityContext: JsonObject | undefined,
  volumeMounts: readonly JsonObject[] = [],
): JsonObject {
  return {
    name,
    image: `registry.example.com/shop/${name}@sha256:${'0123456789abcdef'.repeat(4)}`,
    args: ['--config=/etc/app/config.yaml', '--log-level=info'],
    env: [
      {name: 'POD_NAME', valueFrom: {fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.name'}}},
      {name: 'DATABASE_URL', valueFrom: {secretKeyRef: {name: 'database', key: 'url'}}},
      {name: 'JAVA_TOOL_OPTIONS', value: '-XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError'},
      {name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://collector.monitoring.svc:4317'},
    ],
    resources: {limits: {cpu: '1', memory: '512Mi'}, requests: {cpu: '100m', memory: '256Mi'}},
    volumeMounts,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    ...(securityContext === undefined ? {} : {securityContext}),
  };
}

function container(
  name: string,
  securityContext: JsonObject | undefined,
  volumeMounts?: readonly JsonObject[],
  ports = http,
): JsonObject {
  const probe = (path: string): JsonObject => ({
    httpGet: {path, port: 8080, scheme: 'HTTP'},
    initialDelaySeconds: 5,
    timeoutSeconds: 3,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return {
    ...initContainer(name, securityContext, volumeMounts),
    ports,
    livenessProbe: probe('/live'),
    readinessProbe: probe('/ready'),
  };
}

const config: JsonObject = {name: 'config', configMap: {name: 'app', defaultMode: 420}};
const certificates: JsonObject = {name: 'tls', secret: {secretName: 'tls', defaultMode: 420}};
const scratch: JsonObject = {name: 'tmp', emptyDir: {}};
const configMount = mount('config', '/etc/app', true);
const scratchMount = mount('tmp', '/tmp');
const tlsMount = mount('tls', '/etc/tls', true);

/** The kinds of programs of a cluster, those that are many in a real one more than once. */
export const templates: readonly Template[] = [
  {
    name: 'web',
    kind: 'Deployment',
    spec: {
      securityContext: {runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, ...runtimeDefault},
      volumes: [config, scratch],
      containers: [container('web', restricted, [configMount, scratchMount])],
    },
  },
  {
    name: 'api',
    kind: 'Deployment',
    annotations: {'container.apparmor.security.beta.kubernetes.io/api': 'runtime/default'},
    spec: {
      securityContext: {runAsUser: 10001, supplementalGroups: [4000], fsGroup: 10001},
      volumes: [config, certificates, scratch],
      initContainers: [initContainer('migrate', restricted, [configMount])],
      containers: [
        container('api', restricted, [configMount, tlsMount, scratchMount]),
        container('proxy', {...restricted, runAsUser: 1337}, [tlsMount]),
      ],
    },
  },
  {
    name: 'legacy',
    kind: 'Deployment',
    spec: {
      volumes: [config, {name: 'data', persistentVolumeClaim: {claimName: 'data'}}],
      containers: [container('app', undefined, [configMount, mount('data', '/var/lib/app')])],
    },
  },
  {
    name: 'mesh',
    kind: 'Deployment',
    spec: {
      securityContext: {fsGroup: 1337},
      volumes: [config, {name: 'envoy', emptyDir: {medium: 'Memory'}}],
      initContainers: [
        initContainer('redirect', {
          capabilities: {add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL']},
          runAsUser: 0,
        }),
      ],
      containers: [
        container('server', {...restricted, runAsUser: 20000, ...runtimeDefault}, [configMount]),
        container('envoy', {...restricted, runAsUser: 1337}, [mount('envoy', '/etc/envoy')]),
      ],
    },
  },
  {
    name: 'database',
    kind: 'StatefulSet',
    spec: {
      securityContext: {
        runAsUser: 999,
        fsGroup: 999,
        sysctls: [{name: 'kernel.shm_rmid_forced', value: '1'}],
      },
      volumes: [config, {name: 'storage', persistentVolumeClaim: {claimName: 'storage'}}],
      containers: [
        container(
          'postgres',
          {
            allowPrivilegeEscalation: false,
            capabilities: {drop: ['ALL'], add: ['CHOWN', 'FOWNER']},
          },
          [configMount, mount('storage', '/var/lib/postgresql')],
        ),
      ],
    },
  },
  {
    name: 'agent',
    kind: 'DaemonSet',
    spec: {
      hostNetwork: true,
      hostPID: true,
      volumes: [config, hostPath('root', '/'), hostPath('logs', '/var/log')],
      containers: [
        container(
          'agent',
          {privileged: true},
          [mount('root', '/host', true), mount('logs', '/var/log', true)],
          [{name: 'metrics', containerPort: 9100, hostPort: 9100, protocol: 'TCP'}],
        ),
      ],
    },
  },
  {
    name: 'batch',
    kind: 'Job',
    spec: {
      restartPolicy: 'Never',
      securityContext: {runAsNonRoot: true, runAsUser: 65534},
      volumes: [
        scratch,
        {
          name: 'work',
          ephemeral: {
            volumeClaimTemplate: {
              spec: {accessModes: ['ReadWriteOnce'], resources: {requests: {storage: '1Gi'}}},
            },
          },
        },
      ],
      containers: [container('batch', restricted, [scratchMount, mount('work', '/work')], [])],
    },
  },
];

/** The token's volume as the ServiceAccount admission plugin of v1.24 adds it. */
export const tokenVolume: JsonObject = {
  name: 'kube-api-access-b5x2k',
  projected: {
    defaultMode: 420,
    sources: [
      {serviceAccountToken: {expirationSeconds: 3607, path: 'token'}},
      {configMap: {items: [{key: 'ca.crt', path: 'ca.crt'}], name: 'kube-root-ca.crt'}},
      {
        downwardAPI: {
          items: [
            {fieldRef: {apiVersion: 'v1', fieldPath: 'metadata.namespace'}, path: 'namespace'},
          ],
        },
      },
    ],
  },
};

export const tokenMount: JsonObject = {
  name: 'kube-api-access-b5x2k',
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
  readOnly: true,
};
