import {describe, expect, test} from 'vitest';
import {emptyInventory} from '../../../src/inventory/inventory.ts';
import {nativeHomeOf} from '../../../src/inventory/native/nativeHome.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {nativeDrift} from '../../../src/migrate/native/nativeDrift.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {
  type NativeStage,
  nativeStages,
  objectsOnStage,
} from '../../../src/migrate/native/stages.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {objectOf} from '../../support/run/output.ts';

const policies = [decodePolicy(policyObject('one'))];
const on = (stage: NativeStage) =>
  objectsOnStage(nativeObjects(policies, fullOptions).objects, stage);
const labellings: readonly (Readonly<Record<string, string>> | undefined)[] = [
  {},
  {'psp.kubectl/stage': 'mutate'},
  {'psp.kubectl/stage': 'deny'},
  undefined,
];
const forces = (objects: readonly JsonObject[]) =>
  labellings.map(labels => nativeHomeOf(objects)?.force(labels));

describe('admission policies that policies live in', () => {
  test.each([
    ['audit', ['none', 'none', 'none', 'none']],
    ['mutate', ['none', 'none', 'none', 'none']],
    ['deny', ['none', 'none', 'full', 'unknown']],
    ['enforce', ['full', 'full', 'full', 'full']],
  ] as const)('are in force on stage %s as their bindings say', (stage, expected) => {
    expect(forces(on(stage))).toEqual(expected);
  });

  test('only refuse where nothing writes defaults', () => {
    const unbound = on('enforce').filter(({kind}) => kind !== 'MutatingAdmissionPolicyBinding');
    expect(forces(unbound)).toEqual(['validate', 'validate', 'validate', 'validate']);
  });

  test('are not known where a binding says more than a namespace', () => {
    const odd = on('enforce').map(object =>
      object.kind === 'ValidatingAdmissionPolicyBinding'
        ? {
            ...object,
            spec: {
              ...objectOf(object.spec),
              matchResources: {objectSelector: {matchLabels: {app: 'web'}}},
            },
          }
        : object,
    );
    expect(forces(odd)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  test('are nobody’s that do not say what they were made from', () => {
    const other = {kind: 'ValidatingAdmissionPolicy', metadata: {name: 'other'}, spec: {}};
    expect(nativeHomeOf([other])).toBeUndefined();
  });
});

describe('what their sources come to', () => {
  const driftOf = (admissionPolicies: readonly JsonObject[]) =>
    nativeDrift({...emptyInventory, policies, admissionPolicies});

  test.each(nativeStages.slice(1))('is what they are on stage %s', stage => {
    expect(driftOf(on(stage))).toBeUndefined();
  });

  test('is no longer so after an edit by hand', () => {
    const edited = on('enforce').map(object =>
      object.kind === 'ValidatingAdmissionPolicy'
        ? {...object, spec: {...objectOf(object.spec), failurePolicy: 'Ignore'}}
        : object,
    );
    expect(driftOf(edited)).toBe(
      'ValidatingAdmissionPolicy kubectl-psp differs in spec.failurePolicy',
    );
    const without = on('enforce').filter(({kind}) => kind !== 'MutatingAdmissionPolicy');
    expect(driftOf(without)).toBe('MutatingAdmissionPolicy kubectl-psp is not there');
  });

  test('may have what the server fills in', () => {
    const filled = on('enforce').map(object => {
      const spec = objectOf(object.spec);
      if (spec.matchConstraints === undefined) return object;
      const matchConstraints = {
        ...objectOf(spec.matchConstraints),
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
      };
      return {...object, spec: {...spec, matchConstraints}};
    });
    expect(driftOf(filled)).toBeUndefined();
  });
});
