import {nativeName, optionsKey, staticSuffix} from '../../inventory/native/nativePolicies.ts';
import type {NativeOptions} from '../../inventory/native/options.ts';
import {keptSources} from '../../inventory/native/sources.ts';
import {type JsonObject, printJson} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {whyUnusable} from '../../policy/evaluate.ts';
import type {RbacObjects} from '../../rbac/authorize.ts';
import {byText} from '../../text.ts';
import {type CandidatesOf, candidatesBy} from './candidates.ts';
import {defaultsPatch} from './defaultsPatch.ts';
import {type Loss, lossesOf} from './losses.ts';
import {madeKey, markOf, markText} from './madeMark.ts';
import {mutatingSpec} from './mutating.ts';
import {policiesInBudget} from './rights.ts';
import {policiesIn, type Unit, unitsOf} from './units.ts';
import {changesPod, validatingSpec} from './validating.ts';

export interface Native {
  /** In the order in which they are created. */
  readonly objects: readonly JsonObject[];
  /** What the policies do today and the objects don't. */
  readonly losses: readonly Loss[];
}

/**
 * PodSecurityPolicies as admission policies of Kubernetes itself: one that writes defaults, one that refuses, and
 * their bindings. Policies whose rules admission does not know were left out by it, and are left out here.
 */
export function nativeObjectsBy(
  policies: readonly Policy[],
  options: NativeOptions,
  candidatesOf: CandidatesOf | undefined,
): Native {
  const {mode, extensions} = options;
  const sorted = policies.toSorted((a, b) => byText(a.metadata.name, b.metadata.name));
  const usable = sorted.filter(policy => whyUnusable(policy) === undefined);
  const units = unitsOf(usable, candidatesOf);
  const groupSize = policiesInBudget(extensions);
  const judged = mode === 'audit' ? 'filled' : 'asIs';
  const validated = policiesIn(units, {extensions, isMutating: false, judged: [judged]});
  const validation = validatingSpec(validated.policies, validated.variables, {
    judged,
    afterMutation: mode === 'full',
    groupSize,
  });
  const name = options.static ? nativeName + staticSuffix : nativeName;
  const sources = keptSources(sorted, nativeName);
  const mutating =
    mode === 'full' ? mutatingObjects(mutatingOf(units, options), name, options) : [];
  const validating = validatingObject(validation, {name}, options);
  const annotations = {
    ...sources.annotations,
    [optionsKey]: printJson(options),
    [madeKey]: markText(markOf([...mutating, validating], sorted)),
  };
  const objects = [
    // The files of a server hold nothing but admission policies.
    ...(options.static ? [] : sources.configMaps),
    ...mutating,
    {...validating, metadata: {name, annotations}},
    bindingOf('ValidatingAdmissionPolicyBinding', 'v1', name, {
      validationActions: mode === 'audit' ? ['Warn', 'Audit'] : ['Deny'],
    }),
  ];
  return {
    objects,
    losses: lossesOf(usable, options, {
      groupSize,
      isFolded: units.some(unit => 'run' in unit),
      isWithoutSources: options.static && sources.configMaps.length > 0,
      objects,
    }),
  };
}

/** The same, put together by these rights; without them, no policies are. */
export function nativeObjects(
  policies: readonly Policy[],
  options: NativeOptions,
  rbac?: RbacObjects,
): Native {
  return nativeObjectsBy(policies, options, rbac && candidatesBy(rbac));
}

function validatingObject(
  {failurePolicy, ...rest}: JsonObject,
  metadata: JsonObject,
  {closeGaps}: NativeOptions,
): JsonObject {
  const gaps = closeGaps ? ['pods/ephemeralcontainers', 'pods/resize'] : [];
  return {
    ...typeOf('ValidatingAdmissionPolicy', 'v1'),
    metadata,
    spec: {
      failurePolicy,
      matchConstraints: matchesPods(['CREATE', 'UPDATE'], ['pods', ...gaps]),
      matchConditions: [{name: 'changes-the-pod', expression: String(changesPod)}],
      ...rest,
    },
  };
}

function mutatingOf(units: readonly Unit[], {extensions}: NativeOptions): JsonObject {
  const judged = ['asIs', 'filled'] as const;
  const {policies, variables} = policiesIn(units, {extensions, isMutating: true, judged});
  const defaults = defaultsPatch(units.map(unit => ('run' in unit ? unit.run : unit.policy)));
  const groupSize = policiesInBudget(extensions);
  return mutatingSpec(policies, variables, defaults, {extensions, groupSize, isRepeated: true});
}

function mutatingObjects(
  spec: JsonObject,
  name: string,
  {server}: NativeOptions,
): readonly JsonObject[] {
  const version = mutatingVersion(server);
  const {failurePolicy, reinvocationPolicy, ...rest} = spec;
  return [
    {
      ...typeOf('MutatingAdmissionPolicy', version),
      metadata: {name},
      spec: {
        failurePolicy,
        reinvocationPolicy,
        matchConstraints: matchesPods(['CREATE'], ['pods']),
        ...rest,
      },
    },
    bindingOf('MutatingAdmissionPolicyBinding', version, name, {}),
  ];
}

/** The release in which MutatingAdmissionPolicy is v1 and on by default. */
export const firstMutatingV1 = 36;

/** The version in which a server has MutatingAdmissionPolicy. */
export function mutatingVersion(server: number): 'v1' | 'v1beta1' {
  return server >= firstMutatingV1 ? 'v1' : 'v1beta1';
}

function typeOf(kind: string, version: string) {
  return {apiVersion: `admissionregistration.k8s.io/${version}`, kind};
}

function bindingOf(kind: string, version: string, name: string, more: JsonObject): JsonObject {
  return {...typeOf(kind, version), metadata: {name}, spec: {policyName: name, ...more}};
}

function matchesPods(operations: readonly string[], resources: readonly string[]): JsonObject {
  return {resourceRules: [{apiGroups: [''], apiVersions: ['v1'], operations, resources}]};
}
