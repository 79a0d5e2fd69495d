import {isObject, type Json, type JsonObject, printJson} from '../../kube/json.ts';
import type {Operand, Step, Test} from './path.ts';

/** What the steps lead to from a value; what is not there is left out, as kubectl does. */
export function valuesAt(steps: readonly Step[], start: Json, root: Json): readonly Json[] {
  return steps.reduce<readonly Json[]>(
    (values, step) => values.flatMap(value => after(step, value, root)),
    [start],
  );
}

function after(step: Step, value: Json, root: Json): readonly Json[] {
  switch (step.kind) {
    case 'field': {
      if (!isObject(value) || !Object.hasOwn(value, step.name)) return [];
      return [(value as JsonObject)[step.name] ?? null];
    }
    case 'deep':
      return withAllIn(value);
    case 'all':
      return childrenOf(value);
    case 'slice':
      return Array.isArray(value) ? sliceOf(value, step) : [];
    case 'union':
      return step.steps.flatMap(one => after(one, value, root));
    case 'filter':
      return childrenOf(value).filter(item => holds(step.test, item, root));
  }
}

function childrenOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  return isObject(value) ? Object.values(value).map(item => item ?? null) : [];
}

function withAllIn(value: Json): readonly Json[] {
  return [value, ...childrenOf(value).flatMap(withAllIn)];
}

function sliceOf(
  items: readonly Json[],
  {from = 0, to = items.length, by = 1}: Extract<Step, {kind: 'slice'}>,
): readonly Json[] {
  const place = (index: number) => (index < 0 ? index + items.length : index);
  const chosen = items.slice(Math.max(0, place(from)), Math.max(0, place(to)));
  return chosen.filter((_, index) => by > 0 && index % by === 0);
}

function holds({left, operator, right}: Test, item: Json, root: Json): boolean {
  const [lefts, rights] = [left, right].map(side =>
    side === undefined ? [] : operandValues(side, item, root),
  );
  const one = lefts?.[0];
  if (operator === undefined) return one !== undefined;
  const other = rights?.[0];
  if (one === undefined || other === undefined) return false;
  if (operator === '==') return isSame(one, other);
  if (operator === '!=') return !isSame(one, other);
  const order = compared(one, other);
  if (order === undefined) return false;
  if (operator.startsWith('<')) return order < 0 || (operator === '<=' && order === 0);
  return order > 0 || (operator === '>=' && order === 0);
}

function operandValues(side: Operand, item: Json, root: Json): readonly Json[] {
  if (side.kind === 'literal') return [side.value];
  return valuesAt(side.steps, side.isFromRoot ? root : item, root);
}

function isSame(one: Json, other: Json): boolean {
  return printJson(one) === printJson(other);
}

function compared(one: Json, other: Json): number | undefined {
  if (typeof one === 'string' && typeof other === 'string')
    return one < other ? -1 : Number(one > other);
  const isNumber = (value: Json) => typeof value === 'number' || typeof value === 'bigint';
  return isNumber(one) && isNumber(other) ? Number(one) - Number(other) : undefined;
}

/** A value as kubectl prints it: a text as it is, what has parts as JSON. */
export function textOfValue(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : printJson(value);
}
