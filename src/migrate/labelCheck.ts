import {standardRefusals} from '../podSecurity/judge.ts';
import {enforcedBy} from '../podSecurity/labels.ts';
import type {LabelProblem, NamespaceLabels} from './labels.ts';
import type {WorkloadLevels} from './workloadLevels.ts';

/** What a server said to the pod of a template that it was asked to try. */
export interface ServerWord {
  readonly fate: 'admitted' | 'refused' | 'untried';
  /** The PodSecurityPolicy that let it in. */
  readonly policy: string | undefined;
  /** The server's reason, or why it was not asked. */
  readonly says: string;
}

/** The server's word on a workload, held against what is said of it here. */
export interface LabelCheck {
  readonly workload: WorkloadLevels;
  /** `unknown`: it was not tried, or nothing was foretold. */
  readonly agreement: 'same' | 'different' | 'unknown';
  /** One line for people. */
  readonly says: string;
}

/**
 * Explains what a server says today, with its policies and the labels that are there, and why that is or is
 * not what the proposed labels will mean once the policies are gone.
 */
export function checkLabel(
  workload: WorkloadLevels,
  {labels, problems, level}: NamespaceLabels,
  word: ServerWord,
  server: number,
): LabelCheck {
  const problem = problems.find(({item}) => item === workload.item);
  if (word.fate === 'untried') {
    return {workload, agreement: 'unknown', says: `not tried: ${word.says}`};
  }
  const expected = expectedToday(workload, labels, word, server);
  const agreement =
    expected === undefined ? 'unknown' : expected === word.fate ? 'same' : 'different';
  if (word.fate === 'refused') {
    const foretold = agreement === 'different' ? ', which was not foretold' : '';
    return {workload, agreement, says: `refused today${foretold}: ${word.says}`};
  }
  const by = word.policy === undefined ? '' : ` by policy ${word.policy}`;
  if (agreement === 'different') {
    return {workload, agreement, says: `let in today${by}, though it was said to be refused`};
  }
  return {workload, agreement, says: `let in today${by}${futureOf(workload, problem, level)}`};
}

/** What becomes of it under the level when nobody changes its pods any more. */
function futureOf(
  {policy}: WorkloadLevels,
  problem: LabelProblem | undefined,
  level: string,
): string {
  if (problem === undefined) return `; ${level} lets its template in as it is`;
  if (/^as policy /.test(problem.says))
    return `; ${level} will refuse it while its policy is there`;
  const why = policy === undefined ? '' : `, for policy ${policy} changes its pods`;
  return `${why}; its template ${problem.verdict === 'unknown' ? 'may violate' : 'violates'} ${level}`;
}

/** Whether a server lets a pod in today; undefined if that is not known. */
function expectedToday(
  {today, pod, podToday}: WorkloadLevels,
  labels: Readonly<Record<string, string>> | undefined,
  {fate, policy}: ServerWord,
  server: number,
): 'admitted' | 'refused' | undefined {
  if (labels === undefined || today === 'unknown') return undefined;
  // Let in without a policy: the plugin is off, and nothing was changed.
  const isOff = fate === 'admitted' && policy === undefined;
  if (today === 'denied' && !isOff) return 'refused';
  const {level, version} = enforcedBy(labels, server);
  const refusals = standardRefusals(isOff ? pod : podToday, level, version);
  return refusals.length > 0 ? 'refused' : 'admitted';
}
