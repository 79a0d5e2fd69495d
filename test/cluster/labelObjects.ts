import type {JsonObject} from '../../src/kube/json.ts';

/** A Deployment of one container with this security context. */
export function deployment(namespace: string, name: string, context: JsonObject = {}): JsonObject {
  const labels = {app: name};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace},
    spec: {
      selector: {matchLabels: labels},
      template: {
        metadata: {labels},
        spec: {containers: [{name: 'c', image: 'i', securityContext: context}]},
      },
    },
  };
}

/** A namespace with these labels. */
export const namespaceOf = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name, labels},
});
