import {validatedPolicyKey} from '../kube/annotations.ts';
import {type Inventory, isLive} from './inventory.ts';

/** What there is of policies, and of pods that tell whether any was asked. */
export type PolicyTraces = Pick<Inventory, 'policies' | 'origin'> &
  Partial<Pick<Inventory, 'refused' | 'pods'>>;

/**
 * Whether there is no policy, and nothing that tells whether one would be asked: a server whose admission plugin
 * is on then denies every pod, one whose plugin is off denies none. All pods of a cluster that carry the
 * annotation of a policy tell that it is on, and so do files by holding policies, even ones that can't exist.
 */
export function mayAskNoPolicy({policies, refused = [], pods = [], origin}: PolicyTraces): boolean {
  if (policies.length + refused.length > 0) return false;
  const live = pods.filter(pod => isLive(pod, {origin}));
  const isMarked = live.every(
    ({metadata}) => metadata.annotations?.[validatedPolicyKey] !== undefined,
  );
  return live.length === 0 || !isMarked;
}
