/** What one advised policy is made for. */
export const scopes = ['service-account', 'workload', 'namespace', 'cluster'] as const;
export type Scope = (typeof scopes)[number];
