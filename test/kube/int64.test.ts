import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {fsGroup} from '../../src/controls/fsGroup.ts';
import {runAsUser} from '../../src/controls/runAsUser.ts';
import {fieldErrorText} from '../../src/kube/fieldError.ts';
import {type Json, parseJson, printJson} from '../../src/kube/json.ts';
import {decodePolicy} from '../../src/kube/objects.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {policyErrors} from '../../src/policy/evaluate.ts';
import {errorsOf, writesOf} from '../support/builders/judge.ts';
import {podFrom} from '../support/builders/pods.ts';
import {openRules} from '../support/builders/policies.ts';

const largest = '9223372036854775807';
const smallest = '-9223372036854775808';

/** A policy with one range of users, its ends as digits. */
function userRange(min: string, max: string) {
  const rules = printJson({...openRules, runAsUser: undefined}).slice(1, -1);
  const range = `{"min":${min},"max":${max}}`;
  return decodePolicy(
    parseJson(
      `{"metadata":{"name":"p"},"spec":{${rules},"volumes":["*"],"runAsUser":{"rule":"MustRunAs","ranges":[${range}]}}}`,
    ),
  );
}

const podAs = (user: string) =>
  podFrom(
    parseJson(`{"spec":{"containers":[{"name":"c","securityContext":{"runAsUser":${user}}}]}}`),
  );

describe('integers of 64 bits', () => {
  test('are read, compared and printed exactly', () => {
    const policy = userRange('9223372036854775806', largest);
    const field = 'spec.containers[0].securityContext.runAsUser';
    const detail = `must be in the ranges: [{9223372036854775806 ${largest}}]`;
    expect(errorsOf(policy, podAs(largest))).toEqual([]);
    expect(errorsOf(policy, podAs('9223372036854775806'))).toEqual([]);
    expect(errorsOf(policy, podAs('9223372036854775805'))).toEqual([
      `${field}: Invalid value: 9223372036854775805: ${detail}`,
    ]);
    expect(errorsOf(policy, podAs('5'))).toEqual([`${field}: Invalid value: 5: ${detail}`]);
  });

  test('are compared across what a number can hold', () => {
    const policy = userRange('9007199254740991', '9007199254740993');
    const inside = ['9007199254740991', '9007199254740992', '9007199254740993'];
    const outside = ['9007199254740990', '9007199254740994', '0', smallest];
    expect(inside.flatMap(user => errorsOf(policy, podAs(user)))).toEqual([]);
    expect(outside.map(user => errorsOf(policy, podAs(user)).length)).toEqual([1, 1, 1, 1]);
  });

  test('are filled in exactly', () => {
    const pod = podFrom({spec: {containers: [{name: 'c'}]}});
    const writes = writesOf(userRange(largest, largest), pod);
    expect(printJson(writes)).toBe(`{"/spec/containers/0/securityContext/runAsUser":${largest}}`);
  });

  test('stay exact in what the API server says of a policy and in what a control writes', () => {
    const policy = userRange(smallest, largest);
    expect(policyErrors(policy, lastRelease).map(fieldErrorText)).toEqual([
      `spec.runAsUser.ranges[0].min: Invalid value: ${smallest}: min cannot be negative`,
    ]);
    expect(runAsUser.describe(policy)).toBe(`MustRunAs ${smallest}-${largest}`);
    const pod = podFrom({spec: {containers: [], securityContext: {fsGroup: BigInt(largest)}}});
    expect(printJson(fsGroup.fit(policy, [pod], false).spec.fsGroup)).toBe(
      `{"rule":"MustRunAs","ranges":[{"min":${largest},"max":${largest}}]}`,
    );
  });

  test('are refused beyond 64 bits and with a fraction, with the path', () => {
    expect(() => userRange('0', '9223372036854775808')).toThrow(
      'spec.runAsUser.ranges[0].max: expected an integer of 64 bits, found the number 9223372036854775808',
    );
    expect(() => podAs('1.5')).toThrow(
      'spec.containers[0].securityContext.runAsUser: expected an integer of 64 bits, found the number 1.5',
    );
    expect(() => podAs('"5"')).toThrow(
      'spec.containers[0].securityContext.runAsUser: expected an integer of 64 bits, found the string "5"',
    );
  });
});

describe('JSON', () => {
  const exact: fc.Arbitrary<Json> = fc.letrec<{value: Json}>(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      fc.constant(null),
      fc.boolean(),
      fc.string(),
      fc.maxSafeInteger(),
      fc
        .bigInt({min: -(2n ** 63n), max: 2n ** 63n - 1n})
        .map(value => (Number.isSafeInteger(Number(value)) ? Number(value) : value)),
      fc.double({noNaN: true, noDefaultInfinity: true}).filter(value => !Object.is(value, -0)),
      fc.array(tie('value'), {maxLength: 4}),
      fc.dictionary(fc.string(), tie('value'), {maxKeys: 4, noNullPrototype: true}),
    ),
  })).value;

  test('that is printed reads the same again', () => {
    fc.assert(
      fc.property(exact, fc.constantFrom(0, 2), (value, indent) => {
        const again = parseJson(printJson({value}, indent));
        expect(printJson(again)).toBe(printJson({value}));
      }),
      {numRuns: 300},
    );
  });

  test('keeps digits that a number would lose', () => {
    const text = `[${largest},${smallest},9007199254740993,-9007199254740993,1,0]`;
    expect(parseJson(text)).toEqual([
      9223372036854775807n,
      -9223372036854775808n,
      9007199254740993n,
      -9007199254740993n,
      1,
      0,
    ]);
    expect(printJson(parseJson(text))).toBe(text);
  });

  test('leaves strings with digits and fractions alone', () => {
    expect(parseJson('{"a":"x:12345678901234567890","b":12345678901234567.5,"c":1e3}')).toEqual({
      a: 'x:12345678901234567890',
      b: 12345678901234568,
      c: 1000,
    });
  });

  test('that is broken is an error, with long numbers too', () => {
    expect(() => parseJson('{"a":')).toThrow(SyntaxError);
    expect(() => parseJson(`[${largest}`)).toThrow(SyntaxError);
  });
});
