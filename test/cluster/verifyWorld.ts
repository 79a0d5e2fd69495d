import type {JsonObject} from '../../src/kube/json.ts';
import {policyObject} from '../support/builders/policies.ts';
import {grantOfUse} from '../support/builders/useGrants.ts';

const rbac = 'rbac.authorization.k8s.io';

const account = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: {namespace, name},
});

/** Namespaces, accounts and who may use what, on a server of any version. */
export const verifyWorld: readonly JsonObject[] = [
  ...['shop', 'data', 'edge'].flatMap(name => [
    {apiVersion: 'v1', kind: 'Namespace', metadata: {name}},
    account(name, 'default'),
  ]),
  account('shop', 'web'),
  {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: {name: 'gvisor'},
    handler: 'runsc',
  },
  ...grantOfUse('strict', {kind: 'ServiceAccount', namespace: 'shop', name: 'web'}, 'shop'),
  ...grantOfUse('team', {kind: 'Group', name: 'system:serviceaccounts:data', apiGroup: rbac}),
  ...grantOfUse('wide', {kind: 'Group', name: 'system:serviceaccounts:data', apiGroup: rbac}),
];

/** Policies that say something about every control, and one for admins alone. */
export const grantedPolicies: readonly JsonObject[] = [
  {
    ...policyObject('strict', {
      allowedCapabilities: ['NET_ADMIN'],
      defaultAddCapabilities: ['AUDIT_WRITE'],
      requiredDropCapabilities: ['KILL'],
      hostPorts: [{min: 8000, max: 8080}],
      volumes: ['secret', 'hostPath', 'flexVolume', 'csi', 'emptyDir'],
      allowedHostPaths: [{pathPrefix: '/var/log', readOnly: true}, {pathPrefix: '/data'}],
      allowedFlexVolumes: [{driver: 'example.com/lvm'}],
      allowedCSIDrivers: [{name: 'inline.example.com'}],
      runAsUser: {rule: 'MustRunAs', ranges: [{min: 1000, max: 2000}]},
      runAsGroup: {rule: 'MayRunAs', ranges: [{min: 1000, max: 2000}]},
      fsGroup: {rule: 'MustRunAs', ranges: [{min: 5, max: 9}]},
      supplementalGroups: {rule: 'MayRunAs', ranges: [{min: 5, max: 9}]},
      seLinux: {rule: 'MustRunAs', seLinuxOptions: {level: 's0:c1,c2', type: 't'}},
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      allowedUnsafeSysctls: ['kernel.msg*'],
      forbiddenSysctls: ['kernel.shm_rmid_forced'],
      runtimeClass: {allowedRuntimeClassNames: ['gvisor'], defaultRuntimeClassName: 'gvisor'},
    }),
    metadata: {
      name: 'strict',
      annotations: {
        'seccomp.security.alpha.kubernetes.io/allowedProfileNames': 'runtime/default,localhost/a',
        'seccomp.security.alpha.kubernetes.io/defaultProfileName': 'runtime/default',
        'apparmor.security.beta.kubernetes.io/allowedProfileNames': 'localhost/b',
        'apparmor.security.beta.kubernetes.io/defaultProfileName': 'localhost/b',
      },
    },
  },
  policyObject('team', {
    volumes: ['*'],
    runAsUser: {rule: 'MustRunAsNonRoot'},
    fsGroup: {rule: 'MustRunAs', ranges: [{min: 1000, max: 1000}]},
    supplementalGroups: {rule: 'MustRunAs', ranges: [{min: 1000, max: 1000}]},
  }),
  policyObject('wide', {
    privileged: true,
    volumes: ['*'],
    hostNetwork: true,
    allowedCapabilities: ['*'],
    hostPorts: [{min: 1, max: 65535}],
  }),
  policyObject('admins'),
];
