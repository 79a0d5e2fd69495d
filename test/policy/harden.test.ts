import {spawnSync} from 'node:child_process';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {decodeWorkload} from '../../src/inventory/workloads.ts';
import {seccompContainerPrefix, seccompPodKey} from '../../src/kube/annotations.ts';
import {compact} from '../../src/kube/edits.ts';
import {isObject, type Json, type JsonObject, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePod, type Pod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {edited} from '../../src/policy/harden/edits.ts';
import {type Hardening, harden} from '../../src/policy/harden/harden.ts';
import type {Step} from '../../src/policy/harden/step.ts';
import {hardenLevels, targetOf, unmet} from '../../src/policy/harden/target.ts';
import {readDocuments} from '../../src/yaml/documents.ts';
import {anyPod} from '../support/anyPod.ts';
import {pod as podOf, podWith} from '../support/builders.ts';
import {errorsOf, writesOf} from '../support/judge.ts';
import {isThorough} from '../support/reference.ts';
import {runProgram} from '../support/run.ts';
import {fileOf, folderOf, itemsHere, objectOf, runHere} from '../support/world.ts';

const submit = (template: Pod) => viewOf(defaultPod(template));
const [restricted, baseline] = [targetOf('restricted'), targetOf('baseline')];
const hardenedTo = {
  restricted: (template: Pod) => harden(template, submit, [restricted, baseline]),
  baseline: (template: Pod) => harden(template, submit, [baseline]),
};

/** The template after these steps. */
function stepped(template: Pod, steps: readonly Step[]): Pod {
  return edited(
    template,
    steps.flatMap(({edits}) => edits),
  );
}

/** Field and annotation of one place must agree: API validation refuses others. */
function agrees({metadata: {annotations = {}}, spec}: Pod): boolean {
  const contradicts = (field: unknown, key: string) =>
    field !== undefined && annotations[key] !== undefined;
  return (
    !contradicts(spec.securityContext?.seccompProfile, seccompPodKey) &&
    !(spec.containers ?? []).some(({name, securityContext}) =>
      contradicts(securityContext?.seccompProfile, `${seccompContainerPrefix}${name}`),
    )
  );
}

const templates = anyPod.map(decodePod).filter(agrees);

describe.each(hardenLevels)('hardening to %s', level => {
  const target = {restricted, baseline}[level];
  const forAll = (check: (template: Pod, hardening: Hardening) => void) =>
    fc.assert(
      fc.property(templates, template => check(template, hardenedTo[level](template))),
      {numRuns: 400},
    );

  test('all steps together get every pod under the built-in policy', () => {
    const {policy} = target;
    forAll((template, {changes, decisions, blocked}) => {
      expect(blocked).toBeUndefined();
      const view = submit(stepped(template, [...changes, ...decisions]));
      expect(errorsOf(policy, view)).toEqual([]);
      // What the standard does not ask pods to say, the policy may still fill in.
      const written = Object.keys(writesOf(policy, view)).filter(
        path => !/seccomp|apparmor|seLinuxOptions/.test(path),
      );
      if (level === 'restricted') expect(written).toEqual([]);
    });
  });

  test('the changes alone do, where nothing is left to decide', () => {
    forAll((template, hardening) => {
      const {changes, decisions} = hardening;
      const isThere = unmet(target, submit(stepped(template, changes))).length === 0;
      expect(isThere).toBe(decisions.length === 0);
      const reached = level === 'restricted' ? ['restricted'] : ['restricted', 'baseline'];
      expect(reached.includes(hardening.after)).toBe(decisions.length === 0);
    });
  });

  test('no step can be left out', () => {
    forAll((template, {changes, decisions}) => {
      const steps = [...changes, ...decisions];
      const spare = steps.filter(
        step =>
          unmet(
            target,
            submit(
              stepped(
                template,
                steps.filter(other => other !== step),
              ),
            ),
          ).length === 0,
      );
      expect(spare.map(({where, says}) => `${where}: ${says}`)).toEqual([]);
    });
  });

  test('a hardened pod needs no more', () => {
    forAll((template, {changes, decisions}) => {
      const again = hardenedTo[level](stepped(template, [...changes, ...decisions]));
      expect([...again.changes, ...again.decisions]).toEqual([]);
    });
  });

  test('changes set only what is unset, and remove only what nothing mounts', () => {
    forAll((template, {changes}) => {
      const before = leaves(compact(template));
      const now = leaves(compact(stepped(template, changes)));
      const mounts = template.spec.containers?.flatMap(({volumeMounts = []}) => volumeMounts);
      const init = template.spec.initContainers?.flatMap(({volumeMounts = []}) => volumeMounts);
      const mounted = [...(mounts ?? []), ...(init ?? [])].map(({name}) => name);
      const kept = [...before].filter(([path]) => {
        const [, index] = /^\/spec\/volumes\/(\d+)/.exec(path) ?? [];
        return (
          !path.includes('/capabilities/drop') &&
          (index === undefined || mounted.includes(template.spec.volumes?.[Number(index)]?.name))
        );
      });
      const isThere = ([path, value]: readonly [string, string]) =>
        path.startsWith('/spec/volumes') || now.get(path) === value;
      expect(kept.filter(entry => !isThere(entry))).toEqual([]);
      const names = stepped(template, changes).spec.volumes?.map(({name}) => name) ?? [];
      const gone = mounted.filter(
        name =>
          template.spec.volumes?.some(volume => volume.name === name) && !names.includes(name),
      );
      expect(gone).toEqual([]);
    });
  });
});

/** The scalars of a tree, by their paths. */
function leaves(value: Json, path = ''): ReadonlyMap<string, string> {
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]]);
  const entries = Array.isArray(value)
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value);
  return new Map(entries.flatMap(([key, item]) => [...leaves(item ?? null, `${path}/${key}`)]));
}

const stepsOf = (
  view: ReturnType<typeof podOf>,
  level: 'restricted' | 'baseline' = 'restricted',
) => {
  const {changes, decisions} = hardenedTo[level](view.pod);
  return {
    changes: changes.map(({where, says}) => `${where}: ${says}`),
    decisions: decisions.map(({where, asks}) => `${where} ${asks}`),
  };
};

const good = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  capabilities: {drop: ['ALL']},
  seccompProfile: {type: 'RuntimeDefault'},
};
const pod = {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}};

describe('steps', () => {
  test('a pod that says nothing', () => {
    expect(stepsOf(podOf({}))).toEqual({
      changes: [
        'pod: set runAsNonRoot: true',
        'container c0: drop capabilities: ALL',
        'container c0: set allowPrivilegeEscalation: false',
        'pod: set seccompProfile: {type: RuntimeDefault}',
      ],
      decisions: [],
    });
    expect(stepsOf(podOf({}), 'baseline')).toEqual({changes: [], decisions: []});
  });

  test('a good pod', () => {
    expect(stepsOf(podWith(pod, {securityContext: good}))).toEqual({changes: [], decisions: []});
  });

  test('beside a root container, the others are non-root by themselves', () => {
    const root = {...good, runAsUser: 0, runAsNonRoot: undefined};
    const silent = {...good, runAsNonRoot: undefined};
    const view = podWith(pod, {securityContext: root}, {securityContext: silent});
    expect(stepsOf(view)).toEqual({
      changes: ['container c1: set runAsNonRoot: true'],
      decisions: ['container c0 runs as root (runAsUser: 0)'],
    });
  });

  test('a user beside which nothing says non-root: the policy lets it in, the standard does not', () => {
    const user = {...good, runAsUser: 1000, runAsNonRoot: undefined};
    const view = podWith(pod, {securityContext: user});
    expect(errorsOf(builtinPolicy('restricted', {appArmor: true}), view)).toEqual([]);
    expect(stepsOf(view).changes).toEqual(['pod: set runAsNonRoot: true']);
  });

  test('escalation can not be turned off beside privileged, by the API server', () => {
    const view = podWith(pod, {
      securityContext: {...good, privileged: true, allowPrivilegeEscalation: undefined},
    });
    expect(stepsOf(view)).toEqual({
      changes: [],
      decisions: [
        'container c0 is privileged',
        'container c0 escalates privileges, as a privileged container or one with CAP_SYS_ADMIN does',
      ],
    });
  });

  test("host ports that only the host's network brings go with it; explicit ones have to go too", () => {
    const ports = [{containerPort: 80}, {containerPort: 81, hostPort: 81}];
    const template = decodePod({
      spec: {hostNetwork: true, containers: [{name: 'c0', ports}]},
    });
    expect(hardenedTo.baseline(template).decisions.map(({asks}) => asks)).toEqual([
      'uses hostNetwork',
      'claims port 81 of the node',
    ]);
  });

  test('volumes: one that nothing mounts is removed, one in use is to be decided', () => {
    const volumes = [
      {name: 'logs', hostPath: {path: '/var/log'}},
      {name: 'old', hostPath: {path: '/old'}},
      {name: 'tmp', emptyDir: {}},
    ];
    const view = podWith({volumes}, {volumeMounts: [{name: 'logs', mountPath: '/logs'}]});
    expect(stepsOf(view, 'baseline')).toEqual({
      changes: ['pod: remove volume old (hostPath): nothing mounts it'],
      decisions: ['pod mounts hostPath /var/log (volume logs) in container c0'],
    });
  });

  test('pods for Windows', () => {
    const {changes, blocked, patch} = hardenedTo.restricted(
      podWith({os: {name: 'windows'}}, {}).pod,
    );
    expect(changes).toEqual([]);
    expect(patch).toBeUndefined();
    expect(blocked).toContain('Windows');
  });
});

const hasKubectl = isThorough || spawnSync('kubectl', ['version', '--client']).status === 0;
if (!hasKubectl) process.stderr.write('skipped: no kubectl in PATH to apply patches with\n');

/** Workloads of kinds with their templates at three places, around these pods. */
function workloadOf(raw: Json, index: number): JsonObject {
  const {metadata, spec} = objectOf(raw);
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const template = {metadata: {annotations, labels: {app: 'x'}}, spec} as JsonObject;
  const name = `w${index}.x`;
  if (index % 3 === 0) {
    const jobTemplate = {spec: {template}};
    return {
      ...{apiVersion: 'batch/v1', kind: 'CronJob', metadata: {name}},
      spec: {schedule: '* * * * *', jobTemplate},
    };
  }
  const kind = index % 3 === 1 ? 'Deployment' : 'StatefulSet';
  return {apiVersion: 'apps/v1', kind, metadata: {name}, spec: {template}};
}

const bare: JsonObject = {
  ...{apiVersion: 'v1', kind: 'Pod', metadata: {name: 'bare'}},
  spec: {
    containers: [{name: 'c', image: 'x'}],
    volumes: [
      {name: 'a', hostPath: {path: '/a'}},
      {name: 'b', emptyDir: {}},
    ],
  },
};

/** API validation refuses two mounts at one path, and kustomize makes one port of two with a number. */
function hasDistinctKeys(raw: Json): boolean {
  const {initContainers = [], containers = []} = decodePod(raw).spec;
  return [...(initContainers ?? []), ...(containers ?? [])].every(({ports, volumeMounts}) =>
    [
      ports?.map(({containerPort}) => String(containerPort)) ?? [],
      volumeMounts?.map(({mountPath}) => String(mountPath)) ?? [],
    ].every(keys => new Set(keys).size === keys.length),
  );
}

describe.runIf(hasKubectl)('kubectl', () => {
  const pods = fc.sample(anyPod, {numRuns: 150, seed: 42}).filter(hasDistinctKeys);
  const objects = [...pods.map(workloadOf), bare];
  const file = fileOf(objects, 'all.yaml');

  /** What our engine says the changes leave, by name. */
  function expected(): ReadonlyMap<string, Json> {
    return new Map(
      objects.map(object => {
        const template =
          object.kind === 'Pod' ? decodePod(object) : decodeWorkload(object).template;
        const {changes} = hardenedTo.restricted(template);
        return [String(objectOf(object.metadata).name), securityOf(stepped(template, changes))];
      }),
    );
  }

  test('kustomize makes of the kustomization what is promised', async () => {
    const {code, out, err} = await runHere('advise', '-f', file, '--harden', '-o', 'kustomize');
    expect(err).toBe('');
    expect(code).toBe(0);
    const folder = folderOf({
      'kustomization.yaml': out.replace('resources: []', 'resources: [all.yaml]'),
      'all.yaml': objects.map(object => printJson(object)).join('\n---\n'),
    });
    const built = await runProgram('kubectl', ['kustomize', folder]);
    expect(built.err).toBe('');
    const found = new Map(
      readDocuments(built.out, 'built')
        .map(({value}) => objectOf(value))
        .map(object => [
          String(objectOf(object.metadata).name),
          securityOf(object.kind === 'Pod' ? decodePod(object) : decodeWorkload(object).template),
        ]),
    );
    expect([...found].sort()).toEqual([...expected()].sort());
  });

  test('kubectl patch --local takes each patch', async () => {
    const wanted = expected();
    const items = await itemsHere('advise', '-f', file, '--harden');
    for (const {name, patch} of items.slice(0, 4)) {
      if (!isObject(patch)) continue;
      const object = objects.find(({metadata}) => objectOf(metadata).name === name);
      const {code, out, err} = await runProgram(
        'kubectl',
        [
          ...['patch', '--local', '--type', 'strategic', '-o', 'json'],
          ...['-f', fileOf([object ?? {}], 'one.json'), '--patch-file', fileOf([patch], 'p.json')],
        ],
        {env: {HOME: folderOf()}},
      );
      expect(code, err).toBe(0);
      const patched = objectOf(parseJson(out));
      const template =
        patched.kind === 'Pod' ? decodePod(patched) : decodeWorkload(patched).template;
      expect(securityOf(template)).toEqual(wanted.get(String(name)));
    }
  });

  test('kubectl patch --local takes what is printed for one workload', async () => {
    const one = fileOf(
      [workloadOf({spec: {containers: [{name: 'c', image: 'x'}]}}, 1)],
      'one.json',
    );
    const {out: patch} = await runHere('advise', '-f', one, '--harden');
    const {code, out, err} = await runProgram(
      'kubectl',
      ['patch', '--local', '-o', 'json', '-f', one, '--patch-file', fileOf(patch)],
      {env: {HOME: folderOf()}},
    );
    expect(code, err).toBe(0);
    const [item] = await itemsHere('advise', '-f', fileOf(out), '--harden');
    expect(item).toMatchObject({now: 'restricted', patch: null, changes: [], decisions: []});
  });
});

/** What decides about security, without what only names it or is empty. */
function securityOf(template: Pod): Json {
  const {annotations} = template.metadata;
  return compact(withoutEmpty(compact({annotations, spec: template.spec})));
}

function withoutEmpty(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map(item => withoutEmpty(item) ?? null);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, withoutEmpty(item)] as const)
    .filter(
      ([, item]) => item !== undefined && printJson(item) !== '{}' && printJson(item) !== '[]',
    );
  return Object.fromEntries(entries);
}
