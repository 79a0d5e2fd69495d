import type {ControlId} from '../controls/control.ts';
import type {PlannedStep} from '../controls/hardening.ts';

/** One thing to do to a pod template so that it lives under a built-in policy. */
export interface HardenStep extends PlannedStep {
  /** The control that wants it. */
  readonly control: ControlId;
}
