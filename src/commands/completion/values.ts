import {type Inventory, namespacesOf} from '../../inventory/inventory.ts';
import {isOfKind, kindOf} from '../../inventory/kinds/kindOf.ts';
import {
  listPath,
  type Resource,
  resources,
  workloadResources,
} from '../../inventory/kinds/resources.ts';
import {isObject} from '../../kube/json.ts';
import type {Completes} from '../flags.ts';
import {loadOffline, type SourceRequest} from '../input/load.ts';
import type {Cluster, World} from '../world.ts';

/** What could stand there, and a few words about it; they may be empty. */
export interface Suggestion {
  readonly value: string;
  readonly help: string;
}

/** Where to look things up. */
export interface Lookup {
  readonly world: World;
  readonly flags: SourceRequest;
  /** What is typed already. */
  readonly typed: string;
  /** Takes values as they come, so that those in time count when the others are late. */
  add(value: string, help?: string): void;
}

/** Finds values of a kind. Throws what reading throws. */
export async function lookUp(wanted: Completes, lookup: Lookup): Promise<void> {
  const {world, flags, typed, add} = lookup;
  switch (wanted) {
    case 'files':
      return; // the shell's own affair
    case 'contexts':
    case 'clusters':
    case 'users': {
      const names = await world.kubeconfigNames(flags);
      for (const name of names[wanted]) add(name);
      return;
    }
    case 'subjects': {
      const [, namespace] = /^sa:([^/]*)\//.exec(typed) ?? [];
      if (namespace !== undefined) {
        return names('serviceAccounts', {...lookup, flags: {...flags, namespace}}, name =>
          add(`sa:${namespace}/${name}`),
        );
      }
      if (typed.startsWith('sa:')) return names('namespaces', lookup, name => add(`sa:${name}/`));
      for (const [value, help] of subjectForms) add(value, help);
      return;
    }
    case 'pods': {
      const [first = '', second] = typed.split('/');
      if (second === undefined) {
        for (const kind of shownKinds) add(`${kind}/`, kindOf(kind));
        return names('pods', lookup, name => add(name, 'Pod'));
      }
      const kind = kindOf(first);
      return names(kind === 'Pod' ? 'pods' : {kind, named: first}, lookup, name =>
        add(`${first}/${name}`, kind),
      );
    }
    case 'namespaces':
    case 'policies':
      return names(wanted, lookup, name => add(name));
  }
}

const subjectForms = [
  ['sa:', 'service account: sa:NAMESPACE/NAME'],
  ['user:', 'user, by name'],
  ['group:', 'group, by name'],
] as const;

/** The kinds of workloads by kubectl's short names. */
const shownKinds = ['deploy', 'sts', 'ds', 'job', 'cj', 'rs', 'rc'];

/** Something with a name: a resource of the inventory, or the workloads of a kind. */
type What = 'namespaces' | 'serviceAccounts' | 'pods' | 'policies' | WorkloadsNamed;

/** The workloads that kubectl's name for their kind means. */
interface WorkloadsNamed {
  readonly kind: string;
  readonly named: string;
}

/** The names of things in the namespace that the flags give, or in all. */
async function names(what: What, lookup: Lookup, add: (name: string) => void): Promise<void> {
  const {world, flags} = lookup;
  const offline = await loadOffline(world, flags);
  if (offline !== undefined) {
    for (const name of namesInside(offline, what, flags)) add(name);
    return;
  }
  const cluster = await world.connect(flags);
  try {
    await listNames(cluster, what, flags, add);
  } finally {
    cluster.close();
  }
}

function namesInside(
  inventory: Inventory,
  what: What,
  {allNamespaces, namespace = inventory.defaultNamespace}: SourceRequest,
): readonly string[] {
  if (what === 'namespaces') return namespacesOf(inventory);
  const all =
    typeof what === 'string'
      ? inventory[what]
      : inventory.workloads.filter(workload => isOfKind(workload, what.named));
  const named = all.flatMap(({metadata}): readonly Named[] => (metadata ? [metadata] : []));
  return named
    .filter(meta => what === 'policies' || allNamespaces || meta.namespace === namespace)
    .flatMap(({name}) => name ?? []);
}

interface Named {
  readonly name?: string | undefined;
  readonly namespace?: string | undefined;
}

/** What may not be listed everywhere is listed in the user's own namespace; of namespaces, that one is known. */
async function listNames(
  cluster: Cluster,
  what: What,
  {allNamespaces, namespace = cluster.namespace}: SourceRequest,
  add: (name: string) => void,
): Promise<void> {
  const resource =
    typeof what === 'string'
      ? resources[what]
      : workloadResources.find(({kind}) => kind === what.kind);
  if (resource === undefined) return;
  const isWide = resource.namespaced && allNamespaces === true;
  try {
    await listIn(cluster, resource, resource.namespaced && !isWide ? namespace : undefined, add);
  } catch (error) {
    if (!cluster.isForbidden(error)) throw error;
    if (what === 'namespaces') add(cluster.namespace);
    else if (isWide) await listIn(cluster, resource, namespace, add);
  }
}

async function listIn(
  cluster: Cluster,
  resource: Resource<unknown>,
  namespace: string | undefined,
  add: (name: string) => void,
): Promise<void> {
  for (const apiVersion of resource.apiVersions) {
    try {
      await cluster.list(listPath(resource, apiVersion, namespace), {
        onPage(page) {
          for (const {metadata} of page) {
            if (isObject(metadata) && typeof metadata.name === 'string') add(metadata.name);
          }
        },
      });
      return;
    } catch (error) {
      if (!cluster.isNotFound(error)) throw error;
    }
  }
}
