import {firstWithoutPolicies} from '../inventory/regime.ts';
import {newestStandard} from '../podSecurity/version.ts';

/** A version of Kubernetes 1 to go to, and the way there. */
export interface RoadStep {
  /** Its minor version. */
  readonly to: number;
  readonly kind: 'inPlace' | 'newCluster';
  /** What that means, as a sentence without a full stop. */
  readonly says: string;
}

/** Where the road goes next from a server: by one minor version, but never to one with policies. */
export function nextVersion(server: number | undefined): number {
  const next = (server ?? firstWithoutPolicies - 1) + 1;
  return Math.min(Math.max(next, firstWithoutPolicies), newestStandard);
}

/**
 * The way to a version, from a server's where that is known. Up to v1.29 nothing in Kubernetes itself says what policies said beyond the levels;
 * from v1.30 ValidatingAdmissionPolicies can refuse as they did, from v1.36 MutatingAdmissionPolicies can
 * also write what they wrote.
 */
export function stepTo(to: number, server?: number): RoadStep {
  if (server !== undefined && server >= firstWithoutPolicies) {
    const says = 'in place, as there are no policies any more: Pod Security labels and patches';
    return {to, kind: 'inPlace', says};
  }
  if (to < 30) {
    const says = 'in place, one minor version after the other: Pod Security labels and patches';
    return {to, kind: 'inPlace', says};
  }
  const says =
    to < 36
      ? 'a new cluster of v1.30 to v1.35: labels, patches, and ValidatingAdmissionPolicies for the rest'
      : 'a new cluster of v1.36 or later: labels, and admission policies that also write defaults';
  return {to, kind: 'newCluster', says};
}
