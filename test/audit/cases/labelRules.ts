import type {Inventory} from '../../../src/inventory/inventory.ts';
import {binding, deployment, podsOf, role} from '../../support/builders/audits.ts';
import {labelled, restrictedSpec} from '../../support/builders/labelledCluster.ts';
import type {RuleCases} from './ruleCase.ts';

/** A cluster without policies. */
const later: Partial<Inventory> = {policyApi: 'absent', serverVersion: 'v1.31.2'};
const shop = (levels: Readonly<Record<string, string>>) => labelled('shop', levels);
const onHost = deployment('app', {}, {spec: {hostNetwork: true}});
const unmasked = (hostUsers: boolean) =>
  deployment(
    'app',
    {},
    {
      spec: {
        hostUsers,
        containers: [{name: 'app', image: 'app', securityContext: {procMount: 'Unmasked'}}],
      },
    },
  );
const tight = deployment('app', {}, {spec: restrictedSpec});
const noPrivilege = {
  defaults: {
    enforce: {level: 'baseline', version: 'latest'},
    audit: {level: 'privileged', version: 'latest'},
    warn: {level: 'privileged', version: 'latest'},
  },
} as const;
const relabeler = role('relabeler', {apiGroups: [''], resources: ['namespaces'], verbs: ['patch']});
const reader = role('reader', {apiGroups: [''], resources: ['namespaces'], verbs: ['get']});

/** Rules about levels, where the labels of namespaces decide. */
export const labelRules: RuleCases = {
  'denied-by-level': {
    cluster: later,
    yes: [shop({enforce: 'baseline'}), onHost, ...podsOf('app', undefined, 2)],
    finds: [
      'Deployment/shop/app',
      'high',
      'all 2 pods would be denied if recreated',
      'kubectl label namespace shop pod-security.kubernetes.io/enforce=privileged --overwrite',
    ],
    shows: 'violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
    no: [shop({enforce: 'baseline'}), deployment('app'), ...podsOf('app', undefined, 2)],
  },
  'refused-by-server': {
    cluster: {...later, serverVersion: 'v1.37.2'},
    yes: [shop({enforce: 'privileged'}), unmasked(true), ...podsOf('app', undefined, 2)],
    finds: [
      'Deployment/shop/app',
      'high',
      'all 2 pods would be refused as invalid if recreated',
      'Change the pod template in these points: no label helps.',
    ],
    shows: 'invalid: spec: Forbidden: procMount Unmasked needs hostUsers: false',
    no: [shop({enforce: 'privileged'}), unmasked(false), ...podsOf('app', undefined, 2)],
  },
  'no-level': {
    cluster: later,
    yes: [shop({warn: 'baseline'}), deployment('app')],
    finds: [
      'Namespace/shop/shop',
      'medium',
      'no label says what is enforced; what is there needs baseline',
      'kubectl label namespace shop pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/enforce-version=v1.31 --overwrite',
    ],
    shows: 'the default of the server is not known',
    no: [shop({enforce: 'baseline'}), deployment('app')],
  },
  'wrong-level': {
    cluster: later,
    yes: [shop({enforce: 'strict', warn: 'restricted'})],
    finds: [
      'Namespace/shop/shop',
      'high',
      'the label enforce "strict" is no level: taken for restricted',
      'kubectl label namespace shop pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/enforce-version=latest --overwrite',
    ],
    no: [shop({enforce: 'restricted', warn: 'restricted'})],
  },
  'level-above-need': {
    cluster: later,
    yes: [shop({enforce: 'privileged'}), tight],
    finds: [
      'Namespace/shop/shop',
      'medium',
      'enforces privileged; what is there needs restricted',
      'kubectl label namespace shop pod-security.kubernetes.io/enforce=restricted pod-security.kubernetes.io/enforce-version=v1.31 --overwrite',
    ],
    no: [shop({enforce: 'privileged'}), onHost],
  },
  'level-not-pinned': {
    cluster: later,
    yes: [shop({enforce: 'baseline', 'enforce-version': 'latest'})],
    finds: [
      'Namespace/shop/shop',
      'low',
      'enforces baseline by whatever version the server has',
      'kubectl label namespace shop pod-security.kubernetes.io/enforce-version=v1.31 --overwrite',
    ],
    no: [shop({enforce: 'baseline', 'enforce-version': 'v1.31'})],
  },
  'exempt-from-levels': {
    cluster: {
      ...later,
      podSecurity: {
        ...noPrivilege,
        exemptions: {usernames: ['ci'], namespaces: [], runtimeClasses: []},
      },
    },
    yes: [shop({enforce: 'baseline'})],
    finds: [
      'AdmissionConfiguration/PodSecurity',
      'medium',
      '1 exemption: what they name gets in whatever it asks for',
      'Take them out of exemptions in the file of --admission-control-config-file.',
    ],
    shows: 'user ci',
    no: [shop({enforce: 'baseline'})],
    calm: {
      podSecurity: {
        ...noPrivilege,
        exemptions: {usernames: [], namespaces: [], runtimeClasses: []},
      },
    },
  },
  'may-relabel': {
    cluster: later,
    yes: [shop({enforce: 'baseline'}), relabeler, binding('devs', 'relabeler', ['group:devs'])],
    finds: [
      'RoleBinding/shop/devs',
      'medium',
      '1 subject may change the labels of shop',
      'kubectl describe rolebinding devs -n shop',
    ],
    shows: 'Group/devs',
    no: [
      shop({enforce: 'baseline'}),
      relabeler,
      reader,
      binding('devs', 'reader', ['group:devs']),
      // A controller of Kubernetes' own, by the binding that every cluster has.
      {
        ...binding('system:controller:mover', 'relabeler', [], true),
        subjects: [{kind: 'ServiceAccount', namespace: 'kube-system', name: 'mover'}],
      },
    ],
  },
};
