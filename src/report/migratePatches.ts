import type {JsonObject} from '../kube/json.ts';
import {labelOf} from '../kube/reference.ts';
import type {MigrationPatch} from '../migrate/patches.ts';
import {printYaml} from '../yaml/documents.ts';
import {comment} from './advice.ts';
import {jsonText} from './machine.ts';
import {placeOfItem, shellLine} from './migrate.ts';
import {table} from './table.ts';

/** A strategic merge patch for each workload, as a YAML stream; comments say what patches can't do. */
export function patchesYaml(patches: readonly MigrationPatch[]): string {
  const ready = patches.filter(({patch}) => patch !== undefined);
  const others = patches.filter(({patch}) => patch === undefined).flatMap(remarksOn);
  if (patches.length === 0) return '';
  const head = [
    'Patches for kubectl patch --patch-file and for kustomize.',
    'Not for kubectl apply, which would remove what they leave out.',
    ...others,
  ];
  const parts = ready.map(one => comment(remarksOn(one)) + printYaml(one.patch));
  // No document before the first patch: kubectl patch takes the first one of a file.
  const [first = '', ...rest] = parts;
  return [comment(head) + first, ...rest].join('---\n');
}

function remarksOn({
  item,
  now,
  after,
  isReached,
  goal,
  remarks,
}: MigrationPatch): readonly string[] {
  const aim = goal === 'psp' ? 'as policies make it' : goal;
  return [
    `${labelOf(item)}: ${now} without PSP, ${after} with the patch${isReached ? '' : `; not ${aim} by it`}`,
    ...remarks,
  ];
}

/** A kustomization with the patches in it, beside the manifests that it names. */
export function patchesKustomization(
  patches: readonly MigrationPatch[],
  files: readonly string[],
): string {
  const isNameable = (file: string) =>
    /\.(ya?ml|json)$/.test(file) && !file.startsWith('/') && !file.startsWith('..');
  const resources = files.every(isNameable) ? files : [];
  const head = [
    ...(resources.length === 0 ? ['Add the manifests under resources.'] : []),
    ...patches.flatMap(remarksOn),
  ];
  const ready = patches.filter(({patch}) => patch !== undefined);
  return (
    comment(head) +
    printYaml({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources,
      patches: ready.map(({item, apiVersion, patch}) => ({
        target: targetOf(item, apiVersion),
        patch: printYaml(patch),
      })),
    })
  );
}

/** kustomize takes names for regular expressions. */
function targetOf({kind, name, namespace}: MigrationPatch['item'], apiVersion: string): object {
  const parts = apiVersion.split('/');
  const [group, version] = parts.length === 2 ? parts : [undefined, apiVersion];
  return {group, version, kind, name: name.replaceAll('.', '\\.'), namespace};
}

/** A kubectl line with RFC 6902 operations for each workload. */
export function patchesJson6902(patches: readonly MigrationPatch[]): string {
  return patches
    .map(one => {
      const {item, operations, patch} = one;
      const why =
        patch !== undefined && operations === undefined
          ? ['no operations: whether it has annotations is not known; use -o patch']
          : [];
      const head = comment([...remarksOn(one), ...why]);
      if (operations === undefined) return head;
      const words = ['kubectl', 'patch', '-n', item.namespace, item.kind.toLowerCase(), item.name];
      const json = jsonText(operations).replaceAll(/\n\s*/g, '');
      return `${head}${shellLine([...words, '--type=json', '-p', json])}\n`;
    })
    .join('');
}

/** A line a workload: where it stands, and where its patch gets it. */
export function patchesTable(patches: readonly MigrationPatch[], headers: boolean): string {
  return table(
    headers ? ['NAMESPACE', 'WORKLOAD', 'WITHOUT PSP', 'PATCHED', 'DONE', 'REMARKS'] : undefined,
    patches.map(({item, now, after, isReached, remarks}) => [
      item.namespace,
      `${item.kind}/${item.name}`,
      now,
      after,
      isReached ? 'yes' : 'no',
      remarks.join('; '),
    ]),
  );
}

/** One patch as machine output has it. */
export function printedPatch(one: MigrationPatch): JsonObject {
  const {item, goal, now, after, isReached, patch, operations, remarks} = one;
  return {
    ...placeOfItem(item),
    goal,
    now,
    after,
    reached: isReached,
    patch: patch ?? null,
    operations: (operations as unknown as JsonObject[] | undefined) ?? null,
    remarks,
  };
}
