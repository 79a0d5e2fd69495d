import {edited} from '../../src/harden/edits.ts';
import {harden} from '../../src/harden/harden.ts';
import type {HardenStep} from '../../src/harden/step.ts';
import {targetOf} from '../../src/harden/target.ts';
import type {Pod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';

/** The template's pod, as admission sees it. */
export const submit = (template: Pod) => viewOf(defaultPod(template, lastRelease), lastRelease);
/** What hardening goes for, by level. */
export const targets = {
  restricted: targetOf('restricted', lastRelease),
  baseline: targetOf('baseline', lastRelease),
};
/** Hardens a template to a level. */
export const hardenedTo = {
  restricted: (template: Pod) => harden(template, submit, [targets.restricted, targets.baseline]),
  baseline: (template: Pod) => harden(template, submit, [targets.baseline]),
};

/** The template after these steps. */
export function stepped(template: Pod, steps: readonly HardenStep[]): Pod {
  return edited(
    template,
    steps.flatMap(({edits}) => edits),
  );
}
