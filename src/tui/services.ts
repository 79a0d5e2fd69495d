import type {Advice} from '../advice/advice.ts';
import type {Policy} from '../kube/objects.ts';

/** The result of an attempt to change the cluster, in lines for people. */
export interface Result {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** What the session may do outside of itself. */
export interface Services {
  /** Why nothing can be applied (the demo, a snapshot); undefined if it can. */
  readonly readOnly: string | undefined;
  /** Asks the server whether it would take the change, without making it. */
  dryRunPolicy(draft: Policy): Promise<Result>;
  /** Makes the change, guarded by the version that the edit began with. */
  applyPolicy(draft: Policy): Promise<Result>;
  dryRunAdvice(advices: readonly Advice[]): Promise<Result>;
  applyAdvice(advices: readonly Advice[]): Promise<Result>;
  /** Writes a file that only its owner can read; says `exists` instead of overwriting one. */
  writeFile(path: string, text: string, force: boolean): Promise<'written' | 'exists'>;
  /** The difference of two texts as a unified diff. */
  diff(before: string, after: string, name: string): readonly string[];
}
