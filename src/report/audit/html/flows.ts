import type {Verdict} from '../../../admission/judgement.ts';
import type {Via} from '../../../admission/rights.ts';
import type {Audit} from '../../../audit/finding.ts';
import {kindText} from '../../../kube/workloadKinds.ts';
import {type ObjectReference, podIdentity} from '../../../rbac/authorize.ts';
import {type Grantee, granteesOf, isPartOf} from '../../../rbac/grantee.ts';
import {escapeText} from '../../escape.ts';
import {groupedCount} from './numbers.ts';
import type {FlowRow, Flows, PolicyTone} from './picture/ways.ts';
import {states, stateWords, toneOf, toneWords} from './words.ts';

/** So many ways are told apart in the whole page; a namespace has its share, but never fewer than 6. */
const mostRows = 4000;
const fewestOfNamespace = 6;
const mostNames = 4;

/** The ways of all pods and idle workloads of an audit; `namespaces` as the page numbers them. */
export function flowsOf(audit: Audit, namespaces: readonly string[]): Flows {
  const place = new Map(namespaces.map((name, index) => [name, index]));
  const [accounts, breadths, bindings, policies] = [listing(), listing(), listing(), listing()];
  const levels = new Map<string, PolicyTone>(
    audit.inventory.policies.map(policy => [policy.metadata.name, toneOf(policy)]),
  );
  const breadthOf = breadthIn(audit);
  const ways = new Map<string, {head: readonly number[]; pods: number; names: Set<string>}>();
  for (const verdict of audit.verdicts) {
    const {item, chosen, state} = verdict;
    const via = verdict.via.find(({right}) => right === 'serviceAccount') ?? verdict.via[0];
    const head = [
      place.get(item.namespace) ?? -1,
      accounts.at(item.submission.serviceAccount || 'no service account'),
      breadths.at(breadthOf(verdict, via)),
      bindings.at(bindingWords(verdict, via)),
      policies.at(chosen?.policy.name ?? ''),
      states.indexOf(state),
    ];
    const key = head.join();
    const way = ways.get(key) ?? {head, pods: 0, names: new Set()};
    ways.set(key, way);
    way.pods++;
    if (way.names.size <= mostNames) way.names.add(ownerName(verdict));
  }
  const rows = [...ways.values()].map(({head, pods, names}) => {
    const [namespace = -1, account = 0, breadth = 0, binding = 0, policy = 0, state = 0] = head;
    const way = [namespace, account, breadth, binding, policy, state] as const;
    return [...way, pods, namesText([...names])] as const;
  });
  return {
    namespaces: namespaces.map(escapeText),
    accounts: [...accounts.texts.map(escapeText), 'other accounts'],
    breadths: breadths.texts,
    bindings: bindings.texts.map(escapeText),
    policies: policies.texts.map(name => (name === '' ? toneWords.denied : escapeText(name))),
    tones: policies.texts.map(name => levels.get(name) ?? 'denied'),
    states: states.map(state => stateWords[state]),
    rows: limited(rows, accounts.texts.length),
  };
}

/** A list that numbers texts in the order in which they come. */
function listing() {
  const numbers = new Map<string, number>();
  const texts: string[] = [];
  return {
    texts,
    at(text: string): number {
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
  };
}

/** The rows by namespace, most pods first; the smallest ways of large namespaces are put together. */
function limited(rows: readonly FlowRow[], otherAccounts: number): readonly FlowRow[] {
  const byNamespace = Map.groupBy(rows, ([namespace]) => namespace);
  const share = Math.max(fewestOfNamespace, Math.floor(mostRows / byNamespace.size));
  return [...byNamespace]
    .sort(([one], [other]) => one - other)
    .flatMap(([, ways]) => {
      const sorted = ways.toSorted((one, other) => other[6] - one[6]);
      return [...sorted.slice(0, share), ...merged(sorted.slice(share), otherAccounts)];
    });
}

function merged(rows: readonly FlowRow[], otherAccounts: number): readonly FlowRow[] {
  const alike = Map.groupBy(rows, row => [row[0], ...row.slice(2, 6)].join());
  return [...alike.values()].flatMap(same =>
    same.slice(0, 1).map(([namespace, , breadth, binding, policy, state]): FlowRow => {
      const pods = same.reduce((sum, row) => sum + row[6], 0);
      return [namespace, otherAccounts, breadth, binding, policy, state, pods, ''];
    }),
  );
}

function bindingWords({chosen}: Verdict, via: Via | undefined): string {
  if (chosen === undefined) return 'nothing that fits';
  if (via?.binding === undefined) return "the server's answer";
  const {kind, name} = via.binding;
  return `${kind} ${name}${via.right === 'requester' ? ' (to the requester)' : ''}`;
}

/** Tells to whom, in general, the right was given through which a pod got its policy. */
function breadthIn({inventory}: Audit): (verdict: Verdict, via: Via | undefined) => string {
  const {clusterRoleBindings, roleBindings} = inventory.rbac;
  const grantees = new Map<string, readonly Grantee[]>();
  const add = (kind: ObjectReference['kind'], bindings: typeof roleBindings) => {
    for (const {metadata, subjects = []} of bindings) {
      const binding = {kind, namespace: metadata?.namespace, name: metadata?.name ?? ''};
      grantees.set(keyOf(binding), granteesOf({subjects, binding}));
    }
  };
  add('ClusterRoleBinding', clusterRoleBindings);
  add('RoleBinding', roleBindings);
  return ({chosen, requester = '', item}, via) => {
    if (chosen === undefined) return 'nobody';
    if (via === undefined) return 'not asked';
    if (via.binding === undefined) return 'you (creator unknown)';
    if (via.right === 'requester') return requesterWords(requester);
    const {namespace, submission} = item;
    const identity = podIdentity(namespace, submission.serviceAccount);
    const held = (grantees.get(keyOf(via.binding)) ?? []).filter(grantee =>
      isPartOf(grantee, identity),
    );
    if (held.some(({kind}) => kind !== 'Group')) return 'the account itself';
    return held.some(({name}) => name !== 'system:serviceaccounts')
      ? 'accounts of its namespace'
      : 'all accounts anywhere';
  };
}

function keyOf({kind, namespace = '', name}: ObjectReference): string {
  return `${kind}/${kind === 'ClusterRoleBinding' ? '' : namespace}/${name}`;
}

function requesterWords(requester: string): string {
  if (requester.startsWith('system:node:')) return 'the node, by itself';
  return requester.startsWith('system:serviceaccount:kube-system:')
    ? 'the creating controller'
    : 'its creator';
}

/** The name that pods of one template share. */
function ownerName({item}: Verdict): string {
  const {metadata} = item.submission.view.pod;
  if (item.kind !== 'Pod') return `${kindText(item)}/${item.name}`;
  return metadata.generateName ? `${metadata.generateName}*` : item.name;
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).map(escapeText).join(', ');
  return names.length > mostNames ? `${shown}, …` : shown;
}

/** How many pods and idle workloads an audit judged: "96 pods and 2 idle workloads". */
export function judgedWords({verdicts}: Audit): string {
  const pods = verdicts.filter(({item}) => item.kind === 'Pod').length;
  const idle = verdicts.length - pods;
  return (
    groupedCount(pods, 'pod') + (idle > 0 ? ` and ${groupedCount(idle, 'idle workload')}` : '')
  );
}
