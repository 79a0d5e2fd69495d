import type {Integer} from '../../kube/json.ts';
import type {Range} from '../../kube/objects.ts';

/** The same numbers as few ranges as possible, in order: no empty, touching or overlapping ones. */
function normalize(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.filter(({min, max}) => min <= max).sort((a, b) => compare(a.min, b.min));
  const merged: Range[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last && range.min <= successor(last.max)) {
      merged[merged.length - 1] = {min: last.min, max: range.max > last.max ? range.max : last.max};
    } else {
      merged.push(range);
    }
  }
  return merged;
}

/** Exactly these numbers, as ranges. */
export function rangesOf(numbers: readonly Integer[]): readonly Range[] {
  return normalize(numbers.map(number => ({min: number, max: number})));
}

/** Whether every number in `inner` is in `outer`. */
export function covers(outer: readonly Range[], inner: readonly Range[]): boolean {
  const whole = normalize(outer);
  return normalize(inner).every(({min, max}) =>
    whole.some(range => range.min <= min && max <= range.max),
  );
}

/** The part of the ranges that lies within the limits, normalized. */
export function clip(ranges: readonly Range[], limits: Range): readonly Range[] {
  return normalize(
    ranges.map(({min, max}) => ({
      min: min < limits.min ? limits.min : min,
      max: max > limits.max ? limits.max : max,
    })),
  );
}

export function includes(ranges: readonly Range[], number: Integer): boolean {
  for (const {min, max} of ranges) if (min <= number && number <= max) return true;
  return false;
}

/** In the form in which Kubernetes prints port ranges: `80,8000-8080`. */
export function format(ranges: readonly Range[], separator = ','): string {
  return ranges.map(({min, max}) => (min === max ? `${min}` : `${min}-${max}`)).join(separator);
}

/** In the form in which Go prints a list of id ranges: `[{10 20} {30 30}]`. */
export function formatGo(ranges: readonly Range[]): string {
  return `[${ranges.map(({min, max}) => `{${min} ${max}}`).join(' ')}]`;
}

function compare(a: Integer, b: Integer): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function successor(number: Integer): Integer {
  return typeof number === 'number' && number < Number.MAX_SAFE_INTEGER
    ? number + 1
    : BigInt(number) + 1n;
}
