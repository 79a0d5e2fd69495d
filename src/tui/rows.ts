import type {State, Verdict} from '../admission/judgement.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {weaklyKeyed} from '../once.ts';
import {isUnreadIn} from '../rbac/unreadRbac.ts';
import {nameOf} from '../report/place.ts';
import {stateParts, stateTones} from './bars.ts';
import {policyTone} from './levels.ts';
import type {Model} from './model.ts';
import type {View} from './session.ts';
import {type Cell, countCell, type Row, type Table} from './table.ts';
import {restartWords} from './tally.ts';

/** A row for each namespace, or for one alone; `3+` is of a namespace of which not all was read. */
export function namespaceTable({namespaces: all, inventory}: Model, only?: string): Table {
  const namespaces = only === undefined ? all : all.filter(({namespace}) => namespace === only);
  const isUnread = inventory.gaps.some(({resource}) => resource === 'namespaces');
  const policies = new Map(inventory.policies.map(policy => [policy.metadata.name, policy]));
  const hasUnknown = namespaces.some(({unknown}) => unknown > 0);
  return {
    columns: [
      'NAMESPACE',
      'PODS',
      'IDLE',
      'ACCOUNTS',
      'DENIED',
      ...(hasUnknown ? ['UNKNOWN'] : []),
      'CHANGED',
      'MOVED',
      'RISKIEST',
    ],
    spare: ['ACCOUNTS', 'IDLE'],
    empty: isUnread ? 'The namespaces could not be read.' : 'No namespaces yet.',
    rows: namespaces.map(row => {
      const {namespace, pods, idle, serviceAccounts, denied, unknown, mutated, drifted} = row;
      const ok = pods + idle - denied - unknown - mutated - drifted;
      const states = {denied, unknown, mutated, drifted, warned: 0, ok};
      const number = (count: number) => countCell(count, row.isPartial);
      const counted = (state: State): Cell => ({
        value: number(states[state]),
        tone: stateTones[state],
      });
      const accounts = countCell(serviceAccounts, lacks('serviceaccounts', namespace, inventory));
      const riskiest = policies.get(row.policies[0]?.name ?? '');
      return {
        key: namespace,
        cells: [
          namespace,
          number(pods),
          number(idle),
          accounts,
          counted('denied'),
          ...(hasUnknown ? [counted('unknown')] : []),
          counted('mutated'),
          counted('drifted'),
          riskiest === undefined ? '' : {value: riskiest.metadata.name, tone: policyTone(riskiest)},
        ],
        ...(pods + idle === 0 ? {} : {bar: stateParts(states)}),
        enter: {name: 'accounts', namespace},
      };
    }),
  };
}

export function accountTable(model: Model, namespace: string): Table {
  const mine = model.parts.find(part => part.namespace === namespace)?.verdicts ?? [];
  const byAccount = Map.groupBy(mine, ({item}) => item.submission.serviceAccount);
  const known = model.inventory.serviceAccounts.flatMap(({metadata}) =>
    metadata?.namespace === namespace ? (metadata.name ?? []) : [],
  );
  const names = [...new Set([...known, ...byAccount.keys()])].sort();
  const isPartial = unreadPlaces(model.inventory, new Set([namespace])) !== undefined;
  return {
    columns: ['SERVICE ACCOUNT', 'PODS', 'BINDS TO', 'MAY USE'],
    empty: lacks('serviceaccounts', namespace, model.inventory)
      ? 'The service accounts could not be read.'
      : 'No service account here.',
    rows: names.map(account => {
      const verdicts = byAccount.get(account) ?? [];
      const bound = new Set(verdicts.map(({chosen, state}) => chosen?.policy.name ?? state));
      const usable = account === '' ? [] : model.usableBy(namespace, account);
      const perhaps = account === '' ? [] : model.perhapsUsableBy(namespace, account);
      return {
        key: account,
        cells: [
          account === '' ? '(none: mirror pods)' : account,
          countCell(verdicts.length, isPartial),
          {value: [...bound].sort().join(', '), tone: stateTones.denied, only: restartWords.denied},
          [...usable, ...(perhaps.length > 0 ? [`unknown: ${perhaps.join(', ')}`] : [])].join(', '),
        ],
        enter: {name: 'pods', namespace, account},
      };
    }),
  };
}

/** The state of a pod, quiet where nothing happens to it. */
export function stateCell(state: State): Cell {
  return {value: restartWords[state], tone: state === 'ok' ? 'dim' : stateTones[state]};
}

export function podTable({parts, inventory}: Model, view: Extract<View, {name: 'pods'}>): Table {
  const {namespace, account, policy} = view;
  const withNamespace = namespace === undefined;
  const rowsOf = withNamespace ? podRowsAnywhere : podRowsHere;
  const isShown = ({item, chosen}: Verdict) =>
    (account === undefined || item.submission.serviceAccount === account) &&
    (policy === undefined || chosen?.policy.name === policy);
  const isAll = account === undefined && policy === undefined;
  const rowParts = parts
    .filter(part => namespace === undefined || part.namespace === namespace)
    .map(({verdicts}) => rowsOf(isAll ? verdicts : verdicts.filter(isShown)));
  const places = namespace === undefined ? undefined : new Set([namespace]);
  const isPartial = unreadPlaces(inventory, places) !== undefined;
  return {
    columns: [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'STATE', 'POLICY', 'VIA'],
    spare: ['VIA'],
    empty: isPartial
      ? 'None that was read; not all could be.'
      : 'No pod and no idle workload here.',
    rows: rowParts.flat(),
    parts: rowParts,
  };
}

/** Of many thousands of rows, few change at once: those of few namespaces, and there of few pods. */
const podRowsHere = podRowsWith(false);
const podRowsAnywhere = podRowsWith(true);

function podRowsWith(withNamespace: boolean): (verdicts: readonly Verdict[]) => readonly Row[] {
  const rowOf = weaklyKeyed((verdict: Verdict) => makePodRow(verdict, withNamespace));
  return weaklyKeyed(verdicts => verdicts.map(rowOf));
}

function makePodRow(verdict: Verdict, withNamespace: boolean): Row {
  const {item, state, chosen, via, isByAnnotation} = verdict;
  return {
    key: itemKey(item),
    cells: [
      ...(withNamespace ? [item.namespace] : []),
      nameOf(item),
      stateCell(state),
      chosen?.policy.name ?? '',
      via[0] === undefined
        ? isByAnnotation
          ? 'its annotation'
          : ''
        : `${via[0].right === 'serviceAccount' ? 'sa' : 'requester'}: ${via[0].binding?.name ?? 'granted by the API server (binding unknown)'}`,
    ],
    enter: {name: 'why', item: itemKey(item)},
  };
}

/** Whether a kind could not be read in a namespace. */
function lacks(resource: string, namespace: string, {gaps}: Model['inventory']): boolean {
  return gaps.some(gap => gap.resource === resource && isUnreadIn(gap, namespace));
}
