import {type Cel, cel} from '../../cel/cel.ts';
import {type CelCheck, type CelFacet, fillsUnset} from '../celFacet.ts';
import {inherited, ofPod, rangeWords, within} from './celNames.ts';
import type {CelGroups} from './groupRule.ts';
import {includes} from './ranges.ts';

/** What a rule asks of one field of ids: a number within ranges, or none if it needs none or fills it in. */
export function idCheck(
  asked: Cel,
  words: {readonly does: string; readonly unset: string},
  {mustRunAs, ranges}: CelGroups,
): CelCheck {
  const [first] = ranges;
  const fills = !mustRunAs || includes(ranges, first?.min ?? 0);
  const accepts = (unset: boolean) =>
    cel`${asked}.optMap(id, ${within(cel`id`, ranges)}).orValue(${unset})`;
  return {
    unchanged: accepts(!mustRunAs),
    filled: accepts(fills),
    fault: cel`${asked}.optMap(id, ${`${words.does} `} + string(id)).orValue(${words.unset}) + ${`; allowed: ${rangeWords(ranges)}`}`,
  };
}

function startOf({ranges}: CelGroups): Cel {
  return cel`${ranges[0]?.min ?? 0}`;
}

export const runAsGroupInCel: CelFacet<CelGroups> = {
  rules: groups => ({
    container: idCheck(
      inherited('runAsGroup'),
      {does: 'runs with group', unset: 'does not set runAsGroup'},
      groups,
    ),
    ...(groups.mustRunAs ? {writes: {runAsGroup: startOf(groups)}} : {}),
  }),
  patches: {
    runAsGroup: fillsUnset(
      ['container', 'runAsGroup'],
      cel`!${inherited('runAsGroup')}.hasValue()`,
    ),
  },
};

export const fsGroupInCel: CelFacet<CelGroups> = {
  rules: groups => ({
    pod: idCheck(
      ofPod('fsGroup'),
      {does: 'sets volume group', unset: 'does not set fsGroup'},
      groups,
    ),
    ...(groups.mustRunAs ? {writes: {fsGroup: startOf(groups)}} : {}),
  }),
  patches: {fsGroup: fillsUnset(['pod', 'fsGroup'], cel`!${ofPod('fsGroup')}.hasValue()`)},
};

const supplemental = ofPod('supplementalGroups');

/** An empty list never reaches CEL: typed objects leave it out (k8s.io/api core/v1, `omitempty`). */
export const supplementalGroupsInCel: CelFacet<CelGroups> = {
  rules(groups) {
    const {mustRunAs, ranges} = groups;
    const isIn = within(cel`g`, ranges);
    const some = mustRunAs ? cel`size(gs) > 0 && gs.all(g, ${isIn})` : cel`gs.all(g, ${isIn})`;
    const accepts = (unset: boolean) => cel`${supplemental}.optMap(gs, ${some}).orValue(${unset})`;
    const bad = cel`gs.filter(g, !(${isIn})).map(g, string(g)).join(', ')`;
    return {
      pod: {
        unchanged: accepts(!mustRunAs),
        filled: accepts(!mustRunAs || includes(ranges, ranges[0]?.min ?? 0)),
        fault: cel`${supplemental}.optMap(gs, 'has supplemental group ' + ${bad}).orValue('has no supplemental group') + ${`; allowed: ${rangeWords(ranges)}`}`,
      },
      ...(mustRunAs ? {writes: {supplementalGroups: cel`[${startOf(groups)}]`}} : {}),
    };
  },
  patches: {
    supplementalGroups: fillsUnset(['pod', 'supplementalGroups'], cel`!${supplemental}.hasValue()`),
  },
  lost: ({mustRunAs}) =>
    mustRunAs
      ? [
          'A pod that spells out `supplementalGroups: []` was refused; it is given the default group, because CEL sees no empty lists. Controllers never write one.',
        ]
      : [],
};
