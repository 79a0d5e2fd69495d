import type {Inventory} from '../../inventory/inventory.ts';
import {causeText, type DriftCause, makeAgain} from '../../inventory/native/nativeFacts.ts';
import {nativeHomeIn} from '../../inventory/native/nativeHome.ts';
import {nearLimits} from '../../inventory/native/nativeLimits.ts';
import {nativeName, staticSuffix} from '../../inventory/native/nativePolicies.ts';
import {untriedGrants} from '../../inventory/native/untriedGrants.ts';
import {isObject, type JsonObject} from '../../kube/json.ts';
import {admissionWriters} from '../../rbac/admissionWriters.ts';
import {isKubernetesOwn} from '../../rbac/kubernetesOwn.ts';
import {count} from '../../text.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {firstOf, objectText, rbacReference} from '../words.ts';

const object = {kind: 'ValidatingAdmissionPolicy', namespace: undefined, name: nativeName};

/** Policies that live in admission policies which refuse nothing, or not everywhere. */
export const notEverywhere = defineRule({
  id: 'not-in-force-everywhere',
  severity: 'high',
  milder: 'medium if they are in force in some namespaces, or for some pods.',
  title: 'Admission policies that refuse nothing, or only in some namespaces',
  why: 'Policies that live in admission policies are in force where these are bound with Deny. Elsewhere any pod is let in that the level of its namespace allows.',
  remedy: 'Go on to the next stage, up to enforce.',
  needs: [],
  breadth: 'cluster',
  find({inventory}) {
    const home = nativeHomeIn(inventory);
    if (home === undefined || (home.isInForce && home.isUniform)) return [];
    const {isInForce, odd} = home;
    return [
      {
        object,
        message: !isInForce
          ? 'the policies are not in force: nothing is refused'
          : odd.length === 0
            ? 'the policies are in force in some namespaces only'
            : 'the policies are in force for some pods only',
        evidence: [
          ...bindingLines(inventory.admissionPolicies ?? []),
          ...odd.map(({kind, name, fields}) => `${kind} ${name} has ${fields.join(', ')}`),
        ],
        remedy: againIn(inventory, false),
        ...(isInForce ? {severity: 'medium' as const} : {}),
      },
    ];
  },
});

/** How objects are made again: those that the server reads from files are nobody's to apply. */
function againIn({staticPolicies}: Inventory, isOnStage = true): string {
  if (staticPolicies !== undefined) return 'kubectl psp migrate policies --static psp';
  return isOnStage ? makeAgain : `${makeAgain} --stage enforce`;
}

/** The validating bindings with what they do; what binds nothing is said as well. */
function bindingLines(objects: readonly JsonObject[]): readonly string[] {
  const lines = objects.flatMap(({kind, metadata, spec}) => {
    if (kind !== 'ValidatingAdmissionPolicyBinding') return [];
    const name = isObject(metadata) ? String(metadata.name) : '';
    const {validationActions} = isObject(spec) ? spec : {};
    const actions = Array.isArray(validationActions) ? validationActions : [];
    return [`binding ${name}: ${actions.join(', ') || 'no action'}`];
  });
  return lines.length === 0 ? ['no binding'] : lines;
}

/** Policies whose defaults nothing writes. */
export const defaultsUnbound = defineRule({
  id: 'defaults-not-written',
  severity: 'medium',
  title: 'Policies in admission policies whose defaults nothing writes',
  why: 'Without a binding, the mutating admission policy does nothing: pods that lack what a policy writes are refused, and none is hardened.',
  remedy: 'Bind it again.',
  needs: [],
  breadth: 'cluster',
  find({inventory}) {
    const home = nativeHomeIn(inventory);
    if (home?.lacksDefaults !== true) return [];
    return [
      {
        object: {...object, kind: 'MutatingAdmissionPolicy'},
        message: 'the mutating admission policy is not bound: defaults are not written',
        evidence: ['no MutatingAdmissionPolicyBinding'],
        remedy: againIn(inventory, false),
      },
    ];
  },
});

/** Objects that do something else than their policies say, or may. */
export const changedByHand = defineRule({
  id: 'admission-policies-edited',
  severity: 'high',
  title: 'Admission policies that were edited by hand',
  why: 'What the server does is no longer what the policies in the objects say: an expression, what it matches, or failurePolicy Ignore may let any pod in. So no verdict is known.',
  remedy: 'Make the objects again from their policies.',
  needs: [],
  breadth: 'cluster',
  find: ({inventory}) =>
    driftFindings(
      inventory,
      ['edited', 'unknown'],
      'the admission policies are not what was made of their policies',
    ),
});

/** Objects that are as they were made, of something else than what would be made now. */
export const outOfDate = defineRule({
  id: 'admission-policies-outdated',
  severity: 'medium',
  title: 'Admission policies that are out of date with their policies',
  why: 'The policies that they keep were changed, or another version of kubectl psp made them, and what it made is not known here. So no verdict is known.',
  remedy: 'Make the objects again from their policies.',
  needs: [],
  breadth: 'cluster',
  find: ({inventory}) =>
    driftFindings(
      inventory,
      ['sources', 'version'],
      'the admission policies are not what their policies come to now',
    ),
});

function driftFindings(
  inventory: Inventory,
  causes: readonly DriftCause[],
  message: string,
): readonly RuleFinding[] {
  const drift = inventory.native?.drift;
  if (drift === undefined || !causes.includes(drift.cause)) return [];
  return [
    {
      object,
      message,
      evidence: firstOf([causeText(drift), ...drift.places]),
      remedy: againIn(inventory),
    },
  ];
}

/** Grants of policies that the objects don't try where they were granted. */
export const untriedGrant = defineRule({
  id: 'grant-not-tried',
  severity: 'medium',
  title: 'Grants that admission policies were made before',
  why: 'Many policies that differ in values alone are tried where somebody could use them when the objects were made. A later grant counts for nothing until they are made again.',
  remedy: 'Make the objects again.',
  needs: ['rbac'],
  breadth: 'cluster',
  find({inventory}) {
    const {native, rbac} = inventory;
    const untried = untriedGrants(native?.tried ?? [], rbac);
    if (untried.length === 0) return [];
    return [
      {
        object,
        message: `${count(untried.length, 'grant')} of a policy ${untried.length === 1 ? 'is' : 'are'} not tried: the admission policies were made before`,
        evidence: firstOf(
          untried.map(({policy, namespace}) => `${policy} in ${namespace ?? 'all namespaces'}`),
        ),
        remedy: againIn(inventory),
      },
    ];
  },
});

/** Objects that will soon be too large, or ask too much of the server. */
export const nearLimit = defineRule({
  id: 'admission-policies-near-limit',
  severity: 'medium',
  title: 'Admission policies that are near a limit of the server',
  why: 'A server takes objects of up to 1.5 MiB and expressions of up to 100,000 characters, and pays for 28 checks of rights for a pod. Beyond that policies can no longer be changed, or pods are refused that a policy would take.',
  remedy: 'Delete policies that nobody uses, or give workloads that differ little one policy.',
  needs: [],
  breadth: 'cluster',
  find({inventory}) {
    const {admissionPolicies = [], native} = inventory;
    const near = nearLimits(admissionPolicies, native, nativeHomeIn(inventory)?.options);
    if (near.length === 0) return [];
    return [
      {
        object,
        message: `${count(near.length, 'measure')} of the admission policies ${near.length === 1 ? 'is' : 'are'} near or beyond a limit`,
        evidence: firstOf(near.map(({says, beyond}) => `${says}: beyond that, ${beyond}`)),
        remedy: 'kubectl psp advise --reuse',
      },
    ];
  },
});

/** Who may switch policies off that live in admission policies. */
export const mayChangeAdmission = defineRule({
  id: 'may-change-admission',
  severity: 'medium',
  title: 'Who may change the admission policies that policies live in',
  why: 'Who may update or delete an admission policy or its binding can let any pod in, and then run it. So this right is worth as much as the node.',
  remedy:
    'Bind the right to admins alone, or give the objects to the API server as files (migrate policies --static).',
  needs: ['rbac'],
  breadth: 'cluster',
  find({inventory: {admissionPolicies = [], rbac}}) {
    // What the server reads from files, nobody can change over its API.
    const names = admissionPolicies.flatMap(({metadata}) =>
      isObject(metadata) && !String(metadata.name).endsWith(staticSuffix)
        ? [String(metadata.name)]
        : [],
    );
    if (names.length === 0) return [];
    const writers = admissionWriters(rbac, names).filter(writer => !isKubernetesOwn(writer));
    const byBinding = Map.groupBy(writers, ({binding}) => binding.name);
    return [...byBinding.values()].flatMap(same => {
      const [first] = same;
      if (first === undefined) return [];
      const {binding, role} = first;
      return [
        {
          object: rbacReference(binding),
          message: `${count(same.length, 'subject')} may change the admission policies that policies live in`,
          evidence: firstOf([
            `through ${objectText(rbacReference(role))}`,
            ...same.map(({subject: {kind, namespace, name}}) =>
              objectText({kind, namespace, name}),
            ),
          ]),
          remedy: `kubectl describe clusterrolebinding ${binding.name}`,
        },
      ];
    });
  },
});
