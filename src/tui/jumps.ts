import type {Inventory} from '../inventory/inventory.ts';
import {namespacesOf} from '../inventory/inventory.ts';
import {nearNames} from '../kube/nearNames.ts';
import {workloadKinds} from '../kube/workloadKinds.ts';
import type {View} from './session.ts';

/** What was typed after `:` comes to. */
export type Jump =
  | {readonly to: 'view'; readonly view: View}
  | {readonly to: 'quit'}
  | {readonly to: 'try'; readonly file: string}
  | {readonly to: 'snapshot'; readonly file: string}
  /** Without a name, to the question which. */
  | {readonly to: 'context'; readonly context: string | undefined}
  | {readonly to: 'nothing'}
  | {readonly to: 'problem'; readonly text: string};

/** What `:` takes, for a hint. */
export const jumpWords =
  'ns po deploy sa psp who-can grants findings advise migrate [NAME]  try FILE  snapshot FILE  ctx NAME  gaps help quit';

/** Where it leads: a word, as kubectl has them, and a namespace or a name. */
export function jumpOf(typed: string, inventory: Inventory): Jump {
  const [, word = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/s.exec(typed) ?? [];
  const name = word.toLowerCase();
  if (name === '') return {to: 'nothing'};
  const found = Object.hasOwn(words, name) ? words[name] : undefined;
  if (found !== undefined) return found(rest, inventory);
  const kind = workloadKinds.find(({kind: each, plural, shortName}) =>
    [each.toLowerCase(), plural, shortName].includes(name),
  );
  if (kind !== undefined) {
    return inNamespace(rest, inventory, namespace => ({
      name: 'workloads',
      namespace,
      kind: kind.kind,
    }));
  }
  return {to: 'problem', text: `No view ${word}; there are: ${jumpWords}`};
}

type Word = (rest: string, inventory: Inventory) => Jump;

const view = (to: View): Jump => ({to: 'view', view: to});

/** A view of all namespaces, or of one that is there. */
function inNamespace(
  rest: string,
  inventory: Inventory,
  viewOf: (namespace: string | undefined) => View,
): Jump {
  if (rest === '') return view(viewOf(undefined));
  const known = namespacesOf(inventory);
  if (known.includes(rest)) return view(viewOf(rest));
  return {to: 'problem', text: `No namespace ${rest}: ${nearNames(rest, known, 'namespaces')}`};
}

function withFile(to: 'try' | 'snapshot'): Word {
  return file =>
    file === '' ? {to: 'problem', text: `:${to} takes a file: :${to} FILE`} : {to, file};
}

function onPolicy(viewOf: (policy: string) => View): Word {
  return (rest, {policies}) => {
    if (rest === '') return view({name: 'policies'});
    const names = policies.map(({metadata}) => metadata.name);
    if (names.includes(rest)) return view(viewOf(rest));
    return {to: 'problem', text: `No policy ${rest}: ${nearNames(rest, names, 'policies')}`};
  };
}

const namespaces: Word = (rest, inventory) =>
  inNamespace(rest, inventory, namespace =>
    namespace === undefined ? {name: 'namespaces'} : {name: 'accounts', namespace},
  );
const accounts: Word = (rest, inventory) =>
  rest === ''
    ? {to: 'problem', text: ':sa takes a namespace: :sa NAMESPACE'}
    : namespaces(rest, inventory);
const pods: Word = (rest, inventory) =>
  inNamespace(rest, inventory, namespace => ({name: 'pods', namespace}));
const workloads: Word = (rest, inventory) =>
  inNamespace(rest, inventory, namespace => ({name: 'workloads', namespace}));
const grants: Word = (rest, inventory) =>
  inNamespace(rest, inventory, namespace => ({name: 'grants', namespace}));
const findings: Word = (rest, inventory) =>
  inNamespace(rest, inventory, namespace => ({name: 'findings', namespace}));
const migrate: Word = (rest, inventory) =>
  inNamespace(rest, inventory, namespace => ({name: 'migrate', namespace}));
const policies = onPolicy(policy => ({name: 'policy', policy}));
const quit: Word = () => ({to: 'quit'});

const words: Readonly<Record<string, Word>> = {
  namespaces,
  namespace: namespaces,
  ns: namespaces,
  serviceaccounts: accounts,
  serviceaccount: accounts,
  sa: accounts,
  pods,
  pod: pods,
  po: pods,
  workloads,
  wl: workloads,
  policies,
  psp: policies,
  podsecuritypolicies: policies,
  podsecuritypolicy: policies,
  'who-can': onPolicy(policy => ({name: 'subjects', policy})),
  grants,
  bindings: grants,
  rolebindings: grants,
  findings,
  audit: findings,
  migrate,
  'way-off': migrate,
  advise: (rest, inventory) =>
    inNamespace(rest, inventory, namespace => ({
      name: 'advise',
      scope: 'service-account',
      namespace,
    })),
  gaps: () => view({name: 'gaps'}),
  help: () => view({name: 'help'}),
  try: withFile('try'),
  snapshot: withFile('snapshot'),
  ctx: context => ({to: 'context', context: context === '' ? undefined : context}),
  context: context => ({to: 'context', context: context === '' ? undefined : context}),
  q: quit,
  quit,
};
