import type {JsonObject} from '../../src/kube/json.ts';
import {podSecurityPrefix} from '../../src/podSecurity/labels.ts';

const rbac = 'rbac.authorization.k8s.io';

/** A policy that everybody may use; `annotations` are its own. */
export function usable(
  name: string,
  spec: JsonObject,
  annotations?: JsonObject,
): readonly JsonObject[] {
  const role = `psp:${name}`;
  const any = {rule: 'RunAsAny'};
  const rules = {runAsUser: any, seLinux: any, fsGroup: any, supplementalGroups: any};
  return [
    {
      apiVersion: 'policy/v1beta1',
      kind: 'PodSecurityPolicy',
      metadata: {name, ...(annotations && {annotations})},
      spec: {...rules, volumes: ['*'], ...spec},
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRole',
      metadata: {name: role},
      rules: [
        {
          apiGroups: ['policy'],
          resources: ['podsecuritypolicies'],
          resourceNames: [name],
          verbs: ['use'],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: {name: role},
      roleRef: {apiGroup: rbac, kind: 'ClusterRole', name: role},
      subjects: [{apiGroup: rbac, kind: 'Group', name: 'system:serviceaccounts'}],
    },
  ];
}

/** The annotations of a policy that lets in the runtime's profile, and sets it. */
export const seccompAnnotations = {
  'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'docker/default,runtime/default',
  'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default',
};
/** The policy that comes close to the level restricted. */
export const restricted = usable(
  'restricted',
  {
    allowPrivilegeEscalation: false,
    requiredDropCapabilities: ['ALL'],
    runAsUser: {rule: 'MustRunAsNonRoot'},
    volumes: ['configMap', 'emptyDir', 'projected', 'secret'],
  },
  seccompAnnotations,
);

/** The namespace shop. */
export const namespace = (labels: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {name: 'shop', labels},
});
/** It with the level that it enforces, as a version has it. */
export const labelled = (level: string, version?: string) =>
  namespace({
    [`${podSecurityPrefix}enforce`]: level,
    ...(version && {[`${podSecurityPrefix}enforce-version`]: version}),
  });

/** A Deployment in shop with one container, of this security context. */
export function deployment(
  name: string,
  spec: JsonObject = {},
  context: JsonObject = {},
): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {name, namespace: 'shop'},
    spec: {template: {spec: {containers: [{name: 'c', securityContext: context}], ...spec}}},
  };
}
