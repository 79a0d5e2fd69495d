import {isFilesAlone} from '../inventory/files/filesWorld.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Submission} from '../inventory/submissions/submissions.ts';
import {applyEdits} from '../kube/edits.ts';
import {goQuote} from '../kube/goQuote.ts';
import {editsOf} from '../policy/evaluate.ts';
import type {Known} from '../rbac/possibleRights.ts';
import type {Candidate, Decision, Ending} from './admit.ts';
import {eitherWay} from './endings.ts';

/** Whether there is a RuntimeClass of a name; undefined if that is not known. */
export type RuntimeClasses = (name: string) => Known;

/**
 * Only of a cluster it is known that there are no others. Files without any take for granted what they name, as they do
 * with namespaces and accounts.
 */
export function runtimeClassesOf({
  runtimeClasses,
  origin,
  takenAt,
}: Pick<Inventory, 'runtimeClasses' | 'origin'> &
  Partial<Pick<Inventory, 'takenAt'>>): RuntimeClasses {
  const areFiles = isFilesAlone({origin, takenAt});
  if (areFiles && !runtimeClasses?.length) return allThere;
  const names = new Set(runtimeClasses?.map(({metadata}) => metadata?.name));
  const isWhole = runtimeClasses !== undefined && !areFiles;
  return name => names.has(name) || (isWhole ? false : undefined);
}

export const allThere: RuntimeClasses = () => true;

/** The decision for all that is possible about runtime classes, as far as it asks about any. */
export function forAnyClasses(
  classes: RuntimeClasses,
  decide: (isThere: (name: string) => boolean) => Decision,
): Decision {
  const open = new Set<string>();
  const assuming = (isThere: boolean) => (name: string) => {
    const known = classes(name);
    if (known === undefined) open.add(name);
    return known ?? isThere;
  };
  const decision = decide(assuming(true));
  if (open.size === 0) return decision;
  const about = `whether there is a RuntimeClass ${[...open].sort().join(', ')}`;
  return eitherWay(decision, decide(assuming(false)), {about, needs: 'runtimeclasses'});
}

/**
 * What the plugin RuntimeClass, which comes after PodSecurityPolicy, says of a pod that a policy let in
 * (plugin/pkg/admission/runtimeclass/admission.go).
 */
export function classRefusalOf(
  submission: Submission,
  isThere: (name: string) => boolean,
): (ending: Ending) => Ending {
  return ending => {
    if (ending.kind !== 'admitted') return ending;
    const name = runtimeClassOf(submission, ending.chosen);
    if (name === undefined || isThere(name)) return ending;
    const refusal = `pod rejected: RuntimeClass ${goQuote(name)} not found`;
    return {kind: 'denied', refusal, missing: {kind: 'RuntimeClass', name}};
  };
}

/** The class that the pod names once a policy has changed it. */
function runtimeClassOf({view}: Submission, {policy, mutates}: Candidate): string | undefined {
  const {runtimeClassName} = view.pod.spec;
  if (runtimeClassName !== undefined || !mutates) return runtimeClassName;
  const {defaultRuntimeClassName} = policy.policy.spec.runtimeClass ?? {};
  if (defaultRuntimeClassName === undefined) return undefined;
  return applyEdits(view.pod, editsOf(policy, view)).spec.runtimeClassName;
}

/**
 * What the plugin ServiceAccount, which comes before PodSecurityPolicy, makes of a pod whose account is not there
 * (plugin/pkg/admission/serviceaccount/admission.go); undefined if it is, or may be.
 */
export function withoutAccount(submission: Submission): Decision | undefined {
  const {lacksAccount, namespace, serviceAccount} = submission;
  if (!lacksAccount) return undefined;
  const name = `${namespace}/${serviceAccount}`;
  const refusal = `error looking up service account ${name}: serviceaccount ${goQuote(serviceAccount)} not found`;
  return {kind: 'denied', refusal, missing: {kind: 'ServiceAccount', name}};
}
