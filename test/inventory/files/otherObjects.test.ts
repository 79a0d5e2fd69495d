import {describe, expect, test} from 'vitest';
import {fileOf} from '../../support/run/files.ts';
import {itemsHere, runHere} from '../../support/run/run.ts';
import {container, judged, object, pod, policy, privileged} from './judgedObjects.ts';

const account = (name: string) => `system:serviceaccount:kube-system:${name}-controller`;

test.each([
  ['argoproj.io/v1alpha1', 'Rollout', {template: pod}, account('replicaset')],
  ['keda.sh/v1alpha1', 'ScaledJob', {jobTargetRef: {template: pod}}, account('job')],
  ['apps.openshift.io/v1', 'DeploymentConfig', {template: pod}, account('replication')],
  ['serving.knative.dev/v1', 'Service', {template: pod}, account('replicaset')],
  ['apps.kruise.io/v1alpha1', 'CloneSet', {template: pod}, null],
  ['batch.volcano.sh/v1alpha1', 'Job', {tasks: [{template: pod}]}, null],
  ['kubeflow.org/v1', 'TFJob', {tfReplicaSpecs: {Worker: {template: pod}}}, null],
  ['kibana.k8s.elastic.co/v1', 'Kibana', {podTemplate: pod}, account('replicaset')],
  ['beat.k8s.elastic.co/v1beta1', 'Beat', {daemonSet: {podTemplate: pod}}, account('daemon-set')],
  ['beat.k8s.elastic.co/v1beta1', 'Beat', {deployment: {podTemplate: pod}}, account('replicaset')],
  ['example.com/v1', 'Thing', {deep: [{er: {podTemplate: pod}}]}, null],
])('%s %s is read where its template is', async (apiVersion, kind, spec, requester) => {
  const {items, unjudged, codes} = await judged(object(apiVersion, kind, spec));
  expect(items).toMatchObject([{kind, name: 'x', requester, policy: 'base'}]);
  expect(items[0]).not.toHaveProperty('template');
  expect([unjudged, codes]).toEqual([undefined, [0, 0]]);
});

describe('an object with several templates', () => {
  const ray = object('ray.io/v1', 'RayCluster', {
    headGroupSpec: {template: pod},
    workerGroupSpecs: [{template: pod}, {template: privileged}],
  });
  const file = fileOf([policy, ray]);

  test('has a row for each', async () => {
    const {items, codes} = await judged(ray);
    expect(items).toMatchObject([
      {name: 'x', template: 'spec.headGroupSpec.template', state: 'ok'},
      {name: 'x', template: 'spec.workerGroupSpecs.0.template', state: 'ok'},
      {name: 'x', template: 'spec.workerGroupSpecs.1.template', state: 'denied'},
    ]);
    expect(codes).toEqual([1, 1]);
    const names = await runHere('why', '-f', file, '-o', 'name');
    expect(names.out.split('\n')[1]).toBe('raycluster/x:workerGroupSpecs[0]');
  });

  test('is named whole, or one of them', async () => {
    const named = (name: string) => itemsHere('why', name, '-f', file);
    expect(await named('raycluster/x')).toHaveLength(3);
    expect(await named('raycluster/x:workerGroupSpecs[1]')).toHaveLength(1);
  });

  test('is the owner of pods of which nobody knows the template', async () => {
    const owner = {apiVersion: 'ray.io/v1', kind: 'RayCluster', name: 'x', controller: true};
    const worker = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {name: 'w', namespace: 'a', uid: 'u', ownerReferences: [owner]},
      ...pod,
    };
    const {items} = await judged(ray, worker);
    expect(items).toMatchObject([{kind: 'Pod', name: 'w', judgedByLivePod: true, requester: null}]);
  });

  test('comes back from a snapshot', async () => {
    const {out} = await runHere('snapshot', '--from', file);
    const again = await itemsHere('why', '-A', '--from', fileOf(out));
    expect(again).toEqual(await itemsHere('why', '-f', file));
  });
});

test('a template does not hide what its object says of pods elsewhere', async () => {
  const {items, unjudged, codes} = await judged(
    object('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', {
      nodeSets: [{podTemplate: pod}, {podTemplate: {spec: {hostNetwork: true}}}],
    }),
  );
  expect(items).toMatchObject([{kind: 'Elasticsearch', state: 'ok'}]);
  expect(unjudged).toMatchObject([{kind: 'Elasticsearch', name: 'x'}]);
  expect(codes).toEqual([3, 0]);
});

describe('is not judged, and said not to be:', () => {
  test.each([
    ['kafka.strimzi.io/v1beta2', 'Kafka', {kafka: {replicas: 3}}],
    ['kubevirt.io/v1', 'VirtualMachine', {template: {spec: {domain: {}}}}],
    ['tekton.dev/v1', 'TaskRun', {taskSpec: {steps: [container]}}],
    [
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      {nodeSets: [{podTemplate: {spec: {initContainers: [container]}}}]},
    ],
    ['example.com/v1', 'Thing', {pods: {containers: [container]}}],
    ['v1', 'Deployment', {template: {spec: {containers: [container]}}}],
    ['batch/v1', 'StatefulSet', {}],
    ['apps/v1', 'Pod', {containers: [container]}],
    ['example.com/v1', 'Thing', {template: {containers: [container]}}],
    // Settings that a controller makes pods with, whatever the rest of them is.
    ['example.com/v1', 'Thing', {podTemplate: {spec: {hostNetwork: true}}}],
    ['example.com/v1', 'Thing', {pod: {tolerations: [{operator: 'Exists'}]}}],
    ['example.com/v1', 'Thing', {agent: [{image: 'x', securityContext: {privileged: true}}]}],
    ['example.com/v1', 'Thing', {podSecurityContext: {runAsUser: 0}}],
    ['example.com/v1', 'Thing', {node: {hostPID: true}}],
    ['apps/v1', 'deployment', {template: pod}],
    ['batch/v1', 'cronjobs', {}],
  ])('%s %s', async (apiVersion, kind, spec) => {
    const {items, unjudged, codes, err, failing} = await judged(object(apiVersion, kind, spec));
    expect(items).toEqual([]);
    expect(unjudged).toMatchObject([{apiVersion, kind, namespace: 'a', name: 'x'}]);
    expect(err).toContain(`not judged: ${kind} a/x: `);
    expect(err).not.toContain('skipped');
    expect(codes).toEqual([3, 0]);
    expect(failing.err).toContain('1 object not judged: --allow-unread lets that pass');
  });

  const yaml = 'spec:\n  containers:\n  - name: c\n    image: x\n';
  test.each([
    ['YAML', {template: yaml}],
    ['several documents', {files: {a: `a: 1\n---\n${yaml}`}}],
    ['JSON', {podTemplate: JSON.stringify(pod)}],
    ['flow style', {list: ['{initContainers: [{name: c, image: x}]}']}],
    ['YAML in YAML', {deep: `data:\n  pod: |\n    ${yaml.replaceAll('\n', '\n    ')}`}],
    ['a template of Go', {template: `{{ if .X }}\n${yaml}{{ end }}`}],
    ['a template of Go with the list made', {template: 'containers:\n{{ x }}\nimage: {{ .y }}'}],
    ['containers without an image', {template: 'spec: {containers: [{name: c}]}'}],
    ['Windows line ends', {template: yaml.replaceAll('\n', '\r\n')}],
  ])('a pod spec as text: %s', async (_, data) => {
    const map = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'x', namespace: 'a'}, data};
    const custom = object('example.com/v1', 'Thing', {runner: data});
    const {unjudged, codes, err} = await judged(map, custom);
    expect(unjudged).toMatchObject([{kind: 'ConfigMap'}, {kind: 'Thing'}]);
    expect(err).toContain(
      'not judged: ConfigMap a/x, Thing a/x: it holds a text that looks like a pod spec\n',
    );
    expect(err).not.toContain('skipped');
    expect(codes).toEqual([3, 0]);
  });

  test.each([
    'The containers: all of them have an image: x.',
    'deny[msg] { input.review.object.spec.containers[_].image == "x" }',
    '# containers:\n#   - image: x\na: 1\n',
    'containers:\n  web: {image: x}\n',
    'containers: []\n',
  ])('but not for other texts: %j', async text => {
    const map = {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: 'x'}, data: {text}};
    const {unjudged, codes, err} = await judged(
      map,
      object('apps/v1', 'Deployment', {template: pod}),
    );
    expect([unjudged, codes]).toEqual([undefined, [0, 0]]);
    expect(err).toContain('skipped 1 object without a pod template: 1 ConfigMap');
  });

  test('a Rollout that uses the template of a Deployment stands and falls with it', async () => {
    const spec = {workloadRef: {apiVersion: 'apps/v1', kind: 'Deployment', name: 'x'}};
    const rollout = object('argoproj.io/v1alpha1', 'Rollout', spec);
    const alone = await judged(rollout);
    expect(alone.err).toContain(
      'not judged: Rollout a/x: its pod template is that of Deployment x\n',
    );
    expect(alone.codes).toEqual([3, 0]);
    const both = await judged(rollout, object('apps/v1', 'Deployment', {template: pod}));
    expect(both.items).toMatchObject([{kind: 'Deployment'}]);
    expect([both.unjudged, both.codes, both.err]).toEqual([
      undefined,
      [0, 0],
      expect.not.stringContaining('skipped'),
    ]);
  });

  test('what is named alone does not depend on it', async () => {
    const file = fileOf([
      policy,
      object('kafka.strimzi.io/v1beta2', 'Kafka', {}),
      object('apps/v1', 'Deployment', {template: pod}, 'web'),
    ]);
    const why = ['why', 'deploy/web', '-f', file, '--assume-authorized', '--fail-on-denied'];
    expect((await runHere(...why)).code).toBe(0);
  });
});

test('what makes no pods is skipped, in true words', async () => {
  const revision = {
    ...object('apps/v1', 'ControllerRevision', {}),
    data: {spec: {template: privileged}},
  };
  const {err, codes} = await judged(
    revision,
    object('kyverno.io/v1', 'ClusterPolicy', {rules: [{pattern: pod}]}),
    object('v1', 'Service', {}),
    object('constraints.gatekeeper.sh/v1beta1', 'K8sHostNetwork', {
      parameters: {hostNetwork: false},
    }),
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      schema: {properties: {securityContext: {type: 'object'}}},
    }),
    object('apps.kruise.io/v1alpha1', 'ContainerRecreateRequest', {containers: [{name: 'main'}]}),
    object('apps/v1', 'Deployment', {template: pod}, 'web'),
  );
  expect(err).toBe(
    'skipped 4 objects without a pod template: 1 ContainerRecreateRequest, 1 CustomResourceDefinition, 1 K8sHostNetwork, 1 Service\n' +
      'skipped 2 objects with pod templates that create no pods: 1 ClusterPolicy, 1 ControllerRevision\n' +
      'incomplete: no RBAC objects among the files; affected answers say unknown\n',
  );
  expect(codes).toEqual([0, 0]);
});

test('findings about kinds of others stand where their objects do', async () => {
  const annotated = (spec: object) => ({
    metadata: {annotations: {'kubernetes.io/psp': 'p'}},
    ...spec,
  });
  const file = fileOf([
    policy,
    object('apps/v1', 'StatefulSet', {template: pod}, 'db'),
    object('apps.kruise.io/v1beta1', 'StatefulSet', {template: annotated(pod)}, 'db'),
    object('ray.io/v1', 'RayCluster', {
      headGroupSpec: {template: annotated(pod)},
      workerGroupSpecs: [{template: pod}],
    }),
  ]);
  const {out} = await runHere('audit', '--from', file, '-o', 'sarif');
  const found = JSON.parse(out).runs[0].results.filter(
    ({ruleId}: {readonly ruleId: string}) => ruleId === 'template-annotation',
  );
  expect(
    found.map(
      ({locations}: {readonly locations: readonly Location[]}) =>
        locations[0]?.physicalLocation.region.startLine,
    ),
  ).toEqual([4, 3]);
  const {out: text} = await runHere('audit', '--from', file, '-o', 'wide');
  expect(text).toContain('kubectl patch raycluster/x -n a');
  expect(text).toContain('kubectl patch statefulset.apps.kruise.io/db -n a');
});

interface Location {
  readonly physicalLocation: {readonly region: {readonly startLine: number}};
}
