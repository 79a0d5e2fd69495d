import type {Inventory} from '../../../src/inventory/inventory.ts';
import type {JsonObject} from '../../../src/kube/json.ts';
import {decodePolicy} from '../../../src/kube/objects.ts';
import {withNativeFacts} from '../../../src/migrate/native/nativeDrift.ts';
import {nativeObjects} from '../../../src/migrate/native/nativeObjects.ts';
import {type NativeStage, objectsOnStage} from '../../../src/migrate/native/stages.ts';
import {binding, role, roleFor} from '../../support/builders/audits.ts';
import {clusterWith} from '../../support/builders/inventory.ts';
import {fullOptions} from '../../support/builders/nativeOptions.ts';
import {policyObject} from '../../support/builders/policies.ts';
import {objectOf} from '../../support/run/output.ts';
import {type RuleCases, strict, web} from './ruleCase.ts';

const onStage = (stage: NativeStage) =>
  objectsOnStage(nativeObjects([decodePolicy(strict)], fullOptions).objects, stage);

/** A cluster whose policies live in these objects. */
function livingIn(admissionPolicies: readonly JsonObject[]): Partial<Inventory> {
  const cluster = {policyApi: 'absent', serverVersion: 'v1.37.2', admissionPolicies} as const;
  const {native} = withNativeFacts({...clusterWith([]), ...cluster});
  return {...cluster, native};
}

const later = (stage: NativeStage) => livingIn(onStage(stage));

/** The objects with another value in the spec of those of a kind. */
function edited(kind: string, more: JsonObject): readonly JsonObject[] {
  return onStage('enforce').map(object =>
    object.kind === kind ? {...object, spec: {...objectOf(object.spec), ...more}} : object,
  );
}

/** Many policies that differ in a user alone, put together when only the first was granted. */
const tools = Array.from({length: 22}, (_, index) =>
  policyObject(`tool-${index}`, {
    runAsUser: {rule: 'MustRunAs', ranges: [{min: 1000 + index, max: 1000 + index}]},
    volumes: ['*'],
  }),
);
const toolFor = (index: number) => [
  roleFor(`tool-${index}`, `tool-${index}`),
  binding(`tool-${index}`, `tool-${index}`, ['group:devs']),
];
const together = nativeObjects(
  tools.map(one => decodePolicy(one)),
  fullOptions,
  clusterWith(toolFor(1)).rbac,
).objects;

/** So many policies that a server which chooses none before pays for few more. */
const asking = nativeObjects(
  Array.from({length: 12}, (_, index) => decodePolicy(policyObject(`one-${index}`))),
  {...fullOptions, mode: 'validate'},
).objects;

const writer = (verb: string) =>
  role('writer', {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['validatingadmissionpolicybindings'],
    verbs: [verb],
  });
const devs = binding('devs', 'writer', ['group:devs'], true);

/** Rules about the objects that policies live in. */
export const nativeRules: RuleCases = {
  'admission-policies-edited': {
    cluster: livingIn(edited('ValidatingAdmissionPolicy', {failurePolicy: 'Ignore'})),
    yes: web,
    finds: [
      'ValidatingAdmissionPolicy/kubectl-psp',
      'high',
      'the admission policies are not what was made of their policies',
      'kubectl psp migrate policies --apply',
    ],
    shows: 'ValidatingAdmissionPolicy kubectl-psp differs in spec.failurePolicy',
    no: web,
    calm: later('enforce'),
  },
  'admission-policies-outdated': {
    cluster: livingIn(
      onStage('enforce').map(object =>
        object.kind === 'ValidatingAdmissionPolicy'
          ? {
              ...object,
              metadata: {
                ...objectOf(object.metadata),
                annotations: {
                  ...objectOf(objectOf(object.metadata).annotations),
                  'psp.kubectl/policies': JSON.stringify([policyObject('other')]),
                },
              },
            }
          : object,
      ),
    ),
    yes: web,
    finds: [
      'ValidatingAdmissionPolicy/kubectl-psp',
      'medium',
      'the admission policies are not what their policies come to now',
      'kubectl psp migrate policies --apply',
    ],
    shows: 'the policies that they keep were changed since',
    no: web,
    calm: later('enforce'),
  },
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
  'defaults-not-written': {
    cluster: livingIn(
      onStage('enforce').filter(({kind}) => kind !== 'MutatingAdmissionPolicyBinding'),
    ),
    yes: web,
    finds: [
      'MutatingAdmissionPolicy/kubectl-psp',
      'medium',
      'the mutating admission policy is not bound: defaults are not written',
      'kubectl psp migrate policies --apply --stage enforce',
    ],
    no: web,
    calm: later('enforce'),
  },
  'grant-not-tried': {
    cluster: livingIn(together),
    yes: [...tools, ...toolFor(1), ...toolFor(2)],
    finds: [
      'ValidatingAdmissionPolicy/kubectl-psp',
      'medium',
      '1 grant of a policy is not tried: the admission policies were made before',
      'kubectl psp migrate policies --apply',
    ],
    shows: 'tool-2 in shop',
    no: [...tools, ...toolFor(1)],
  },
  'admission-policies-near-limit': {
    cluster: livingIn(asking),
    yes: web,
    finds: [
      'ValidatingAdmissionPolicy/kubectl-psp',
      'medium',
      '1 measure of the admission policies is near or beyond a limit',
      'kubectl psp advise --reuse',
    ],
    shows:
      'asks for rights up to 24 times for a pod, and 26 can be paid for: beyond that, pods have to',
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
