import {cel} from '../../cel/cel.ts';
import type {Candidates} from '../../inventory/native/nativeFacts.ts';
import type {Policy} from '../../kube/objects.ts';
import {lastRelease} from '../../kube/release.ts';
import {whyUnusable} from '../../policy/evaluate.ts';
import {byText} from '../../text.ts';
import type {CandidatesOf} from './candidates.ts';
import {fixedPolicy, type NativePolicy} from './chosen.ts';
import {askRights, type RightsOptions} from './rights.ts';
import {isRun, type PolicyRun, runsIn} from './runs.ts';
import {checkMaker, type Judged, type RuledPolicy, ruledPolicies} from './sharedChecks.ts';
import {type Slots, slotsOf} from './slots.ts';

/** A policy, or a run of policies with those that may be used where. */
export type Unit =
  | {readonly policy: RuledPolicy}
  | {readonly run: PolicyRun; readonly candidates: Candidates};

/** The policies in their order. Without rights, or where too many may be used in one place, none are put together. */
export function unitsOf(
  policies: readonly Policy[],
  candidatesOf: CandidatesOf | undefined,
): readonly Unit[] {
  const ruled = ruledPolicies(policies, lastRelease);
  if (candidatesOf === undefined) return ruled.map(policy => ({policy}));
  return runsIn(ruled).flatMap((one): readonly Unit[] => {
    if (!isRun(one)) return [{policy: one}];
    const candidates = candidatesOf(one);
    if (candidates === undefined) return one.members.map(policy => ({policy}));
    return [{run: one, candidates}];
  });
}

/** The policies that may be put together, by who may use them. */
export function runsOf(policies: readonly Policy[]): readonly PolicyRun[] {
  const usable = policies.filter(policy => whyUnusable(policy) === undefined);
  const sorted = usable.toSorted((a, b) => byText(a.metadata.name, b.metadata.name));
  return runsIn(ruledPolicies(sorted, lastRelease)).filter(isRun);
}

/** The units as policies of an admission policy's expressions, in the order in which they are tried. */
export function policiesIn(
  units: readonly Unit[],
  options: RightsOptions & {
    readonly isMutating: boolean;
    readonly judged: readonly Judged[];
  },
): Slots {
  const checksOf = checkMaker();
  const parts = units.map((unit, index): Slots => {
    if ('run' in unit) return slotsOf(unit.run, unit.candidates, {...options, checksOf});
    const {name, rules} = unit.policy;
    const prefix = `policy_${index + 1}`;
    const rights = askRights(prefix, cel`${name}`, options);
    const policy: NativePolicy = fixedPolicy(name, prefix, checksOf(rules), rights);
    return {policies: [policy], variables: []};
  });
  return {
    policies: parts.flatMap(({policies}) => policies),
    // Runs share the question whether all policies may be used.
    variables: [
      ...new Map(
        parts.flatMap(({variables}) => variables).map(one => [one.name, one] as const),
      ).values(),
    ],
  };
}
