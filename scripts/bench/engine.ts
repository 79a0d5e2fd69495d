import {chosenBy, decide, forbiddenMessage} from '../../src/admission/admit.ts';
import {printJson} from '../../src/kube/json.ts';
import {type Pod, serviceAccountOf} from '../../src/kube/pod.ts';
import {viewOf} from '../../src/kube/podView.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {evaluate} from '../../src/policy/evaluate.ts';
import {podIdentity} from '../../src/rbac/authorize.ts';
import {type Durations, measure, type Step, usualDurations} from './measure.ts';
import type {Work} from './work.ts';

/** The figures that psp-bench prints and this engine too; times in seconds, rates a second of wall time. */
export interface SharedFigures {
  readonly pods: number;
  readonly policies: number;
  readonly distinctPods: number;
  readonly decisions_per_s: number;
  readonly evaluations_per_s: number;
  readonly wall_s: number;
  readonly decisions: number;
  readonly decisions_wall_s: number;
  /** Processor time is that of all threads of the process, also those that collect garbage. */
  readonly decisions_cpu_s: number;
  readonly allowed: number;
  readonly evaluations: number;
  readonly evaluations_wall_s: number;
  readonly evaluations_cpu_s: number;
  readonly passed: number;
  readonly peak_rss_mib: number;
}

/** What the engine's run has besides that: how it was timed, and what sharing between pods gains. */
export interface EngineFigures extends SharedFigures {
  /** For how long each kind of work ran before its clock started. */
  readonly warmup_s: number;
  readonly decisions_per_cpu_s: number;
  readonly evaluations_per_cpu_s: number;
  /** Evaluations with one view a pod, as the program makes them. */
  readonly evaluations_shared_view_per_s: number;
  readonly evaluations_shared_view_per_cpu_s: number;
  /** Decisions in which equal pods share one; finding out which are equal is in the time. */
  readonly decisions_reused_per_s: number;
  readonly decisions_reused_per_cpu_s: number;
  readonly decisions_reused_wall_s: number;
  readonly decisions_reused_cpu_s: number;
}

/**
 * Times the engine in this thread. As for psp-bench, a decision is all that is done for one pod (its
 * view, the rights of its service account and the requester, the policies tried, the message of the
 * 403), and an evaluation is one policy put to a pod of which a new view is made, as Go copies it.
 */
export function engineFigures(work: Work, durations: Durations = usualDurations): EngineFigures {
  const {pods, policies, distinctPods} = work;
  const evaluationCount = pods * policies.ordered.length;
  const decisions = measure(work, () => pod => (decideOn(work, pod).chosen ? 1 : 0), durations);
  const evaluations = measure(work, () => evaluateAnew(work), durations);
  const sharedView = measure(work, () => evaluateOneView(work), durations);
  const reused = measure(work, () => decideOnce(work), durations);
  if (sharedView.yes !== evaluations.yes || reused.yes !== decisions.yes) {
    throw new Error('sharing between pods changes verdicts');
  }
  return {
    pods,
    policies: policies.ordered.length,
    distinctPods: distinctPods.length,
    decisions_per_s: pods / decisions.wall,
    evaluations_per_s: evaluationCount / evaluations.wall,
    wall_s: decisions.wall + evaluations.wall,
    decisions: pods,
    decisions_wall_s: decisions.wall,
    decisions_cpu_s: decisions.cpu,
    allowed: decisions.yes,
    evaluations: evaluationCount,
    evaluations_wall_s: evaluations.wall,
    evaluations_cpu_s: evaluations.cpu,
    passed: evaluations.yes,
    peak_rss_mib: process.resourceUsage().maxRSS / 1024,
    warmup_s: durations.warmup,
    decisions_per_cpu_s: pods / decisions.cpu,
    evaluations_per_cpu_s: evaluationCount / evaluations.cpu,
    evaluations_shared_view_per_s: evaluationCount / sharedView.wall,
    evaluations_shared_view_per_cpu_s: evaluationCount / sharedView.cpu,
    decisions_reused_per_s: pods / reused.wall,
    decisions_reused_per_cpu_s: pods / reused.cpu,
    decisions_reused_wall_s: reused.wall,
    decisions_reused_cpu_s: reused.cpu,
  };
}

interface Verdict {
  readonly chosen: string | undefined;
  /** Of the 403; undefined if the pod is allowed. */
  readonly message: string | undefined;
}

function decideOn({user, authorizer, policies}: Work, pod: Pod): Verdict {
  const {name, generateName, namespace = ''} = pod.metadata;
  const account = serviceAccountOf(pod);
  const forAccount = authorizer.usableBy(podIdentity(namespace, account), namespace);
  const forUser = authorizer.usableBy(user, namespace);
  const decision = decide(viewOf(pod, lastRelease), policies, policy => ({
    serviceAccount: account !== '' && forAccount(policy),
    requester: forUser(policy),
  }));
  return {
    chosen: chosenBy(decision)?.policy.name,
    message:
      decision.kind === 'denied' && decision.refusal !== undefined
        ? forbiddenMessage(name || generateName || '', decision.refusal)
        : undefined,
  };
}

function decideOnce(work: Work): Step {
  const known = new Map<string, boolean>();
  return pod => {
    const {namespace, annotations} = pod.metadata;
    const key = printJson([namespace, annotations, pod.spec]);
    let allowed = known.get(key);
    if (allowed === undefined) {
      allowed = decideOn(work, pod).chosen !== undefined;
      known.set(key, allowed);
    }
    return allowed ? 1 : 0;
  };
}

function evaluateAnew({policies}: Work): Step {
  return pod => {
    let passed = 0;
    for (const policy of policies.ordered) {
      if (evaluate(policy, viewOf(pod, lastRelease)).errors.length === 0) passed++;
    }
    return passed;
  };
}

function evaluateOneView({policies}: Work): Step {
  return pod => {
    const view = viewOf(pod, lastRelease);
    let passed = 0;
    for (const policy of policies.ordered) {
      if (evaluate(policy, view).errors.length === 0) passed++;
    }
    return passed;
  };
}
