import {describe, expect, test} from 'vitest';
import {nativeHomeOf} from '../../../src/inventory/native/nativeHome.ts';
import {policiesOfNativeObjects} from '../../../src/inventory/native/nativePolicies.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {markOf, markText} from '../../../src/migrate/native/madeMark.ts';
import {nativeFactsOf} from '../../../src/migrate/native/nativeDrift.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {
  type NativeStage,
  nativeStages,
  objectsOnStage,
  stageIn,
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
    ['mutate', ['none', 'writes', 'writes', 'unknown']],
    ['deny', ['none', 'writes', 'full', 'unknown']],
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
  const factsOf = (objects: readonly JsonObject[]) => nativeFactsOf(objects);
  const driftOf = (objects: readonly JsonObject[]) => factsOf(objects)?.drift;
  const editing = (edit: (object: JsonObject) => JsonObject) =>
    on('enforce').map(object =>
      object.kind === 'ValidatingAdmissionPolicy' ? edit(object) : object,
    );
  const annotated = (more: JsonObject) =>
    editing(object => {
      const metadata = objectOf(object.metadata);
      return {
        ...object,
        metadata: {...metadata, annotations: {...objectOf(metadata.annotations), ...more}},
      };
    });
  const open = (object: JsonObject) => ({
    ...object,
    spec: {...objectOf(object.spec), failurePolicy: 'Ignore', validations: [{expression: 'true'}]},
  });

  test.each(nativeStages)('is what they are on stage %s', stage => {
    expect(factsOf(on(stage))).toEqual({drift: undefined, tried: []});
  });

  test('is no longer so after an edit by hand, of which all places are told', () => {
    const differs = 'ValidatingAdmissionPolicy kubectl-psp differs in spec.';
    expect(driftOf(editing(open))).toEqual({
      cause: 'edited',
      places: [
        `${differs}failurePolicy`,
        `${differs}validations[0].expression`,
        `${differs}validations[0].message`,
        `${differs}validations[0].messageExpression`,
        `${differs}validations[0].reason`,
      ],
    });
    const without = on('enforce').filter(({kind}) => kind !== 'MutatingAdmissionPolicy');
    expect(driftOf(without)).toEqual({
      cause: 'edited',
      places: ['MutatingAdmissionPolicy kubectl-psp is not there'],
    });
  });

  test('is told from policies that were changed in their annotation, and from objects of other versions', () => {
    const [other] = nativeObjects([decodePolicy(policyObject('one', {hostPID: true}))], fullOptions)
      .objects.filter(({kind}) => kind === 'ValidatingAdmissionPolicy')
      .map(({metadata}) => objectOf(objectOf(metadata).annotations));
    const changed = annotated({'psp.kubectl/policies': other?.['psp.kubectl/policies'] ?? ''});
    expect(driftOf(changed)?.cause).toBe('sources');

    // As an older version made them, and marked them.
    const old = editing(open);
    const mark = markText(markOf(old, policies));
    const marked = old.map(object =>
      object.kind === 'ValidatingAdmissionPolicy'
        ? {
            ...object,
            metadata: {
              ...objectOf(object.metadata),
              annotations: {
                ...objectOf(objectOf(object.metadata).annotations),
                'psp.kubectl/made': mark,
              },
            },
          }
        : object,
    );
    expect(driftOf(marked)?.cause).toBe('version');
    const unmarked = annotated({'psp.kubectl/made': 'nothing'}).map(object =>
      object.kind === 'ValidatingAdmissionPolicy' ? open(object) : object,
    );
    expect(driftOf(unmarked)?.cause).toBe('unknown');
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

  test('is not known where they no longer say what they were made from', () => {
    const bare = annotated({'psp.kubectl/policies': undefined});
    expect(factsOf(bare)).toBeUndefined();
    expect(policiesOfNativeObjects(bare)).toEqual({
      problem: 'ValidatingAdmissionPolicy kubectl-psp has no annotation psp.kubectl/policies',
    });
  });
});

describe('the stage of bindings', () => {
  test.each(nativeStages)('is read back: %s', stage => {
    expect(stageIn(on(stage))).toBe(stage);
  });

  test('is none of those that somebody has changed', () => {
    const warns = on('enforce').map(object =>
      object.kind === 'ValidatingAdmissionPolicyBinding'
        ? {...object, spec: {...objectOf(object.spec), validationActions: ['Warn']}}
        : object,
    );
    expect(stageIn(warns)).toBe('odd');
    expect(
      stageIn(on('enforce').filter(({kind}) => !/Binding$/.test(String(kind)))),
    ).toBeUndefined();
  });
});
