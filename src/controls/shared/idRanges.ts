import {type FieldError, invalid} from '../../kube/fieldError.ts';
import type {Range} from '../../kube/objects.ts';
import {clip} from './ranges.ts';

/** Ids that pods may ask for: API validation of pods allows no others. */
export const allIds: Range = {min: 0, max: 2147483647};

/** Whether a pod can ask for an id within the ranges at all. */
export function hasIds(ranges: readonly Range[]): boolean {
  return clip(ranges, allIds).length > 0;
}

/** What the API server says about a list of id ranges (validateIDRanges in validation.go, v1.24). */
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
