import type {ControlId} from '../../controls/control.ts';
import type {Edit} from '../../kube/edits.ts';

/** The name of the container that near misses are about. */
export const trialContainer = 'app';

/** A change of a pod that makes it fit a policy just so, or just not. */
export interface Miss {
  /** What it does to a pod, for people. */
  readonly says: string;
  /** Edits of a raw pod whose first container is `trialContainer`. */
  readonly edits: readonly Edit[];
}

/** The same, and the control that it is about. */
export interface PolicyMiss extends Miss {
  readonly control: ControlId;
}
