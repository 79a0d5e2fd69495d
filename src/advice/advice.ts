import {controls} from '../controls/index.ts';
import {bindingFor, type GrantObject, roleFor, subjectOf} from '../grant/grantObjects.ts';
import {type Item, viewsOf} from '../inventory/submissions/items.ts';
import {decidingFor, type Submission} from '../inventory/submissions/submissions.ts';
import {pointer} from '../kube/edits.ts';
import {printJson} from '../kube/json.ts';
import type {Policy} from '../kube/objects.ts';
import type {Release} from '../kube/release.ts';
import {kindText} from '../kube/workloadKinds.ts';
import type {NonEmpty} from '../nonEmpty.ts';
import {keyed} from '../once.ts';
import {editsOf, preparePolicy} from '../policy/evaluate.ts';
import {leastPolicy} from '../policy/least.ts';
import type {Grantee} from '../rbac/grantee.ts';
import {byText} from '../text.ts';
import {needsOfItems} from './needs.ts';
import {objectName} from './objectName.ts';
import type {Scope} from './scope.ts';

/** Why a control of the policy has its value: one need, and who has it. */
export interface Reason {
  /** JSON pointer of the field that it explains; `/spec` if no field shows it. */
  readonly field: string;
  readonly need: string;
  readonly items: readonly Item[];
}

/** What the policy would write into the pods of one item. */
export interface Change {
  readonly item: Item;
  readonly edits: readonly {readonly path: string; readonly value: unknown}[];
}

export interface Advice {
  readonly policy: Policy;
  /** The namespace that its grant is confined to; undefined for the whole cluster. */
  readonly namespace: string | undefined;
  readonly grantees: readonly Grantee[];
  readonly items: NonEmpty<Item>;
  readonly reasons: readonly Reason[];
  /** Under a policy without defaults, that is only what v1.24 writes under every policy: seccomp. */
  readonly changes: readonly Change[];
  /** The later release for which it is right as well; undefined: it is for its own alone. */
  readonly upgrade?: Release;
}

/** Digits sort before letters, so that admission tries advised policies before looser ones. */
const prefix = '0-least';

/** One least-privilege policy for each service account, workload or namespace, or one for all items. */
export function adviceFor(
  items: readonly Item[],
  scope: Scope,
  mayFill: boolean,
): readonly Advice[] {
  return [...itemGroups(items, scope)]
    .sort(([one], [other]) => byText(one, other))
    .map(([name, group]) => adviceOf(name, group, scope, mayFill));
}

/** The items that share a policy, by its name. */
export function itemGroups(
  items: readonly Item[],
  scope: Scope,
): ReadonlyMap<string, NonEmpty<Item>> {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const name = nameFor(item, scope);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

function nameFor(item: Item, scope: Scope): string {
  const {namespace, name, submission} = item;
  // The scope is in the name, so that policies of several scopes do not overwrite each other.
  switch (scope) {
    case 'cluster':
      return `${prefix}-cluster`;
    case 'namespace':
      return objectName(`${prefix}-namespace.`, [namespace]);
    case 'workload':
      return objectName(`${prefix}-workload.`, [namespace, kindText(item).toLowerCase(), name]);
    case 'service-account':
      // Mirror pods have no account: their node asks for them.
      return submission.serviceAccount === ''
        ? objectName(`${prefix}-nodes.`, [namespace])
        : objectName(`${prefix}.`, [namespace, submission.serviceAccount]);
  }
}

/** The least policy for all these items, under this name; for the scope `cluster`, in no namespace. */
export function adviceOf(
  name: string,
  items: NonEmpty<Item>,
  scope: Scope,
  mayFill: boolean,
): Advice {
  return adviceWith(leastPolicy(name, viewsOf(items), mayFill), items, scope);
}

/** What there is to say about a policy for these items; with `later`, as a later release sees the same ones. */
export function adviceWith(
  policy: Policy,
  items: NonEmpty<Item>,
  scope: Scope,
  later?: NonEmpty<Item>,
): Advice {
  const advice = {
    policy,
    namespace: scope === 'cluster' ? undefined : items[0].namespace,
    grantees: granteesForItems(items),
    items,
    reasons: reasonsFor(policy, items),
    changes: changesOf(policy, items),
  };
  if (later === undefined) return advice;
  const nowOf = new Map(later.map((item, index) => [item, items[index] ?? item]));
  return {
    ...advice,
    reasons: joinedReasons(
      advice.reasons,
      reasonsFor(policy, later).map(reason => ({
        ...reason,
        items: reason.items.map(item => nowOf.get(item) ?? item),
      })),
    ),
    changes: [
      ...advice.changes,
      ...changesOf(policy, later).filter(isOther(advice.changes, nowOf)),
    ],
    upgrade: later[0].submission.view.release,
  };
}

/** Whether what a later release changes is not what is changed now. */
function isOther(
  now: readonly Change[],
  nowOf: ReadonlyMap<Item, Item>,
): (later: Change) => boolean {
  const known = new Map(now.map(({item, edits}) => [item, printJson(edits)]));
  return ({item, edits}) => known.get(nowOf.get(item) ?? item) !== printJson(edits);
}

/** Those of both, each need of a field once, in the order of the first ones. */
function joinedReasons(now: readonly Reason[], later: readonly Reason[]): readonly Reason[] {
  const groups = Map.groupBy([...now, ...later], ({field, need}) => JSON.stringify([field, need]));
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : {...first, items: [...new Set([first, ...others].flatMap(({items}) => items))]},
  );
}

/** Who gets the right to use the policies of these items, each once, in a fixed order. */
export function granteesForItems(items: readonly Item[]): readonly Grantee[] {
  const found = new Map<string, Grantee>();
  for (const {namespace, submission} of items) {
    const {serviceAccount: name} = submission;
    const grantee: Grantee =
      name === ''
        ? {kind: 'Group', namespace: undefined, name: 'system:nodes'}
        : {kind: 'ServiceAccount', namespace, name};
    found.set(JSON.stringify(grantee), grantee);
  }
  return [...found].sort(([a], [b]) => byText(a, b)).map(([, grantee]) => grantee);
}

/** The controls, each with the keys from a policy down to its field. */
const placed = controls.map(control => ({
  control,
  keys: control.field
    .slice(1)
    .split('/')
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~')),
}));

function reasonsFor(policy: Policy, items: readonly Item[]): readonly Reason[] {
  return placed.flatMap(({control, keys}) => {
    const needs = needsOfItems(control, items);
    if (needs.length === 0) return [];
    const {title, field} = control;
    const isShown = exists(policy, keys);
    return needs.map(({need, items: having}) => ({
      field: isShown ? field : '/spec',
      need: isShown ? need : `${title}: ${need}`,
      items: having,
    }));
  });
}

/** Whether the policy has a value there. */
function exists(policy: Policy, keys: readonly string[]): boolean {
  const found = keys.reduce<unknown>(
    (tree, key) => (tree as Readonly<Record<string, unknown>> | undefined)?.[key],
    policy,
  );
  return found !== undefined;
}

function changesOf(policy: Policy, items: NonEmpty<Item>): readonly Change[] {
  const prepared = preparePolicy(policy, items[0].submission.view.release);
  const editsFor = keyed((deciding: Submission) => editsOf(prepared, deciding.view));
  return items.flatMap(item => {
    const edits = editsFor(decidingFor(item.submission));
    if (edits.length === 0) return [];
    return [{item, edits: edits.map(({at, value}) => ({path: pointer(at), value}))}];
  });
}

/** Role and RoleBinding (or their cluster-wide forms) that let the advice's grantees use its policy. */
export function grantObjects({policy, namespace, grantees}: Advice): readonly GrantObject[] {
  const role = roleFor(policy.metadata.name, namespace);
  return [role, bindingFor(role, namespace, grantees.map(subjectOf))];
}
