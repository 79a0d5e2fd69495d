import {describe, expect, test} from 'vitest';
import type {JsonObject} from '../../src/kube/json.ts';
import {role} from '../../src/kube/objects.ts';
import {aggregateRules, matches} from '../../src/rbac/aggregate.ts';

const plain = (name: string, verb: string, labels: JsonObject = {}) =>
  role({metadata: {name, labels}, rules: [{verbs: [verb]}]});
const aggregate = (
  name: string,
  selectors: readonly JsonObject[],
  {labels = {}, rules = []}: {labels?: JsonObject; rules?: readonly JsonObject[]} = {},
) =>
  role({
    metadata: {name, labels},
    rules,
    aggregationRule: {clusterRoleSelectors: selectors},
  });
const wants = (label: string): JsonObject => ({matchLabels: {[label]: 'true'}});

/** The verbs of a role's rules, which stand for the rules here. */
function verbsOf(name: string, roles: readonly ReturnType<typeof role>[]): readonly string[] {
  const found = aggregateRules(roles).find(({metadata}) => metadata?.name === name);
  return found?.rules?.flatMap(({verbs}) => verbs ?? []) ?? [];
}

describe('an aggregated role', () => {
  test('has the rules of all roles with the label, by their names, and not its own', () => {
    const roles = [
      aggregate('edit', [wants('to-edit')], {rules: [{verbs: ['by hand']}]}),
      plain('z', 'use', {'to-edit': 'true'}),
      plain('a', 'get', {'to-edit': 'true'}),
      plain('b', 'list', {'to-edit': 'false'}),
      plain('c', 'watch'),
    ];
    expect(verbsOf('edit', roles)).toEqual(['get', 'use']);
    expect(verbsOf('z', roles)).toEqual(['use']);
  });

  test('takes one selector after another, and each rule once', () => {
    const roles = [
      plain('a', 'one', {second: 'true'}),
      plain('b', 'two', {first: 'true', second: 'true'}),
      aggregate('all', [wants('first'), wants('second')]),
    ];
    expect(verbsOf('all', roles)).toEqual(['two', 'one']);
  });

  test('takes in other aggregated roles, however many deep and in whatever order', () => {
    const chain = [
      aggregate('admin', [wants('to-admin')]),
      aggregate('edit', [wants('to-edit')], {labels: {'to-admin': 'true'}}),
      aggregate('view', [wants('to-view')], {labels: {'to-edit': 'true'}}),
      plain('use-psp', 'use', {'to-view': 'true'}),
    ];
    for (const roles of [chain, chain.toReversed()]) {
      expect(verbsOf('admin', roles)).toEqual(['use']);
      expect(verbsOf('edit', roles)).toEqual(['use']);
    }
  });

  test('that takes in itself or a circle comes to an end', () => {
    const roles = [
      aggregate('a', [wants('x')], {labels: {x: 'true'}}),
      aggregate('b', [wants('x')], {labels: {x: 'true'}}),
      plain('c', 'use', {x: 'true'}),
    ];
    expect(verbsOf('a', roles)).toEqual(['use']);
    expect(verbsOf('b', roles)).toEqual(['use']);
  });

  test('with an empty selector takes in all', () => {
    expect(verbsOf('all', [aggregate('all', [{}]), plain('a', 'x'), plain('b', 'y')])).toEqual([
      'x',
      'y',
    ]);
  });

  test('without selectors keeps its own rules', () => {
    expect(verbsOf('own', [aggregate('own', [], {rules: [{verbs: ['x']}]})])).toEqual(['x']);
  });
});

describe('a selector', () => {
  const labels = {tier: 'web', env: 'prod'};
  const expression = (key: string, operator: string, ...values: readonly string[]) => ({
    matchLabels: undefined,
    matchExpressions: [{key, operator, values}],
  });

  test.each([
    ['In', 'tier', ['web', 'db'], true],
    ['In', 'tier', ['db'], false],
    ['In', 'other', ['web'], false],
    ['NotIn', 'tier', ['web'], false],
    ['NotIn', 'tier', ['db'], true],
    ['NotIn', 'other', ['web'], true],
    ['Exists', 'tier', [], true],
    ['Exists', 'other', [], false],
    ['DoesNotExist', 'tier', [], false],
    ['DoesNotExist', 'other', [], true],
    ['Gt', 'tier', ['1'], false],
  ])('%s %s %j: %s', (operator, key, values, matched) => {
    expect(matches(expression(key, operator, ...values), labels)).toBe(matched);
  });

  test('wants all of its labels and expressions', () => {
    const {matchExpressions} = expression('env', 'Exists');
    expect(matches({matchLabels: {tier: 'web'}, matchExpressions}, labels)).toBe(true);
    expect(matches({matchLabels: {tier: 'db'}, matchExpressions}, labels)).toBe(false);
    expect(matches({matchLabels: {tier: 'web'}, matchExpressions}, {tier: 'web'})).toBe(false);
  });
});
