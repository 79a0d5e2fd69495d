import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {isObject, type JsonObject} from '../../src/kube/json.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {printablePolicy} from '../../src/report/advice.ts';
import {hasReference, isThorough} from '../support/kubernetes/reference.ts';
import {objectOf} from '../support/run/output.ts';
import {itemsHere} from '../support/run/run.ts';
import {type ApiServer, startApiServer} from '../support/server/apiServer.ts';
import {validCases} from './pods.ts';

const namespace = 'hard';
const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
const count = isThorough ? 150 : 50;

/** Deployments of recorded pods, and of one that says nothing. */
function deploymentOf(name: string, spec: JsonObject, annotations?: JsonObject): JsonObject {
  const {ephemeralContainers: _ephemeral, nodeName: _node, ...rest} = spec;
  const labels = {app: name};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {
      selector: {matchLabels: labels},
      template: {
        metadata: {labels, annotations},
        spec: {
          ...rest,
          restartPolicy: 'Always',
          serviceAccountName: 'default',
          runtimeClassName: undefined,
        },
      },
    },
  } as JsonObject;
}

const creator = 'creator';
/** Where the built-in policy judges, and where the standard alone does: what a policy fills in hides gaps. */
const judges = {policy: namespace, standard: 'standard'};

function clusterObjects(): readonly JsonObject[] {
  const labels = {
    'pod-security.kubernetes.io/enforce': 'restricted',
    'pod-security.kubernetes.io/enforce-version': 'v1.24',
  };
  return [
    ...(['restricted', 'privileged'] as const).map(
      level =>
        printablePolicy(builtinPolicy(level, {appArmor: true, release: lastRelease})) as JsonObject,
    ),
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: judges.policy}},
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name: judges.standard, labels}},
    ...Object.values(judges).map(home => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {name: 'default', namespace: home},
    })),
    ...rightsIn(judges.policy, 'pss-restricted'),
    ...rightsIn(judges.standard, 'pss-privileged'),
  ];
}

/** The creator may make pods in a namespace, under one policy. */
function rightsIn(home: string, policy: string): readonly JsonObject[] {
  const group = 'rbac.authorization.k8s.io';
  const use = {apiGroups: ['policy'], resources: ['podsecuritypolicies'], verbs: ['use']};
  const metadata = {name: creator, namespace: home};
  return [
    {
      apiVersion: `${group}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        {apiGroups: [''], resources: ['pods'], verbs: ['create']},
        {...use, resourceNames: [policy]},
      ],
    },
    {
      apiVersion: `${group}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: {apiGroup: group, kind: 'Role', name: creator},
      subjects: [{apiGroup: group, kind: 'User', name: creator}],
    },
  ];
}

describe.runIf(hasReference('etcd', 'kube-apiserver'))('advise --harden, live', () => {
  let server: ApiServer;
  const names: string[] = [];

  beforeAll(async () => {
    server = await startApiServer();
    await server.createAll(clusterObjects());
    const silent = deploymentOf('silent', {containers: [{name: 'c', image: 'x'}]});
    const recorded = validCases()
      .slice(0, count)
      .map(({pod}, index) => {
        const {annotations} = objectOf(pod.metadata);
        const kept = isObject(annotations) ? annotations : undefined;
        return deploymentOf(`w${index}`, objectOf(pod.spec), kept);
      });
    for (const deployment of [silent, ...recorded]) {
      const {status} = await server.request('POST', deployments, deployment);
      if (status === 201) names.push(String(objectOf(deployment.metadata).name));
    }
  });
  afterAll(() => server?.stop());

  async function templateOf(name: string): Promise<JsonObject> {
    const {json} = await server.request('GET', `${deployments}/${name}`);
    return objectOf(objectOf(objectOf(json).spec).template);
  }

  /** Why either judge refuses a pod of a template; undefined if neither does. */
  async function refusalOf({metadata, spec}: JsonObject): Promise<string | undefined> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      spec,
      metadata: {...objectOf(metadata), generateName: 'p-'},
    };
    for (const home of Object.values(judges)) {
      const path = `/api/v1/namespaces/${home}/pods?dryRun=All`;
      const {status, json} = await server.request('POST', path, pod, {as: creator});
      if (status === 201) continue;
      const message = String(objectOf(json).message);
      if (status !== 403) throw new Error(`${status} ${message}`);
      return message;
    }
    return undefined;
  }

  test('the API server takes each patch, and then each pod with nothing left to decide', async () => {
    expect(names.length).toBeGreaterThan(count / 3);
    const live = ['--kubeconfig', server.kubeconfig, '-n', namespace];
    const items = await itemsHere('advise', '--harden', ...live);
    expect(items).toHaveLength(names.length);
    const wrong: string[] = [];
    const seen = {restricted: 0, undecided: 0};
    for (const {name, patch, now, decisions, blocked} of items) {
      const isFine = now === 'restricted';
      const before = await refusalOf(await templateOf(String(name)));
      if ((before === undefined) !== isFine) wrong.push(`${name} before: ${before}`);
      if (patch !== null) {
        const contentType = 'application/strategic-merge-patch+json';
        const path = `${deployments}/${name}`;
        const {status, text} = await server.request('PATCH', path, patch, {contentType});
        if (status !== 200) wrong.push(`${name} patch: ${text}`);
      }
      const isOpen = (Array.isArray(decisions) && decisions.length > 0) || blocked !== undefined;
      seen[isOpen ? 'undecided' : 'restricted'] += 1;
      const refusal = await refusalOf(await templateOf(String(name)));
      if ((refusal !== undefined) !== isOpen) wrong.push(`${name} after: ${refusal}`);
    }
    expect(wrong).toEqual([]);
    expect(seen.restricted).toBeGreaterThan(0);
    expect(seen.undecided).toBeGreaterThan(0);
    const again = await itemsHere('advise', '--harden', ...live);
    expect(again.flatMap(({changes}) => changes)).toEqual([]);
  });

  test('none of the changes of a silent pod can be left out', async () => {
    const template = await templateOf('silent');
    const spec = objectOf(template.spec);
    const [container] = Array.isArray(spec.containers) ? spec.containers : [];
    const own = objectOf(objectOf(container).securityContext);
    const pod = objectOf(spec.securityContext);
    expect(Object.keys({...own, ...pod}).sort()).toEqual([
      'allowPrivilegeEscalation',
      'capabilities',
      'runAsNonRoot',
      'seccompProfile',
    ]);
    for (const left of [...Object.keys(own), ...Object.keys(pod)]) {
      const refusal = await refusalOf({
        ...template,
        spec: {
          ...spec,
          securityContext: {...pod, [left]: undefined},
          containers: [{...objectOf(container), securityContext: {...own, [left]: undefined}}],
        },
      });
      expect(refusal, left).toMatch(/violates PodSecurity "restricted:v1.24"/);
    }
  });
});
