import {minorOf} from '../kube/release.ts';
import {newestStandard} from '../podSecurity/version.ts';
import type {Inventory} from './inventory.ts';

/** By what the pods of a world are judged. */
export type Regime =
  /** PodSecurityPolicies, and who may use them. */
  | {readonly kind: 'policies'}
  /** Pod Security Admission, by the labels of namespaces: on servers of this minor version. */
  | {readonly kind: 'podSecurity'; readonly minor: number};

/** The first version without PodSecurityPolicy. */
export const firstWithoutPolicies = 25;

/** What tells by what a world judges. */
export type RegimeSource = Pick<Inventory, 'policies' | 'policyApi' | 'serverVersion'>;

const byPolicies: Regime = {kind: 'policies'};

/**
 * The one place that decides by what a world judges. Policies decide wherever there are any, in files or
 * in a cluster; a server that has none and serves none judges by the labels of its namespaces.
 */
export function regimeOf({policies, policyApi, serverVersion}: RegimeSource): Regime {
  if (policies.length > 0 || policyApi !== 'absent') return byPolicies;
  return {kind: 'podSecurity', minor: minorOf(serverVersion) ?? newestStandard};
}

/** Whether the labels of namespaces decide. */
export function isByLabels(source: RegimeSource): boolean {
  return regimeOf(source).kind === 'podSecurity';
}
