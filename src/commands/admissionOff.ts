import type {CheckFinding} from '../check/answerCheck.ts';
import {type Inventory, isLive} from '../inventory/inventory.ts';
import {validatedPolicyKey} from '../kube/annotations.ts';
import type {World} from './world.ts';

/**
 * What tells that the admission plugin is off, which makes of every verdict one of what would happen if it
 * were on; undefined where nothing does. Policies that live in admission policies say so themselves.
 */
export async function admissionOff(inventory: Inventory): Promise<CheckFinding | undefined> {
  const {pods, admissionPolicies} = inventory;
  const live = pods.filter(pod => isLive(pod, inventory));
  const isMarked = live.some(
    ({metadata}) => metadata.annotations?.[validatedPolicyKey] !== undefined,
  );
  if (live.length === 0 || isMarked || admissionPolicies !== undefined) return undefined;
  // Where it is on, which is nearly everywhere, the rest of check is not even loaded.
  const {admissionIn} = await import('../check/admissionIn.ts');
  const finding = admissionIn(inventory);
  return finding?.answer === 'no' ? finding : undefined;
}

/** Says that what follows does not happen now. */
export function warnOfAdmission(
  world: World,
  finding: CheckFinding | undefined,
  what: string,
): void {
  if (finding === undefined) return;
  world.warn(`note: PSP admission is ${finding.says}; ${what} what holds if it is on: see check`);
}

/** The same of the impact that is shown before something is changed. */
export async function warnOfImpact(world: World, inventory: Inventory): Promise<void> {
  warnOfAdmission(world, await admissionOff(inventory), 'the impact is');
}

/** As machine output has it. */
export function printedAdmission(finding: CheckFinding | undefined): object | undefined {
  return finding && {answer: finding.answer, says: finding.says};
}
