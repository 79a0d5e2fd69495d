import {
  allOf,
  always,
  type Cel,
  cel,
  concatenated,
  firstWhere,
  isSame,
  listOf,
} from '../../cel/cel.ts';
import type {Candidates} from '../../inventory/native/nativeFacts.ts';
import {byText} from '../../text.ts';
import {candidatesName, candidateTable} from './candidates.ts';
import type {NativePolicy} from './chosen.ts';
import {claimed} from './podMarks.ts';
import {askRights, type RightsOptions} from './rights.ts';
import {celTable, namesOfRun, type PolicyRun, partsOf, rowOf} from './runs.ts';
import {
  type ControlRules,
  checkName,
  type Judged,
  passes,
  type SharedCheck,
} from './sharedChecks.ts';
import {type Variable, variable} from './variables.ts';

/** The places in which members of a run stand for one pod, in the order in which they are tried. */
export interface Slots {
  readonly policies: readonly NativePolicy[];
  readonly variables: readonly Variable[];
}

interface SlotOptions extends RightsOptions {
  readonly isMutating: boolean;
  readonly judged: readonly Judged[];
  checksOf(rules: readonly ControlRules[]): readonly SharedCheck[];
}

/**
 * The members that a pod may get: the one that it claims, where that counts; for who may use all policies, the first
 * that accepts it; and those that somebody may use in its namespace. All others could not be used.
 */
export function slotsOf(run: PolicyRun, candidates: Candidates, options: SlotOptions): Slots {
  const {prefix, members} = run;
  const names = variable(namesOfRun(run));
  const {mayUse: mayUseAny, variables: anyRights} = askRights('any', undefined, options);
  const title = `${members[0]?.name} to ${members.at(-1)?.name}`;
  const firsts = options.judged.map(way => ({
    name: `${prefix}_first_${way}`,
    value: firstWhere([[mayUseAny, firstName(run, way, options)]], cel`''`),
  }));
  const found = candidateSlots(candidates, run);
  const claim = {
    name: `${prefix}_claimed`,
    value: cel`${claimed} in ${names} ? ${claimed} : ''`,
  };
  const slot = ({name: own}: Variable): NativePolicy => {
    const name = variable(own);
    const {mayUse, variables} = askRights(own, name, options);
    const isThere = cel`${name} != ''`;
    const checks = options.checksOf(run.rulesOf(name));
    return {prefix: own, title, name, isThere, checks, mayUse, rights: variables};
  };
  return {
    policies: [
      ...(options.isMutating ? [] : [slot(claim)]),
      ...firsts.map(
        (one): NativePolicy => ({...slot(one), mayUse: mayUseAny, rights: [], asksForAll: true}),
      ),
      ...found.map(one => slot(one)),
    ],
    variables: [
      ...run.tables,
      ...namesVariables(run, title),
      ...candidateVariables(candidates, run),
      ...anyRights,
      claim,
      ...firsts,
      ...found,
    ],
  };
}

/** As many places as there are candidates anywhere. */
function candidateSlots(
  {everywhere, byNamespace}: Candidates,
  run: PolicyRun,
): readonly Variable[] {
  const list = variable(candidatesName(run));
  const most = Math.max(everywhere.length, ...[...byNamespace.values()].map(own => own.length));
  return Array.from({length: most}, (_, index) => ({
    name: `${run.prefix}_candidate_${index + 1}`,
    value: cel`size(${list}) > ${index} ? string(${list}[${index}]) : ''`,
  }));
}

function namesVariables(run: PolicyRun, title: string): readonly Variable[] {
  const name = namesOfRun(run);
  const parts = partsOf(run.members, member => member.name.length + 4).map((part, index) => ({
    name: `${name}_${index + 1}`,
    value: cel`${part.map(member => member.name)}`,
  }));
  const value = concatenated(parts.map(part => variable(part.name)));
  return [...parts, {name, value, about: title}];
}

function candidateVariables(
  {everywhere, byNamespace}: Candidates,
  run: PolicyRun,
): readonly Variable[] {
  const rows = [...byNamespace].toSorted(([a], [b]) => byText(a, b));
  const table = celTable(
    candidateTable(run),
    rows.map(([namespace, own]) => [namespace, cel`${own}`]),
  );
  const others = listOf(everywhere.map(name => cel`${name}`));
  const found = cel`${rowOf(table, cel`request.namespace`)}.orValue(${others})`;
  return [...table.parts, {name: candidatesName(run), value: rows.length === 0 ? others : found}];
}

/** The first member that accepts the pod; a pod that every policy changes is never taken as it is. */
function firstName(run: PolicyRun, judged: Judged, {isMutating, checksOf}: SlotOptions): Cel {
  const rules = run.rulesOf(cel`n`);
  const first = (way: Judged) => {
    // What all members ask is asked once, the rest of each of them.
    const shared = checksOf(rules.filter(({id}) => run.isShared(id)));
    const own = checksOf(rules.filter(({id}) => !run.isShared(id)));
    const accepts = allOf(own.map(check => passes(check, way)));
    const found = cel`${variable(namesOfRun(run))}.filter(n, ${accepts})[?0].orValue('')`;
    const all = allOf(shared.map(check => variable(checkName(check, way))));
    return isSame(all, always) ? found : cel`${all} ? ${found} : ''`;
  };
  const [asIs, filled] = [first('asIs'), first('filled')];
  if (judged === 'filled' || !isMutating || isSame(asIs, filled)) return first(judged);
  return firstWhere([[variable('isAlwaysChanged'), filled]], asIs);
}
