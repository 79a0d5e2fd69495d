import type {Level} from '../controls/control.ts';
import {containersIn, type JudgedTemplate} from '../controls/hardening.ts';
import {controlById} from '../controls/index.ts';
import {fieldErrorText} from '../kube/fieldError.ts';
import type {JsonObject} from '../kube/json.ts';
import type {Pod} from '../kube/pod.ts';
import type {PodView} from '../kube/podView.ts';
import {evaluate} from '../policy/evaluate.ts';
import {edited} from './edits.ts';
import {isPatchEdit, templatePatch} from './patch.ts';
import type {HardenStep} from './step.ts';
import {type HardenTarget, unmet} from './target.ts';

/** What it takes until a pod lives under a built-in policy. */
export interface Hardening {
  /** What can be done without asking: only what is unset is set, and what nothing uses is removed. */
  readonly changes: readonly HardenStep[];
  /** What a person has to decide, for the template asks for it. */
  readonly decisions: readonly HardenStep[];
  /** Why no changes can lead there, in words; undefined if the steps do. */
  readonly blocked: string | undefined;
  /** The changes as a strategic merge patch of the template; undefined if there is none. */
  readonly patch: JsonObject | undefined;
  /** The strictest standard that the pod lives up to, as it is and after the changes. */
  readonly now: Level;
  readonly after: Level;
  /** The containers that end up non-root with a user that only their image names. */
  readonly unknownUsers: readonly string[];
}

/**
 * The smallest changes that let pods of a template live under the first of `targets` (from strict to
 * open): let in by the policy, and with all set that the standard itself wants to be set. Without any
 * one of the steps it would not. `submit` says what admission gets to see of a template.
 */
export function harden(
  template: Pod,
  submit: (template: Pod) => PodView,
  [target, ...looser]: readonly [HardenTarget, ...HardenTarget[]],
): Hardening {
  const view = submit(template);
  const isBarred = template.spec.os?.name === 'windows' && target.level === 'restricted';
  const steps = isBarred ? [] : stepsTo(target, {template, view});
  const changes = steps.filter(({asks}) => asks === undefined);
  const decisions = steps.filter(({asks}) => asks !== undefined);
  const changed = edited(
    template,
    changes.flatMap(({edits}) => edits),
  );
  const final = edited(
    changed,
    decisions.flatMap(({edits}) => edits),
  );
  const patchEdits = changes.flatMap(({edits}) => edits).filter(isPatchEdit);
  const levels = [target, ...looser];
  return {
    changes,
    decisions,
    blocked: isBarred ? barredWindows : obstacle(submit(final), target),
    patch: patchEdits.length > 0 ? templatePatch(template, patchEdits) : undefined,
    now: levelOf(levels, view),
    after: levelOf(levels, submit(changed)),
    unknownUsers: changes.some(({control}) => control === 'runAsUser')
      ? containersWithoutUser(changed)
      : [],
  };
}

/** What each control that the pod does not meet wants of its template. */
function stepsTo(target: HardenTarget, pod: JudgedTemplate): readonly HardenStep[] {
  return unmet(target, pod.view).flatMap(control =>
    controlById[control].plan(pod, target.policy, target.mustSay).map(step => ({control, ...step})),
  );
}

function levelOf(targets: readonly HardenTarget[], pod: PodView): Level {
  return targets.find(target => unmet(target, pod).length === 0)?.level ?? 'privileged';
}

/** API validation keeps the fields from them that the standard of v1.24 wants (ValidatePodSpec). */
const barredWindows =
  'a pod for Windows can set neither capabilities nor seccomp, which restricted wants';

/** What is still in the way after all steps. */
function obstacle(view: PodView, target: HardenTarget): string | undefined {
  const missing = unmet(target, view);
  if (missing.length === 0) return undefined;
  const errors = target.solos
    .filter(({control}) => missing.includes(control.id))
    .flatMap(({prepared}) => evaluate(prepared, view).errors.map(fieldErrorText));
  return errors.join('; ') || `does not meet ${missing.join(', ')}`;
}

function containersWithoutUser(template: Pod): readonly string[] {
  if (template.spec.securityContext?.runAsUser !== undefined) return [];
  return containersIn(template)
    .filter(({container}) => container.securityContext?.runAsUser === undefined)
    .map(({where}) => where);
}
