import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {podErrors} from '../../src/admission/podValidation.ts';
import {prepareForCreate} from '../../src/admission/prepare.ts';
import {applyEdits} from '../../src/kube/edits.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePolicy, type Policy} from '../../src/kube/objects.ts';
import {decodePod, type Pod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {policyFits} from '../../src/migrate/policyLevels.ts';
import {standardRefusals} from '../../src/podSecurity/judge.ts';
import {builtinPolicy} from '../../src/policy/builtin.ts';
import {editsOf, evaluate, preparePolicy} from '../../src/policy/evaluate.ts';
import {anyPod} from '../support/builders/anyPod.ts';
import {anyPolicy} from '../support/builders/anyPolicy.ts';
import {openRules} from '../support/builders/policies.ts';
import {recordedVectors} from '../support/kubernetes/conformance.ts';
import {runsOf} from '../support/run/runs.ts';

const policyOf = (spec: JsonObject, annotations?: JsonObject) =>
  decodePolicy({metadata: {name: 'p', annotations}, spec: {...openRules, ...spec}});

/** What the fits say, and the first words against each witness. */
function told(policy: Policy, version: number) {
  return Object.fromEntries(
    policyFits(policy, version, lastRelease).map(({level, inside, contains}) => [
      level,
      [inside, contains].map(fit => (fit.holds ? 'yes' : fit.reasons[0])),
    ]),
  );
}

/** What a policy makes of a pod, with the complaints of all who judge it in v1.24. */
function under(policy: Policy, trial: Pod) {
  const prepared = preparePolicy(policy, lastRelease);
  const pod = defaultPod(trial, lastRelease);
  const {errors} = evaluate(prepared, viewOf(pod, lastRelease));
  const admitted = prepareForCreate(
    applyEdits(pod, editsOf(prepared, viewOf(pod, lastRelease))),
    lastRelease,
  );
  return {
    stored: prepareForCreate(pod, lastRelease),
    admitted,
    isLetIn: prepared.unusable === undefined && errors.length === 0,
  };
}

describe('policies held against levels', () => {
  test('baseline is inside of itself as PSP writes it, and leaves room in it', () => {
    const baseline = builtinPolicy('baseline', {appArmor: true, release: lastRelease});
    expect(told(baseline, 31).baseline).toEqual([
      'yes',
      expect.stringContaining('is not an allowed seccomp profile'),
    ]);
  });

  test('MustRunAsNonRoot is not what restricted asks for: a user of 1000 need not say so', () => {
    const restricted = builtinPolicy('restricted', {appArmor: true, release: lastRelease});
    const [, fit] = policyFits(restricted, 31, lastRelease);
    expect(fit?.level).toBe('restricted');
    expect(fit?.inside).toMatchObject({
      holds: false,
      reasons: [
        'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
      ],
      witness: {spec: {containers: [{securityContext: {runAsUser: 1000}}]}},
    });
  });

  test('from v1.34 on no policy is inside of baseline: none sees the hosts of probes', () => {
    const baseline = builtinPolicy('baseline', {appArmor: true, release: lastRelease});
    expect(told(baseline, 33).baseline?.[0]).toBe('yes');
    expect(told(baseline, 34).baseline?.[0]).toMatch(/^probe or lifecycle host/);
  });

  test('a default can put a policy outside', () => {
    expect(told(policyOf({defaultAddCapabilities: ['NET_ADMIN']}), 31).baseline?.[0]).toBe(
      'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    );
  });

  test('what everything is open to contains both levels', () => {
    const open = policyOf(
      {
        privileged: true,
        allowPrivilegeEscalation: true,
        allowedCapabilities: ['*'],
        volumes: ['*'],
        allowedUnsafeSysctls: ['*'],
        runtimeClass: {allowedRuntimeClassNames: ['*']},
      },
      {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'},
    );
    expect(told(open, 37)).toMatchObject({baseline: [expect.anything(), 'yes']});
    expect(policyFits(open, 37, lastRelease).map(({contains}) => contains.holds)).toEqual([
      true,
      true,
    ]);
  });

  test('ranges are tried at their ends', () => {
    const fits = policyFits(
      policyOf({
        volumes: ['*'],
        runAsUser: {rule: 'MustRunAs', ranges: [{min: 1, max: 65535}]},
      }),
      31,
      lastRelease,
    );
    const restricted = fits.find(({level}) => level === 'restricted')?.contains;
    expect(restricted?.holds).toBe(false);
  });
});

test('both engines agree with every witness', () => {
  const cases = recordedVectors().filter((_, index) => index % 20 === 0);
  let witnesses = 0;
  for (const {input} of cases) {
    for (const raw of Array.isArray(input.policies) ? input.policies : []) {
      const policy = decodePolicy(raw);
      for (const {level, inside, contains} of policyFits(policy, 31, lastRelease)) {
        if (!inside.holds) {
          const {isLetIn, admitted} = under(policy, inside.witness);
          expect(isLetIn).toBe(true);
          expect(podErrors(admitted, lastRelease)).toEqual([]);
          expect(standardRefusals(admitted, level, 31)).not.toEqual([]);
          witnesses++;
        }
        if (!contains.holds) {
          const {isLetIn, stored} = under(policy, contains.witness);
          expect([isLetIn, standardRefusals(stored, level, 31)]).toEqual([false, []]);
          witnesses++;
        }
      }
    }
  }
  expect(witnesses).toBeGreaterThan(300);
});

test('a yes holds for all pods that there are', () => {
  fc.assert(
    fc.property(anyPolicy, anyPod, fc.constantFrom(24, 29, 33, 37), (policy, raw, version) => {
      const {isLetIn, admitted, stored} = under(policy, decodePod(raw));
      for (const {level, inside, contains} of policyFits(policy, version, lastRelease)) {
        if (inside.holds && isLetIn && podErrors(admitted, lastRelease).length === 0) {
          expect(standardRefusals(admitted, level, version)).toEqual([]);
        }
        if (contains.holds && podErrors(stored, lastRelease).length === 0) {
          expect(isLetIn || standardRefusals(stored, level, version).length > 0).toBe(true);
        }
      }
    }),
    {numRuns: runsOf(300)},
  );
});
