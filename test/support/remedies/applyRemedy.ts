import {adviceFor, grantObjects} from '../../../src/advice/advice.ts';
import {subjectNamed} from '../../../src/grant/namedSubject.ts';
import {planBind} from '../../../src/grant/planBind.ts';
import {afterChange, planDeletion} from '../../../src/grant/planDelete.ts';
import {planUnbind} from '../../../src/grant/planUnbind.ts';
import {targetsLike} from '../../../src/grant/targetsLike.ts';
import {collect} from '../../../src/inventory/files/collect.ts';
import {mergeRbac} from '../../../src/inventory/files/overlay.ts';
import type {Inventory} from '../../../src/inventory/inventory.ts';
import {itemsOf} from '../../../src/inventory/submissions/items.ts';
import {isObject, type Json, type JsonObject, parseJson} from '../../../src/kube/json.ts';
import {printablePolicy} from '../../../src/report/advice.ts';
import {patched} from '../builders/jsonPatch.ts';

/** Remedies that show what a person has to decide about, and change nothing. */
const looks = [
  /^kubectl (edit|auth|psp (why|who-can|check|audit|advise --compare))\b/,
  / --dry-run$/,
  / --dry-run=(server|client) -o yaml \| kubectl psp try -A -f -$/,
  /^[A-Z][^&|]*\.$/,
];

/**
 * The inventory after somebody did what a remedy says; undefined if it only shows something, or leaves it to
 * an editor. Fails at a command that it does not know.
 */
export function applyRemedy(inventory: Inventory, remedy: string): Inventory | undefined {
  if (looks.some(look => look.test(remedy))) return undefined;
  return remedy
    .split(' && ')
    .reduce((now, line) => afterCommand(now, line, wordsIn(line)), inventory);
}

/** The words of a line that a shell would see, of which quotes stand around whole words. */
function wordsIn(line: string): readonly string[] {
  return [...line.matchAll(/'((?:[^']|'\\'')*)'|[^\s']+/g)].map(([word, quoted]) =>
    quoted === undefined ? word : quoted.replaceAll("'\\''", "'"),
  );
}

function afterCommand(inventory: Inventory, line: string, words: readonly string[]): Inventory {
  const [, command = '', ...rest] = words[1] === 'psp' ? words.slice(1) : words;
  switch (`${words[1] === 'psp' ? 'psp ' : ''}${command}`) {
    case 'psp bind':
    case 'psp unbind':
      return afterBinding(inventory, command, rest);
    case 'psp delete': {
      const policy = rest[0] ?? '';
      const deleted = inventory.policies.find(({metadata}) => metadata.name === policy);
      const {steps} = planDeletion(inventory, policy, {keepGrants: false});
      return afterChange(inventory, {deleted, steps});
    }
    case 'psp advise':
      return afterAdvice(inventory, flag(rest, '-n') ?? '');
    case 'delete':
    case 'patch':
    case 'annotate':
      return afterEdit(inventory, command, rest);
    case 'create':
      return afterCreation(inventory, rest);
    default:
      throw new Error(`unknown remedy: ${line}`);
  }
}

function flag(words: readonly string[], name: string): string | undefined {
  const at = words.indexOf(name);
  if (at >= 0) return words[at + 1];
  return words.find(word => word.startsWith(`${name}=`))?.slice(name.length + 1);
}

function flags(words: readonly string[], name: string): readonly string[] {
  return words.flatMap((word, at) => {
    if (word.startsWith(`${name}=`)) return [word.slice(name.length + 1)];
    return words[at - 1] === name ? [word] : [];
  });
}

function afterBinding(
  inventory: Inventory,
  command: string,
  [policy = '', ...rest]: readonly string[],
): Inventory {
  const place = flag(rest, '-n');
  const named = flags(rest, '--to').flatMap(word => subjectNamed(word) ?? []);
  const like = flag(rest, '--like');
  const {rbac} = inventory;
  const same = like === undefined ? [] : targetsLike(rbac, {policy, like}, place).targets;
  const wanted = named.map(({subject, home}) => ({subject, namespace: place ?? home}));
  const plan =
    command === 'bind'
      ? planBind(rbac, {policy, targets: [...wanted, ...same], roleName: undefined})
      : planUnbind(
          inventory,
          policy,
          named.map(({subject}) => ({subject, namespace: place})),
        );
  return afterChange(inventory, {deleted: undefined, steps: plan.steps});
}

function afterAdvice(inventory: Inventory, namespace: string): Inventory {
  const items = itemsOf(inventory).filter(item => item.namespace === namespace);
  const advices = adviceFor(items, 'service-account', false);
  return withObjects(
    inventory,
    advices.flatMap(advice => [printablePolicy(advice.policy), ...grantObjects(advice)]),
  );
}

function withObjects(inventory: Inventory, objects: readonly object[]): Inventory {
  const values = objects.map(value => ({
    where: '',
    value: parseJson(JSON.stringify(value)) as JsonObject,
  }));
  const {clusterRoles, roles, clusterRoleBindings, roleBindings, policies} = collect(values, '');
  const rbac = mergeRbac(inventory.rbac, {clusterRoles, roles, clusterRoleBindings, roleBindings});
  const names = policies.map(({metadata}) => metadata.name);
  const kept = inventory.policies.filter(({metadata}) => !names.includes(metadata.name));
  return {...inventory, rbac, policies: [...kept, ...policies]};
}

function afterCreation(inventory: Inventory, [kind = '', name = '', ...rest]: readonly string[]) {
  const namespace = flag(rest, '-n');
  const clusterRole = flag(rest, '--clusterrole');
  const group = 'rbac.authorization.k8s.io';
  const subjects = [
    ...flags(rest, '--user').map(user => ({apiGroup: group, kind: 'User', name: user})),
    ...flags(rest, '--group').map(one => ({apiGroup: group, kind: 'Group', name: one})),
    ...flags(rest, '--serviceaccount').map(account => {
      const [place, own] = account.split(':');
      return {kind: 'ServiceAccount', namespace: place, name: own};
    }),
  ];
  const roleRef = {
    apiGroup: group,
    kind: clusterRole === undefined ? 'Role' : 'ClusterRole',
    name: clusterRole ?? flag(rest, '--role'),
  };
  const object = {
    apiVersion: `${group}/v1`,
    kind: kind === 'rolebinding' ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: {name, ...(namespace === undefined ? {} : {namespace})},
    roleRef,
    subjects,
  };
  return withObjects(inventory, [object]);
}

function afterEdit(
  inventory: Inventory,
  command: string,
  [object = '', ...rest]: readonly string[],
): Inventory {
  const [kind = '', ...names] = object.split('/');
  const name = names.join('/');
  const namespace = flag(rest, '-n');
  const edit = (value: unknown): readonly unknown[] => {
    if (command === 'delete') return [];
    if (command === 'annotate') return [withoutAnnotation(value)];
    const change = parseJson(flag(rest, '-p') ?? '');
    return [
      flag(rest, '--type') === 'json' ? edited(value, change) : merged(value as Json, change),
    ];
  };
  let isFound = false;
  const each = <T>(all: readonly T[]): readonly T[] =>
    all.flatMap(one => {
      const {metadata} = one as {
        readonly metadata?: {readonly name?: string; readonly namespace?: string};
      };
      if (metadata?.name !== name || (metadata.namespace || undefined) !== namespace) return [one];
      isFound = true;
      return edit(one) as readonly T[];
    });
  const {rbac} = inventory;
  const lists: Readonly<Record<string, () => Partial<Inventory>>> = {
    podsecuritypolicy: () => ({policies: each(inventory.policies)}),
    clusterrole: () => ({rbac: {...rbac, clusterRoles: each(rbac.clusterRoles)}}),
    role: () => ({rbac: {...rbac, roles: each(rbac.roles)}}),
    clusterrolebinding: () => ({
      rbac: {...rbac, clusterRoleBindings: each(rbac.clusterRoleBindings)},
    }),
    rolebinding: () => ({rbac: {...rbac, roleBindings: each(rbac.roleBindings)}}),
    pod: () => ({pods: each(inventory.pods)}),
  };
  const change = lists[kind]?.() ?? {
    workloads: each(inventory.workloads),
  };
  if (!isFound) throw new Error(`${object} is not there`);
  return {...inventory, ...change};
}

/** Of a workload, which is not kept as it was read, only the annotation of its template can be removed. */
function edited(value: unknown, change: Json): unknown {
  const patch = change as readonly JsonObject[];
  const [first] = patch;
  if (!isObject(value as Json) || !('template' in (value as object)))
    return patched(value as Json, patch);
  if (!String(first?.path).endsWith('/metadata/annotations/kubernetes.io~1psp')) {
    throw new Error(`unknown patch of a workload: ${JSON.stringify(change)}`);
  }
  const workload = value as {readonly template: unknown};
  return {...workload, template: withoutAnnotation(workload.template)};
}

function withoutAnnotation(value: unknown): unknown {
  const object = value as {readonly metadata: {readonly annotations?: Record<string, string>}};
  const {'kubernetes.io/psp': _, ...annotations} = object.metadata.annotations ?? {};
  return {...object, metadata: {...object.metadata, annotations}};
}

/** A merge patch (RFC 7386). */
function merged(value: Json | undefined, change: Json): Json {
  if (!isObject(change)) return change;
  const base = isObject(value ?? null) ? {...(value as JsonObject)} : {};
  for (const [key, item] of Object.entries(change)) {
    if (item === null || item === undefined) delete base[key as never];
    else Object.assign(base, {[key]: merged(base[key as never], item)});
  }
  return base;
}
