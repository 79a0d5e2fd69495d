import type {Candidate, Operation} from '../admission/admit.ts';
import {type JudgeSource, judgeOf} from '../admission/judge.ts';
import type {Judgement} from '../admission/judgement.ts';
import {prepareForCreate, prepareForUpdate} from '../admission/prepare.ts';
import {submissionOf} from '../inventory/submissions/submissions.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {applyEdits, type Edit} from '../kube/edits.ts';
import type {Json} from '../kube/json.ts';
import {decodePod, type Pod} from '../kube/pod.ts';
import {defaultPod} from '../kube/podDefaults.ts';
import type {FeatureGates} from '../policy/evaluate.ts';
import type {Identity} from '../rbac/authorize.ts';
import {changesOnlyOwners} from './ownersOnly.ts';

/** A request for a pod, as it reaches the API server's admission chain. */
export interface PodRequest {
  readonly operation: Operation;
  readonly namespace: string;
  readonly user: Identity;
  /** As submitted. */
  readonly pod: Json;
  /** As stored, for an update. */
  readonly oldPod: Json | undefined;
  readonly gates: FeatureGates;
}

/** What the policies in the API server answer to a request. */
export interface RequestAnswer {
  readonly allowed: boolean;
  /** The policy that lets the pod in; undefined if none does, or none was asked. */
  readonly policy: string | undefined;
  /** The policy that the validating phase settled on, if it is another one. */
  readonly validatePolicy: string | undefined;
  /** Whether this is an update that changes only what garbage collection changes: no policy sees it. */
  readonly ignored: boolean;
  /** The phase that refused; undefined if none did. */
  readonly phase: 'admit' | 'validate' | undefined;
  /** The message of the 403; undefined if there is none. */
  readonly message: string | undefined;
  readonly candidates: readonly Candidate[];
  /** What the policy and its annotation write into the pod, on CREATE. */
  readonly edits: readonly Edit[];
}

/**
 * Takes a pod request through both phases of the plugin and the registry's preparation between
 * them (plugin/pkg/admission/security/podsecuritypolicy/admission.go and pkg/registry/core/pod). Pods
 * are judged like those of an inventory; what only a raw request has is added here: its operation,
 * the old object, the feature gates.
 */
export function answerRequest(request: PodRequest, source: JudgeSource): RequestAnswer {
  return request.operation === 'CREATE'
    ? answerCreate(request, source)
    : answerUpdate(request, source);
}

function answerCreate(request: PodRequest, source: JudgeSource): RequestAnswer {
  const submission = submissionOf(podOf(request.pod, request), source.release, request.user);
  const admitted = judgeOf(source, {isAdmissionOnly: true}).judgement(submission);
  const {chosen, candidates} = admitted;
  if (chosen === undefined) {
    return {...nothing, phase: 'admit', message: admitted.message, candidates};
  }
  const policy = chosen.policy.name;
  const edits = [
    ...admitted.edits,
    {at: ['metadata', 'annotations', validatedPolicyKey], value: policy},
  ];
  const stored = prepareForCreate(
    applyEdits(submission.view.pod, edits),
    source.release,
    request.gates.ProcMountType ?? false,
  );
  const validated = judgeUpdate(stored, request, source);
  if (validated.chosen === undefined) {
    return {...nothing, phase: 'validate', message: validated.message, candidates};
  }
  const second = validated.chosen.policy.name;
  return {
    ...nothing,
    allowed: true,
    policy,
    validatePolicy: second === policy ? undefined : second,
    candidates,
    edits,
  };
}

function answerUpdate(request: PodRequest, source: JudgeSource): RequestAnswer {
  const {oldPod = {}, gates} = request;
  const prepared = prepareForUpdate(
    defaultPod(podOf(request.pod, request), source.release),
    defaultPod(podOf(oldPod, request), source.release),
    source.release,
    gates.ProcMountType ?? false,
  );
  const {chosen, message, candidates} = judgeUpdate(prepared, request, source);
  if (changesOnlyOwners(request.pod, oldPod)) {
    return {...nothing, allowed: true, ignored: true, candidates};
  }
  return {
    ...nothing,
    allowed: chosen !== undefined,
    policy: chosen?.policy.name,
    phase: chosen === undefined ? 'validate' : undefined,
    message,
    candidates,
  };
}

/** What the validating phase makes of a pod: even on CREATE it takes the annotation as a hint. */
function judgeUpdate(pod: Pod, {user}: PodRequest, source: JudgeSource): Judgement {
  return judgeOf(source, {operation: 'UPDATE'}).judgement(submissionOf(pod, source.release, user));
}

const nothing: RequestAnswer = {
  allowed: false,
  policy: undefined,
  validatePolicy: undefined,
  ignored: false,
  phase: undefined,
  message: undefined,
  candidates: [],
  edits: [],
};

function podOf(value: Json, {namespace}: PodRequest): Pod {
  const pod = decodePod(value);
  return {...pod, metadata: {...pod.metadata, namespace: pod.metadata.namespace || namespace}};
}
