import type {JsonObject} from '../../../src/kube/json.ts';
import {policyObject} from './policies.ts';

/** The numbers of so many tenants. */
export const tenantsOf = (count: number) => Array.from({length: count}, (_, tenant) => tenant);

/** The user and group that a tenant has. */
export const idOf = (tenant: number) => 50_000 + tenant * 3;

/** A policy for one tenant, who has a user, a group and a folder of their own. */
export function tenantPolicy(tenant: number): JsonObject {
  const id = idOf(tenant);
  const own = {rule: 'MustRunAs', ranges: [{min: id, max: id}]};
  return policyObject(`tool-${tenant}`, {
    runAsUser: own,
    runAsGroup: own,
    fsGroup: own,
    supplementalGroups: {rule: 'MustRunAs', ranges: [{min: 1, max: 65535}]},
    allowedHostPaths: [{pathPrefix: '/var/lib/sss'}, {pathPrefix: `/data/tool-${tenant}`}],
    requiredDropCapabilities: ['ALL'],
    allowPrivilegeEscalation: false,
    volumes: ['secret', 'configMap', 'emptyDir', 'projected', 'hostPath'],
  });
}

/**
 * One of many policies, each for another user. Every third has another shape, so that no run of them is long enough to be
 * put together.
 */
export function numberedPolicy(number: number): JsonObject {
  return policyObject(`p${String(number).padStart(2, '0')}`, {
    runAsUser: {rule: 'MustRunAs', ranges: [{min: number + 1, max: number + 1}]},
    ...(number % 3 === 0 ? {readOnlyRootFilesystem: true} : {}),
  });
}
