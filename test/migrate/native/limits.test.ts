import {describe, expect, test} from 'vitest';
import type {NativeOptions} from '../../../src/inventory/native/options.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {somePolicies} from '../../support/builders/anyPolicy.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {
  askCel,
  type CelAnswer,
  type CelCase,
  hasCelReference,
} from '../../support/kubernetes/celReference.ts';

const names = somePolicies.map(({metadata}) => metadata.name);

function podOf(containers: number, fields: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'p'},
    spec: {
      containers: Array.from({length: containers}, (_, index) => ({
        name: `container-${index}`,
        image: 'i',
        securityContext: fields,
        ports: [{containerPort: 1000 + index}],
        volumeMounts: [{name: 'v', mountPath: '/v'}],
      })),
      volumes: [{name: 'v', emptyDir: {}}],
    },
  };
}

/** Under the policies of the demo, as somebody who may use those that are named. */
function ask(
  usable: readonly string[],
  cases: readonly Partial<CelCase>[],
  more: Partial<NativeOptions> = {},
): readonly CelAnswer[] {
  const {objects} = nativeObjects(somePolicies, {...fullOptions, ...more});
  return askCel(
    cases.map((one, index) => ({
      ...(index === 0 ? {objects, stored: true} : {}),
      object: podOf(1),
      namespace: 'shop',
      user: {name: 'someone', groups: []},
      grants: [{user: 'someone', policies: usable}],
      ...one,
    })),
  );
}

describe.runIf(hasCelReference())('the limits of a server', () => {
  test.each(['full', 'validate', 'audit'] as const)('objects that only do %s are stored', mode => {
    expect(ask(names, [{}], {mode})[0]?.invalid ?? []).toEqual([]);
  });

  test('pods of 50 containers stay far within what may be spent', () => {
    for (const usable of [['restricted'], ['baseline'], names]) {
      const fields = [{}, {privileged: true}, {capabilities: {add: ['NET_ADMIN'], drop: ['ALL']}}];
      for (const {cost} of ask(
        usable,
        fields.map(own => ({object: podOf(50, own)})),
      )) {
        expect(Math.max(cost.mutation, cost.validation)).toBeLessThan(9_500_000);
        expect(cost.matchCondition).toBeLessThan(1_000_000);
      }
    }
  });

  test('a message of many faults is cut, and still one', () => {
    const [answer] = ask(['restricted', 'data'], [{object: podOf(50, {privileged: true})}]);
    expect(answer?.message).toMatch(/rejected by .*container container-0 sets privileged: true/);
    expect(answer?.message).toContain('...; accepted by, but not to be used here: ');
    expect(Buffer.byteLength(answer?.message ?? '')).toBeLessThan(4096);
  });

  test('who may use nothing is told so, and what would take the pod', () => {
    const [answer] = ask([], [{}]);
    expect(answer?.message).toMatch(
      /neither user someone nor service account {2}may use any PodSecurityPolicy; accepted by, but not to be used here: /,
    );
    expect(answer?.reason).toBe('Forbidden');
  });

  test('a claimed policy is taken away, and another one written', () => {
    const claim = {
      ...podOf(1),
      metadata: {name: 'p', annotations: {'kubernetes.io/psp': 'privileged'}},
    };
    const [one, other] = ask(
      ['baseline'],
      [{object: claim}, {object: podOf(1, {privileged: true})}],
    );
    expect(one?.pod?.metadata).toMatchObject({annotations: {'kubernetes.io/psp': 'baseline'}});
    expect(other?.allowed).toBe(false);
  });

  test('ephemeral containers are judged only if the gaps are closed', () => {
    const stored = podOf(1);
    const spec = stored.spec as JsonObject;
    const ephemeralContainers = [{name: 'debug', image: 'i', securityContext: {privileged: true}}];
    const update: Partial<CelCase> = {
      operation: 'UPDATE',
      subresource: 'ephemeralcontainers',
      oldObject: stored,
      object: {...stored, spec: {...spec, ephemeralContainers}},
    };
    const isAllowed = (closeGaps: boolean) => ask(['baseline'], [update], {closeGaps})[0]?.allowed;
    expect([isAllowed(false), isAllowed(true)]).toEqual([true, false]);
  });

  test('only a mode that refuses refuses; audit warns', () => {
    const object = podOf(1, {privileged: true});
    const [denied] = ask(['baseline'], [{object}], {mode: 'validate'});
    const [warned] = ask(['baseline'], [{object}], {mode: 'audit'});
    expect([denied?.allowed, warned?.allowed]).toEqual([false, true]);
    expect(warned?.warnings?.join()).toContain('container container-0 sets privileged: true');
  });
});
