import {describe, expect, test} from 'vitest';
import type {Json} from '../../src/kube/json.ts';
import {parseJson} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {podWith} from '../support/builders/pods.ts';

describe('a pod that is not one', () => {
  test.each<[Json, string]>([
    [[], 'expected an object, found a list'],
    [{spec: 'x'}, 'spec: expected an object, found the string "x"'],
    [{spec: {containers: {}}}, 'spec.containers: expected a list, found an object'],
    [
      {spec: {containers: [{}, {name: 5}]}},
      'spec.containers[1].name: expected a string, found the number 5',
    ],
    [
      {spec: {containers: [{ports: [{hostPort: 2 ** 31}]}]}},
      'spec.containers[0].ports[0].hostPort: expected an integer of 32 bits, found the number 2147483648',
    ],
    [
      {spec: {hostNetwork: 'true'}},
      'spec.hostNetwork: expected true or false, found the string "true"',
    ],
    [
      {spec: {volumes: [{name: 'v', hostPath: '/'}]}},
      'spec.volumes[0].hostPath: expected an object, found the string "/"',
    ],
    [
      {metadata: {annotations: {'kubernetes.io/psp': true}}},
      'metadata.annotations.kubernetes.io/psp: expected a string, found true',
    ],
    [
      {spec: {runtimeClassName: 'x'.repeat(50), hostPID: 'x'.repeat(50)}},
      `spec.hostPID: expected true or false, found the string "${'x'.repeat(40)}…"`,
    ],
  ])('%j', (value, message) => {
    expect(() => decodePod(value)).toThrow(message);
  });
});

describe('a pod', () => {
  test('takes null for unset, and in lists for what is empty', () => {
    const {spec} = decodePod({
      spec: {hostNetwork: null, containers: [null, {name: 'c', securityContext: null}]},
    });
    expect(spec.hostNetwork).toBeUndefined();
    expect(spec.containers?.map(({name}) => name)).toEqual([undefined, 'c']);
    expect(spec.containers?.[1]?.securityContext).toBeUndefined();
  });

  test('keeps nothing that no policy looks at', () => {
    const pod = decodePod({
      metadata: {annotations: {'kubectl.kubernetes.io/last-applied-configuration': 'secret'}},
      spec: {
        containers: [{name: 'c', env: [{name: 'PASSWORD', value: 'secret'}], image: 'secret'}],
        volumes: [{name: 'v', secret: {secretName: 'secret'}}],
      },
    });
    expect(JSON.stringify(pod)).not.toContain(':"secret"');
  });

  test('is not fooled by keys that mean something to JavaScript', () => {
    const pod = decodePod(
      parseJson(
        '{"metadata":{"labels":{"__proto__":"x","constructor":"y"}},"__proto__":{"spec":{}}}',
      ),
    );
    expect(Object.getPrototypeOf(pod.metadata.labels)).toBe(Object.prototype);
    expect(pod.metadata.labels?.constructor).toBe('y');
    expect(pod.spec.containers).toBeUndefined();
  });
});

describe('what the API server fills in', () => {
  const ports = [
    {containerPort: 80},
    {containerPort: 81, hostPort: 8081},
    {containerPort: 82, hostPort: 0},
  ];
  const claimed = (hostNetwork: boolean) =>
    podWith(
      {
        hostNetwork,
        initContainers: [{name: 'i', ports}],
        ephemeralContainers: [{name: 'e', ports}],
      },
      {ports},
    ).containers.map(({list, hostPorts}) => [list, hostPorts]);

  test("is the host's ports for pods on its network, but for ephemeral containers", () => {
    expect(claimed(true)).toEqual([
      ['initContainers', [80, 8081, 82]],
      ['containers', [80, 8081, 82]],
      ['ephemeralContainers', [8081]],
    ]);
    expect(claimed(false)).toEqual([
      ['initContainers', [8081]],
      ['containers', [8081]],
      ['ephemeralContainers', [8081]],
    ]);
  });

  test('is an emptyDir for a volume without a source; the first of two sources counts', () => {
    const {volumes} = podWith({
      volumes: [
        {name: 'a'},
        {name: 'b', secret: {}, hostPath: {path: '/'}},
        {name: 'c', nfs: null},
      ],
    });
    expect(volumes.map(({type}) => type)).toEqual(['emptyDir', 'hostPath', 'emptyDir']);
  });
});

describe('a policy', () => {
  test('has its fields or has them unset', () => {
    const {metadata, spec} = decodePolicy({metadata: {name: 'p'}, spec: {hostPorts: [{min: 5}]}});
    expect([metadata.name, spec.hostPorts, spec.privileged]).toEqual([
      'p',
      [{min: 5, max: 0}],
      undefined,
    ]);
  });

  test('with a wrong type tells where', () => {
    expect(() => decodePolicy({spec: {fsGroup: {ranges: [{min: 0, max: 'x'}]}}})).toThrow(
      'spec.fsGroup.ranges[0].max: expected an integer of 64 bits, found the string "x"',
    );
    expect(() => decodePolicy({spec: {volumes: ['*', 5]}})).toThrow(
      'spec.volumes[1]: expected a string, found the number 5',
    );
  });
});
