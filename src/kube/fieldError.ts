import {goQuote} from './goQuote.ts';
import type {Integer} from './json.ts';

/** The types of field errors, in Kubernetes' words. */
const typeTexts = {
  FieldValueInvalid: 'Invalid value',
  FieldValueRequired: 'Required value',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueNotFound: 'Not found',
  FieldValueTooLong: 'Too long',
} as const;

export type FieldErrorType = keyof typeof typeTexts;

/** A value that Go prints in its own syntax, for example `[]int64{1, 2}`. */
export class GoLiteral {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type BadValue = string | boolean | Integer | GoLiteral;

/**
 * One complaint of the API server about one field (apimachinery v0.24, util/validation/field/errors.go).
 * `badValue` is absent for the types that do not print it.
 */
export interface FieldError {
  readonly type: FieldErrorType;
  /** For example `spec.containers[0].hostPort`. */
  readonly field: string;
  readonly badValue: BadValue | undefined;
  /** May be empty. */
  readonly detail: string;
}

export function invalid(field: string, badValue: BadValue, detail: string): FieldError {
  return {type: 'FieldValueInvalid', field, badValue, detail};
}

export function required(field: string, detail: string): FieldError {
  return {type: 'FieldValueRequired', field, badValue: undefined, detail};
}

export function forbidden(field: string, detail: string): FieldError {
  return {type: 'FieldValueForbidden', field, badValue: undefined, detail};
}

export function duplicate(field: string, badValue: BadValue): FieldError {
  return {type: 'FieldValueDuplicate', field, badValue, detail: ''};
}

export function notFoundError(field: string, badValue: BadValue): FieldError {
  return {type: 'FieldValueNotFound', field, badValue, detail: ''};
}

export function tooLong(field: string, maximum: number): FieldError {
  return {
    type: 'FieldValueTooLong',
    field,
    badValue: undefined,
    detail: `must have at most ${maximum} bytes`,
  };
}

export function notSupported(
  field: string,
  badValue: BadValue,
  supported: readonly string[],
): FieldError {
  const detail = `supported values: ${supported.map(goQuote).join(', ')}`;
  return {type: 'FieldValueNotSupported', field, badValue, detail};
}

/** The bad value as plain text: strings without quotes. */
export function badValueText(value: BadValue): string {
  return value instanceof GoLiteral ? value.text : String(value);
}

/** The error as the API server words it: `field: type[: bad value][: detail]`. */
export function fieldErrorText({type, field, badValue, detail}: FieldError): string {
  let text = `${field}: ${typeTexts[type]}`;
  if (badValue !== undefined) {
    text += `: ${typeof badValue === 'string' ? goQuote(badValue) : badValueText(badValue)}`;
  }
  return detail === '' ? text : `${text}: ${detail}`;
}
