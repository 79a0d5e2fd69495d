/** The group of RBAC's API. */
export const rbacGroup = 'rbac.authorization.k8s.io';

/** The apiVersion in which objects of RBAC are written. */
export const rbacVersion = `${rbacGroup}/v1`;

/**
 * The groups that PodSecurityPolicies are in: a right in either of them counts (v1.24, plugin/pkg/
 * admission/security/podsecuritypolicy/admission.go, authorizedForPolicy).
 */
export const policyGroups = ['policy', 'extensions'] as const;

/** The apiVersion in which PodSecurityPolicies are written. */
export const policyVersion = 'policy/v1beta1';

/** The apiVersions under which servers of different ages have PodSecurityPolicies, newest first. */
export const policyVersions = [policyVersion, 'extensions/v1beta1'] as const;

/** The group of an apiVersion: `apps` of `apps/v1`; '' is the core group, of `v1`. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}
