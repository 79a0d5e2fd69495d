import type {Submission} from '../inventory/submissions/submissions.ts';
import {applyEdits} from '../kube/edits.ts';
import {type FieldError, fieldErrorText} from '../kube/fieldError.ts';
import {goQuote} from '../kube/goQuote.ts';
import type {Pod} from '../kube/pod.ts';
import type {Release} from '../kube/release.ts';
import {once} from '../once.ts';
import {editsOf, type PreparedPolicy} from '../policy/evaluate.ts';
import type {Ending} from './admit.ts';
import {podErrors} from './podValidation.ts';
import {prepareForCreate} from './prepare.ts';

/**
 * What the server says about a pod after a policy let it in (registry/core/pod/strategy.go: it is prepared,
 * then validated). A live pod that stays as it is was valid when it was stored.
 */
export function validationOf(submission: Submission): (ending: Ending) => Ending {
  const own = once(() => ownErrors(submission));
  return ending => {
    if (ending.kind !== 'admitted') return ending;
    const {chosen} = ending;
    const errors = chosen.mutates ? errorsAfter(chosen.policy, submission) : own();
    return errors.length === 0 ? ending : {kind: 'invalid', chosen, errors};
  };
}

/** Whether the server would refuse the pod of a template no matter what a policy does with it. */
export function isInvalidByItself(submission: Submission): boolean {
  return ownErrors(submission).length > 0;
}

/** What the server says of the pod as it is; a controller may still complete a sketch. */
function ownErrors({view, isLivePod, isSketch}: Submission): readonly FieldError[] {
  return isLivePod || isSketch ? [] : storedErrors(view.pod, view.release);
}

/** Whether what a policy writes into a pod makes the server refuse it, which else it would not. */
export function makesInvalid(policy: PreparedPolicy, submission: Submission): boolean {
  return !isInvalidByItself(submission) && errorsAfter(policy, submission).length > 0;
}

/** What the server says of the pod as a policy changes it. */
function errorsAfter(
  policy: PreparedPolicy,
  {view, isLivePod, isSketch}: Submission,
): readonly FieldError[] {
  const changed = applyEdits(view.pod, editsOf(policy, view));
  const errors = storedErrors(isLivePod ? recreated(changed) : changed, view.release);
  if (!isSketch) return errors;
  const before = new Set(storedErrors(view.pod, view.release).map(fieldErrorText));
  return errors.filter(error => !before.has(fieldErrorText(error)));
}

function storedErrors(pod: Pod, release: Release): readonly FieldError[] {
  return podErrors(prepareForCreate(pod, release), release);
}

/** A live pod as it would be created again: debug containers come later, by requests of their own. */
function recreated(pod: Pod): Pod {
  return {...pod, spec: {...pod.spec, ephemeralContainers: undefined}};
}

/**
 * The whole message of the 422 (apimachinery v0.24, pkg/api/errors, NewInvalid, and pkg/util/errors: duplicate
 * errors are printed once, and only several errors come in brackets).
 */
export function invalidMessage(name: string, errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(fieldErrorText))];
  const all = texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`;
  return `Pod ${goQuote(name)} is invalid: ${all}`;
}
