import type {Inventory} from '../../../src/inventory/inventory.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {type NativeStage, objectsOnStage} from '../../../src/migrate/native/stages.ts';
import {binding, role} from '../../support/builders/audits.ts';
import {type RuleCases, strict, web} from './ruleCase.ts';

/** A cluster whose policies live in admission policies, on a stage. */
function later(stage: NativeStage): Partial<Inventory> {
  const {objects} = nativeObjects([decodePolicy(strict)], {
    mode: 'full',
    server: 37,
    static: false,
    closeGaps: false,
    extensions: false,
  });
  return {
    policyApi: 'absent',
    serverVersion: 'v1.37.2',
    admissionPolicies: objectsOnStage(objects, stage),
  };
}

const writer = (verb: string) =>
  role('writer', {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingadmissionpolicybindings'],
    verbs: [verb],
  });
const devs = binding('devs', 'writer', ['group:devs'], true);

/** Rules about the objects that policies live in. */
export const nativeRules: RuleCases = {
  'not-in-force-everywhere': {
    cluster: later('deny'),
    yes: web,
    finds: [
      'ValidatingAdmissionPolicy/kubectl-psp',
      'medium',
      'the policies are in force in some namespaces only',
      'kubectl psp migrate policies --apply --stage enforce',
    ],
    shows: 'binding kubectl-psp-deny: Deny',
    no: web,
    calm: later('enforce'),
  },
  'may-change-admission': {
    cluster: later('enforce'),
    yes: [...web, writer('delete'), devs],
    finds: [
      'ClusterRoleBinding/devs',
      'medium',
      '1 subject may change the admission policies that policies live in',
      'kubectl describe clusterrolebinding devs',
    ],
    shows: 'Group/devs',
    no: [...web, writer('get'), devs],
  },
};
