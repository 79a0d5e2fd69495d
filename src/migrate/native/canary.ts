import type {JsonObject} from '../../kube/json.ts';

/** The path of a request that is tried, and never made, to see whether the canary answers. */
export const canaryPath = '/api/v1/namespaces/default/configmaps?dryRun=All';

/** What a canary answers. */
const says = 'the canary of kubectl psp';

/**
 * Admission policies that do something that can be seen, to a ConfigMap that nobody makes: a server that has them has
 * all that was made before them, as it takes up all of a kind at once. The second refuses what the first has changed.
 */
export function canaryObjects(name: string): readonly JsonObject[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const rule = {
    apiGroups: [''],
    apiVersions: ['v1'],
    operations: ['CREATE'],
    resources: ['configmaps'],
  };
  const matchConstraints = {resourceRules: [rule]};
  const changes = `object.metadata.name == '${name}' ? Object{data: {'canary': '${name}'}} : Object{}`;
  const passes = `object.?data['canary'].orValue('') != '${name}'`;
  const metadata = {name};
  const bound = {policyName: name};
  return [
    {
      apiVersion,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        matchConstraints,
        failurePolicy: 'Ignore',
        reinvocationPolicy: 'Never',
        mutations: [{patchType: 'ApplyConfiguration', applyConfiguration: {expression: changes}}],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        matchConstraints,
        failurePolicy: 'Ignore',
        validations: [{expression: passes, message: says}],
      },
    },
    {apiVersion, kind: 'MutatingAdmissionPolicyBinding', metadata, spec: bound},
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {...bound, validationActions: ['Deny']},
    },
  ];
}

/** Without what writes: for servers that have no mutating policies. */
export function validatingCanary(name: string): readonly JsonObject[] {
  return canaryObjects(name)
    .filter(({kind}) => String(kind).startsWith('Validating'))
    .map(object =>
      object.kind === 'ValidatingAdmissionPolicy'
        ? {
            ...object,
            spec: {
              ...(object.spec as JsonObject),
              validations: [{expression: `object.metadata.name != '${name}'`, message: says}],
            },
          }
        : object,
    );
}

/** The object that makes the canary answer. */
export function canaryQuestion(name: string): JsonObject {
  return {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name}};
}

/** Whether a refusal is the canary's answer. */
export function isCanaryAnswer(message: string): boolean {
  return message.includes(says);
}
