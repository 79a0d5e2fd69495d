import {minorOf} from '../kube/release.ts';
import {newestStandard} from '../podSecurity/version.ts';
import type {Inventory} from './inventory.ts';
import {isOfAdmission} from './kinds/resources.ts';
import {nativeHomeOf} from './native/nativeHome.ts';

/** By what the pods of a world are judged. */
export type Regime =
  /** PodSecurityPolicies, and who may use them. */
  | {readonly kind: 'policies'}
  /** Pod Security Admission, by the labels of namespaces: on servers of this minor version. */
  | {readonly kind: 'podSecurity'; readonly minor: number};

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
 * policies live in admission policies that refuse nothing; where these could not be read, there may be policies.
 */
export function regimeOf(source: RegimeSource): Regime {
  const {policies, policyApi, serverVersion, admissionPolicies, gaps} = source;
  const isServed = policyApi !== 'absent' || gaps.some(isOfAdmission);
  const home = admissionPolicies && nativeHomeOf(admissionPolicies);
  const areInForce = home === undefined ? policies.length > 0 : home.isInForce;
  if (isServed || areInForce) return byPolicies;
  return {kind: 'podSecurity', minor: minorOf(serverVersion) ?? newestStandard};
}

/** Whether the labels of namespaces decide. */
export function isByLabels(source: RegimeSource): boolean {
  return regimeOf(source).kind === 'podSecurity';
}
