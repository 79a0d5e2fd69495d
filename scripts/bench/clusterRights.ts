import type {JsonObject} from '../../src/kube/json.ts';

const rbacVersion = 'rbac.authorization.k8s.io/v1';
const rbacGroup = 'rbac.authorization.k8s.io';

/** Each namespace lets its accounts use a policy of its own; a tenth may use the open one. */
export function rbacOf(
  namespace: string,
  index: number,
  policyCount: number,
): readonly JsonObject[] {
  const own = `policy-${index % policyCount}`;
  const names = index % 10 === 0 ? [own, 'privileged'] : [own];
  const subject = {
    kind: 'Group',
    apiGroup: rbacGroup,
    name: `system:serviceaccounts:${namespace}`,
  };
  return grant('psp', namespace, names, subject);
}

/** An account's own right to one more policy. */
export function accountRbacOf(
  {namespace, name}: {readonly namespace: string; readonly name: string},
  index: number,
  policyCount: number,
): readonly JsonObject[] {
  const subject = {kind: 'ServiceAccount', namespace, name};
  return grant(`psp-${name}`, namespace, [`policy-${(index * 7) % policyCount}`], subject);
}

function grant(
  name: string,
  namespace: string,
  policyNames: readonly string[],
  subject: JsonObject,
): readonly JsonObject[] {
  const metadata = {name, namespace};
  const rule: JsonObject = {
    apiGroups: ['policy'],
    resources: ['podsecuritypolicies'],
    verbs: ['use'],
    resourceNames: policyNames,
  };
  const roleRef = {apiGroup: rbacGroup, kind: 'Role', name};
  return [
    {apiVersion: rbacVersion, kind: 'Role', metadata, rules: [rule]},
    {apiVersion: rbacVersion, kind: 'RoleBinding', metadata, roleRef, subjects: [subject]},
  ];
}

const anyRule = {rule: 'RunAsAny'};

/** `privileged`, which lets all pods in, and `count` stricter ones that let some in: `policy-0`, ... */
export function policies(count: number): readonly JsonObject[] {
  const open: JsonObject = {
    privileged: true,
    allowPrivilegeEscalation: true,
    allowedCapabilities: ['*'],
    volumes: ['*'],
    hostNetwork: true,
    hostPID: true,
    hostIPC: true,
    hostPorts: [{min: 0, max: 65535}],
    seLinux: anyRule,
    runAsUser: anyRule,
    supplementalGroups: anyRule,
    fsGroup: anyRule,
  };
  const strict = (index: number): JsonObject => ({
    allowPrivilegeEscalation: index % 2 === 0,
    requiredDropCapabilities: index % 3 === 0 ? ['ALL'] : [],
    volumes: ['configMap', 'secret', 'emptyDir', 'projected', 'persistentVolumeClaim', 'ephemeral'],
    seLinux: anyRule,
    supplementalGroups: anyRule,
    fsGroup: anyRule,
    runAsUser: index % 4 === 0 ? {rule: 'MustRunAsNonRoot'} : anyRule,
  });
  const named = (name: string, spec: JsonObject): JsonObject => ({
    apiVersion: 'policy/v1beta1',
    kind: 'PodSecurityPolicy',
    metadata: {
      name,
      annotations: {'seccomp.security.alpha.kubernetes.io/allowedProfileNames': '*'},
    },
    spec,
  });
  return [
    named('privileged', open),
    ...Array.from({length: count}, (_, index) => named(`policy-${index}`, strict(index))),
  ];
}
