import {type Impact, impactOf} from '../effect/impact.ts';
import type {Policy} from '../kube/objects.ts';
import type {Model} from './model.ts';

const impacts = new WeakMap<Model, WeakMap<Policy, Impact>>();

/** What a policy as edited does to everything; computed once for each state of it. */
export function impactOfDraft(model: Model, now: Policy): Impact {
  const known = impacts.get(model) ?? new WeakMap<Policy, Impact>();
  impacts.set(model, known);
  const impact = known.get(now) ?? impactOf(model, [now]);
  known.set(now, impact);
  return impact;
}
