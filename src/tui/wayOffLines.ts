import {itemKey} from '../inventory/submissions/items.ts';
import {compact, pointer} from '../kube/edits.ts';
import {printJson} from '../kube/json.ts';
import {labelOf} from '../kube/reference.ts';
import type {NamespacePlan} from '../migrate/plan.ts';
import {editsToKeep} from '../migrate/templateEdits.ts';
import type {Today, WorkloadLevels} from '../migrate/workloadLevels.ts';
import {refusalDetail, type StandardRefusal} from '../podSecurity/judge.ts';
import {shellLine} from '../report/migrate.ts';
import {printYaml} from '../yaml/documents.ts';
import {migrationOf} from './migrationRows.ts';
import type {Model} from './model.ts';
import type {Services} from './services.ts';

/** A workload on its way off: the pod as submitted (T), what a policy makes of it (P), and what is lost. */
export function wayOffLines(
  model: Model,
  key: string,
  {diff}: Pick<Services, 'diff'>,
): readonly string[] {
  const {namespaces, step} = migrationOf(model);
  const place = namespaces.flatMap(plan => plan.workloads.map(workload => ({plan, workload})));
  const found = place.find(({workload}) => itemKey(workload.item) === key);
  if (found === undefined) return ['It is gone: the cluster no longer has it.'];
  const {plan, workload} = found;
  const {item, pod, podToday, submitted, admitted} = workload;
  const [before, after] = [pod, podToday].map(each => printYaml(each).trimEnd());
  return [
    `${labelOf(item)}: ${todayText(workload)}`,
    '',
    `T, the pod as it is submitted: ${submitted} in v1.${step.to}`,
    `P, what PodSecurityPolicy makes of it: ${admitted}`,
    ...(workload.perhaps === undefined
      ? []
      : ['This is of a live pod: what its policy wrote into it stands in T already.']),
    '',
    ...lossLines(workload),
    ...problemLines(workload, plan),
    'T to P',
    ...(before === after
      ? ['  the same']
      : withoutHead(diff(`${before}\n`, `${after}\n`, item.name))),
    '',
    'T, as far as policies and levels are about it',
    ...(before ?? '').split('\n').map(line => `  ${line}`),
  ];
}

/** Without the names of files, which these are not. */
function withoutHead(lines: readonly string[]): readonly string[] {
  return lines.filter((line, index) => index > 1 || !/^(?:---|\+\+\+) /.test(line));
}

const todays: Readonly<Record<Exclude<Today, 'admitted'>, string>> = {
  denied: 'denied today, so it has nothing to lose',
  unknown: 'it is unknown what PodSecurityPolicy does with it',
  free: 'no policy is there to judge it',
};

function todayText({today, policy}: WorkloadLevels): string {
  return today === 'admitted' ? `let in by policy ${policy}` : todays[today];
}

/** What is gone once PodSecurityPolicy is: first what levels ask for, then what shows at run time only. */
function lossLines(workload: WorkloadLevels): readonly string[] {
  const {repaired, spoiled, lost, item} = workload;
  const seen = (title: string, refusals: readonly StandardRefusal[]) =>
    refusals.length === 0 ? [] : [title, ...refusals.map(one => `  ${refusalDetail([one])}`)];
  const parts = [
    ...seen('Lost, and restricted then refuses T for it', repaired),
    ...seen('Written by the policy, and restricted refuses only P for it', spoiled),
    ...(lost.length === 0 ? [] : ['Lost, and no level asks for it: it may fail when it runs']),
    ...lost.map(({at, value}) => `  ${pointer(at)}: ${printJson(compact(value))}`),
  ];
  const command = ['kubectl', 'psp', 'migrate', 'patches', '--for', 'psp', '-n', item.namespace];
  const isKept = editsToKeep(workload).length > 0;
  return [
    ...(parts.length === 0 ? ['Nothing is lost that a level or a run would miss'] : parts),
    ...(isKept ? ['', `The patch that keeps P: ${shellLine(command)}`] : []),
    '',
  ];
}

function problemLines(
  {item}: WorkloadLevels,
  {breaks, refused, doubts}: NamespacePlan,
): readonly string[] {
  const of = (title: string, problems: NamespacePlan['breaks']) => {
    const own = problems.filter(problem => problem.item === item);
    return own.length === 0 ? [] : [title, ...own.map(({says}) => `  ${says}`), ''];
  };
  return [
    ...of('Breaks', breaks),
    ...of('Refused already', refused),
    ...of("Can't be told", doubts),
  ];
}
