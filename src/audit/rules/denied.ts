import {missingOf} from '../../admission/admit.ts';
import type {Verdict} from '../../admission/judgement.ts';
import type {Control} from '../../controls/control.ts';
import {controls} from '../../controls/index.ts';
import {workloadKindOf} from '../../kube/workloadKinds.ts';
import {controlsBehind} from '../../policy/evaluate.ts';
import {count} from '../../text.ts';
import type {AuditContext} from '../context.ts';
import {fittingPolicy, wouldMoveOthers} from '../fitting.ts';
import type {VerdictGroup} from '../groups.ts';
import {adviseCommand, bindCommand, commandLine} from '../remedies.ts';
import {defineRule, type RuleFinding} from '../rule.ts';
import {accountText, firstOf, refusalLines} from '../words.ts';

const needs = ['rbac', 'workloads', 'pods'] as const;
const remedy =
  'Let its service account use a policy that admits it (kubectl psp bind), write one (kubectl psp advise), or change the pod.';

/** Pods that run and would not come back. */
export const deniedOnRestart = defineRule({
  id: 'denied-on-restart',
  severity: 'high',
  title: 'Running pods that admission would deny now',
  why: 'Policies and rights are looked at when a pod is created. These pods run, but a restart, a drained node or a new release leaves their workload without pods.',
  remedy,
  needs,
  breadth: 'namespace',
  isAboutAdmission: true,
  find: context =>
    context.groups.flatMap(group => {
      const denied = group.runs ? group.verdicts.filter(isDenied) : [];
      const [first] = denied;
      if (first === undefined) return [];
      return [
        {
          ...deniedFound(group, first, context),
          message: `${of(denied.length, group)} would be denied if recreated`,
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
  isAboutAdmission: true,
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
  isAboutAdmission: true,
  find: context => idle(context, false, 'is idle, and admission would deny its pods'),
});

function idle(context: AuditContext, wanted: boolean, state: string): readonly RuleFinding[] {
  const {groups, inventory} = context;
  // In a folder of manifests nothing runs, so that there is no pod tells nothing.
  const isFile = inventory.origin === 'manifests';
  const message = isFile ? 'admission would deny its pods' : state;
  return groups.flatMap(group => {
    const [first] = group.verdicts;
    if (group.runs || first === undefined || !isDenied(first)) return [];
    if (wantsPods(group) !== wanted) return [];
    const others = context.verdictsIn(first.item.namespace);
    // For pods that nobody waits for, no others are to move.
    const isMeant = (policy: string) => wanted || !wouldMoveOthers(policy, first, others);
    return [{...deniedFound(group, first, context, isMeant), message}];
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

function of(denied: number, {verdicts}: VerdictGroup): string {
  if (denied === verdicts.length) return denied === 1 ? 'its pod' : `all ${denied} pods`;
  return `${denied} of ${count(verdicts.length, 'pod')}`;
}

function deniedFound(
  {object}: VerdictGroup,
  verdict: Verdict,
  {fromStrict}: AuditContext,
  isMeant?: (policy: string) => boolean,
): Pick<RuleFinding, 'object' | 'evidence' | 'controls' | 'remedy'> {
  const {item, requester} = verdict;
  const {namespace, serviceAccount} = item.submission;
  const fitting = fittingPolicy(verdict, fromStrict, isMeant);
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
    controls: refusingControls(verdict),
    remedy:
      remedyForMissing(verdict) ??
      (fitting === undefined || serviceAccount === ''
        ? adviseCommand(namespace)
        : bindCommand(fitting, namespace, serviceAccount)),
  };
}

/** For a pod that names what is not there: an account can be made by a line, a class only by who knows its handler. */
function remedyForMissing({decision, item}: Verdict): string | undefined {
  const {namespace, serviceAccount} = item.submission;
  switch (missingOf(decision)?.kind) {
    case 'ServiceAccount':
      return commandLine('kubectl', 'create', 'serviceaccount', serviceAccount, '-n', namespace);
    case 'RuntimeClass':
      return commandLine('kubectl', 'get', 'runtimeclasses');
    case undefined:
      return undefined;
  }
}

/** The controls by which the policies that a pod may use refuse it. */
function refusingControls({granted, item, decision}: Verdict): readonly Control[] {
  if (decision.kind === 'invalid' || missingOf(decision) !== undefined) return [];
  const refusing = new Set(
    granted.flatMap(({policy}) => controlsBehind('errors', policy, item.submission.view)),
  );
  return controls.filter(control => refusing.has(control));
}
