import {describe, expect, test} from 'vitest';
import type {Control} from '../../../src/controls/control.ts';
import {controls} from '../../../src/controls/index.ts';
import {compact} from '../../../src/kube/edits.ts';
import {fieldErrorText} from '../../../src/kube/fieldError.ts';
import {type Json, type JsonObject, printJson} from '../../../src/kube/json.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';
import type {NonEmpty} from '../../../src/nonEmpty.ts';
import {policyErrors} from '../../../src/policy/evaluate.ts';
import {errorsOf, prepared, writesOf} from '../builders/judge.ts';
import {policy} from '../builders/policies.ts';
import {testCel} from './celLaws.ts';
import {testLaws} from './controlLaws.ts';

/** What the control is set to, as the API has it. All other controls are open. */
export interface Setting {
  readonly spec?: JsonObject;
  readonly annotations?: JsonObject;
}

interface Example extends Setting {
  readonly when: string;
  readonly pod: PodView;
  /** API validation would refuse the pod later on: what holds for all pods need not hold for it. */
  readonly odd?: boolean;
}

interface Need extends Setting {
  readonly when: string;
  readonly pods: NonEmpty<PodView>;
}

export interface Examples {
  /** Let through as they are. */
  readonly admits: readonly Example[];
  /** `because`: the errors word for word as the API server gives them. */
  readonly denies: readonly (Example & {readonly because: readonly string[]})[];
  /** What is written into the pod, by JSON pointer; nothing else is. */
  readonly changes?: readonly (Example & {
    readonly writes: Readonly<Record<string, Json>>;
    readonly because?: readonly string[];
  })[];
  /** The strictest setting that lets the pods through as they are, as it is written. */
  readonly needs: readonly Need[];
  /** The same if gaps may be filled. */
  readonly fills?: readonly Need[];
  /** What the API server says of a policy with this setting. */
  readonly refuses?: readonly (Setting & {
    readonly when: string;
    readonly because: readonly string[];
  })[];
  /** Why admission leaves a policy with this setting out. */
  readonly unusable?: readonly (Setting & {readonly because: string})[];
  /** The laws are tried on these as well: odd settings, and pods that tell settings apart. */
  readonly moreSettings?: readonly Setting[];
  readonly morePods?: readonly PodView[];
}

/** Tries a control against its examples and against what must hold for every control. */
export function testControl(control: Control, examples: Examples): void {
  const base = controls
    .filter(other => other !== control)
    .reduce((open, other) => other.open(open), policy({}));
  const set = (setting: Setting) => withSetting(base, setting);
  testVerdicts(set, examples);
  testPolicies(control, base, set, examples);

  const {admits, denies, changes = [], needs, fills = [], unusable = []} = examples;
  const {moreSettings = [], morePods = []} = examples;
  const cases = [...admits, ...denies, ...changes];
  const settings = [...cases, ...needs, ...fills, ...unusable, ...moreSettings];
  const pods = [
    ...cases.filter(({odd}) => !odd).map(example => example.pod),
    ...[...needs, ...fills].flatMap(need => need.pods),
  ];
  const policies = [...settings.map(set), ...pods.map(pod => control.fit(base, [pod], false))];
  const trials = {base, policies: distinct(policies), pods: [...pods, ...morePods]};
  testLaws(control, trials);
  testCel(control.open(base), trials.policies, trials.pods);
}

function testVerdicts(
  set: (setting: Setting) => Policy,
  {admits, denies, changes = []}: Examples,
): void {
  describe('admits', () => {
    test.each(admits)('$when', example => {
      expect(errorsOf(set(example), example.pod)).toEqual([]);
      expect(writesOf(set(example), example.pod)).toEqual({});
    });
  });
  describe('denies', () => {
    test.each(denies)('$when', example => {
      expect(errorsOf(set(example), example.pod)).toEqual(example.because);
    });
  });
  if (changes.length === 0) return;
  describe('changes', () => {
    test.each(changes)('$when', example => {
      expect(writesOf(set(example), example.pod)).toEqual(example.writes);
      expect(errorsOf(set(example), example.pod)).toEqual(example.because ?? []);
    });
  });
}

function testPolicies(
  control: Control,
  base: Policy,
  set: (setting: Setting) => Policy,
  {needs, fills = [], refuses = [], unusable = []}: Examples,
): void {
  const expectFit = (need: Need, mayFill: boolean) =>
    expect(compact(control.fit(base, need.pods, mayFill))).toEqual(compact(set(need)));
  describe('needs', () => {
    test.each(needs)('$when', need => expectFit(need, false));
  });
  if (fills.length > 0) {
    describe('needs, if gaps may be filled,', () => {
      test.each(fills)('$when', need => expectFit(need, true));
    });
  }
  if (refuses.length > 0) {
    describe('the API server refuses', () => {
      test.each(refuses)('$when', example => {
        expect(policyErrors(set(example), lastRelease).map(fieldErrorText)).toEqual(
          example.because,
        );
      });
    });
  }
  if (unusable.length > 0) {
    test.each(unusable)('admission leaves the policy out: $because', example => {
      expect(prepared(set(example)).unusable).toBe(example.because);
    });
  }
}

function withSetting(base: Policy, {spec = {}, annotations = {}}: Setting): Policy {
  const own = policy(spec, {annotations});
  const fields = Object.entries(own.spec).filter(([, value]) => value !== undefined);
  return {
    metadata: {
      ...base.metadata,
      annotations: {...base.metadata.annotations, ...own.metadata.annotations},
    },
    spec: {...base.spec, ...Object.fromEntries(fields)},
  };
}

function distinct(policies: readonly Policy[]): readonly Policy[] {
  return [...new Map(policies.map(item => [printJson(item), item])).values()];
}
