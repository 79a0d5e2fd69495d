import type {Advice} from '../advice/advice.ts';
import type {PlannedChange} from '../apply/applyAll.ts';
import type {MadeChange} from '../apply/reverse.ts';
import type {RightsChange} from '../grant/planDelete.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import type {LabelChange} from '../migrate/labelChanges.ts';

/** The result of an attempt to change the cluster, in lines for people. */
export interface Result {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** The same, with what was changed; it can be taken back. */
export interface ApplyResult extends Result {
  readonly made: readonly MadeChange[];
}

/** What the user wants of the cluster. */
export type Wanted =
  /** A policy with these settings; its version is the one that the edit began with. */
  | {readonly kind: 'policy'; readonly draft: Policy}
  | {readonly kind: 'advice'; readonly advices: readonly Advice[]}
  | {readonly kind: 'grants'; readonly change: RightsChange}
  /** Labels of a namespace, if it still has those that they were planned for. */
  | {readonly kind: 'labels'; readonly change: LabelChange}
  /** What it was before these changes. */
  | {readonly kind: 'undo'; readonly made: readonly MadeChange[]};

/** What the session may do outside of itself. */
export interface Services {
  /** Why nothing can be applied (the demo, a snapshot); undefined if it can. */
  readonly readOnly: string | undefined;
  /**
   * The changes that make the cluster, read just now, what is wanted; none if it is so already. Rejects with
   * a UserError where something else is in the way.
   */
  plan(wanted: Wanted): Promise<readonly PlannedChange[]>;
  /** Asks the server whether it would take the changes, without making them. */
  dryRun(changes: readonly PlannedChange[]): Promise<Result>;
  /** Makes the changes, all or none, guarded by the versions that they were planned for. */
  apply(changes: readonly PlannedChange[]): Promise<ApplyResult>;
  /** Writes a file that only its owner can read; says `exists` instead of overwriting one. */
  writeFile(path: string, text: string, force: boolean): Promise<'written' | 'exists'>;
  /** The names of the kubeconfig's contexts; none without a cluster. */
  contexts(): Promise<readonly string[]>;
  /** The objects of the files of a change: a file, or a folder. */
  readChange(path: string): Promise<Inventory>;
  /** A snapshot of all, as a file has it. */
  snapshot(): Promise<string>;
  /** Puts a text into the clipboard of the terminal, if that lets programs do so. */
  copy(text: string): void;
  /** The difference of two texts as a unified diff. */
  diff(before: string, after: string, name: string): readonly string[];
}
