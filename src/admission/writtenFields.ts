import type {Submission} from '../inventory/submissions/submissions.ts';
import {
  appArmorContainerPrefix,
  seccompContainerPrefix,
  seccompPodKey,
} from '../kube/annotations.ts';
import {type Edit, patchOf} from '../kube/edits.ts';
import {containerLists, type Pod} from '../kube/pod.ts';
import type {Judgement} from './judgement.ts';
import {profileFieldOf} from './prepare.ts';
import {Delegate} from './verdict.ts';

/**
 * The judgement with what the mutating policy writes in place of what PodSecurityPolicy wrote: profiles are fields to
 * later servers, where v1.24 had annotations.
 */
export function withFields(judged: Judgement, {view: {pod}}: Submission): Judgement {
  const edits = judged.edits.map(edit => fieldFor(edit, pod));
  const isSame = edits.every((edit, index) => edit === judged.edits[index]);
  return isSame ? judged : new WithFields(judged, edits, pod);
}

class WithFields extends Delegate {
  readonly #edits: readonly Edit[];
  readonly #pod: Pod;

  constructor(judged: Judgement, edits: readonly Edit[], pod: Pod) {
    super(judged);
    this.#edits = edits;
    this.#pod = pod;
  }

  override get edits() {
    return this.#edits;
  }
  override get changes() {
    return patchOf(this.#pod, this.#edits);
  }
}

/** The same edit, of a field if it is of an annotation that has become one. */
function fieldFor(edit: Edit, {spec}: Pod): Edit {
  const [top, , key] = edit.at;
  if (top !== 'metadata' || typeof key !== 'string') return edit;
  const value = profileFieldOf(String(edit.value));
  if (value === undefined) return edit;
  if (key === seccompPodKey) return {at: ['spec', 'securityContext', 'seccompProfile'], value};
  const fields = [
    [seccompContainerPrefix, 'seccompProfile'],
    [appArmorContainerPrefix, 'appArmorProfile'],
  ] as const;
  for (const [prefix, field] of fields) {
    if (!key.startsWith(prefix)) continue;
    for (const list of containerLists) {
      const index = spec[list]?.findIndex(({name}) => name === key.slice(prefix.length)) ?? -1;
      if (index >= 0) return {at: ['spec', list, index, 'securityContext', field], value};
    }
  }
  return edit;
}
