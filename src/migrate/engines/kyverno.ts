import type {JsonObject} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {whyUnusable} from '../../policy/evaluate.ts';
import {byText} from '../../text.ts';
import {defaultsPatch} from '../native/defaultsPatch.ts';
import type {Loss} from '../native/losses.ts';
import {mutatingSpec} from '../native/mutating.ts';
import type {Native} from '../native/nativeObjects.ts';
import {policiesIn, unitsOf} from '../native/units.ts';
import {changesPod, validatingSpec} from '../native/validating.ts';

const name = 'kubectl-psp';
const version = 'policies.kyverno.io/v1';

/** Policies are never looked for in groups: no budget limits what Kyverno may ask. */
const oneGroup = Number.POSITIVE_INFINITY;

/**
 * The same expressions as policies of Kyverno 1.17 and later, which has no authorizer in them: rights are asked by
 * reviews (kyverno/sdk, extensions/cel/libs/resource).
 */
export function kyvernoObjects(policies: readonly Policy[], extensions: boolean): Native {
  const usable = policies
    .filter(policy => whyUnusable(policy) === undefined)
    .toSorted((a, b) => byText(a.metadata.name, b.metadata.name));
  const units = unitsOf(usable, undefined);
  const asking = {extensions, asks: 'reviews'} as const;
  const changing = policiesIn(units, {...asking, isMutating: true, judged: ['asIs', 'filled']});
  const checking = policiesIn(units, {...asking, isMutating: false, judged: ['asIs']});
  const defaults = defaultsPatch(units.flatMap(unit => ('policy' in unit ? [unit.policy] : [])));
  const inOne = {...asking, groupSize: oneGroup, isRepeated: false};
  const mutating = mutatingSpec(changing.policies, changing.variables, defaults, inOne);
  const {auditAnnotations: _, ...validating} = validatingSpec(
    checking.policies,
    checking.variables,
    {judged: 'asIs', afterMutation: true, groupSize: oneGroup},
  );
  const {reinvocationPolicy, ...changes} = mutating;
  return {
    objects: [
      reviewerRole,
      {
        apiVersion: version,
        kind: 'MutatingPolicy',
        metadata: {name},
        spec: {
          evaluation: {mutateExisting: {enabled: false}},
          autogen: noAutogen,
          reinvocationPolicy,
          matchConstraints: pods('CREATE'),
          ...changes,
        },
      },
      {
        apiVersion: version,
        kind: 'ValidatingPolicy',
        metadata: {name},
        spec: {
          evaluation: {background: {enabled: false}},
          autogen: noAutogen,
          validationActions: ['Deny'],
          matchConstraints: pods('CREATE', 'UPDATE'),
          matchConditions: [{name: 'changes-the-pod', expression: String(changesPod)}],
          ...validating,
        },
      },
    ],
    losses: [...lossesOfKyverno, ...emptyGroups(usable)],
  };
}

/** Only pods have what the expressions look at; templates of workloads are not judged. */
const noAutogen: JsonObject = {podControllers: {controllers: []}};

/** For the account that Kyverno runs under, which takes roles with this label. */
const reviewerRole: JsonObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: {
    name: `${name}-reviewer`,
    labels: {'rbac.kyverno.io/aggregate-to-admission-controller': 'true'},
  },
  rules: [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['subjectaccessreviews'],
      verbs: ['create'],
    },
  ],
};

function pods(...operations: readonly string[]): JsonObject {
  return {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations, resources: ['pods']}]};
}

const lossesOfKyverno: readonly Loss[] = [
  'Pods are judged only while Kyverno runs, and not where its configuration leaves namespaces out, as it does with kube-system.',
  'Who may use a policy is asked by one SubjectAccessReview after the other: each pod waits for them.',
].map(says => ({policy: undefined, says}));

function emptyGroups(policies: readonly Policy[]): readonly Loss[] {
  return policies
    .filter(({spec}) => spec.supplementalGroups?.rule === 'MustRunAs')
    .map(({metadata}) => ({
      policy: metadata.name,
      says: 'A pod that spells out `supplementalGroups: []` was refused; it is given the default group.',
    }));
}
