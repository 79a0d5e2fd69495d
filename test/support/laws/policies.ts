import type {Control} from '../../../src/controls/control.ts';
import {compact} from '../../../src/kube/edits.ts';
import {printJson} from '../../../src/kube/json.ts';
import type {Policy} from '../../../src/kube/objects.ts';
import type {PodView} from '../../../src/kube/podView.ts';
import {lastRelease} from '../../../src/kube/release.ts';

/** Whether one policy is below another one: covered by it, but not the other way round. */
export function isTighter(control: Control, one: Policy, other: Policy): boolean {
  return control.covers(other, one, lastRelease) && !control.covers(one, other, lastRelease);
}

/** A policy or a pod, for a failed test to tell. */
export function show(value: Policy | PodView): string {
  return printJson(compact('pod' in value ? value.pod : value));
}
