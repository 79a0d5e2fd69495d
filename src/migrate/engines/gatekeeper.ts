import {judgeOf} from '../../admission/judge.ts';
import {cel, concatenated} from '../../cel/cel.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import {templatesOf} from '../../inventory/submissions/items.ts';
import type {JsonObject} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {byText} from '../../text.ts';
import {acceptance, checkVariables} from '../native/chosen.ts';
import type {Loss} from '../native/losses.ts';
import type {Native} from '../native/nativeObjects.ts';
import {faults} from '../native/sharedChecks.ts';
import {policiesIn, unitsOf} from '../native/units.ts';
import {variable, variablesFor} from '../native/variables.ts';

/**
 * Constraints of Gatekeeper all have to be met, and know no rights: so a policy is carried over only for namespaces in
 * which all workloads get this one. Everything else is said to be lost.
 */
export function gatekeeperObjects(inventory: Inventory): Native {
  const {onlyIn, mixed} = namespacesByPolicy(inventory);
  const carried = inventory.policies
    .filter(({metadata}) => onlyIn.has(metadata.name))
    .toSorted((a, b) => byText(a.metadata.name, b.metadata.name));
  const left = inventory.policies.filter(policy => !carried.includes(policy));
  return {
    objects: carried.flatMap((policy, index) =>
      objectsFor(policy, index + 1, onlyIn.get(policy.metadata.name) ?? []),
    ),
    losses: [
      ...(carried.length > 0 ? alwaysLost : []),
      ...mixed.map(lossOfMixed),
      ...left.map(lossOfPolicy),
    ],
  };
}

/** The policies that all workloads of a namespace get, and namespaces in which that is not one alone. */
function namespacesByPolicy(inventory: Inventory) {
  const judge = judgeOf(inventory, {areClassesThere: true});
  const byNamespace = Map.groupBy(templatesOf(inventory), ({namespace}) => namespace);
  const onlyIn = new Map<string, string[]>();
  const mixed: MixedNamespace[] = [];
  for (const [namespace, items] of [...byNamespace].toSorted(([a], [b]) => byText(a, b))) {
    const names = new Set(
      items.map(({submission}) => judge.judgement(submission).chosen?.policy.name),
    );
    const [only] = names;
    if (names.size !== 1 || only === undefined)
      mixed.push({namespace, policies: [...names].map(name => name ?? 'none')});
    else onlyIn.set(only, [...(onlyIn.get(only) ?? []), namespace]);
  }
  return {onlyIn, mixed};
}

function objectsFor(
  policy: Policy,
  number: number,
  namespaces: readonly string[],
): readonly JsonObject[] {
  const kind = `KubectlPsp${number}`;
  const {name} = policy.metadata;
  const {policies} = policiesIn(unitsOf([policy], undefined), {
    extensions: false,
    isMutating: false,
    judged: ['asIs'],
  });
  const [one] = policies;
  if (one === undefined) return [];
  const accepts = acceptance(one, 'asIs');
  const found = one.checks.map(check => faults(check, 'asIs'));
  const message = cel`${`PodSecurityPolicy ${name}: `} + ${
    found.length === 0 ? cel`[]` : concatenated(found)
  }.join('; ')`;
  const variables = variablesFor(
    'validating',
    [...checkVariables(policies, ['asIs']), accepts],
    [variable(accepts.name), message],
  );
  const source = {
    failurePolicy: 'Fail',
    variables,
    validations: [{expression: `variables.${accepts.name}`, messageExpression: String(message)}],
  };
  const own = kind.toLowerCase();
  return [templateOf(kind, own, source), constraintOf(kind, own, name, namespaces)];
}

function templateOf(kind: string, own: string, source: JsonObject): JsonObject {
  const code = [{engine: 'K8sNativeValidation', source}];
  return {
    apiVersion: 'templates.gatekeeper.sh/v1',
    kind: 'ConstraintTemplate',
    metadata: {name: own},
    spec: {
      crd: {spec: {names: {kind}}},
      targets: [{target: 'admission.k8s.gatekeeper.sh', code}],
    },
  };
}

function constraintOf(
  kind: string,
  own: string,
  policy: string,
  namespaces: readonly string[],
): JsonObject {
  return {
    apiVersion: 'constraints.gatekeeper.sh/v1beta1',
    kind,
    metadata: {name: own, annotations: {'psp.kubectl/policy': policy}},
    spec: {
      enforcementAction: 'deny',
      match: {kinds: [{apiGroups: [''], kinds: ['Pod']}], namespaces},
    },
  };
}

const alwaysLost: readonly Loss[] = [
  'Who may use a policy no longer counts: in these namespaces, everybody is held to the one that their workloads get now.',
  'Defaults are written into no pod: "kubectl psp migrate patches" adds them to workloads.',
].map(says => ({policy: undefined, says}));

/** A namespace whose workloads get several policies, or none. */
interface MixedNamespace {
  readonly namespace: string;
  readonly policies: readonly string[];
}

function lossOfMixed({namespace, policies}: MixedNamespace): Loss {
  const all = policies.toSorted(byText).join(', ');
  return {
    policy: undefined,
    says: `Namespace ${namespace} has no constraint: its workloads do not all get one policy, but ${all}.`,
  };
}

function lossOfPolicy({metadata}: Policy): Loss {
  return {
    policy: metadata.name,
    says: 'It is the only policy of no namespace, so there is no constraint for it.',
  };
}
