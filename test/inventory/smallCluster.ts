import type {JsonObject} from '../../src/kube/json.ts';

const any = {rule: 'RunAsAny'};
/** Allows what most pods want. */
export const policy: JsonObject = {
  metadata: {name: 'open'},
  spec: {runAsUser: any, seLinux: any, supplementalGroups: any, fsGroup: any, volumes: ['*']},
};
/** The path of all policies. */
export const policies = '/apis/policy/v1beta1/podsecuritypolicies';

/** A pod without any needs, which the policy let in. */
export function pod(name: string, namespace: string, more: JsonObject = {}): JsonObject {
  return {
    metadata: {
      name,
      namespace,
      labels: {app: name},
      annotations: {'kubernetes.io/psp': 'open'},
      ...more,
    },
    spec: {containers: [{name: 'main', image: 'x'}]},
  };
}

/** In the namespaces a and b. */
export const pods = ['p1', 'p2', 'p3', 'p4', 'p5'].map(name => pod(name, name < 'p3' ? 'a' : 'b'));
const namespaces = ['a', 'b'].map(name => ({metadata: {name}}));
/** What is in the cluster, by the paths of lists. */
export const objects = {
  [policies]: [policy],
  '/api/v1/pods': pods,
  '/api/v1/namespaces': namespaces,
};
