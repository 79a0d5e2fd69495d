import type {Verdict} from '../../admission/judgement.ts';
import {workloadKindOf} from '../../kube/workloadKinds.ts';
import {leastPolicy} from '../../policy/least.ts';
import {openness} from '../../policy/level.ts';
import {count} from '../../text.ts';
import type {AuditContext} from '../context.ts';
import {isSevere, looseControls} from '../excess.ts';
import type {VerdictGroup} from '../groups.ts';
import {bindCommand, commandLine} from '../remedies.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {accountText, firstOf, refusalLines} from '../words.ts';

const needs = ['rbac', 'workloads', 'pods'] as const;
const remedy =
  'Let its service account use a policy that admits it (kubectl psp bind), write one (kubectl psp advise), or mend the pod.';

/** Pods that run and would not come back. */
export const deniedOnRestart = defineRule({
  id: 'denied-on-restart',
  severity: 'high',
  milder: 'medium where it is unknown who would recreate the pods: their right may open a policy.',
  title: 'Running pods that admission would deny now',
  why: 'Policies and rights are looked at when a pod is created. These pods run, but a restart, a drained node or a new release leaves their workload without pods.',
  remedy,
  needs,
  breadth: 'namespace',
  find: ({groups}) =>
    groups.flatMap(group => {
      const denied = group.runs ? group.verdicts.filter(isDenied) : [];
      const [first] = denied;
      if (first === undefined) return [];
      const known = knowsRequester(first);
      const unless = known ? '' : ', unless the right of whoever creates them opens a policy';
      return [
        {
          ...deniedFound(group, first),
          message: `${of(denied.length, group)} would be denied if recreated${unless}`,
          severity: known ? undefined : 'medium',
        },
      ];
    }),
});

/** Workloads that want pods and get none. */
export const deniedNow = defineRule({
  id: 'denied-now',
  severity: 'high',
  title: 'Workloads that want pods and get none',
  why: 'The workload asks for pods and has none: admission denies every pod that its controller submits.',
  remedy,
  needs,
  breadth: 'namespace',
  find: context =>
    idle(context, true, 'has no pods: admission denies every pod it tries to create'),
});

/** Workloads that are idle, and could not start. */
export const deniedIdle = defineRule({
  id: 'denied-idle',
  severity: 'medium',
  title: 'Idle workloads that could not start',
  why: 'They are scaled to zero, suspended or waiting for their schedule. Nobody notices that admission would deny their pods until they are needed.',
  remedy,
  needs,
  breadth: 'namespace',
  find: context => idle(context, false, 'is idle, and admission would deny its pods'),
});

function idle(
  {groups, inventory}: AuditContext,
  wanted: boolean,
  state: string,
): readonly RuleFinding[] {
  // In a folder of manifests nothing runs, so that there is no pod tells nothing.
  const isFile = inventory.origin === 'manifests';
  const message = isFile ? 'admission would deny its pods' : state;
  return groups.flatMap(group => {
    const [first] = group.verdicts;
    if (group.runs || first === undefined || !isDenied(first)) return [];
    return wantsPods(group) === wanted ? [{...deniedFound(group, first), message}] : [];
  });
}

/** Whether the workload should have pods at this moment. A Job may just be done with its own. */
function wantsPods({workload}: VerdictGroup): boolean {
  if (workload === undefined) return false;
  const {apiVersion, kind, replicas = 1, suspend = false} = workload;
  const keepsPods = workloadKindOf(apiVersion, kind)?.keepsPods ?? true;
  return keepsPods && replicas > 0 && !suspend;
}

function isDenied({state}: Verdict): boolean {
  return state === 'denied';
}

function knowsRequester({requester, item}: Verdict): boolean {
  return requester !== undefined || item.submission.serviceAccount === '';
}

function of(denied: number, {verdicts}: VerdictGroup): string {
  if (denied === verdicts.length) return denied === 1 ? 'its pod' : `all ${denied} pods`;
  return `${denied} of ${count(verdicts.length, 'pod')}`;
}

function deniedFound(
  {object}: VerdictGroup,
  verdict: Verdict,
): Pick<RuleFinding, 'object' | 'evidence' | 'remedy'> {
  const {item, requester} = verdict;
  const {namespace, serviceAccount} = item.submission;
  const fitting = fittingPolicy(verdict);
  return {
    object,
    evidence: [
      ...(item.admittedBy === undefined ? [] : [`admitted by ${item.admittedBy} when created`]),
      `service account: ${accountText(verdict)}; requester: ${requester ?? 'unknown'}`,
      ...firstOf(refusalLines(verdict)),
      ...(fitting === undefined
        ? []
        : [`${fitting} would admit it unchanged, and allows little else`]),
    ],
    remedy:
      fitting === undefined || serviceAccount === ''
        ? commandLine('kubectl', 'psp', 'advise', '-n', namespace, '--grant')
        : bindCommand(fitting, namespace, serviceAccount),
  };
}

/** The strictest policy that fits and opens nothing severe that the pods don't need, by its name. */
function fittingPolicy({item, candidates}: Verdict): string | undefined {
  const {view} = item.submission;
  const least = leastPolicy('least', [view], false);
  const [best] = candidates
    .filter(({allowed, mutates}) => allowed && !mutates)
    .map(({policy: {policy}}) => policy)
    .filter(policy => !isSevere(looseControls(policy, least), policy))
    .sort((a, b) => openness(a) - openness(b));
  return best?.metadata.name;
}
