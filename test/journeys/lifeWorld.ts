import {isObject, type Json, type JsonObject} from '../../src/kube/json.ts';
import {podObject} from '../support/builders/pods.ts';
import {objectOf} from '../support/run/output.ts';
import type {ApiServer} from '../support/server/apiServer.ts';

/** A shop that needs little, and a log shipper that reads the files of its node. */
export const workloads = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Namespace
metadata: {name: logging}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: report, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: shipper, namespace: logging}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: web
      containers:
      - name: nginx
        image: nginx
        securityContext:
          runAsUser: 101
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
        volumeMounts: [{name: cache, mountPath: /cache}]
      volumes: [{name: cache, emptyDir: {}}]
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: report, namespace: shop}
spec:
  schedule: 0 6 * * *
  jobTemplate:
    spec:
      template:
        metadata: {labels: {app: report}}
        spec:
          restartPolicy: Never
          serviceAccountName: report
          containers: [{name: report, image: report}]
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: shipper, namespace: logging}
spec:
  selector: {matchLabels: {app: shipper}}
  template:
    metadata: {labels: {app: shipper}}
    spec:
      serviceAccountName: shipper
      containers:
      - name: shipper
        image: shipper
        volumeMounts: [{name: logs, mountPath: /var/log, readOnly: true}]
      volumes: [{name: logs, hostPath: {path: /var/log}}]
`;

/** A workload of the manifests, and who makes its pods out of what. */
interface Maker {
  readonly workload: string;
  readonly controller: string;
  /** The object whose template the pods are of. */
  readonly owner: string;
  readonly pods: string;
}

const makers: readonly Maker[] = [
  {
    workload: 'shop/Deployment/web',
    controller: 'replicaset-controller',
    owner: '/apis/apps/v1/namespaces/shop/replicasets/web-1',
    pods: '/api/v1/namespaces/shop/pods',
  },
  {
    workload: 'shop/CronJob/report',
    controller: 'job-controller',
    owner: '/apis/batch/v1/namespaces/shop/jobs/report-1',
    pods: '/api/v1/namespaces/shop/pods',
  },
  {
    workload: 'logging/DaemonSet/shipper',
    controller: 'daemon-set-controller',
    owner: '/apis/apps/v1/namespaces/logging/daemonsets/shipper',
    pods: '/api/v1/namespaces/logging/pods',
  },
];

/** Makes what the controllers of Deployments and CronJobs make: a ReplicaSet and a Job. */
export async function makeOwners(server: ApiServer): Promise<void> {
  const deployment = await stored(server, '/apis/apps/v1/namespaces/shop/deployments/web');
  const cronJob = await stored(server, '/apis/batch/v1/namespaces/shop/cronjobs/report');
  const {selector, template} = objectOf(deployment.spec);
  await server.createAll([
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: ownedBy(deployment, {name: 'web-1', namespace: 'shop'}),
      spec: {selector: selector ?? null, template: template ?? null},
    },
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: ownedBy(cronJob, {name: 'report-1', namespace: 'shop'}),
      spec: objectOf(objectOf(objectOf(cronJob.spec).jobTemplate).spec),
    },
  ]);
}

/**
 * Submits a new pod of each workload as its controller does, in place of the one that is there. Answers
 * by workload with the policy that let it in, or with the server's refusal. A trial stores nothing.
 */
export async function restart(
  server: ApiServer,
  {isTrial}: {readonly isTrial: boolean},
): Promise<Readonly<Record<string, string>>> {
  const answers: (readonly [string, string])[] = [];
  for (const {workload, controller, owner, pods} of makers) {
    const made = await stored(server, owner);
    const {template} = objectOf(made.spec);
    const {metadata, spec} = objectOf(template);
    const {name} = objectOf(made.metadata);
    const {labels} = objectOf(metadata);
    if (!isTrial) {
      const selector = `labelSelector=app%3D${objectOf(labels).app}`;
      await server.request('DELETE', `${pods}?gracePeriodSeconds=0&${selector}`);
    }
    const own = {generateName: `${name}-`, labels: labels ?? {}};
    const pod = podObject(ownedBy(made, own), objectOf(spec));
    const path = isTrial ? `${pods}?dryRun=All` : pods;
    const {json} = await server.request('POST', path, pod, {
      as: `system:serviceaccount:kube-system:${controller}`,
      asGroups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
    });
    answers.push([workload, policyOf(objectOf(json))]);
  }
  return Object.fromEntries(answers);
}

function policyOf({metadata, message}: JsonObject): string {
  const {annotations} = objectOf(metadata);
  const policy = isObject(annotations) ? annotations['kubernetes.io/psp'] : undefined;
  return String(policy ?? message ?? 'no policy');
}

function ownedBy(owner: JsonObject, metadata: JsonObject): JsonObject {
  const {apiVersion = null, kind = null} = owner;
  const {name = null, uid = null} = objectOf(owner.metadata);
  return {...metadata, ownerReferences: [{apiVersion, kind, name, uid, controller: true}]};
}

async function stored(server: ApiServer, path: string): Promise<JsonObject> {
  const {status, json, text} = await server.request('GET', path);
  if (status !== 200) throw new Error(`${path}: ${text}`);
  return objectOf(json as Json);
}
