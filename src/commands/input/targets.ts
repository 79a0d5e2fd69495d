import {exitCodes, UserError} from '../../errors.ts';
import {type Inventory, isSpokenFor} from '../../inventory/inventory.ts';
import {isKindName, isOfKind, kindOf} from '../../inventory/kinds/kindOf.ts';
import {controllerReference, type Workload} from '../../inventory/kinds/workloads.ts';
import {
  byPlace,
  type Item,
  itemKey,
  itemOfPod,
  itemOfWorkload,
  itemsOf,
  templatesOf,
} from '../../inventory/submissions/items.ts';
import {ownerIndex, speakerIn} from '../../inventory/submissions/owners.ts';
import {submissionsOf} from '../../inventory/submissions/submissions.ts';
import {placeOf} from '../../kube/reference.ts';
import {type NamedTarget, notFound} from './hints.ts';

/** What the arguments of a command mean, as kubectl reads them. */
export type WantedObjects =
  /** Nothing is named: all that runs or would run. */
  | {readonly kind: 'all'}
  /** `pods`, `deploy,sts`: all objects of these kinds. */
  | {readonly kind: 'kinds'; readonly kinds: readonly string[]}
  /** `web-0`, `deploy/web`, `deploy web api`: objects by name; the kind is undefined for a pod. */
  | {readonly kind: 'names'; readonly names: readonly NamedTarget[]};

/** Understands `POD...`, `KIND/NAME...`, `KIND[,KIND] [NAME...]`; a usage error for anything else. */
export function parseTargets(args: readonly string[], {workloads}: Inventory): WantedObjects {
  const [first, ...names] = args;
  if (first === undefined || (first === 'all' && names.length === 0)) return {kind: 'all'};
  const isKind = (word: string) =>
    isKindName(word) || workloads.some(workload => isOfKind(workload, word));
  const kinds = first.split(',');
  if (args.includes('')) throw new UserError('a name is empty', exitCodes.usage);
  if (!first.includes('/') && kinds.every(isKind)) {
    if (names.length === 0) return {kind: 'kinds', kinds};
    const mixed = names.find(name => name.includes('/'));
    if (mixed !== undefined) {
      throw new UserError(
        `${first} ${mixed}: name the kind once, as in ${first} NAME or KIND/NAME`,
        exitCodes.usage,
      );
    }
    return {
      kind: 'names',
      names: names.flatMap(name => kinds.map(kind => ({kind, name}))),
    };
  }
  if (names.length > 0 || kinds.some(isKind)) {
    const other = kinds.find(kind => otherKinds.has(kind.toLowerCase()));
    if (other !== undefined) throw isOther(other);
    const strange = kinds.find(
      kind => !kind.includes('/') && kindOf(kind) !== kind && !isKind(kind),
    );
    if (strange !== undefined) {
      const bare = strange.replace(/\..*/s, '');
      throw new UserError(`${strange}: nothing has this kind; leave the group out: ${bare}`);
    }
  }
  return {kind: 'names', names: args.map(targetOf)};
}

function targetOf(argument: string): NamedTarget {
  const [first = '', second, ...more] = argument.split('/');
  if (second === undefined) return {kind: undefined, name: argument};
  if (first === '' || second === '' || more.length > 0) {
    throw new UserError(`${JSON.stringify(argument)} is not KIND/NAME`, exitCodes.usage);
  }
  if (otherKinds.has(first.toLowerCase())) throw isOther(first);
  return {kind: first, name: second};
}

/** Kinds that people have at their fingers, and that have no pods themselves. */
// biome-ignore format: names, several a line
const otherKinds = new Set([
  'svc', 'service', 'services', 'ns', 'namespace', 'namespaces', 'no', 'node', 'nodes',
  'cm', 'configmap', 'configmaps', 'secret', 'secrets', 'ing', 'ingress', 'ingresses',
  'sa', 'serviceaccount', 'serviceaccounts', 'pvc', 'persistentvolumeclaim',
  'psp', 'podsecuritypolicy', 'podsecuritypolicies',
]);

function isOther(kind: string): UserError {
  const hint = /^p(sp|odsec)/i.test(kind)
    ? '; who may use a policy: kubectl psp who-can POLICY'
    : /^s(a|erviceacc)/i.test(kind)
      ? '; those of an account: --field-selector spec.serviceAccountName=NAME'
      : '';
  return new UserError(`${kind}: name pods, or what makes pods${hint}`, exitCodes.usage);
}

/** The objects that targets mean, in a namespace or in all (undefined); a UserError where a name is not there. */
export function itemsMeant(
  targets: WantedObjects,
  inventory: Inventory,
  namespace: string | undefined,
): readonly Item[] {
  const isThere = (item: Item) => namespace === undefined || item.namespace === namespace;
  switch (targets.kind) {
    case 'all':
      return itemsOf(inventory).filter(isThere);
    case 'kinds': {
      const objects = objectsOf(inventory);
      const found = targets.kinds.flatMap(kind => objects.ofKind(kind)).filter(isThere);
      return distinct(found).toSorted(byPlace);
    }
    case 'names': {
      const objects = objectsOf(inventory);
      return distinct(
        targets.names.flatMap(target => {
          const found = objects.named(target).filter(isThere);
          if (found.length === 0) throw notFound(target, inventory, namespace);
          return found;
        }),
      );
    }
  }
}

/**
 * What needs a policy of what targets mean, each template once: of a pod, the workload that makes it. Where
 * nothing is named, all that there is.
 */
export function templatesMeant(
  targets: WantedObjects,
  inventory: Inventory,
  namespace: string | undefined,
): readonly Item[] {
  const all = templatesOf(inventory).filter(
    item => namespace === undefined || item.namespace === namespace,
  );
  if (targets.kind === 'all') return all;
  const speakerOf = speakerIn(inventory.workloads);
  const templates = new Map(all.map(item => [itemKey(item), item]));
  const submissions = submissionsOf(inventory);
  const pods = new Map(inventory.pods.map(pod => [`${placeOf(pod.metadata)}`, pod]));
  const meant = itemsMeant(targets, inventory, namespace).map(item => {
    const pod = item.kind === 'Pod' ? pods.get(placeOf(item)) : undefined;
    const speaker = pod && (speakerOf(pod) ?? (isSpokenFor(pod) ? pod.speaker : undefined));
    const own =
      speaker === undefined ? item : itemOfWorkload(topOf(speaker, inventory), submissions);
    return templates.get(itemKey(own)) ?? own;
  });
  return [...new Map(meant.map(item => [itemKey(item), item])).values()];
}

/** The workload that owns this one in the end, or itself. */
function topOf(workload: Workload, inventory: Inventory): Workload {
  const owner = controllerReference(workload.metadata.ownerReferences);
  const above = owner && ownerIndex(inventory.workloads)(owner, workload.metadata.namespace);
  return above === undefined ? workload : topOf(above, inventory);
}

function distinct(items: readonly Item[]): readonly Item[] {
  return [...new Set(items)];
}

interface Objects {
  ofKind(kind: string): readonly Item[];
  named(target: NamedTarget): readonly Item[];
}

/** The pods and workloads of an inventory as items, the same one for the same object. */
function objectsOf(inventory: Inventory): Objects {
  const submissions = submissionsOf(inventory);
  const items = new Map<object, Item>();
  const itemFor = (object: object, make: () => Item): Item => {
    const known = items.get(object) ?? make();
    items.set(object, known);
    return known;
  };
  const pods = () => inventory.pods.map(pod => itemFor(pod, () => itemOfPod(pod, submissions)));
  const workloads = (kind: string) =>
    inventory.workloads
      .filter(workload => isOfKind(workload, kind))
      .map(workload => itemFor(workload, () => itemOfWorkload(workload, submissions)));
  return {
    ofKind: kind => (kindOf(kind) === 'Pod' ? pods() : workloads(kind)),
    named({kind, name}) {
      if (kind === undefined || kindOf(kind) === 'Pod') {
        return inventory.pods
          .filter(({metadata}) => metadata.name === name)
          .map(pod => itemFor(pod, () => itemOfPod(pod, submissions)));
      }
      return workloads(kind).filter(
        item => item.name === name || item.workload?.metadata.name === name,
      );
    },
  };
}
