import {describe, expect, test} from 'vitest';
import {
  chosenBy,
  decide,
  forbiddenMessage,
  type Operation,
  orderOfTries,
  policySet,
} from '../../src/admission/admit.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import type {Policy} from '../../src/kube/objects.ts';
import type {PodView} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {preparePolicy} from '../../src/policy/evaluate.ts';
import {pod, podWith} from '../support/builders/pods.ts';
import {openRules, policy} from '../support/builders/policies.ts';

const make = (name: string, spec: JsonObject = {}) =>
  policy({...openRules, volumes: ['*'], ...spec}, {name});
const changing = (name: string) => make(name, {readOnlyRootFilesystem: true});
const denying = (name: string) => make(name, {volumes: []});
const unusable = (name: string) => make(name, {runAsUser: {rule: 'MustRunAs'}});
const mounting = podWith({volumes: [{name: 'v', emptyDir: {}}]});

interface Question {
  readonly policies: readonly Policy[];
  readonly pod?: PodView;
  /** Policies that neither the account nor the requester may use. */
  readonly barred?: readonly string[];
  readonly operation?: Operation;
}

function ask({policies, pod: asked = pod(), barred = [], operation}: Question) {
  const set = policySet(policies.map(policy => preparePolicy(policy, lastRelease)));
  const rights = (name: string) => ({
    serviceAccount: !barred.includes(name),
    requester: !barred.includes(name),
  });
  const decision = decide(asked, set, rights, operation);
  return {
    chosen: chosenBy(decision)?.policy.name,
    refusal: decision.kind === 'denied' ? decision.refusal : undefined,
    tried: orderOfTries(asked, set, operation ?? 'CREATE').map(({name}) => name),
  };
}

const volumeError =
  'spec.volumes[0]: Invalid value: "emptyDir": emptyDir volumes are not allowed to be used';

describe('on CREATE', () => {
  test('the first policy by the bytes of its name is chosen', () => {
    const names = ['a1', 'a.b', 'a-b', 'a', 'b'];
    expect(ask({policies: names.map(name => make(name))})).toEqual({
      chosen: 'a',
      refusal: undefined,
      tried: ['a', 'a-b', 'a.b', 'a1', 'b'],
    });
  });

  test('one that changes nothing comes before one that does', () => {
    expect(ask({policies: [changing('a'), changing('b'), make('c')]}).chosen).toBe('c');
    expect(ask({policies: [changing('b'), changing('a')]}).chosen).toBe('a');
  });

  test('a pod-level seccomp field makes every policy change the pod, so the name decides', () => {
    const options = {
      annotations: {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'},
    };
    const policies = [
      policy({...openRules, readOnlyRootFilesystem: true}, {name: 'a', ...options}),
      policy(openRules, {name: 'z', ...options}),
    ];
    const seccompProfile = {type: 'RuntimeDefault'};
    const onPod = podWith({securityContext: {seccompProfile}});
    const onContainer = pod({securityContext: {seccompProfile}});
    const annotated = podWith({
      securityContext: {seccompProfile},
      annotations: {'seccomp.security.alpha.kubernetes.io/pod': 'runtime/default'},
    });
    expect(ask({policies, pod: onPod}).chosen).toBe('a');
    expect(ask({policies, pod: annotated}).chosen).toBe('z');
    expect(ask({policies, pod: onContainer}).chosen).toBe('z');
  });

  test('one that nobody here may use is passed over', () => {
    expect(ask({policies: [make('a'), changing('b')], barred: ['a']}).chosen).toBe('b');
  });

  test("the account's right is enough, and so is the requester's", () => {
    const set = policySet([preparePolicy(make('a'), lastRelease)]);
    const either = [
      {serviceAccount: true, requester: false},
      {serviceAccount: false, requester: true},
    ];
    for (const rights of either) {
      expect(chosenBy(decide(pod(), set, () => rights))?.rights).toEqual(rights);
    }
  });

  test("the pod's own annotation means nothing", () => {
    const asked = podWith({annotations: {'kubernetes.io/psp': 'b'}});
    expect(ask({policies: [make('a'), make('b')], pod: asked}).chosen).toBe('a');
  });
});

describe('on UPDATE', () => {
  test('the policy that the annotation names comes first', () => {
    const asked = podWith({annotations: {'kubernetes.io/psp': 'b'}});
    const question: Question = {
      policies: [make('a'), make('b'), make('c')],
      pod: asked,
      operation: 'UPDATE',
    };
    expect(ask(question)).toMatchObject({chosen: 'b', tried: ['b', 'a', 'c']});
    expect(ask({...question, barred: ['b']}).chosen).toBe('a');
  });

  test('an unknown name in it means nothing', () => {
    const asked = podWith({annotations: {'kubernetes.io/psp': 'bogus'}});
    expect(ask({policies: [make('a')], pod: asked, operation: 'UPDATE'}).chosen).toBe('a');
  });

  test('a policy that would change the pod does not count and leaves no error', () => {
    expect(ask({policies: [changing('a')], operation: 'UPDATE'})).toMatchObject({
      chosen: undefined,
      refusal: 'PodSecurityPolicy: unable to validate pod: []',
    });
  });
});

describe('a refusal', () => {
  test('without a policy', () => {
    expect(ask({policies: []}).refusal).toBe(
      'PodSecurityPolicy: no providers available to validate pod request',
    );
  });

  test('without a usable policy, whatever the rights', () => {
    expect(ask({policies: [unusable('a')]}).refusal).toBe(
      'PodSecurityPolicy: no providers available to validate pod request',
    );
    expect(ask({policies: [unusable('a'), make('b')]}).chosen).toBe('b');
  });

  test('tells the errors of all policies that may be used, one after another', () => {
    const policies = [denying('a'), denying('b'), denying('c'), unusable('d')];
    expect(ask({policies, pod: mounting, barred: ['b']}).refusal).toBe(
      `PodSecurityPolicy: unable to admit pod: [${volumeError} ${volumeError}]`,
    );
  });

  test('is empty if no policy may be used', () => {
    expect(
      ask({policies: [make('a'), denying('b')], pod: mounting, barred: ['a', 'b']}),
    ).toMatchObject({
      chosen: undefined,
      refusal: 'PodSecurityPolicy: unable to admit pod: []',
    });
  });

  test('is put under the name of the pod', () => {
    expect(forbiddenMessage('web-', 'PodSecurityPolicy: no')).toBe(
      'pods "web-" is forbidden: PodSecurityPolicy: no',
    );
    expect(forbiddenMessage('', 'no')).toBe('pods "Unknown" is forbidden: no');
  });
});

describe('the errors of one policy', () => {
  const refusalOf = (spec: JsonObject, asked: PodView) =>
    ask({policies: [make('a', spec)], pod: asked}).refusal;

  test('come in the order of the plugin: pod, volumes, containers list by list', () => {
    const asked = podWith(
      {
        hostIPC: true,
        hostNetwork: true,
        runtimeClassName: 'x',
        securityContext: {fsGroup: 1, supplementalGroups: [1], sysctls: [{name: 'a.b'}]},
        volumes: [{name: 'v', emptyDir: {}}],
        initContainers: [{name: 'i', securityContext: {privileged: true}}],
      },
      {
        ports: [{containerPort: 80}],
        securityContext: {runAsUser: 0, privileged: true, capabilities: {add: ['KILL']}},
      },
    );
    const ranges = [{min: 5, max: 6}];
    const spec = {
      volumes: ['nfs'],
      runAsUser: {rule: 'MustRunAsNonRoot'},
      fsGroup: {rule: 'MayRunAs', ranges},
      supplementalGroups: {rule: 'MayRunAs', ranges},
      runtimeClass: {},
    };
    const group = 'Invalid value: []int64{1}: group 1 must be in the ranges: [{5 6}]';
    expect(refusalOf(spec, asked)?.split('pod: ')[1]).toBe(
      `[${[
        `spec.securityContext.fsGroup: ${group}`,
        `spec.securityContext.supplementalGroups: ${group}`,
        'spec.securityContext.hostNetwork: Invalid value: true: Host network is not allowed to be used',
        'spec.securityContext.hostIPC: Invalid value: true: Host IPC is not allowed to be used',
        'pod.spec.securityContext.sysctls[0]: Forbidden: unsafe sysctl "a.b" is not allowed',
        volumeError,
        'spec.runtimeClassName: Invalid value: "x"',
        'spec.initContainers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed',
        'spec.containers[0].securityContext.runAsUser: Invalid value: 0: running with the root UID is forbidden',
        'spec.containers[0].securityContext.privileged: Invalid value: true: Privileged containers are not allowed',
        'spec.containers[0].securityContext.capabilities.add: Invalid value: "KILL": capability may not be added',
        'spec.containers[0].hostPort: Invalid value: 80: Host port 80 is not allowed to be used. Allowed ports: []',
      ].join(' ')}]`,
    );
  });

  test('do not hold the path against a volume of a forbidden type too', () => {
    const asked = podWith({volumes: [{name: 'v', hostPath: {path: '/b'}}]});
    const spec = {volumes: ['secret'], allowedHostPaths: [{pathPrefix: '/a'}]};
    expect(refusalOf(spec, asked)).toBe(
      'PodSecurityPolicy: unable to admit pod: [spec.volumes[0]: Invalid value: "hostPath": hostPath volumes are not allowed to be used]',
    );
  });

  test('tell two reasons to leave a policy out, each once', () => {
    const two = make('a', {
      runAsUser: {rule: 'MustRunAs'},
      fsGroup: {rule: 'MayRunAs'},
      supplementalGroups: {rule: 'MayRunAs'},
    });
    expect(preparePolicy(two, lastRelease).unusable).toBe(
      '[MustRunAs requires at least one range, ranges must be supplied for MayRunAs]',
    );
  });
});
