import {minorOf} from '../kube/release.ts';
import {newestStandard} from '../podSecurity/version.ts';
import type {Inventory} from './inventory.ts';
import {isOfAdmission} from './kinds/resources.ts';
import {nativeHomeIn} from './native/nativeHome.ts';

/** By what the pods of a world are judged. */
export type Regime =
  /** PodSecurityPolicies, and who may use them. */
  | {readonly kind: 'policies'}
  /** Pod Security Admission, by the labels of namespaces: on servers of this minor version. */
  | {
      readonly kind: 'podSecurity';
      readonly minor: number;
      /** Whether policies may live in admission policies, which could not be read, and refuse more. */
      readonly mayHavePolicies: boolean;
    };

/** The first version without PodSecurityPolicy. */
export const firstWithoutPolicies = 25;

/** What tells by what a world judges. */
export type RegimeSource = Pick<
  Inventory,
  'policies' | 'policyApi' | 'serverVersion' | 'admissionPolicies' | 'gaps'
>;

const byPolicies: Regime = {kind: 'policies'};

/**
 * The one place that decides by what a world judges. Policies decide wherever there are any, in files or
 * in a cluster; a server that has none and serves none judges by the labels of its namespaces. So does one whose
 * policies live in admission policies that refuse nothing. Of those that may not even be listed, nobody knows whether
 * there are any: labels decide then, and more may be refused.
 */
export function regimeOf(source: RegimeSource): Regime {
  const {policies, policyApi, serverVersion, admissionPolicies, gaps} = source;
  const isUnread = gaps.some(isOfAdmission);
  const isServed = policyApi !== 'absent' || (isUnread && admissionPolicies !== undefined);
  const home = nativeHomeIn(source);
  const areInForce = home === undefined ? policies.length > 0 : home.isInForce;
  if (isServed || areInForce) return byPolicies;
  const minor = minorOf(serverVersion) ?? newestStandard;
  return {kind: 'podSecurity', minor, mayHavePolicies: isUnread};
}

/** Whether the labels of namespaces decide. */
export function isByLabels(source: RegimeSource): boolean {
  return regimeOf(source).kind === 'podSecurity';
}
