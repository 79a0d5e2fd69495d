import {cel, firstWhere} from '../../cel/cel.ts';
import type {Range} from '../../kube/objects.ts';
import {type CelFacet, type CelRules, fillsUnset} from '../celFacet.ts';
import {inherited} from './celNames.ts';
import {idCheck} from './groupsInCel.ts';

interface UserRule {
  readonly rule: string;
  readonly ranges: readonly Range[];
}

const user = inherited('runAsUser');
const isNonRoot = inherited('runAsNonRoot');

export const userInCel: CelFacet<UserRule> = {
  rules({rule, ranges}) {
    if (rule === 'MustRunAs') {
      return {
        container: idCheck(
          user,
          {does: 'runs as user', unset: 'does not set runAsUser'},
          {mustRunAs: true, ranges},
        ),
        writes: {runAsUser: cel`${ranges[0]?.min ?? 0}`},
      };
    }
    return rule === 'MustRunAsNonRoot' ? nonRootRules : undefined;
  },
  patches: {
    runAsUser: fillsUnset(['container', 'runAsUser'], cel`!${user}.hasValue()`),
    runAsNonRoot: fillsUnset(
      ['container', 'runAsNonRoot'],
      cel`!${isNonRoot}.hasValue() && !${user}.hasValue()`,
    ),
  },
};

const filled = cel`${isNonRoot}.orValue(true) && ${user}.orValue(1) != 0`;

const nonRootRules: CelRules = {
  container: {
    unchanged: cel`${isNonRoot}.orValue(${user}.hasValue()) && ${user}.orValue(1) != 0`,
    filled,
    fault: firstWhere(
      [
        [cel`!${isNonRoot}.orValue(true)`, cel`'sets runAsNonRoot: false; allowed: true'`],
        [cel`${user}.orValue(1) == 0`, cel`'runs as user 0; allowed: all but 0'`],
      ],
      cel`'does not set runAsNonRoot; allowed: true, or a user other than 0'`,
    ),
  },
  writes: {runAsNonRoot: cel`true`},
};
