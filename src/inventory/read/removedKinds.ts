import {policyVersions} from '../../kube/apiGroups.ts';
import {minorOf} from '../../kube/release.ts';
import type {Gap, PolicyApi} from '../inventory.ts';
import {isOfAdmission, resources} from '../kinds/resources.ts';
import {firstWithoutPolicies} from '../regime.ts';

/** The first version in which policies can live in admission policies. */
const firstWithAdmissionPolicies = 30;

/**
 * Whether nothing is missing though a kind may not be listed: who may not is refused before the server says
 * that it has no such kind. Of a version that is not known, anything may be missing.
 */
export function isOfNoKind(gap: Pick<Gap, 'resource'>, version: string | undefined): boolean {
  const minor = minorOf(version);
  if (minor === undefined) return false;
  if (isGapOfPolicies(gap)) return minor >= firstWithoutPolicies;
  return isOfAdmission(gap) && minor < firstWithAdmissionPolicies;
}

/** Whether it is the policies that could not be read. */
export function isGapOfPolicies({resource}: Pick<Gap, 'resource'>): boolean {
  return resource === resources.policies.plural;
}

/**
 * Where a server of this version serves policies: `apiVersion` says under which they were found, or refused;
 * undefined: under none.
 */
export function policyApiIn(
  apiVersion: string | undefined,
  gaps: readonly Gap[],
  version: string | undefined,
): PolicyApi {
  const gap = gaps.find(isGapOfPolicies);
  if (gap !== undefined) return isOfNoKind(gap, version) ? 'absent' : 'unknown';
  return policyVersions.find(each => each === apiVersion) ?? 'absent';
}
