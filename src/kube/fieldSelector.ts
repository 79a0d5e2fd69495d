import {exitCodes, UserError} from '../errors.ts';

/** The fields of pods that can be selected by (pkg/apis/core/v1/conversion.go, v1.24), as far as they matter here. */
const selectableFields = [
  'metadata.name',
  'metadata.namespace',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.phase',
] as const;
export type SelectableField = (typeof selectableFields)[number];

/** What one part of a selector wants of a field. */
export interface FieldTest {
  readonly field: SelectableField;
  readonly isEqual: boolean;
  readonly value: string;
}

/** Reads a field selector as kubectl has it: `status.phase!=Running,spec.nodeName=n1`; a usage error if it is none. */
export function parseFieldSelector(text: string): readonly FieldTest[] {
  return text
    .split(',')
    .filter(part => part.trim() !== '')
    .map(part => {
      const [, name = '', sign = '', value = ''] =
        /^\s*([^=!\s]+)\s*(==?|!=)\s*(.*?)\s*$/.exec(part) ?? [];
      if (sign === '')
        throw problem(`can't read ${JSON.stringify(part)}: write FIELD=VALUE or FIELD!=VALUE`);
      const field = selectableFields.find(each => each === name);
      if (field === undefined) {
        throw problem(`${JSON.stringify(name)} is not one of ${selectableFields.join(', ')}`);
      }
      return {field, isEqual: sign !== '!=', value};
    });
}

function problem(text: string): UserError {
  return new UserError(`--field-selector: ${text}`, exitCodes.usage);
}
