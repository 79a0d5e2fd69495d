import {placeOf} from '../../kube/reference.ts';
import {aggregateRules} from '../../rbac/aggregate.ts';
import type {Inventory} from '../inventory.ts';
import {controllerReference, type Workload, workloadKey} from '../kinds/workloads.ts';
import {ownerIndex} from '../submissions/owners.ts';
import {asFilesWorld, isFilesAlone} from './filesWorld.ts';

interface Placed {
  readonly metadata:
    | {readonly namespace?: string | undefined; readonly name?: string | undefined}
    | undefined;
}

/**
 * Both lists, in the order of the first: an object of `over` replaces the one of its namespace and name.
 * Those that the server will name are all distinct.
 */
export function merged<T extends Placed>(base: readonly T[], over: readonly T[]): readonly T[] {
  return mergedBy(base, over, ({metadata}) => placeOf(metadata));
}

/**
 * RBAC objects laid over others, as by `merged`. ClusterRoles that bring new ones are aggregated
 * again; else those of the base stay as they are.
 */
export function mergeRbac(base: Inventory['rbac'], over: Inventory['rbac']): Inventory['rbac'] {
  const clusterRoles = merged(base.clusterRoles, over.clusterRoles);
  return {
    clusterRoles: over.clusterRoles.length === 0 ? clusterRoles : aggregateRules(clusterRoles),
    roles: merged(base.roles, over.roles),
    clusterRoleBindings: merged(base.clusterRoleBindings, over.clusterRoleBindings),
    roleBindings: merged(base.roleBindings, over.roleBindings),
  };
}

/**
 * The base as it would be once `files` are applied and the named policies deleted. What the files do not
 * touch stays the same value. Running pods of a workload whose template is replaced are those of the
 * new template: a rollout recreates them.
 */
export function layOver(
  base: Inventory,
  files: Inventory,
  deletedPolicies: readonly string[] = [],
): Inventory {
  const policies = merged(base.policies, files.policies);
  const laid = {
    ...base,
    policies:
      deletedPolicies.length === 0
        ? policies
        : policies.filter(({metadata}) => !deletedPolicies.includes(metadata.name)),
    rbac: mergeRbac(base.rbac, files.rbac),
    namespaces:
      base.origin === 'cluster'
        ? labelsLaidOver(base.namespaces, files.namespaces)
        : merged(base.namespaces, files.namespaces),
    serviceAccounts: merged(base.serviceAccounts, files.serviceAccounts),
    runtimeClasses: base.runtimeClasses && merged(base.runtimeClasses, files.runtimeClasses ?? []),
    workloads: mergedWorkloads(base.workloads, files.workloads),
    pods: merged(base.pods, files.pods),
    unjudged: [...base.unjudged, ...files.unjudged],
  };
  return isFilesAlone(base) ? asFilesWorld(laid) : laid;
}

/** As `kubectl apply` does: labels that the file leaves out stay, unless it was the file that set them. */
export function labelsLaidOver(
  base: Inventory['namespaces'],
  over: Inventory['namespaces'],
): Inventory['namespaces'] {
  const old = new Map(base.map(({metadata}) => [metadata?.name, metadata?.labels]));
  const laid = over.map(namespace => {
    const {metadata} = namespace;
    if (metadata === undefined) return namespace;
    return {
      ...namespace,
      metadata: {...metadata, labels: {...old.get(metadata.name), ...metadata.labels}},
    };
  });
  return merged(base, laid);
}

function mergedBy<T extends Placed>(
  base: readonly T[],
  over: readonly T[],
  key: (object: T) => string,
): readonly T[] {
  if (over.length === 0) return base;
  const isNamed = ({metadata}: T) => Boolean(metadata?.name);
  const named = new Map(over.filter(isNamed).map(object => [key(object), object]));
  const kept = base.map(object => {
    const place = key(object);
    const found = isNamed(object) ? named.get(place) : undefined;
    if (found !== undefined) named.delete(place);
    return found ?? object;
  });
  return [...kept, ...named.values(), ...over.filter(object => !isNamed(object))];
}

function templateKey(workload: Workload): string {
  return `${workloadKey(workload)}:${workload.part ?? ''}`;
}

/** With the ReplicaSets and Jobs of replaced workloads as their controllers would create them now. */
function mergedWorkloads(
  base: readonly Workload[],
  over: readonly Workload[],
): readonly Workload[] {
  if (over.length === 0) return base;
  const old = new Map(base.map(workload => [templateKey(workload), workload]));
  const ownerOf = ownerIndex(base);
  const kept = over.map(workload => {
    const was = workload.metadata.name ? old.get(templateKey(workload)) : undefined;
    if (was === undefined) return workload;
    // Its pods refer to it by its uid, and the files know nothing of its owner.
    const {uid, ownerReferences} = was.metadata;
    return {...workload, metadata: {...workload.metadata, uid, ownerReferences}};
  });
  const replaced = new Map(kept.map(workload => [templateKey(workload), workload]));
  const templateFor = (workload: Workload): Workload['template'] | undefined => {
    const seen = new Set<Workload>(); // files may have workloads that own each other
    let next: Workload | undefined = workload;
    while (next !== undefined && !seen.has(next)) {
      const own = replaced.get(templateKey(next));
      if (own !== undefined) return own.template;
      seen.add(next);
      const owner = controllerReference(next.metadata.ownerReferences);
      next = owner && ownerOf(owner, next.metadata.namespace);
    }
    return undefined;
  };
  const heirs = base.map(workload => {
    const template = replaced.has(templateKey(workload)) ? undefined : templateFor(workload);
    return template === undefined ? workload : {...workload, template};
  });
  return mergedBy(heirs, kept, templateKey);
}
