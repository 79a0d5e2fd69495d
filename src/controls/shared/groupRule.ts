import {type FieldError, GoLiteral, invalid, notSupported} from '../../kube/fieldError.ts';
import type {Integer} from '../../kube/json.ts';
import type {Policy, Range, RuleWithRanges} from '../../kube/objects.ts';
import type {ContainerView, PodView} from '../../kube/podView.ts';
import type {CelFacet} from '../celFacet.ts';
import {
  type Control,
  type ControlDefinition,
  type ControlId,
  defineControl,
  type Enforcement,
  withSpec,
} from '../control.ts';
import type {SharedPlace, Wording} from '../objection.ts';
import type {Runtime, RuntimeStates} from '../runtime.ts';
import {allIds, hasIds, rangeErrors} from './idRanges.ts';
import {unique} from './names.ts';
import {idFields} from './rangeFields.ts';
import {clip, covers, format, formatGo, includes, rangesOf} from './ranges.ts';

/** Ranges only mean something under MustRunAs and MayRunAs. */
interface GroupValue {
  readonly rule: string;
  readonly ranges: readonly Range[];
}

const anyGroup: GroupValue = {rule: 'RunAsAny', ranges: []};
/** If no pod asks for a group: one that Linux gives to nobody. */
const nobody: GroupValue = {rule: 'MayRunAs', ranges: [{min: 65534, max: 65534}]};
/** For people, to whom the number says nothing. */
const nobodyInWords = 'no group set';
const hasRanges = (rule: string) => rule === 'MustRunAs' || rule === 'MayRunAs';

export type GroupField = 'runAsGroup' | 'supplementalGroups' | 'fsGroup';

/** What a policy with these ranges does with the groups that a pod or container asks for. */
export interface GroupCheck {
  readonly mustRunAs: boolean;
  /** What is filled in under MustRunAs. */
  readonly filled: Integer;
  accepts(group: Integer): boolean;
  /** How it words its objections. */
  wordingOf<At extends ContainerView | undefined>(asking: Asking<At>): Wording<AskedGroup, At>;
}

/** A group that is not accepted, of those that are asked for or given; undefined: none is, and one must be. */
export interface AskedGroup {
  readonly group: Integer | undefined;
  readonly groups: readonly Integer[];
}

/** How pods or containers ask for groups. */
export interface Asking<At> {
  /** The field that Kubernetes names. */
  field(at: At): string;
  /** What is done with each group: "runs with group". */
  readonly does: string;
  place(at: At, pod: PodView): SharedPlace;
}

interface GroupRule {
  readonly id: GroupField & ControlId;
  readonly title: string;
  readonly risk: string;
  readonly allows: string;
  readonly neededBy: string;
  /** The group ids that the pod, or each of its containers, asks for: one list for each. */
  asked(pod: PodView): readonly (readonly Integer[])[];
  hooks(check: GroupCheck): Enforcement;
  /** The start of the message about an unknown rule. */
  readonly unrecognized: string;
  validate(rule: RuleWithRanges | undefined): readonly FieldError[];
  /** What an absent field means: RunAsAny, or a rule that Kubernetes does not know. */
  readonly absent: string;
  readonly builtin: ControlDefinition<GroupValue>['builtin'];
  readonly runtime: Runtime;
  /** The same in CEL, for a rule with ranges. */
  readonly cel: CelFacet<CelGroups>;
}

/** What a rule with ranges asks of groups. */
export interface CelGroups {
  readonly mustRunAs: boolean;
  readonly ranges: readonly Range[];
}

/** A group that is one id, or what `unset` stands for. */
export function oneGroup(unset: string): RuntimeStates<Integer | undefined> {
  return {
    // Which of two groups owns more is not known, except for root's.
    atMost: (one, other) => one === other || isRootGroup(other),
    says: group => (group === undefined ? unset : String(group)),
  };
}

function isRootGroup(group: Integer | undefined): boolean {
  return group !== undefined && Number(group) === 0;
}

/** No standard mentions groups; the API server accepts no policy without a rule. */
export const anyGroupInAll = {privileged: anyGroup, baseline: anyGroup, restricted: anyGroup};

/** A control of group ids: MustRunAs < MayRunAs < RunAsAny. */
export function defineGroupRule(definition: GroupRule): Control {
  const {id, title, risk, allows, neededBy, asked} = definition;
  const unusable = (value: GroupValue) => whyUnknown(value, definition.unrecognized);
  return defineControl<GroupValue>({
    id,
    title,
    risk,
    allows,
    neededBy,
    field: `/spec/${id}`,
    read: ({spec}: Policy) => {
      const {rule = '', ranges = []} = spec[id] ?? {rule: definition.absent};
      return {rule, ranges: hasRanges(rule) ? ranges : []};
    },
    write: (policy, {rule, ranges}) =>
      withSpec(policy, {[id]: {rule, ranges: hasRanges(rule) ? ranges : undefined}}),
    loosest: anyGroup,
    covers(looser, stricter) {
      if (looser.rule === anyGroup.rule || unusable(stricter) !== undefined) return true;
      if (stricter.rule === 'MustRunAs' && !hasIds(stricter.ranges)) return true;
      if (unusable(looser) !== undefined) return false;
      const mayLeaveOut = looser.rule === 'MayRunAs' || stricter.rule === 'MustRunAs';
      const open = stricter.rule === anyGroup.rule;
      const ranges = open ? [allIds] : clip(stricter.ranges, allIds);
      return mayLeaveOut && covers(looser.ranges, ranges);
    },
    steps: stepsOf,
    enforce: value => (hasRanges(value.rule) ? definition.hooks(groupCheck(value)) : undefined),
    unusable,
    validate: ({spec}) => definition.validate(spec[id]),
    least(pods) {
      const all = pods.flatMap(asked);
      const ranges = rangesOf(all.flat());
      if (ranges.length === 0) return nobody;
      return {rule: all.every(groups => groups.length > 0) ? 'MustRunAs' : 'MayRunAs', ranges};
    },
    needs: pod => unique(asked(pod).flat().map(String)).map(group => `group ${group}`),
    describe,
    describeForPeople,
    hardening: 'allowed',
    builtin: definition.builtin,
    runtime: definition.runtime,
    cel: ofRanges(definition.cel),
    fields: idFields('group', ['MustRunAs', 'MayRunAs', 'RunAsAny'], ['MustRunAs', 'MayRunAs']),
  });
}

/** Why admission leaves out a policy with such a rule. */
function whyUnknown({rule, ranges}: GroupValue, unrecognized: string): string | undefined {
  if (rule === anyGroup.rule) return undefined;
  if (!hasRanges(rule)) return `${unrecognized} ${rule}`;
  return ranges.length === 0 ? `ranges must be supplied for ${rule}` : undefined;
}

/** The facet of a rule with ranges as one of any rule. */
function ofRanges(facet: CelFacet<CelGroups>): CelFacet<GroupValue> {
  const groups = ({rule, ranges}: GroupValue) => ({mustRunAs: rule === 'MustRunAs', ranges});
  return {
    patches: facet.patches ?? {},
    rules: (value, release) =>
      hasRanges(value.rule) ? facet.rules(groups(value), release) : undefined,
    lost: value => facet.lost?.(groups(value)) ?? [],
  };
}

function describe({rule, ranges}: GroupValue): string {
  return [rule, format(ranges, ', ')].filter(Boolean).join(' ');
}

function describeForPeople(value: GroupValue): string {
  const text = describe(value);
  return text === describe(nobody) ? nobodyInWords : text;
}

function stepsOf({rule, ranges}: GroupValue) {
  return [
    ...(ranges.length > 1
      ? ranges.map((range, index) => ({
          label: `forbid ${format([range])}`,
          value: {rule, ranges: ranges.filter((_, other) => other !== index)},
        }))
      : []),
    ...(rule === 'MayRunAs'
      ? [{label: 'require a group', value: {rule: 'MustRunAs', ranges}}]
      : []),
    ...(rule === 'MustRunAs'
      ? [{label: 'let pods ask for none', value: {rule: 'MayRunAs', ranges}}]
      : []),
    ...(rule === anyGroup.rule
      ? [{label: 'forbid the root group', value: {rule: 'MayRunAs', ranges: [{...allIds, min: 1}]}}]
      : [{label: 'allow any group', value: anyGroup}]),
  ];
}

function groupCheck({rule, ranges}: GroupValue): GroupCheck {
  const end = ` must be in the ranges: ${formatGo(ranges)}`;
  const isNobody = describe({rule, ranges}) === describe(nobody);
  const allowed = isNobody ? 'none' : format(ranges, ', ');
  const mustRunAs = rule === 'MustRunAs';
  return {
    mustRunAs,
    filled: ranges[0]?.min ?? 0,
    accepts: group => includes(ranges, group),
    wordingOf: ({field, does, place}) => ({
      error: ({group, groups}, at) =>
        invalid(
          field(at),
          goList(groups),
          group === undefined
            ? 'unable to validate empty groups against required ranges'
            : `group ${group}${end}`,
        ),
      grounds: ({group, groups}, at, pod) => {
        const {where, fix} = place(at, pod);
        const common = {at, where, does, allowed};
        return group === undefined
          ? {...common, value: 'none', fix: () => fix('remove the empty list', undefined)}
          : {
              ...common,
              value: String(group),
              fix: () => fix(`remove group ${group}`, withoutGroup(groups, group)),
            };
      },
    }),
  };
}

/** undefined where nothing is left: the field goes, too. */
function withoutGroup(groups: readonly Integer[], group: Integer): readonly Integer[] | undefined {
  const kept = groups.filter(other => other !== group);
  return kept.length === 0 ? undefined : kept;
}

function goList(groups: readonly Integer[]): GoLiteral {
  return new GoLiteral(`[]int64{${groups.join(', ')}}`);
}

/** What the API server says about fsGroup and supplementalGroups; ranges may be missing there. */
export function looseRuleErrors(
  field: string,
  {rule = '', ranges}: Partial<RuleWithRanges> = {},
): readonly FieldError[] {
  const supported = ['MayRunAs', 'MustRunAs', 'RunAsAny'];
  return [
    ...(supported.includes(rule) ? [] : [notSupported(`${field}.rule`, rule, supported)]),
    ...rangeErrors(`${field}.ranges`, ranges),
  ];
}

/** What it says about runAsGroup, which may be absent, but has ranges exactly where the rule wants them. */
export function strictRuleErrors(
  field: string,
  value: RuleWithRanges | undefined,
): readonly FieldError[] {
  if (value === undefined) return [];
  const {rule = '', ranges = []} = value;
  if (hasRanges(rule)) {
    return ranges.length === 0
      ? [invalid(`${field}.ranges`, goRanges(value.ranges), 'must provide at least one range')]
      : rangeErrors(`${field}.ranges`, ranges);
  }
  if (rule !== anyGroup.rule) {
    return [notSupported(`${field}.rule`, rule, ['MustRunAs', 'RunAsAny', 'MayRunAs'])];
  }
  return ranges.length === 0
    ? []
    : [invalid(`${field}.ranges`, goRanges(ranges), 'Ranges must be empty')];
}

function goRanges(ranges: readonly Range[] | undefined): GoLiteral {
  if (ranges === undefined) return new GoLiteral('[]policy.IDRange(nil)');
  const items = ranges.map(({min, max}) => `policy.IDRange{Min:${min}, Max:${max}}`);
  return new GoLiteral(`[]policy.IDRange{${items.join(', ')}}`);
}
