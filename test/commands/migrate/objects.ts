/** A namespace with these labels. */
export const namespace = (name: string, labels: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name, labels},
});

/** A Deployment in shop; `context` is its container's security context. */
export const deployment = (name: string, spec: object = {}, context?: object): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {name, namespace: 'shop'},
  spec: {template: {spec: {containers: [{name: 'c', securityContext: context}], ...spec}}},
});

/** A security context that the level restricted asks for. */
export const hardened = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: {drop: ['ALL']},
  seccompProfile: {type: 'RuntimeDefault'},
};
