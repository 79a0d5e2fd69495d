import {
  allOf,
  always,
  anyOf,
  type Cel,
  cel,
  concatenated,
  firstWhere,
  listOf,
  not,
} from '../../cel/cel.ts';
import {claimed} from './podMarks.ts';
import {checkName, fills, type Judged, passes, type SharedCheck} from './sharedChecks.ts';
import {type Variable, variable} from './variables.ts';

/** A policy in the expressions of an admission policy, or a place in which one stands that they find. */
export interface NativePolicy {
  /** What its variables begin with: `policy_1`. */
  readonly prefix: string;
  /** For people. */
  readonly title: string;
  /** Its name: a literal, or an expression that is empty where no policy is found. */
  readonly name: Cel;
  readonly isThere: Cel;
  readonly checks: readonly SharedCheck[];
  readonly mayUse: Cel;
  readonly rights: readonly Variable[];
  /** Whether it is only there for who may use all policies, which is asked to know it. */
  readonly asksForAll?: boolean;
}

/** The checks of the policies, each once. */
export function checksOf(policies: readonly NativePolicy[]): readonly SharedCheck[] {
  return [...new Set(policies.flatMap(({checks}) => checks))];
}

/** The checks as variables. */
export function checkVariables(
  policies: readonly NativePolicy[],
  judged: readonly Judged[],
): readonly Variable[] {
  const all = checksOf(policies).flatMap(check =>
    judged.map(way => ({name: checkName(check, way), value: passes(check, way)})),
  );
  return [...new Map(all.map(one => [one.name, one])).values()];
}

/** Whether a policy accepts the pod: a variable that names the checks it consists of. */
export function acceptance(one: NativePolicy, judged: Judged): Variable {
  const {prefix, title, isThere, checks} = one;
  return {
    name: fillsAny(one) ? `${prefix}_${judged}` : prefix,
    about: title,
    value: allOf([isThere, ...checks.map(check => variable(checkName(check, judged)))]),
  };
}

function fillsAny({checks}: NativePolicy): boolean {
  return checks.some(fills);
}

/** Whether each policy accepts the pod, in both ways of judging: once if they don't differ. */
export function acceptances(policies: readonly NativePolicy[]): readonly Variable[] {
  return policies.flatMap(one => [
    acceptance(one, 'asIs'),
    ...(fillsAny(one) ? [acceptance(one, 'filled')] : []),
  ]);
}

/** The policies whose answer may differ between the two ways: others need not be tried again. */
export function policiesFor(
  judged: Judged,
  policies: readonly NativePolicy[],
): readonly NativePolicy[] {
  return judged === 'asIs' ? policies : policies.filter(fillsAny);
}

/**
 * The name of the first of the policies that accepts the pod and may be used: as it is if there is one, else with
 * the defaults (pkg/security/podsecuritypolicy/admission, computeSecurityContext, v1.24). A pod that every policy
 * changes is never taken as it is.
 */
export function firstUsable(policies: readonly NativePolicy[]): Cel {
  const cases = (['asIs', 'filled'] as const).flatMap(way =>
    policiesFor(way, policies).map(
      one => [allOf([accepts(one, way), one.mayUse]), one.name] as const,
    ),
  );
  return firstWhere(cases, cel`''`);
}

/**
 * The same for more policies than one expression can ask about: the names of those that accept the pod, in the order
 * in which they are tried. Whoever is in both lists stands in the first.
 */
export function acceptingNames(policies: readonly NativePolicy[]): readonly Variable[] {
  const listed = (all: readonly (readonly [when: Cel, policy: NativePolicy])[]) => {
    const names = listOf(all.map(([when, {name}]) => cel`${when} ? ${name} : ''`));
    return all.length === 0 ? cel`['']` : cel`${names}.filter(n, n != '')`;
  };
  const changing = policiesFor('filled', policies);
  return [
    {
      name: 'unchangedBy',
      value: listed(policies.map(one => [accepts(one, 'asIs'), one])),
    },
    {
      name: 'acceptedBy',
      value: cel`${variable('unchangedBy')} + ${variable('changedBy')}`,
    },
    {
      name: 'changedBy',
      value: listed(
        changing.map(one => [allOf([accepts(one, 'filled'), not(accepts(one, 'asIs'))]), one]),
      ),
    },
  ];
}

/** One of these names by its number, counted from 0 through both lists; empty behind the last. */
export function acceptingName(index: number): Cel {
  const [first, second] = [variable('unchangedBy'), variable('changedBy')];
  return cel`size(${first}) > ${index} ? ${first}[${index}] : ${second}[?${index} - size(${first})].orValue('')`;
}

function accepts(one: NativePolicy, way: Judged): Cel {
  const asIs = variable(acceptance(one, 'asIs').name);
  const filled = variable(acceptance(one, 'filled').name);
  if (way === 'filled' || !fillsAny(one)) return filled;
  return cel`(${variable('isAlwaysChanged')} ? ${filled} : ${asIs})`;
}

/** Whether something holds for the policy that the pod names, if it names one. */
export function byName(
  policies: readonly NativePolicy[],
  when: (policy: NativePolicy) => Cel,
): Cel {
  const rows = policies.map(one => allOf([one.isThere, cel`${claimed} == ${one.name}`, when(one)]));
  return allOf([cel`${claimed} != ''`, anyOf(rows)]);
}

/** The names of the policies for which something holds, as a list. */
export function namesIf(
  policies: readonly NativePolicy[],
  when: (policy: NativePolicy) => Cel,
): Cel {
  const rows = policies.map(one => cel`(${allOf([one.isThere, when(one)])} ? [${one.name}] : [])`);
  return rows.length === 0 ? cel`[]` : concatenated(rows);
}

/** A policy that the expressions name. */
export function fixedPolicy(
  title: string,
  prefix: string,
  checks: readonly SharedCheck[],
  rights: {readonly mayUse: Cel; readonly variables: readonly Variable[]},
): NativePolicy {
  const {mayUse, variables} = rights;
  return {prefix, title, name: cel`${title}`, isThere: always, checks, mayUse, rights: variables};
}
