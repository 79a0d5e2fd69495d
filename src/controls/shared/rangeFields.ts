import {goQuote} from '../../kube/goQuote.ts';
import {type Integer, integerOf} from '../../kube/json.ts';
import type {Range} from '../../kube/objects.ts';
import type {EntryProblem, ValueField} from '../control.ts';
import {choiceField, listField} from './fields.ts';
import {format} from './ranges.ts';

interface RangesParts<Value> {
  readonly label: string;
  /** What the numbers are: "port". */
  readonly unit: string;
  /** The largest number that makes sense; the smallest one is 0. */
  readonly largest: Integer;
  readonly hint: string;
  items(value: Value): readonly Range[];
  set(value: Value, ranges: readonly Range[]): Value | EntryProblem;
}

/** A list of numbers and ranges of them: `80`, `8000-8080`. */
export function rangesField<Value>(parts: RangesParts<Value>): ValueField<Value> {
  const {unit, largest, hint} = parts;
  return listField<Value, Range>({
    ...parts,
    entry: range => format([range]),
    parse(text) {
      const [, from, to = from] = /^(\d+)(?:\s*-\s*(\d+))?$/.exec(text) ?? [];
      if (from === undefined || to === undefined) {
        return {problem: `${goQuote(text)} is not a ${unit}: type ${hint}`};
      }
      const [min, max] = [integerOf(from), integerOf(to)];
      if (min > max) return {problem: `${text} ends before it begins: type ${max}-${min}`};
      return max > largest ? {problem: `the highest ${unit} is ${largest}`} : {min, max};
    },
  });
}

interface IdRule {
  readonly rule: string;
  readonly ranges: readonly Range[];
}

/** Ids are of Go's type int64 in a policy. Those that no pod can ask for are accepted, as by the API. */
const largestId = 2n ** 63n - 1n;

/**
 * A rule, and the ranges that some rules need (`ranged`; its first rule is chosen when ranges are set
 * under a rule that has none). Admission ignores a policy that lacks them.
 */
export function idFields(
  unit: string,
  rules: readonly string[],
  ranged: readonly [string, ...string[]],
): readonly ValueField<IdRule>[] {
  return [
    choiceField<IdRule>({
      label: 'Rule',
      choices: rules,
      get: ({rule}) => rule,
      set({ranges}, rule) {
        if (!ranged.includes(rule)) return {rule, ranges: []};
        return ranges.length > 0
          ? {rule, ranges}
          : {problem: `${rule} needs a range: add one under Ranges first`};
      },
    }),
    rangesField<IdRule>({
      label: 'Ranges',
      unit,
      largest: largestId,
      hint: '1000 or 1000-2000',
      items: ({ranges}) => ranges,
      set(value, ranges) {
        const hasRanges = ranged.includes(value.rule);
        if (ranges.length > 0) return {rule: hasRanges ? value.rule : ranged[0], ranges};
        return value.ranges.length === 0
          ? value
          : {problem: `${value.rule} needs a range: keep one, or choose another rule`};
      },
    }),
  ];
}
