import {isProblem, type ValueField} from '../../src/controls/control.ts';
import {controlById, controls} from '../../src/controls/index.ts';
import type {Policy} from '../../src/kube/objects.ts';
import {policy} from '../support/builders/policies.ts';

/** A field of a control. */
export type Field = ValueField<Policy>;

/** A policy that lets everything through. */
export const open = controls.reduce((next, control) => control.open(next), policy({}));

/** The policy that a field made, or an error with its problem. */
export function made(result: ReturnType<Field['set']>): Policy {
  if (isProblem(result)) throw new Error(result.problem);
  return result;
}

/** The field of a control whose label begins so. */
export function fieldOf(id: keyof typeof controlById, label: string): Field {
  const field = controlById[id].fields.find(one => one.label.startsWith(label));
  if (field === undefined) throw new Error(`${id} has no field ${label}`);
  return field;
}
