import {isDeepStrictEqual} from 'node:util';
import {
  type Candidate,
  explain,
  forbiddenMessage,
  type Operation,
  type PolicySet,
  type RightsTo,
} from '../admission/admit.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import {applyEdits, type Edit} from '../kube/edits.ts';
import {isObject, type Json, type JsonObject} from '../kube/json.ts';
import {decodePod, type Pod, serviceAccountOf} from '../kube/pod.ts';
import {defaultPod} from '../kube/podDefaults.ts';
import {viewOf} from '../kube/podView.ts';
import {editsOf, type FeatureGates} from '../policy/evaluate.ts';
import {type Authorizer, type Identity, podIdentity} from '../rbac/authorize.ts';
import {prepareForCreate, prepareForUpdate} from './prepare.ts';

/** A request for a pod, as the API server's admission chain gets it. */
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

export interface Outcome {
  readonly allowed: boolean;
  /** The policy that lets the pod in; undefined if none does, or none was asked. */
  readonly policy: string | undefined;
  /** The policy that the validating phase settled on, if it is another one. */
  readonly validatePolicy: string | undefined;
  /** An update that changes nothing but what garbage collection changes is let through unseen. */
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
 * The way of a pod request through both phases of the plugin and the registry's preparation between
 * them (plugin/pkg/admission/security/podsecuritypolicy/admission.go and pkg/registry/core/pod).
 */
export function requestPod(
  request: PodRequest,
  policies: PolicySet,
  authorizer: Authorizer,
): Outcome {
  const {operation, namespace, user, gates} = request;
  const pod = defaultPod(inNamespace(decodePod(request.pod), namespace));
  const rightsTo = rightsFor(pod, namespace, user, authorizer);
  const procMountEnabled = gates.ProcMountType ?? false;

  if (operation === 'UPDATE') {
    const oldPod = defaultPod(inNamespace(decodePod(request.oldPod ?? {}), namespace));
    const prepared = prepareForUpdate(pod, oldPod, procMountEnabled);
    const verdict = explain(viewOf(prepared), policies, rightsTo, 'UPDATE');
    const ignored = changesOnlyOwners(request.pod, request.oldPod ?? {});
    const allowed = ignored || verdict.chosen !== undefined;
    return {
      ...nothing,
      allowed,
      ignored,
      policy: ignored ? undefined : verdict.chosen?.policy.name,
      phase: allowed ? undefined : 'validate',
      message: allowed ? undefined : messageFor(pod, verdict.refusal),
      candidates: verdict.candidates,
    };
  }

  const admitted = explain(viewOf(pod), policies, rightsTo, 'CREATE');
  const {chosen, candidates} = admitted;
  if (chosen === undefined) {
    return {...nothing, phase: 'admit', message: messageFor(pod, admitted.refusal), candidates};
  }
  const edits = [
    ...editsOf(chosen.policy, viewOf(pod)),
    {at: ['metadata', 'annotations', validatedPolicyKey], value: chosen.policy.name},
  ];
  const stored = prepareForCreate(applyEdits(pod, edits), procMountEnabled);
  const validated = explain(viewOf(stored), policies, rightsTo, 'UPDATE');
  const second = validated.chosen?.policy.name;
  if (second === undefined) {
    const message = messageFor(stored, validated.refusal);
    return {...nothing, phase: 'validate', message, candidates};
  }
  const policy = chosen.policy.name;
  return {
    ...nothing,
    allowed: true,
    policy,
    validatePolicy: second === policy ? undefined : second,
    candidates,
    edits,
  };
}

const nothing: Outcome = {
  allowed: false,
  policy: undefined,
  validatePolicy: undefined,
  ignored: false,
  phase: undefined,
  message: undefined,
  candidates: [],
  edits: [],
};

function messageFor({metadata}: Pod, refusal = ''): string {
  return forbiddenMessage(metadata.name || metadata.generateName || '', refusal);
}

function rightsFor(pod: Pod, namespace: string, user: Identity, authorizer: Authorizer): RightsTo {
  const account = serviceAccountOf(pod);
  const accountMay =
    account === '' ? () => false : authorizer.usableBy(podIdentity(namespace, account), namespace);
  const userMay = authorizer.usableBy(user, namespace);
  return policy => ({serviceAccount: accountMay(policy), requester: userMay(policy)});
}

function inNamespace(pod: Pod, namespace: string): Pod {
  return {...pod, metadata: {...pod.metadata, namespace: pod.metadata.namespace || namespace}};
}

/**
 * Whether an update leaves all as it was but for owners, finalizers and bookkeeping
 * (pkg/registry/rbac/helpers.go, IsOnlyMutatingGCFields). Status never counts: it is reset earlier.
 */
function changesOnlyOwners(pod: Json, oldPod: Json): boolean {
  return isDeepStrictEqual(essence(pod), essence(oldPod));
}

const bookkeeping = ['ownerReferences', 'finalizers', 'selfLink', 'managedFields'];

function essence(pod: Json): unknown {
  if (!isObject(pod)) return pod;
  const metadata = isObject(pod.metadata) ? pod.metadata : {};
  const {status: _status, apiVersion: _version, kind: _kind, ...rest} = pod;
  return withoutUnset({...rest, metadata: without(metadata, bookkeeping)});
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Null and unset are the same to the API server, and so are empty and absent lists. */
function withoutUnset(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map(withoutUnset);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && !(Array.isArray(item) && item.length === 0))
      .map(([key, item]) => [key, withoutUnset(item)]),
  );
}
