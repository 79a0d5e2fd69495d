import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../../src/kube/json.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {numberedPolicy, tenantsOf} from '../../support/builders/tenants.ts';
import {askCel, hasCelReference} from '../../support/kubernetes/celReference.ts';
import {objectOf} from '../../support/run/output.ts';

const seccomp = 'seccomp.security.alpha.kubernetes.io';
const allowed = {[`${seccomp}/allowedProfileNames`]: 'runtime/default'};

function named(name: string, annotations: JsonObject): JsonObject {
  return {...policyObject(name, {volumes: ['*']}), metadata: {name, annotations}};
}

/** The first takes pods as the second leaves them, and not as they come. */
const policies = [
  named('a', allowed),
  named('b', {...allowed, [`${seccomp}/defaultProfileName`]: 'runtime/default'}),
  policyObject('c', {volumes: ['*']}),
];

/** The annotations of pods with these, of somebody who may use these policies; undefined if refused. */
function annotationsOf(
  pods: readonly JsonObject[],
  usable: readonly string[],
  all: readonly JsonObject[] = policies,
) {
  const {objects} = nativeObjects(
    all.map(one => decodePolicy(one)),
    fullOptions,
  );
  const answers = askCel(
    pods.map((annotations, index) => ({
      ...(index === 0 ? {objects} : {}),
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: {name: 'p', annotations},
        spec: {serviceAccountName: 'default', containers: [{name: 'c', image: 'i'}]},
      },
      namespace: 'shop',
      user: {name: 'alice', groups: []},
      grants: [{user: 'alice', policies: usable}],
    })),
  );
  return answers.map(({allowed: isIn, pod}) =>
    isIn ? objectOf(objectOf(pod?.metadata ?? null).annotations ?? {}) : undefined,
  );
}

const forged = (name: string) => ({'kubernetes.io/psp': name, 'psp.kubectl/again': name});

describe.runIf(hasCelReference())('a pod that the mutating policy is asked about again', () => {
  test('keeps the policy that was chosen, though another one takes it now', () => {
    expect(annotationsOf([{}], ['a', 'b'])).toEqual([{'kubernetes.io/psp': 'b'}]);
  });

  test('does so among many policies as well, and nothing is left in it but the choice', () => {
    const many = tenantsOf(40).map(numberedPolicy);
    expect(annotationsOf([{}], ['p39'], many)).toEqual([{'kubernetes.io/psp': 'p39'}]);
  });

  test('can pretend it, and gets no policy for that which it may not use', () => {
    const [found, unknown] = annotationsOf([forged('c'), forged('x')], ['b']);
    expect(found?.['kubernetes.io/psp']).toBe('b');
    expect(unknown?.['kubernetes.io/psp']).toBe('b');
    expect(annotationsOf([forged('c')], ['a'])).toEqual([undefined]);
  });
});
