import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {policiesOfNativeObjects} from '../../../src/inventory/native/nativePolicies.ts';
import type {NativeOptions} from '../../../src/inventory/native/options.ts';
import {
  isObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
} from '../../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../../src/kube/objects.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {printYaml} from '../../../src/yaml/print.ts';
import {anyPolicy, somePolicies} from '../../support/builders/anyPolicy.ts';
import {celTokens, expectBalanced} from '../../support/builders/celTokens.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {openRules, policy} from '../../support/builders/policies.ts';

const made = (policies: readonly Policy[], more: Partial<NativeOptions> = {}) =>
  nativeObjects(policies, {...fullOptions, ...more});

/** Policies in any number and order, each with a name of its own. */
const anyPolicies = fc.array(anyPolicy, {maxLength: 30}).map(all =>
  all.map((one, index) => ({
    ...one,
    metadata: {annotations: one.metadata.annotations, name: `p${(index * 7) % 31}`},
  })),
);

const anyOptions: fc.Arbitrary<NativeOptions> = fc.record({
  mode: fc.constantFrom('full', 'validate', 'audit'),
  server: fc.integer({min: 34, max: 37}),
  static: fc.boolean(),
  closeGaps: fc.boolean(),
  extensions: fc.boolean(),
});

function objectOf(objects: readonly JsonObject[], kind: string): JsonObject {
  const found = objects.find(object => object.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

function at(value: Json | undefined, ...keys: readonly (string | number)[]): Json | undefined {
  return keys.reduce<Json | undefined>(
    (tree, key) =>
      Array.isArray(tree) ? tree[Number(key)] : isObject(tree) ? tree[key] : undefined,
    value,
  );
}

/** All expressions of an object, by the name of their variable if they have one. */
function expressionsOf(value: Json | undefined): readonly (readonly [string, string])[] {
  if (Array.isArray(value)) return value.flatMap(expressionsOf);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /expression$/i.test(key) && typeof inner === 'string'
      ? [[String(value.name ?? ''), inner.replace(/^\/\/.*\n/, '')] as const]
      : expressionsOf(inner),
  );
}

describe('objects', () => {
  test('their kinds, in the order in which they are created', () => {
    expect(made(somePolicies).objects.map(({kind}) => kind)).toEqual([
      'MutatingAdmissionPolicy',
      'MutatingAdmissionPolicyBinding',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
    expect(made(somePolicies, {mode: 'validate'}).objects.map(({kind}) => kind)).toEqual([
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]);
  });

  test('a pod is refused unless something says otherwise', () => {
    const {objects} = made(somePolicies);
    for (const kind of ['MutatingAdmissionPolicy', 'ValidatingAdmissionPolicy']) {
      expect(at(objectOf(objects, kind), 'spec', 'failurePolicy')).toBe('Fail');
    }
    const none = objectOf(made([]).objects, 'ValidatingAdmissionPolicy');
    expect(expressionsOf(none.spec).find(([name]) => name === 'isAccepted')?.[1]).toBe('false');
    expect(at(none, 'spec', 'validations', 0, 'reason')).toBe('Forbidden');
  });

  test('the actions, names and versions that the options ask for', () => {
    const binding = (more: Partial<NativeOptions>) =>
      objectOf(made(somePolicies, more).objects, 'ValidatingAdmissionPolicyBinding');
    expect(binding({mode: 'audit'}).spec).toEqual({
      policyName: 'kubectl-psp',
      validationActions: ['Warn', 'Audit'],
    });
    expect(binding({static: true})).toMatchObject({
      metadata: {name: 'kubectl-psp.static.k8s.io'},
      spec: {policyName: 'kubectl-psp.static.k8s.io', validationActions: ['Deny']},
    });
    const old = made(somePolicies, {server: 35, closeGaps: true}).objects;
    expect(objectOf(old, 'MutatingAdmissionPolicy').apiVersion).toMatch(/\/v1beta1$/);
    expect(
      at(
        objectOf(old, 'ValidatingAdmissionPolicy'),
        'spec',
        'matchConstraints',
        'resourceRules',
        0,
        'resources',
      ),
    ).toEqual(['pods', 'pods/ephemeralcontainers', 'pods/resize']);
  });

  test('every expression is whole, and asks only for variables that stand before it', () => {
    fc.assert(
      fc.property(anyPolicies, anyOptions, (policies, some) => {
        for (const object of nativeObjects(policies, some).objects) {
          const known = new Set<string>();
          const matched = expressionsOf(at(object, 'spec', 'matchConditions'));
          const variables = expressionsOf(at(object, 'spec', 'variables'));
          const {variables: _, ...rest} = isObject(object.spec) ? object.spec : {};
          for (const [name, text] of [...matched, ...variables, ...expressionsOf(rest)]) {
            expectBalanced(celTokens(text));
            const asked = [...text.matchAll(/\bvariables\.(\w+)/g)].map(([, word = '']) => word);
            expect(asked.filter(word => !known.has(word))).toEqual([]);
            if (name !== '') known.add(name);
          }
          expect(variables).toHaveLength(new Set(variables.map(([name]) => name)).size);
        }
      }),
      {numRuns: 40},
    );
  });

  test('the order in which policies are given makes no difference to a byte', () => {
    fc.assert(
      fc.property(anyPolicies, anyOptions, (policies, some) => {
        const print = (all: readonly Policy[]) =>
          nativeObjects(all, some)
            .objects.map(object => printYaml(object))
            .join('---\n');
        expect(print(policies.toReversed())).toBe(print(policies));
      }),
      {numRuns: 20},
    );
  });

  test('a name in a comment stays in it', () => {
    const evil = policy(openRules, {name: "a\n|| true //'"});
    const validating = objectOf(made([evil]).objects, 'ValidatingAdmissionPolicy');
    const variables = at(validating, 'spec', 'variables');
    const named = (Array.isArray(variables) ? variables : []).find(
      one => at(one, 'name') === 'policy_1',
    );
    expect(String(at(named, 'expression')).split('\n')[0]).toBe("// policy 'a\\n|| true //\\''");
  });

  test('a mutation never asks for more rights than it can pay for', () => {
    const many = Array.from({length: 40}, (_, index) =>
      policy({...openRules, readOnlyRootFilesystem: true}, {name: `p${index}`}),
    );
    for (const extensions of [false, true]) {
      const mutating = objectOf(made(many, {extensions}).objects, 'MutatingAdmissionPolicy');
      const mutations = expressionsOf(at(mutating, 'spec', 'mutations')).map(([, text]) => text);
      const asked = mutations.map(
        text => new Set(text.match(/variables\.(?:try|next)_\d+_mayUse(?:Old)?\b/g) ?? []).size * 2,
      );
      expect(Math.max(...asked)).toBeLessThanOrEqual(26);
      // All of the policies may accept the pod, and then all are tried.
      const each = 2 * (extensions ? 2 : 1);
      expect(asked.reduce((sum, one) => sum + one)).toBeGreaterThanOrEqual(40 * each);
    }
  });

  test('a policy that admission left out is left out', () => {
    const broken = policy({...openRules, runAsUser: {rule: 'MustRunAs'}}, {name: 'broken'});
    const text = printJson(objectOf(made([broken]).objects, 'ValidatingAdmissionPolicy').spec);
    expect(text).not.toContain('broken');
  });
});

describe('where the objects come from', () => {
  test('can be read back from them', () => {
    fc.assert(
      fc.property(anyPolicies, anyOptions, (policies, some) => {
        const found = policiesOfNativeObjects(nativeObjects(policies, some).objects);
        const sorted = policies.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
        const canonical = sorted.map(one => decodePolicy(parseJson(printJson(one))));
        expect(printJson(found)).toBe(printJson({policies: canonical, options: some}));
      }),
      {numRuns: 20},
    );
  });

  test('also where an annotation has no room for them', () => {
    const many = Array.from({length: 3500}, (_, index) =>
      policy(
        {...openRules, fsGroup: {rule: 'MustRunAs', ranges: [{min: index, max: index}]}},
        {name: `tool-${index}`},
      ),
    );
    const {objects} = made(many, {mode: 'audit'});
    const maps = objects.filter(({kind}) => kind === 'ConfigMap');
    expect(maps.length).toBeGreaterThan(0);
    for (const map of maps) expect(printJson(map).length).toBeLessThan(1024 * 1024);
    const found = policiesOfNativeObjects(objects);
    expect(found !== undefined && 'policies' in found && found.policies).toHaveLength(3500);
    expect(policiesOfNativeObjects(objects.filter(one => one !== maps[0]))).toEqual({
      problem: 'ConfigMap kube-system/kubectl-psp-1 is not there, or has no policies.json',
    });
  });

  test('and what does not say so is not ours, or is told', () => {
    expect(
      policiesOfNativeObjects([{kind: 'ValidatingAdmissionPolicy', metadata: {name: 'other'}}]),
    ).toBe(undefined);
    const broken = {name: 'kubectl-psp', annotations: {'psp.kubectl/policies': '{}'}};
    expect(
      policiesOfNativeObjects([{kind: 'ValidatingAdmissionPolicy', metadata: broken}]),
    ).toEqual({
      problem: 'annotation psp.kubectl/policies: not a list of PodSecurityPolicies (not a list)',
    });
  });
});

describe('losses', () => {
  const strict = policy(
    {
      ...openRules,
      readOnlyRootFilesystem: true,
      supplementalGroups: {rule: 'MustRunAs', ranges: [{min: 1, max: 2}]},
    },
    {name: 'strict'},
  );
  const open = policy(openRules, {name: 'open'});

  test('none where everything is kept', () => {
    expect(made([open]).losses).toEqual([]);
    expect(made([open], {mode: 'validate'}).losses).toEqual([]);
  });

  test('what is not kept, by policy', () => {
    expect(made([open, strict]).losses).toEqual([
      {policy: 'strict', says: expect.stringContaining('supplementalGroups: []')},
    ]);
    expect(made([open, strict], {mode: 'validate'}).losses).toEqual([
      {
        policy: 'strict',
        says: expect.stringMatching(
          /^It writes supplementalGroups, readOnlyRootFilesystem into pods/,
        ),
      },
    ]);
    expect(made([open], {mode: 'audit'}).losses).toEqual([
      {policy: undefined, says: expect.stringMatching(/^No pod is refused/)},
    ]);
  });

  test('that an object is too large for a server', () => {
    const many = Array.from({length: 1500}, (_, index) =>
      policy(
        {...openRules, allowedHostPaths: [{pathPrefix: `/data/${index}`}]},
        {name: `p${index}`},
      ),
    );
    const rbac = {clusterRoles: [], clusterRoleBindings: [], roles: [], roleBindings: []};
    const {losses} = nativeObjects(many, fullOptions, rbac);
    expect(losses.map(({says}) => says)).toContainEqual(
      expect.stringMatching(
        /^The ValidatingAdmissionPolicy has \d+ KiB, and an API server takes 1\.5 MiB/,
      ),
    );
  });
});
