import {describe, expect, test} from 'vitest';
import {fileOf} from '../support/run/files.ts';
import {itemsHere, runHere} from '../support/run/run.ts';

const demo = (...args: readonly string[]) => runHere(...args, '--demo');
const namesOf = async (...args: readonly string[]) => {
  const {code, out, err} = await demo(...args, '-o', 'name');
  expect({code, err}).toEqual({code: 0, err: ''});
  return out.trimEnd().split('\n');
};

describe('pods and workloads, named as kubectl takes them', () => {
  test.for([
    [['why', 'deploy', 'thumbnailer']],
    [['why', 'deployments', 'thumbnailer']],
    [['why', 'deployments.apps', 'thumbnailer']],
    [['why', 'deployment.v1.apps', 'thumbnailer']],
    [['why', 'Deployment/thumbnailer']],
    [['-n', 'shop', 'why', 'deploy/thumbnailer']],
  ])('%j is one story', async ([args = []]) => {
    const {code, out} = await demo(...args, '-n', 'shop');
    expect(code).toBe(0);
    expect(out).toMatch(/^Deployment\/thumbnailer in namespace shop: denied\n/);
  });

  test('kinds alone are all of them, several with commas, chosen by labels', async () => {
    expect(await namesOf('why', 'sts', '-n', 'data')).toEqual([
      'statefulset/cache',
      'statefulset/events',
      'statefulset/orders-db',
      'statefulset/warehouse',
    ]);
    const both = await namesOf('why', 'deploy,sts', '-n', 'data');
    expect(both).toEqual([
      'deployment/postgres-operator',
      ...(await namesOf('why', 'sts', '-n', 'data')),
    ]);
    const pods = await namesOf('why', 'po', '-n', 'data', '-l', 'app=events');
    expect(pods).toEqual(['pod/events-0', 'pod/events-1', 'pod/events-2']);
    expect(await namesOf('why', 'all', '-n', 'data')).toEqual(await namesOf('why', '-n', 'data'));
  });

  test('several names of one kind, and of several', async () => {
    const {out} = await demo('why', 'deploy', 'cart', 'catalog', '-n', 'shop');
    expect(out).toMatch(/^Deployment\/cart in namespace shop: /);
    expect(out).toContain('\n\nDeployment/catalog in namespace shop: ');
    const mixed = await demo('why', 'sts/cache', 'psql-olivia', '-n', 'data');
    expect(mixed.out).toMatch(/^StatefulSet\/cache.*\n(.|\n)*\npsql-olivia in namespace data/);
  });

  test('custom kinds of files, by name, plural and group', async () => {
    const rollout = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: {name: 'pay', namespace: 'shop'},
      spec: {template: {spec: {containers: [{name: 'c', image: 'x'}]}}},
    };
    const policy = {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name: 'p'},
      spec: {},
    };
    const file = fileOf([rollout, policy]);
    for (const kind of ['rollout', 'rollouts', 'Rollout', 'rollouts.argoproj.io']) {
      const [item] = await itemsHere('why', kind, 'pay', '-n', 'shop', '-f', file);
      expect(item).toMatchObject({kind: 'Rollout', name: 'pay'});
    }
  });

  test('pods of one workload are one story, and each keeps its own name in the server’s words', async () => {
    const {out} = await demo('why', 'audit-tail-487bv', 'audit-tail-st7dd', '-n', 'logging');
    expect(out).toMatch(/^audit-tail-487bv, audit-tail-st7dd in namespace logging: denied\n/);
    expect(out.match(/ in namespace /g)).toHaveLength(1);
    const policy = {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name: 'p'},
      spec: {},
    };
    const template = {spec: {hostPID: true, containers: [{name: 'c', image: 'x'}]}};
    const set = {
      apiVersion: 'apps/v1',
      kind: 'StatefulSet',
      metadata: {name: 'db', namespace: 'a', uid: 'u1'},
      spec: {template},
    };
    const pods = ['db-0', 'db-1'].map(name => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'a',
        uid: name,
        ownerReferences: [
          {apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'u1', controller: true},
        ],
      },
      ...template,
    }));
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {name: 'other'},
      rules: [],
    };
    const file = fileOf([policy, set, ...pods, role]);
    const items = await itemsHere('why', 'pods', '-n', 'a', '--from', file);
    expect(items.map(({message}) => String(message).slice(0, 30))).toEqual([
      'pods "db-0" is forbidden: PodS',
      'pods "db-1" is forbidden: PodS',
    ]);
  });

  test.for([
    [
      ['why', 'storefront'],
      3,
      'Pod "storefront" not found in namespace shop; did you mean Deployment/storefront?',
    ],
    [
      ['why', 'sts/storefront'],
      3,
      'StatefulSet "storefront" not found in namespace shop; did you mean Deployment/storefront?',
    ],
    [
      ['why', 'storefront-'],
      3,
      'Pod "storefront-" not found in namespace shop; did you mean storefront-4xgdvt5p5-kmq5f, storefront-4xgdvt5p5-tpqc5, storefront-4xgdvt5p5-zvck6?',
    ],
    [
      ['why', 'sts', 'events'],
      3,
      'StatefulSet "events" not found in namespace shop; did you mean StatefulSet/events -n data?',
    ],
    [
      ['why', 'deploy', 'cat'],
      3,
      'Deployment "cat" not found in namespace shop; did you mean Deployment/catalog?',
    ],
    [
      ['why', 'sts', 'storefront-'],
      3,
      'StatefulSet "storefront-" not found in namespace shop; did you mean Pod/storefront-4xgdvt5p5-kmq5f, Pod/storefront-4xgdvt5p5-tpqc5, Pod/storefront-4xgdvt5p5-zvck6?',
    ],
    [
      ['why', 'deploy', 'deploy/cart'],
      2,
      'deploy deploy/cart: name the kind once, as in deploy NAME or KIND/NAME',
    ],
    [['why', 'deploy/'], 2, '"deploy/" is not KIND/NAME'],
    [['why', 'a/b/c'], 2, '"a/b/c" is not KIND/NAME'],
    [['why', 'svc', 'cart'], 2, 'svc: name pods, or what makes pods'],
    [
      ['why', 'psp/web'],
      2,
      'psp: name pods, or what makes pods; who may use a policy: kubectl psp who-can POLICY',
    ],
    [['why', 'deploy', 'cart', '-l', 'a=b'], 2, 'name pods or give -l, not both'],
    [
      ['advise', 'nothing-like-it-at-all'],
      3,
      'Pod "nothing-like-it-at-all" not found in namespace shop',
    ],
    [
      ['why', '--field-selector', 'spec.host=x'],
      2,
      '--field-selector: "spec.host" is not one of metadata.name, metadata.namespace, spec.nodeName, spec.serviceAccountName, status.phase',
    ],
    [
      ['why', '--field-selector', 'status.phase'],
      2,
      '--field-selector: can\'t read "status.phase": write FIELD=VALUE or FIELD!=VALUE',
    ],
    [
      ['why', '--field-selector', 'status.phase=Running'],
      3,
      '--field-selector: the status.phase of pods is not read from context demo: ask the cluster',
    ],
    [['why', '-w'], 2, '-w follows a live cluster: leave out --demo'],
  ] as const)('%j is refused', async ([args, code, line]) => {
    expect(await demo(...args, '-n', 'shop')).toEqual({code, out: '', err: `error: ${line}\n`});
  });

  test('advise takes a workload, a pod of it, and kinds', async () => {
    const expected = ['podsecuritypolicy.policy/0-least-workload.shop.deployment.storefront'];
    expect(await namesOf('advise', 'deploy/storefront', '-n', 'shop')).toEqual(expected);
    const pods = ['storefront-4xgdvt5p5-kmq5f', 'storefront-4xgdvt5p5-tpqc5'];
    expect(await namesOf('advise', ...pods, '-n', 'shop')).toEqual(expected);
    expect(
      await namesOf('advise', 'deploy', 'storefront', '-n', 'shop', '--for', 'namespace'),
    ).toEqual(['podsecuritypolicy.policy/0-least-namespace.shop']);
    expect((await namesOf('advise', 'ds', '-A')).length).toBeGreaterThan(2);
  });

  test('--field-selector and --show-labels, of a snapshot', async () => {
    expect(await namesOf('why', '-A', '--field-selector', 'spec.serviceAccountName=media')).toEqual(
      ['pod/thumbnailer-mssp8j4br-pmg86'],
    );
    expect(
      await namesOf(
        'why',
        '-A',
        '--field-selector',
        'metadata.name=cart,metadata.namespace==shop',
        'deploy',
      ),
    ).toEqual(['deployment/cart']);
    const {out} = await demo('why', '-n', 'data', '-l', 'app=cache', '--show-labels');
    expect(out).toMatch(/ STATE +LABELS\n.* ok +app=cache\n$/);
  });

  test('-A wins over -n, as with kubectl', async () => {
    expect(await demo('why', '-A', '-n', 'shop')).toEqual(await demo('why', '-A'));
  });
});
