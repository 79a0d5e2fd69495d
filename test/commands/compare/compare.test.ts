import {expect, test} from 'vitest';
import {parseJson} from '../../../src/kube/json.ts';
import {fileOf, folderOf} from '../../support/run/files.ts';
import {objectOf} from '../../support/run/output.ts';
import {runHere} from '../../support/run/run.ts';

const deployment = (name: string, spec: object, namespace?: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name, namespace},
  spec: {template: {spec}},
});
const container = (securityContext: object = {}, more: object = {}) => ({
  containers: [{name: 'c', securityContext, ...more}],
});

const old = fileOf([
  deployment('web', container({runAsUser: 1000}, {ports: [{containerPort: 80, hostPort: 80}]})),
  deployment('gone', container()),
  deployment('same', container({privileged: true})),
]);
const now = fileOf([
  deployment('web', {...container({runAsUser: 0}), hostPID: true}),
  deployment('same', container({privileged: true}), 'default'),
  deployment('plain', container()),
  deployment('strong', container({privileged: true})),
]);

test('tells what rises and falls, what is added and removed', async () => {
  expect(await runHere('compare', old, now)).toEqual({
    code: 0,
    err: '',
    out: `default/Deployment/gone (removed)

default/Deployment/plain (added): nothing above restricted

default/Deployment/strong (added)
  rise   Privileged       yes

default/Deployment/web
  rise   Host processes   no -> yes
  fall   Host ports       80 -> none
  rise   User             1000 -> 0

3 rises and 1 fall. Workloads: 1 changed, 2 added, 1 removed, 1 unchanged.
`,
  });
});

test('--fail-on-rise: 1 on a rise, also of what is added; 0 for what falls or is harmless', async () => {
  const code = async (...args: readonly string[]) =>
    (await runHere('compare', ...args, '--fail-on-rise')).code;
  const plain = fileOf([deployment('plain', container())]);
  const strict = fileOf([deployment('plain', container({allowPrivilegeEscalation: false}))]);
  const strong = fileOf([deployment('strong', container({privileged: true}))]);
  const none = fileOf([{apiVersion: 'v1', kind: 'Service', metadata: {name: 's'}}]);
  expect(await code(old, now)).toBe(1);
  expect(await code(now, now)).toBe(0);
  expect(await code(plain, strict)).toBe(0);
  expect(await code(strict, plain)).toBe(1);
  expect(await code(none, strong)).toBe(1);
  expect(await code(none, plain)).toBe(0);
  expect(await code(strong, none)).toBe(0);
});

test('of several containers, it is said which; what is neither is a change and no rise', async () => {
  const pod = (contexts: Readonly<Record<string, object>>, initUser: number) =>
    fileOf([
      deployment('web', {
        initContainers: [{name: 'setup', securityContext: {runAsUser: initUser}}],
        containers: Object.entries(contexts).map(([name, securityContext]) => ({
          name,
          securityContext,
        })),
      }),
    ]);
  const before = pod({web: {runAsUser: 5}, old: {privileged: true}}, 5);
  const after = pod({web: {runAsUser: 0}, new: {}}, 6);
  const ran = await runHere('compare', before, after, '--fail-on-rise');
  expect(ran).toEqual({
    code: 1,
    err: '',
    out: `default/Deployment/web
  fall     Privileged   old: yes (removed)
  change   User         init container setup: 5 -> 6
  rise     User         web: 5 -> 0

1 rise, 1 fall and 1 change that is neither. Workloads: 1 changed, 0 added, 0 removed, 0 unchanged.
`,
  });
  const grouped = fileOf([deployment('web', {...container({runAsGroup: 5}), hostIPC: false})]);
  const plain = fileOf([deployment('web', container())]);
  const quiet = await runHere('compare', plain, grouped, '--fail-on-rise');
  expect(quiet).toMatchObject({code: 0, err: ''});
  expect(quiet.out).toContain("change   Group   the image's -> 5");
});

test('folders, -o wide and machine output', async () => {
  const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n';
  const before = folderOf({'a/x.yaml': `${pod}spec: {}\n`});
  const after = folderOf({'b/y.yml': `${pod}spec: {hostIPC: true}\n`, 'b/notes.txt': 'none'});
  const wide = await runHere('compare', before, after, '-o', 'wide', '-n', 'shop');
  expect(wide.out.split('\n').map(line => line.split(/ {2,}/))).toEqual([
    ['NAMESPACE', 'KIND', 'NAME', 'CHANGE', 'CONTROL', 'BEFORE', 'AFTER', 'TREND', 'CONTAINERS'],
    ['shop', 'Pod', 'p', 'changed', 'Host IPC', 'no', 'yes', 'rise'],
    [''],
  ]);
  const json = objectOf(parseJson((await runHere('compare', before, after, '-o', 'json')).out));
  expect(json).toMatchObject({
    kind: 'Compare',
    summary: {rises: 1, falls: 0, changes: 0, unchanged: 0},
    items: [
      {
        namespace: 'default',
        kind: 'Pod',
        name: 'p',
        change: 'changed',
        controls: [{id: 'hostIPC', containers: [], before: 'no', after: 'yes', trend: 'rise'}],
      },
    ],
  });
});

test('workloads of a kind and name in two namespaces are two', async () => {
  const [a, b] = [container(), {...container(), hostIPC: true}];
  const one = fileOf([deployment('web', a, 'one'), deployment('web', b, 'two')]);
  const other = fileOf([deployment('web', b, 'two'), deployment('web', a, 'one')]);
  const {out} = await runHere('compare', one, other);
  expect(out).toBe('0 rises and 0 falls. Workloads: 0 changed, 0 added, 0 removed, 2 unchanged.\n');
});

test('bad input is one line and an exit code', async () => {
  const service = fileOf([{apiVersion: 'v1', kind: 'ServiceAccount', metadata: {name: 's'}}]);
  const broken = fileOf('a: [', 'broken.yaml');
  const cases: readonly (readonly [code: number, says: string, ...args: readonly string[]])[] = [
    [2, 'compare takes two files or folders, got one', 'one'],
    [2, 'standard input can only be read once', '-', '-'],
    [2, '-n: the namespace is empty', old, now, '-n', ''],
    [3, 'no .yaml, .yml, .json file in this folder', folderOf(), now],
    [3, 'no such file or folder', old, 'nope/'],
    [3, 'no pods or workloads in', service, service],
    [3, 'broken.yaml', old, broken],
  ];
  for (const [code, says, ...args] of cases) {
    const ran = await runHere('compare', ...args);
    expect({...ran, err: ran.err.trimEnd().split('\n').length}).toEqual({code, out: '', err: 1});
    expect(ran.err).toContain(says);
  }
});

test('on an older Kubernetes: what it does not know does nothing there', async () => {
  const plain = fileOf([deployment('web', container())]);
  const byField = fileOf([
    deployment('web', {
      ...container(),
      securityContext: {seccompProfile: {type: 'RuntimeDefault'}},
    }),
  ]);
  const trends = async (version: string) =>
    (await runHere('compare', plain, byField, '--kubernetes-version', version)).out;
  expect(await trends('v1.19')).toContain('fall   Seccomp');
  expect(await trends('v1.18')).toBe(
    '0 rises and 0 falls. Workloads: 0 changed, 0 added, 0 removed, 1 unchanged.\n',
  );
});
