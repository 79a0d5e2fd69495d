import type {JsonObject} from '../../src/kube/json.ts';
import {deploymentOf} from '../support/builders/labelledCluster.ts';

/** A Deployment of one container with this security context. */
export function deployment(namespace: string, name: string, context: JsonObject = {}): JsonObject {
  return deploymentOf(namespace, name, {
    containers: [{name: 'c', image: 'i', securityContext: context}],
  });
}

/** A namespace with these labels. */
export const namespaceOf = (name: string, labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name, labels},
});
