import {folderOf} from '../../support/run/files.ts';

export const policies = `
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: privileged}
spec:
  privileged: true
  hostNetwork: true
  allowedCapabilities: ['*']
  volumes: ['*']
  runAsUser: {rule: RunAsAny}
  seLinux: {rule: RunAsAny}
  supplementalGroups: {rule: RunAsAny}
  fsGroup: {rule: RunAsAny}
---
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: restricted}
spec:
  allowPrivilegeEscalation: false
  volumes: [secret, emptyDir, projected]
  runAsUser: {rule: MustRunAsNonRoot}
  seLinux: {rule: RunAsAny}
  supplementalGroups: {rule: RunAsAny}
  fsGroup: {rule: MustRunAs, ranges: [{min: 1, max: 100}]}
---
apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: unusable}
spec:
  runAsUser: {rule: MustRunAs}
  seLinux: {rule: RunAsAny}
  supplementalGroups: {rule: RunAsAny}
  fsGroup: {rule: RunAsAny}
`;

export const rbac = `
apiVersion: v1
kind: List
items:
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRole
  metadata: {name: use-restricted}
  rules:
  - {apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [restricted], verbs: [use]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: Role
  metadata: {name: use-privileged, namespace: shop}
  rules:
  - {apiGroups: [policy], resources: [podsecuritypolicies], resourceNames: [privileged], verbs: [use]}
- apiVersion: rbac.authorization.k8s.io/v1
  kind: ClusterRoleBinding
  metadata: {name: everybody}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: use-restricted}
  subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: system:serviceaccounts:shop}]
- apiVersion: rbac.authorization.k8s.io/v1
  kind: RoleBinding
  metadata: {name: daemons, namespace: shop}
  roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: use-privileged}
  subjects:
  - {kind: ServiceAccount, name: daemon-set-controller, namespace: kube-system}
  - {kind: Group, apiGroup: rbac.authorization.k8s.io, name: ops}
`;

const pod = (name: string, spec: string, annotations = '{}') => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, annotations: ${annotations}}
spec: ${spec}
---
`;

const plain = '{containers: [{name: main}]}';

const filled = `{securityContext: {fsGroup: 5, runAsNonRoot: true},
  containers: [{name: main, securityContext: {allowPrivilegeEscalation: false}}]}`;

export const workloads = `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  template:
    spec: {hostNetwork: true, containers: [{name: main}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      hostNetwork: true
      volumes: [{name: data, hostPath: {path: /data}}]
      containers: [{name: main, securityContext: {privileged: true}}]
---
${pod('plain', plain)}
${pod('filled', filled)}
${pod('moved', filled, '{kubernetes.io/psp: privileged}')}
`;

export const folder = folderOf({
  'policies/all.yaml': policies,
  'rbac/rbac.yml': rbac,
  'workloads/deep/er.yaml': workloads,
  'workloads/notes.txt': 'not: [a manifest',
});

export const files = ['policies', 'rbac', 'workloads'].flatMap(name => ['-f', `${folder}/${name}`]);
