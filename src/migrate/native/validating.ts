import {allOf, anyOf, type Cel, cel} from '../../cel/cel.ts';
import type {JsonObject} from '../../kube/json.ts';
import {acceptance, byName, checkVariables, type NativePolicy} from './chosen.ts';
import {claimed, claimedVariable} from './podMarks.ts';
import {messageVariables} from './refusal.ts';
import type {Judged} from './sharedChecks.ts';
import {type Variable, variable, variablesFor} from './variables.ts';

/** How pods are validated. */
export interface Validation {
  /** `filled` lets in pods that lack defaults. */
  readonly judged: Judged;
  /** Whether a mutating policy has chosen before, and says so in annotations. */
  readonly afterMutation: boolean;
  readonly groupSize: number;
}

/** The spec of the policy that says whether a pod may be stored. */
export function validatingSpec(
  policies: readonly NativePolicy[],
  more: readonly Variable[],
  how: Validation,
): JsonObject {
  const {judged, groupSize} = how;
  const isGrouped = policies.length > groupSize;
  const accepted = (one: NativePolicy) =>
    allOf([variable(acceptance(one, judged).name), one.mayUse]);
  const any = anyOf(policies.map(accepted));
  // The one that is named costs two checks of rights; trying all could cost more than there is to spend.
  const named = byName(policies, accepted);
  const isUpdate = cel`request.operation == 'UPDATE'`;
  const rest = isGrouped && how.afterMutation ? allOf([isUpdate, any]) : any;
  const messages = messageVariables(policies, judged, how.afterMutation);
  const own: Variable[] = [
    claimedVariable,
    ...more,
    ...checkVariables(policies, [judged]),
    ...policies.flatMap(one => [acceptance(one, judged), ...one.rights]),
    {
      name: 'isAccepted',
      value: isGrouped || how.afterMutation ? anyOf([named, rest]) : any,
    },
    ...messages,
  ];
  const expressions = [variable('isAccepted'), variable('message'), claimed];
  return {
    failurePolicy: 'Fail',
    variables: variablesFor('validating', own, expressions),
    validations: [
      {
        expression: 'variables.isAccepted',
        messageExpression: 'variables.message',
        message: 'no PodSecurityPolicy that may be used here accepts this pod',
        reason: 'Forbidden',
      },
    ],
    auditAnnotations: [{key: 'policy', valueExpression: String(claimed)}],
  };
}

/** Updates of nothing but owners, finalizers and managed fields are not looked at (admission.go, v1.24, shouldIgnore). */
export const changesPod: Cel = anyOf([
  cel`request.operation != 'UPDATE'`,
  cel`object.spec != oldObject.spec`,
  ...['labels', 'annotations'].map(field => {
    const of = (one: Cel) =>
      field === 'labels'
        ? cel`${one}.metadata.?labels.orValue({})`
        : cel`${one}.metadata.?annotations.orValue({})`;
    return cel`${of(cel`object`)} != ${of(cel`oldObject`)}`;
  }),
]);
