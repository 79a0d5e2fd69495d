import {describe, expect, test} from 'vitest';
import {checked, policy, policyList} from './checkWorld.ts';

const seccompNames = 'seccomp.security.alpha.kubernetes.io/allowedProfileNames';

describe('managed clusters', () => {
  test('are known by the names of their policies', async () => {
    const names = ['eks.privileged', 'gce.unprivileged-addon', 'mine', 'privileged', 'toString'];
    const objects = {[policyList]: names.map(policy)};
    const {text} = await checked({objects, tried: [{policy: 'p'}]});
    expect(text).toContain('Managed: eks.privileged (Amazon EKS): made by EKS');
    expect(text).toContain('Managed: gce.unprivileged-addon (Google GKE): for system pods');
    expect(text.match(/Managed: /g)).toHaveLength(2);
    const azure = await checked({objects, azure: true, tried: [{policy: 'p'}]});
    expect(azure.text).toContain('Managed: privileged (Azure AKS): made by Azure');
  });

  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const eksPolicy = {
    metadata: {name: 'eks.privileged', annotations: {[seccompNames]: '*'}},
    spec: {
      privileged: true,
      hostNetwork: true,
      hostIPC: true,
      hostPID: true,
      allowedCapabilities: ['*'],
      volumes: ['*'],
      hostPorts: [{min: 0, max: 65535}],
      allowedUnsafeSysctls: ['*'],
      allowedProcMountTypes: ['Default', 'Unmasked'],
      seLinux: {rule: 'RunAsAny'},
      runAsUser: {rule: 'RunAsAny'},
      fsGroup: {rule: 'RunAsAny'},
      supplementalGroups: {rule: 'RunAsAny'},
    },
  };
  const eksObjects = {
    [policyList]: [eksPolicy],
    [`${rbac}/clusterroles`]: [
      {
        metadata: {name: 'eks:podsecuritypolicy:privileged'},
        rules: [
          {
            apiGroups: ['policy'],
            resources: ['podsecuritypolicies'],
            resourceNames: ['eks.privileged'],
            verbs: ['use'],
          },
        ],
      },
    ],
  };
  const everybody = {
    metadata: {name: 'eks:podsecuritypolicy:authenticated'},
    roleRef: {kind: 'ClusterRole', name: 'eks:podsecuritypolicy:privileged'},
    subjects: [{kind: 'Group', name: 'system:authenticated'}],
  };

  test.each([
    [
      'the binding is there',
      {...eksObjects, [`${rbac}/clusterrolebindings`]: [everybody]},
      undefined,
      'it lets every pod in; ClusterRoleBinding eks:podsecuritypolicy:authenticated gives it to everybody, so no pod is denied until that binding is gone',
    ],
    [
      'the binding is gone',
      {...eksObjects, [`${rbac}/clusterrolebindings`]: []},
      undefined,
      'it lets every pod in; no ClusterRoleBinding gives it to everybody',
    ],
    [
      'bindings may not be read',
      {...eksObjects, [`${rbac}/clusterrolebindings`]: [everybody]},
      /clusterrolebindings/,
      'it lets every pod in; who may use it could not be read',
    ],
  ])('what is said of their policies is what the cluster holds: %s', async (...given) => {
    const [, objects, forbidden, says] = given;
    const options = forbidden === undefined ? {objects} : {objects, forbidden};
    const {text} = await checked({...options, tried: [{policy: 'p'}]});
    expect(text).toContain(`Managed: eks.privileged (Amazon EKS): made by EKS`);
    expect(text).toContain(`${says} `);
    if (forbidden !== undefined) expect(text).not.toContain('eks:podsecuritypolicy');
  });

  test('OpenShift by its API', async () => {
    const {text} = await checked({groups: ['security.openshift.io'], tried: [{policy: 'p'}]});
    expect(text).toContain('this is OpenShift');
  });
});
