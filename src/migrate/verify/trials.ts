import {profileFieldOf} from '../../admission/prepare.ts';
import type {ControlId} from '../../controls/control.ts';
import {admitServiceAccount, automountOf} from '../../inventory/submissions/serviceAccount.ts';
import {type Submission, submissionOf} from '../../inventory/submissions/submissions.ts';
import {seccompContainerPrefix, seccompPodKey} from '../../kube/annotations.ts';
import {applyEdits, type Edit} from '../../kube/edits.ts';
import {type JsonObject, parseJson, printJson} from '../../kube/json.ts';
import type {Policy} from '../../kube/objects.ts';
import {decodePod} from '../../kube/pod.ts';
import type {Release} from '../../kube/release.ts';
import {editsOf, preparePolicy} from '../../policy/evaluate.ts';
import {trialContainer} from './miss.ts';
import {missesOf} from './misses.ts';
import type {Stand, StandSource} from './stands.ts';

/** One pod that is tried at a stand. */
export interface PodToTry {
  readonly stand: Stand;
  /** As it is posted. */
  readonly pod: JsonObject;
  /** The same to the judge. */
  readonly submission: Submission;
  /** The control that it is about; undefined for pods that are not about one. */
  readonly control: ControlId | undefined;
  /** What is special about it, for people. */
  readonly says: string;
}

/**
 * The pods to try at a stand: a plain one, one that each of its policies has completed, and each of these with the near
 * misses of those policies; without a policy, plain ones.
 */
export function podsToTry(
  stand: Stand,
  {policies, serviceAccounts, release}: StandSource,
): readonly PodToTry[] {
  const automount = automountOf(serviceAccounts);
  const make = (pod: JsonObject, says: string, control?: ControlId): PodToTry => {
    const submission = submissionOf(
      admitServiceAccount(decodePod(pod), automount, release),
      release,
      stand.requester,
    );
    return {stand, pod, submission, control, says};
  };
  const plain = plainPod(stand);
  const tokenless = applyEdits(plain, [
    {at: ['spec', 'automountServiceAccountToken'], value: false},
  ]);
  const own = policies.filter(({metadata}) => stand.policies.includes(metadata.name));
  const seen = new Set<string>();
  const tried = own.flatMap(policy => {
    const {name} = policy.metadata;
    const filled = completed(tokenless, policy, release);
    const bases = [
      {base: tokenless, says: ''},
      ...(filled === tokenless ? [] : [{base: filled, says: `, completed by ${name}`}]),
    ];
    const all = bases.flatMap(({base, says}) => [
      make(base, `a plain pod${says}`),
      ...missesOf(policy).map(miss =>
        make(jsonOf(applyEdits(base, miss.edits)), miss.says + says, miss.control),
      ),
    ]);
    return all.filter(({pod}) => {
      const text = printJson(pod);
      return !seen.has(text) && seen.add(text);
    });
  });
  return [make(plain, 'a plain pod with its token'), ...tried];
}

function plainPod({namespace, serviceAccount}: Stand): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {name: 'psp-verify', namespace},
    spec: {
      serviceAccountName: serviceAccount,
      initContainers: [{name: 'init', image: 'psp-verify'}],
      containers: [{name: trialContainer, image: 'psp-verify'}],
    },
  };
}

/** The pod with what a policy writes into it, as fields that every release reads. */
function completed(pod: JsonObject, policy: Policy, release: Release): JsonObject {
  const {view} = submissionOf(decodePod(pod), release, undefined);
  const edits = editsOf(preparePolicy(policy, release), view).map(fieldFor);
  return edits.length === 0 ? pod : jsonOf(applyEdits(pod, edits));
}

/** The field in place of an annotation about seccomp, which nobody reads from v1.27 on. */
function fieldFor(edit: Edit): Edit {
  const key = String(edit.at[2] ?? '');
  const isOfContainer = key.startsWith(seccompContainerPrefix);
  if (edit.at[0] !== 'metadata' || (key !== seccompPodKey && !isOfContainer)) return edit;
  const value = profileFieldOf(String(edit.value));
  return value === undefined ? edit : {at: ['spec', 'securityContext', 'seccompProfile'], value};
}

/** The value as the server gets it: without what is undefined. */
function jsonOf(value: JsonObject): JsonObject {
  return parseJson(printJson(value)) as JsonObject;
}
