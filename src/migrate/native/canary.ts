import type {JsonObject} from '../../kube/json.ts';

/** The path of a request that is tried, and never made, to see whether the canary answers. */
export const canaryPath = '/api/v1/namespaces/default/configmaps?dryRun=All';

/** What a canary answers. */
const says = 'the canary of kubectl psp';

export interface Canary {
  readonly name: string;
  /** The name of the object that it answers; its own if not given. */
  readonly asked?: string;
  /** The version in which the server has mutating policies. */
  readonly mutatingVersion?: string;
}

const configMaps = {
  apiGroups: [''],
  apiVersions: ['v1'],
  operations: ['CREATE'],
  resources: ['configmaps'],
};

/**
 * Admission policies that do something that can be seen, to a ConfigMap that nobody makes: a server that has them has
 * all that was made before them, as it takes up all of a kind at once. The second refuses what the first has changed.
 */
export function canaryObjects({
  name,
  asked = name,
  mutatingVersion = 'v1',
}: Canary): readonly JsonObject[] {
  const [apiVersion = '', mutatingApiVersion = ''] = ['v1', mutatingVersion].map(
    version => `admissionregistration.k8s.io/${version}`,
  );
  const matchConstraints = {resourceRules: [configMaps]};
  const changes = `object.metadata.name == '${asked}' ? Object{data: {'canary': '${asked}'}} : Object{}`;
  const passes = `object.?data['canary'].orValue('') != '${asked}'`;
  const metadata = {name};
  const bound = {policyName: name};
  return [
    {
      apiVersion: mutatingApiVersion,
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
    {
      apiVersion: mutatingApiVersion,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: bound,
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {...bound, validationActions: ['Deny']},
    },
  ];
}

/** Without what writes: for servers that have no mutating policies. */
export function validatingCanary(canary: Canary): readonly JsonObject[] {
  const {name, asked = name} = canary;
  return canaryObjects(canary)
    .filter(({kind}) => String(kind).startsWith('Validating'))
    .map(object =>
      object.kind === 'ValidatingAdmissionPolicy'
        ? {
            ...object,
            spec: {
              ...(object.spec as JsonObject),
              validations: [{expression: `object.metadata.name != '${asked}'`, message: says}],
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
