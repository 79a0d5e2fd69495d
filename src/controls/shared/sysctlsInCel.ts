import {allOf, anyOf, type Cel, cel, not} from '../../cel/cel.ts';
import type {CelCheck} from '../celFacet.ts';
import {faultText, ofPod} from './celNames.ts';

/** What a policy asks of the sysctls of a pod: safe ones, and those that match an entry. */
export function sysctlCheck(
  safe: readonly string[],
  allowed: readonly string[],
  forbidden: readonly string[],
  words: string,
): CelCheck {
  const set = cel`${ofPod('sysctls')}.orValue([])`;
  const isAllowed = anyOf([cel`s.name in ${safe}`, ...allowed.map(matches)]);
  const accepts = allOf([isAllowed, ...forbidden.map(entry => not(matches(entry)))]);
  return {
    unchanged: cel`${set}.all(s, ${accepts})`,
    fault: faultText(
      cel`'sets sysctl ' + ${set}.filter(s, !(${accepts})).map(s, s.name).join(', ')`,
      words,
    ),
  };
}

function matches(entry: string): Cel {
  return entry.endsWith('*')
    ? cel`s.name.startsWith(${entry.slice(0, -1)})`
    : cel`s.name == ${entry}`;
}
