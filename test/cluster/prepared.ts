import {prepareForCreate} from '../../src/admission/prepare.ts';
import {applyEdits, compact} from '../../src/kube/edits.ts';
import type {JsonObject} from '../../src/kube/json.ts';
import {decodePod} from '../../src/kube/pod.ts';
import {defaultPod} from '../../src/kube/podDefaults.ts';
import {lastRelease} from '../../src/kube/release.ts';
import {objectOf} from '../support/run/output.ts';

/**
 * The admitted pod as the registry makes it ready for the store (seccomp annotations and fields in
 * line, procMount dropped), which test/policy proves with the vectors; with its policy's name on it.
 */
export function prepared(pod: JsonObject, policy: string): JsonObject {
  const stored = prepareForCreate(defaultPod(decodePod(pod), lastRelease), lastRelease);
  const named = applyEdits(stored, [
    {at: ['metadata', 'annotations', 'kubernetes.io/psp'], value: policy},
  ]);
  return objectOf(compact(named));
}

/** A pod of the server with no more in it than what decides about its security. */
export function readPod(pod: JsonObject): JsonObject {
  return objectOf(compact(decodePod(pod)));
}
