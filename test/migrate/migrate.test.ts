import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {minorOf} from '../../src/kube/release.ts';
import {labelsFor} from '../../src/migrate/labels.ts';
import {planOf} from '../../src/migrate/plan.ts';
import {nextVersion, stepTo} from '../../src/migrate/road.ts';
import {upgradeProblems} from '../../src/migrate/upgradeProblems.ts';
import {workloadLevels} from '../../src/migrate/workloadLevels.ts';
import {enforcedBy, podSecurityPrefix} from '../../src/podSecurity/labels.ts';
import {verdictText} from '../../src/report/migrate.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {podFrom} from '../support/builders/pods.ts';
import {deployment, labelled, namespace, restricted, usable} from './objects.ts';

const plan = (objects: readonly JsonObject[], to = 25) => {
  const {namespaces, state} = planOf(clusterWith(objects, {serverVersion: 'v1.24.17'}), {to});
  const [only] = namespaces;
  if (only === undefined) throw new Error('no namespace');
  return {...only, state};
};

describe('what the guide of Kubernetes does not see', () => {
  test('a plain pod passes a restricted label only because its policy mutates it', () => {
    const objects = [...restricted, labelled('restricted', 'v1.24'), deployment('web')];
    const {now, after, breaks, state} = plan(objects);
    expect([now, after, state]).toEqual(['restricted', 'baseline', 'breaks']);
    expect(breaks.map(({says}) => says)).toEqual([
      'violates PodSecurity "restricted:v1.24": allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ]);
  });

  test('MustRunAsNonRoot is not restricted: a user of 1000 passes one and not the other', () => {
    const hardened = {
      runAsUser: 1000,
      allowPrivilegeEscalation: false,
      capabilities: {drop: ['ALL']},
      seccompProfile: {type: 'RuntimeDefault'},
    };
    const objects = [...restricted, labelled('privileged'), deployment('web', {}, hardened)];
    const labels = labelsFor(clusterWith(objects), {
      level: 'restricted',
      stage: 'warn',
      to: 25,
      namespace: undefined,
    });
    expect(labels[0]?.problems.map(({says, verdict}) => [verdict, says])).toEqual([
      [
        'needs patch',
        'violates PodSecurity "restricted:v1.25": runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
      ],
    ]);
  });

  test('the privileged policy does not bypass others for pods with a pod-level profile', () => {
    const team = usable(
      '00-team',
      {requiredDropCapabilities: ['ALL'], fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]}},
      {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'},
    );
    const open = usable('privileged', {
      privileged: true,
      allowPrivilegeEscalation: true,
      allowedCapabilities: ['*'],
    });
    const profile = {securityContext: {seccompProfile: {type: 'RuntimeDefault'}}};
    const objects = [...team, ...open, deployment('plain'), deployment('profiled', profile)];
    const found = workloadLevels(clusterWith(objects), 25).map(({item, policy, lost}) => [
      item.name,
      policy,
      lost.map(({at}) => at.at(-1)),
    ]);
    expect(found).toEqual([
      ['plain', 'privileged', []],
      ['profiled', '00-team', ['fsGroup']],
    ]);
  });
});

describe('the plan', () => {
  test('a default can be what keeps a pod from a level', () => {
    const adding = usable('adding', {
      defaultAddCapabilities: ['NET_ADMIN'],
      allowedCapabilities: ['NET_ADMIN'],
    });
    const {now, after, state} = plan([...adding, namespace(), deployment('web')]);
    expect([now, after, state]).toEqual(['privileged', 'baseline', 'fine']);
  });

  test('what no level asks for is lost when pods run, and cannot be told to work', () => {
    const ranges = [{min: 1000, max: 2000}];
    const users = usable('users', {runAsUser: {rule: 'MustRunAs', ranges}});
    const {breaks, doubts, patches, state} = plan([...users, namespace(), deployment('web')]);
    expect([breaks, state, patches.length]).toEqual([[], 'unknown', 1]);
    expect(doubts.map(({says}) => says)).toEqual([
      'runs without what policy users sets: runAsUser',
    ]);
  });

  test('what is denied today has nothing to lose', () => {
    const objects = [...restricted, labelled('baseline'), deployment('agent', {hostPID: true})];
    expect(plan(objects)).toMatchObject({breaks: [], state: 'fine', now: undefined});
  });

  test('what a level refuses already breaks no more, and is said', () => {
    const objects = [labelled('baseline'), deployment('agent', {hostPID: true}), deployment('web')];
    const way = planOf(clusterWith(objects, {serverVersion: 'v1.37.2', policyApi: 'absent'}));
    const [only] = way.namespaces;
    expect([only?.breaks, way.state, only?.refused.map(({item}) => item.name)]).toEqual([
      [],
      'fine',
      ['agent'],
    ]);
    expect(verdictText(way)).toBe('Nothing more breaks; 1 workload is refused already.');
  });

  test('a namespace that was not read may have a label', () => {
    const open = usable('open', {privileged: true});
    const {enforced, doubts, state} = plan([...open, deployment('web')]);
    expect([enforced, state]).toEqual([undefined, 'unknown']);
    expect(doubts.map(({says}) => says)).toEqual(['the labels of its namespace were not read']);
  });

  test('a pin keeps new checks out, and the newest version lets them in', () => {
    const open = usable('open', {});
    const probing = {
      containers: [{name: 'c', livenessProbe: {tcpSocket: {host: '10.0.0.1', port: 80}}}],
    };
    const with_ = (version?: string) =>
      plan([...open, labelled('baseline', version), deployment('web', probing)], 34).breaks.length;
    expect([with_('v1.33'), with_('v1.34'), with_('latest'), with_()]).toEqual([0, 1, 1, 1]);
  });

  test('workloads that could not be read leave a doubt', () => {
    const gaps = [{resource: 'cronjobs', namespace: undefined, reason: 'forbidden'}];
    const {namespaces, state} = planOf(clusterWith([namespace()], {gaps}), {to: 25});
    expect([namespaces[0]?.isUncertain, state]).toEqual([true, 'unknown']);
  });

  test('without policies only templates are judged', () => {
    const {now, after, state} = plan([labelled('restricted'), deployment('web', {hostPID: true})]);
    expect([now, after, state]).toEqual(['privileged', 'privileged', 'fine']);
  });
});

test('a live pod without a template may owe its level to the policy that let it in', () => {
  const podOf = (policy?: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'tool',
      namespace: 'shop',
      ...(policy && {annotations: {'kubernetes.io/psp': policy}}),
    },
    spec: {
      securityContext: {runAsNonRoot: true, seccompProfile: {type: 'RuntimeDefault'}},
      containers: [
        {
          name: 'c',
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: ['ALL']}},
        },
      ],
    },
  });
  const verdict = (policy?: string) =>
    labelsFor(clusterWith([...restricted, namespace(), podOf(policy)]), {
      level: 'restricted',
      stage: 'enforce',
      to: 25,
      namespace: undefined,
    })[0]?.verdict;
  expect([verdict(), verdict('restricted'), verdict('gone')]).toEqual([
    'fine',
    'unknown',
    'unknown',
  ]);
});

describe('labels', () => {
  const labels = (objects: readonly JsonObject[], level: 'auto' | 'restricted' | 'baseline') =>
    labelsFor(clusterWith([...restricted, namespace(), ...objects]), {
      level,
      stage: 'audit',
      to: 31,
      namespace: 'shop',
    })[0];

  test('auto is what templates meet, pinned, up to the stage', () => {
    expect(labels([deployment('web')], 'auto')).toMatchObject({
      level: 'baseline',
      verdict: 'fine',
      proposed: {
        'pod-security.kubernetes.io/warn': 'baseline',
        'pod-security.kubernetes.io/warn-version': 'v1.31',
        'pod-security.kubernetes.io/audit': 'baseline',
        'pod-security.kubernetes.io/audit-version': 'v1.31',
      },
    });
  });

  test('a patch helps unless a person has to decide', () => {
    const open = usable('open', {privileged: true, hostPID: true, allowPrivilegeEscalation: true});
    const agent = deployment('agent', {hostPID: true}, {privileged: true});
    expect(labels([deployment('web')], 'restricted')?.verdict).toBe('needs patch');
    expect(labels([...open, deployment('web'), agent], 'restricted')?.verdict).toBe('breaks');
  });

  test('a wrong level enforces restricted, a wrong version the newest', () => {
    const key = `${podSecurityPrefix}enforce`;
    expect(enforcedBy({[key]: 'strict', [`${key}-version`]: '1.20'}, 30)).toEqual({
      level: 'restricted',
      version: 30,
    });
    expect(enforcedBy({[key]: 'baseline', [`${key}-version`]: 'v1.99'}, 30).version).toBe(30);
    expect(enforcedBy({}, 30).level).toBe('privileged');
  });
});

test('the road', () => {
  expect(
    ['v1.24.17', 'v1.28.3-eks', undefined, 'v1.22.1'].map(v => nextVersion(minorOf(v))),
  ).toEqual([25, 29, 25, 25]);
  expect([25, 29, 30, 37].map(to => stepTo(to).kind)).toEqual([
    'inPlace',
    'inPlace',
    'newCluster',
    'newCluster',
  ]);
});

test('what a version breaks whatever the policy', () => {
  const {pod: unmasked} = podFrom({
    spec: {containers: [{name: 'c', securityContext: {procMount: 'Unmasked'}}]},
  });
  const {pod: tuned} = podFrom({
    spec: {
      hostNetwork: true,
      securityContext: {sysctls: [{name: 'net.core.somaxconn', value: '1'}]},
      containers: [{name: 'c'}],
    },
  });
  const {pod: annotated} = podFrom({
    metadata: {annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default'}},
    spec: {containers: [{name: 'c'}]},
  });
  const states = (pod: Parameters<typeof upgradeProblems>[0], ...versions: readonly number[]) =>
    versions.map(to => upgradeProblems(pod, to)[0]?.state);
  expect(states(unmasked, 32, 33)).toEqual([undefined, 'breaks']);
  expect(states(tuned, 29, 30)).toEqual(['unknown', 'breaks']);
  expect(states(annotated, 26, 27)).toEqual([undefined, 'unknown']);
});
