import {type FieldError, invalid} from '../../kube/fieldError.ts';
import type {Range} from '../../kube/objects.ts';

/** Ids that pods may ask for: API validation of pods allows no others. */
export const allIds: Range = {min: 0, max: 2147483647};

/** What the API server says of a list of id ranges (validateIDRanges in validation.go, v1.24). */
export function rangeErrors(field: string, ranges: readonly Range[] = []): readonly FieldError[] {
  return ranges.flatMap(({min, max}, index) => {
    const at = `${field}[${index}]`;
    return [
      ...(min < 0 ? [invalid(`${at}.min`, min, 'min cannot be negative')] : []),
      ...(max < 0 ? [invalid(`${at}.max`, max, 'max cannot be negative')] : []),
      ...(min > max ? [invalid(`${at}.min`, min, 'min cannot be greater than max')] : []),
    ];
  });
}
