import type {HardenStep} from '../harden/step.ts';
import type {HardenedItem} from '../harden/subjects.ts';
import type {HardenLevel} from '../harden/target.ts';
import {labelOf} from '../kube/reference.ts';
import {kindText} from '../kube/workloadKinds.ts';
import {printYaml} from '../yaml/documents.ts';
import {comment, listed} from './advice.ts';
import {printedPlace} from './place.ts';
import {table} from './table.ts';

/** A patch for each workload that needs one, as a YAML stream; comments say what patches can't do. */
export function hardenYaml(items: readonly HardenedItem[], level: HardenLevel): string {
  const open = items.filter(item => !isFine(item));
  const patched = open.filter(({objectPatch}) => objectPatch !== undefined);
  const unpatched = open.filter(({objectPatch}) => objectPatch === undefined);
  const fine = items.filter(isFine).map(({item}) => labelOf({...item, kind: kindText(item)}));
  const head = [
    `Patches towards ${level}: for kubectl patch --patch-file and for kustomize.`,
    'Not for kubectl apply, which would remove what they leave out.',
    ...(fine.length === 0 ? [] : [`Nothing to do for ${listed(fine)}`]),
    ...unpatched.flatMap(item => remarksOn(item, level)),
  ];
  const parts = patched.map(item => comment(remarksOn(item, level)) + patchText(item));
  // No document before the first patch: kubectl patch takes the first one of a file.
  const [first = '', ...rest] = parts;
  return [comment(head) + first, ...rest].join('---\n');
}

function patchText({objectPatch}: HardenedItem): string {
  return objectPatch === undefined ? '' : printYaml(objectPatch);
}

function isFine({changes, decisions, blocked}: HardenedItem): boolean {
  return changes.length + decisions.length === 0 && blocked === undefined;
}

/** What a person has to know of a workload beside its patch. */
function remarksOn(hardened: HardenedItem, level: HardenLevel): readonly string[] {
  const {item, now, after, decisions, blocked, unpatchable, changes, unknownUsers} = hardened;
  const isPod = item.kind === 'Pod' && hardened.objectPatch !== undefined;
  return [
    `${labelOf({...item, kind: kindText(item)})}: ${now} now, ${after} with ${changes.length === 0 ? 'no patch' : 'its patch'}`,
    ...(decisions.length > 0 && changes.length > 0
      ? [`not ${level} by its patch alone, which can break it for nothing: decide first`]
      : []),
    ...decisions.map(step => `needs a decision: ${step.where} ${step.asks}: ${step.says}`),
    ...(unpatchable === undefined
      ? []
      : [`no patch, for ${unpatchable}`, ...changes.map(step => `to do: ${stepText(step)}`)]),
    ...(blocked === undefined ? [] : [`can't be ${level}: ${blocked}`]),
    ...(isPod ? ['a pod has to be deleted and created again to be changed'] : []),
    ...(unknownUsers.length === 0 ? [] : [userNote(unknownUsers)]),
  ];
}

function stepText({where, says}: HardenStep): string {
  return `${where}: ${says}`;
}

/** pkg/kubelet/kuberuntime/security_context.go, verifyRunAsNonRoot, v1.24. */
function userNote(containers: readonly string[]): string {
  return `not known: the image's user of ${listed(containers)}; if it is root, or a name and no number, the container does not start: then set runAsUser`;
}

/**
 * A kustomization with the patches in it. `resources` are the files of the workloads, if they are known.
 * Namespaces stand in the targets only where a name is in several, as manifests may leave them out.
 */
export function hardenKustomization(
  items: readonly HardenedItem[],
  resources: readonly string[],
  level: HardenLevel,
): string {
  const patched = items.filter(({objectPatch}) => objectPatch !== undefined);
  const undone = items.filter(item => !isFine(item)).map(item => remarksOn(item, level));
  const head = [
    ...(resources.length === 0 ? ['Add the manifests under resources.'] : []),
    ...undone.flat(),
  ];
  return (
    comment(head) +
    printYaml({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources,
      patches: patched.map(item => ({
        target: targetOf(item, patched),
        patch: patchText(item),
      })),
    })
  );
}

function targetOf({item, apiVersion}: HardenedItem, all: readonly HardenedItem[]): object {
  const {kind, name, namespace} = item;
  const parts = apiVersion.split('/');
  const [group, version] = parts.length === 2 ? parts : [undefined, apiVersion];
  const isAmbiguous = all.some(
    other =>
      other.item.kind === kind && other.item.name === name && other.item.namespace !== namespace,
  );
  // kustomize takes names for regular expressions.
  return {
    group,
    version,
    kind,
    name: name.replaceAll('.', '\\.'),
    namespace: isAmbiguous ? namespace : undefined,
  };
}

/** A line a workload: where it stands, where its patch gets it, and what is left to decide. */
export function hardenTable(items: readonly HardenedItem[], headers: boolean): string {
  return table(
    headers ? ['NAMESPACE', 'WORKLOAD', 'NOW', 'PATCHED', 'CHANGES', 'DECISIONS'] : undefined,
    items.map(({item, now, after, changes, decisions, blocked}) => [
      item.namespace,
      `${kindText(item)}/${item.name}`,
      now,
      after,
      String(changes.length),
      [
        ...new Set(decisions.map(({control}) => control)),
        ...(blocked === undefined ? [] : ['blocked']),
      ].join(','),
    ]),
  );
}

/** One hardened workload as machine output has it. */
export function printedHardening(hardened: HardenedItem, level: HardenLevel): object {
  const {item, now, after, changes, decisions, blocked, unpatchable, unknownUsers} = hardened;
  return {
    ...printedPlace(item),
    target: level,
    now,
    after,
    changes: changes.map(({control, where, says}) => ({control, where, says})),
    decisions: decisions.map(({control, where, asks, says}) => ({control, where, asks, says})),
    blocked,
    patch: hardened.objectPatch ?? null,
    unpatchable,
    unknownUsers,
  };
}
