import {nativeName} from '../../inventory/native/nativePolicies.ts';
import type {NativeMode} from '../../inventory/native/options.ts';
import {isObject, type JsonObject, printJson} from '../../kube/json.ts';
import {byText} from '../../text.ts';
import {withoutDefaults} from './madeMark.ts';

/** How far admission policies that take the place of PodSecurityPolicies are in force. */
export const nativeStages = ['audit', 'mutate', 'deny', 'enforce'] as const;
export type NativeStage = (typeof nativeStages)[number];

/** The label that puts a namespace on a stage of its own, while the cluster is on the same or a later one. */
export const stageLabel = 'psp.kubectl/stage';

/** The name of the binding that refuses pods while others still warn. */
const denyName = `${nativeName}-deny`;

/** What the objects are made for on a stage: before defaults are written, none is to be missed either. */
export function modeOnStage(stage: NativeStage, mode: NativeMode): NativeMode {
  return stage === 'audit' && mode === 'full' ? 'audit' : mode;
}

/**
 * The objects as they are on a stage. `audit` warns everywhere; `mutate` writes defaults and warns in namespaces that
 * are labelled for it; `deny` refuses in those that are labelled so; `enforce` does all of it everywhere.
 */
export function objectsOnStage(
  objects: readonly JsonObject[],
  stage: NativeStage,
): readonly JsonObject[] {
  if (stage === 'enforce') return objects;
  return objects.flatMap((object): readonly JsonObject[] => {
    switch (object.kind) {
      case 'MutatingAdmissionPolicyBinding':
        return stage === 'audit' ? [] : [bound(object, selected('mutate', 'deny'))];
      case 'ValidatingAdmissionPolicyBinding':
        return validatingBindings(object, stage);
      default:
        return [object];
    }
  });
}

/** A binding can't warn and refuse at once, so that takes two. */
function validatingBindings(object: JsonObject, stage: NativeStage): readonly JsonObject[] {
  const warns = {validationActions: ['Warn', 'Audit']};
  if (stage === 'audit') return [bound(object, warns)];
  const refuses = {validationActions: ['Deny'], ...selected('deny')};
  const {metadata} = object;
  return [
    bound(object, {...warns, ...selected('mutate', 'deny')}),
    ...(stage === 'deny'
      ? [
          {
            ...bound(object, refuses),
            metadata: {...(isObject(metadata) ? metadata : {}), name: denyName},
          },
        ]
      : []),
  ];
}

function bound(object: JsonObject, more: JsonObject): JsonObject {
  return {...object, spec: {...(isObject(object.spec) ? object.spec : {}), ...more}};
}

function selected(...stages: readonly NativeStage[]): JsonObject {
  const matchExpressions = [{key: stageLabel, operator: 'In', values: stages}];
  return {matchResources: {namespaceSelector: {matchExpressions}}};
}

/**
 * The stage that the bindings among the objects of a cluster amount to; undefined if there are none, 'odd' if they
 * are those of no stage, as after an edit.
 */
export function stageIn(objects: readonly JsonObject[]): NativeStage | 'odd' | undefined {
  const bindings = objects.filter(({kind}) => /Binding$/.test(String(kind)));
  if (bindings.length === 0) return undefined;
  const found = shapeOf(bindings);
  const asMade = ['full', 'validate'].flatMap(mode => {
    const writing = mode === 'full' ? [plainBinding('MutatingAdmissionPolicyBinding')] : [];
    const refusing = {
      ...plainBinding('ValidatingAdmissionPolicyBinding'),
      spec: {policyName: nativeName, validationActions: ['Deny']},
    };
    return nativeStages.map(stage => ({
      stage,
      shape: shapeOf(objectsOnStage([...writing, refusing], stage)),
    }));
  });
  return asMade.find(({shape}) => shape === found)?.stage ?? 'odd';
}

function plainBinding(kind: string): JsonObject {
  return {kind, metadata: {name: nativeName}, spec: {policyName: nativeName}};
}

/** What decides about bindings, in one order, as a text. */
function shapeOf(bindings: readonly JsonObject[]): string {
  const each = bindings.map(({kind, metadata, spec}) => {
    const name = isObject(metadata) ? metadata.name : undefined;
    return printJson([kind, name, withoutDefaults(spec ?? {})]);
  });
  return each.sort(byText).join('\n');
}

/** Whether pods of a namespace with these labels are refused on a stage. */
export function refusesOn(
  stage: NativeStage,
  labels: Readonly<Record<string, string>> | undefined,
): boolean {
  return stage === 'enforce' || (stage === 'deny' && labels?.[stageLabel] === 'deny');
}
