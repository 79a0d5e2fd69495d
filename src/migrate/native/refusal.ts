import {
  allOf,
  always,
  type Cel,
  cel,
  concatenated,
  firstWhere,
  listOf,
  not,
} from '../../cel/cel.ts';
import {acceptance, byName, checksOf, type NativePolicy, namesIf} from './chosen.ts';
import {usableKey} from './podMarks.ts';
import {faults, type Judged} from './sharedChecks.ts';
import {type Variable, variable} from './variables.ts';

/**
 * So much of the reasons fits into a message next to the rest: the API server takes 5 KiB of it
 * (k8s.io/apiserver v0.37.2, pkg/apis/cel/config.go, MaxEvaluatedMessageExpressionSizeBytes).
 */
const longestReasons = 3500;

/**
 * Why a pod is refused: what is at fault by each policy that may be used, and which policies would take it. After
 * mutation it is known which may be used and defaults count as written; on updates, and where no mutating
 * policy is bound, neither.
 */
export function messageVariables(
  policies: readonly NativePolicy[],
  judged: Judged,
  afterMutation: boolean,
): readonly Variable[] {
  const told = policies.map(one => {
    const list = variable(`${one.prefix}_faults`);
    const isTold = cel`size(${list}) > 0 && ${one.name} in ${variable('explained')}`;
    return cel`(${isTold} ? [${one.name} + ': ' + ${list}.join('; ')] : [])`;
  });
  const names = listOf(policies.map(({name}) => name));
  const usable = cel`object.metadata.?annotations[?${usableKey}]`;
  return [
    {name: 'usable', value: cel`${usable}.orValue('').split(',')`},
    {
      name: 'isUnfilled',
      value: cel`request.operation == 'UPDATE' || !${usable}.hasValue()`,
    },
    {
      name: 'explained',
      value: afterMutation
        ? cel`${variable('isUnfilled')} || '*' in ${variable('usable')} ? ${names} : ${variable('usable')}`
        : names,
    },
    ...checksOf(policies).map(check => ({
      name: `${check.name}_faults`,
      value: faults(check, afterMutation ? 'either' : judged),
    })),
    ...policies.map(({prefix, title, isThere, checks}) => ({
      name: `${prefix}_faults`,
      about: title,
      value: firstWhere(
        isThere === always ? [] : [[not(isThere), cel`[]`]],
        joinedLists(checks.map(check => variable(`${check.name}_faults`))),
      ),
    })),
    {name: 'reasons', value: cel`${joinedLists(told)}.join(' | ')`},
    {
      name: 'accepting',
      value: namesIf(policies, ({prefix}) => cel`size(${variable(`${prefix}_faults`)}) == 0`),
    },
    {
      name: 'message',
      value: firstWhere(silentFor(policies, judged, afterMutation), message(afterMutation)),
    },
  ];
}

/**
 * The server asks for the message of every pod (validating/validator.go, v1.37), and this is most of the work: so there is
 * none if the mutating policy has found one that takes the pod. That it may be used can't be asked here again.
 */
function silentFor(
  policies: readonly NativePolicy[],
  judged: Judged,
  afterMutation: boolean,
): readonly (readonly [Cel, Cel])[] {
  if (!afterMutation) return [];
  const isTaken = byName(policies, one => variable(acceptance(one, judged).name));
  return [[allOf([cel`request.operation == 'CREATE'`, isTaken]), cel`''`]];
}

function joinedLists(lists: readonly Cel[]): Cel {
  return lists.length === 0 ? cel`[]` : concatenated(lists);
}

function message(afterMutation: boolean): Cel {
  const [reasons, accepting] = [variable('reasons'), variable('accepting')];
  const account = cel`object.spec.?serviceAccountName.orValue('')`;
  const nobody = cel`'neither user ' + request.userInfo.username + ' nor service account ' + ${account} + ' may use any PodSecurityPolicy'`;
  const rejected = cel`'rejected by ' + ${firstWhere(
    [
      [
        cel`size(${reasons}) > ${longestReasons}`,
        cel`${reasons}.substring(0, ${longestReasons}) + '...'`,
      ],
    ],
    reasons,
  )}`;
  const why = firstWhere(
    [
      ...(afterMutation
        ? [[cel`!${variable('isUnfilled')} && ${variable('usable')} == ['']`, nobody] as const]
        : []),
      [cel`size(${reasons}) > 0`, rejected],
    ],
    cel`'no PodSecurityPolicy may be used here'`,
  );
  const unusable = cel`(size(${accepting}) > 0 ? '; accepted by, but not to be used here: ' + ${accepting}.join(', ') : '')`;
  // A message with line breaks would not be shown.
  return cel`(${why} + ${unusable}).replace('\\n', ' ')`;
}
