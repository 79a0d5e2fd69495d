import type {Judgement} from '../admission/judgement.ts';
import type {Item} from '../inventory/submissions/items.ts';
import type {Edit} from '../kube/edits.ts';
import {printJson} from '../kube/json.ts';
import {type ContainerList, containerLists} from '../kube/pod.ts';

/** A pod or workload, and what admission does with it before and after a change. */
export interface Treated {
  readonly item: Item;
  readonly before: Judgement | undefined;
  readonly after: Judgement | undefined;
}

/** Something that a policy writes after a change and did not before. */
export interface Rewrite {
  readonly item: Item;
  readonly edits: readonly Edit[];
  /** Those whose user the pod does not set, so that the image decides, who may be root, with what they get. */
  readonly perhapsRoot: readonly {readonly container: string; readonly edits: readonly Edit[]}[];
}

/** What policies write after a change that they did not write before. */
export function rewritesOf(treated: readonly Treated[]): readonly Rewrite[] {
  return treated.flatMap(({item, before, after}) => {
    const had = new Set(before?.edits.map(keyOf));
    const edits = (after?.edits ?? []).filter(edit => !had.has(keyOf(edit)));
    if (edits.length === 0) return [];
    const perhapsRoot = item.submission.view.containers
      .filter(({runAsUser, runAsNonRoot}) => runAsUser === undefined && runAsNonRoot !== true)
      .map(({name, list, index}) => ({
        container: name,
        edits: edits.filter(edit => concerns(edit, list, index)),
      }))
      .filter(each => each.edits.length > 0);
    return [{item, edits, perhapsRoot}];
  });
}

function keyOf({at, value}: Edit): string {
  return printJson([...at, JSON.stringify(value) ?? '']);
}

/** Whether an edit is of this container, or of the security context that all of them share. */
function concerns({at: [top, list, index]}: Edit, own: ContainerList, place: number): boolean {
  if (top !== 'spec') return false;
  if (list === 'securityContext') return true;
  return containerLists.some(each => each === list) && list === own && index === place;
}
