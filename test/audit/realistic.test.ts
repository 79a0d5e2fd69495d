import {expect, test} from 'vitest';
import {auditOf} from '../../src/audit/index.ts';
import {objectText} from '../../src/audit/words.ts';
import {clusterWith} from '../support/builders/inventory.ts';
import {grownCluster} from '../support/clusters/grown.ts';
import {managedCluster} from '../support/clusters/managed.ts';
import {strictCluster} from '../support/clusters/strict.ts';

test.each([
  [
    'a provider opens its privileged policy to everybody',
    managedCluster,
    [
      'high open-to-workloads ClusterRoleBinding/eks:podsecuritypolicy:authenticated',
      'medium defaults-bypassed Deployment/cert-manager/cert-manager',
      'medium far-above-need Deployment/cert-manager/cert-manager',
      'medium far-above-need Deployment/ingress/ingress-nginx',
      'medium far-above-need Deployment/monitoring/grafana',
      'medium far-above-need Deployment/monitoring/prometheus-operator',
      'medium far-above-need Deployment/shop/cart',
      'medium far-above-need Deployment/shop/catalog',
      'medium far-above-need Deployment/shop/checkout',
      'medium requester-only DaemonSet/kube-system/aws-node',
      'medium requester-only DaemonSet/monitoring/node-exporter',
      'info all-policies ClusterRoleBinding/platform-admins',
      'info self-grant Group/platform',
    ],
  ],
  [
    'the documentation was followed, and some grants are mistaken',
    strictCluster,
    [
      'high denied-on-restart DaemonSet/logging/fluent-bit',
      'high denied-on-restart StatefulSet/data/mongodb',
      'medium near-miss-grant ClusterRole/psp:legacy-root',
      'medium near-miss-grant RoleBinding/kube-system/psp:log-reader',
      'medium near-miss-grant RoleBinding/web/psp:web',
    ],
  ],
  [
    'policies were added year by year',
    grownCluster,
    [
      'high escalation-beside-admin PodSecurityPolicy/build',
      'high writable-host-path PodSecurityPolicy/build',
      'medium all-policies ClusterRoleBinding/psp-any',
      'medium ignored-policy PodSecurityPolicy/batch',
      'medium near-miss-grant RoleBinding/builds/psp-devs',
      'medium open-to-many RoleBinding/team-a/psp-privileged',
      'medium over-broad-policy PodSecurityPolicy/build',
      'medium over-broad-policy PodSecurityPolicy/longhorn',
      'medium pod-maker ServiceAccount/builds/controller',
      'low equal-policies PodSecurityPolicy/default-old',
      'low policy-drift Deployment/team-a/web',
      'low policy-drift Deployment/team-a/worker',
      'low unused-policy PodSecurityPolicy/restricted',
      'info pod-maker Group/developers',
    ],
  ],
])('findings where %s', (_, objects, expected) => {
  const {findings} = auditOf(clusterWith(objects), {namespace: undefined, isWhole: true});
  expect(
    findings.map(({severity, rule, object}) => `${severity} ${rule} ${objectText(object)}`),
  ).toEqual(expected);
});

test('what everybody may use is taken away without a wider grant to those who have their own', () => {
  const {findings} = auditOf(clusterWith(managedCluster), {namespace: undefined, isWhole: true});
  expect(findings[0]?.remedy).toBe(
    'kubectl psp bind eks.privileged --to sa:kube-system/aws-node --to sa:shop/default && kubectl psp unbind eks.privileged --to group:system:authenticated',
  );
});
