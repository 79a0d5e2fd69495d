import {UserError} from '../../errors.ts';
import {type Collected, collect} from '../../inventory/files/collect.ts';
import {asFilesWorld, isFilesAlone} from '../../inventory/files/filesWorld.ts';
import {withoutKustomizations} from '../../inventory/files/kustomization.ts';
import {withoutOtherFiles} from '../../inventory/files/otherFiles.ts';
import {labelsLaidOver, merged, mergeRbac} from '../../inventory/files/overlay.ts';
import type {SourceObject} from '../../inventory/files/sourceObjects.ts';
import {emptyInventory, type Inventory} from '../../inventory/inventory.ts';
import {isObject} from '../../kube/json.ts';
import type {Release} from '../../kube/release.ts';
import {storedPolicy} from '../../policy/evaluate.ts';
import {refusalOf, refusalText} from '../../policy/refused.ts';
import {aggregateRules} from '../../rbac/aggregate.ts';
import {count} from '../../text.ts';
import type {SourceDocument} from '../../yaml/documents.ts';
import type {World} from '../world.ts';
import {repeatedKeyRemarks} from './repeatedKeys.ts';

/** The inventory of files that are all there is. Policies that can't exist are told. */
export function worldOfFiles(files: Inventory, world: World): Inventory {
  const {refused = []} = files;
  for (const refusal of refused.slice(0, refusalsShown)) world.warn(refusalText(refusal));
  const more = refused.length - refusalsShown;
  if (more > 0) world.warn(`${count(more, 'more policy', 'more policies')} of these files too`);
  return asFilesWorld(files);
}

/** So many refused policies are told one by one. */
const refusalsShown = 5;

/** Pods and workloads of files, before the policies and rights of the base. */
export function filesOver(base: Inventory, files: Inventory): Inventory {
  const laid: Inventory = {
    ...base,
    source: `${files.source} in ${base.source}`,
    origin: 'manifests',
    rbac: mergeRbac(base.rbac, files.rbac),
    namespaces: labelsLaidOver(base.namespaces, files.namespaces),
    serviceAccounts: merged(base.serviceAccounts, files.serviceAccounts),
    runtimeClasses: base.runtimeClasses && merged(base.runtimeClasses, files.runtimeClasses ?? []),
    workloads: files.workloads,
    pods: files.pods,
    unjudged: files.unjudged,
  };
  return isFilesAlone(base) ? asFilesWorld(laid) : laid;
}

/** Where the objects of files belong, and how they are read. */
export interface FilesPlace {
  /** That of the objects that name none. */
  readonly namespace: string;
  /** The one by whose rules they are judged. */
  readonly release: Release;
  /** Whether a key that comes twice is an error. */
  readonly isStrict?: boolean | undefined;
}

/** The objects of files as an inventory. */
export function inventoryOfFiles(
  documents: readonly SourceDocument[],
  paths: readonly string[],
  {namespace, release, isStrict = false}: FilesPlace,
  world: World,
): Inventory {
  const manifests = withoutKustomizations(documents);
  const known = withoutOtherFiles(manifests.documents);
  const repeats = repeatedKeyRemarks(known.documents, isStrict);
  const {remarks, ...found} = collect(known.documents.map(sourceObject), namespace);
  for (const remark of [...manifests.remarks, ...known.remarks, ...repeats, ...remarks])
    world.warn(remark);
  const {
    clusterRoles,
    roles,
    clusterRoleBindings,
    roleBindings,
    ...rest
  }: Omit<Collected, 'remarks'> = found;
  const stored = rest.policies.map(policy => storedPolicy(policy));
  return {
    ...emptyInventory,
    ...rest,
    release,
    source: paths.join(', '),
    defaultNamespace: namespace,
    policies: stored.filter(policy => refusalOf(policy, release) === undefined),
    refused: [...rest.refused, ...stored.flatMap(policy => refusalOf(policy, release) ?? [])],
    rbac: {clusterRoles: aggregateRules(clusterRoles), roles, clusterRoleBindings, roleBindings},
  };
}

function sourceObject({file, index, line, value}: SourceDocument): SourceObject {
  const where = `${file}: document ${index}, line ${line}`;
  if (!isObject(value)) throw new UserError(`${where}: not an object`);
  return {where, value};
}
