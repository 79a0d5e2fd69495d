import type {State, Verdict} from '../admission/judgement.ts';
import type {Level} from '../controls/control.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {weaklyKeyed} from '../once.ts';
import {nameOf} from '../report/why.ts';
import {stateParts, stateTones} from './bars.ts';
import type {Model} from './model.ts';
import type {Tone} from './paint.ts';
import type {View} from './session.ts';
import type {Cell, Row, Table} from './table.ts';
import {restartWords} from './tally.ts';

export function namespaceTable(model: Model): Table {
  const {namespaces} = model;
  const hasUnknown = namespaces.some(({unknown}) => unknown > 0);
  return {
    columns: [
      ...['NAMESPACE', 'PODS', 'IDLE', 'ACCOUNTS', 'DENIED'],
      ...(hasUnknown ? ['UNKNOWN'] : []),
      ...['CHANGED', 'MOVED', 'RISKIEST'],
    ],
    empty: 'No namespaces yet.',
    rows: namespaces.map(row => {
      const {namespace, pods, idle, serviceAccounts, denied, unknown, mutated, drifted} = row;
      const ok = pods + idle - denied - unknown - mutated - drifted;
      const states = {denied, unknown, mutated, drifted, ok};
      const counted = (state: State): Cell => ({value: states[state], tone: stateTones[state]});
      const riskiest = row.policies[0];
      return {
        key: namespace,
        cells: [
          namespace,
          ...[pods, idle, serviceAccounts, counted('denied')],
          ...(hasUnknown ? [counted('unknown')] : []),
          ...[counted('mutated'), counted('drifted')],
          riskiest === undefined ? '' : {value: riskiest.name, tone: levelTones[riskiest.level]},
        ],
        ...(pods + idle === 0 ? {} : {bar: stateParts(states)}),
        enter: {name: 'accounts', namespace},
      };
    }),
  };
}

/** What a level looks like, wherever it stands. */
export const levelTones: Readonly<Record<Level, Tone>> = {
  privileged: 'bad',
  baseline: 'warn',
  restricted: 'good',
};

export function accountTable(model: Model, namespace: string): Table {
  const mine = model.verdicts.filter(({item}) => item.namespace === namespace);
  const byAccount = Map.groupBy(mine, ({item}) => item.submission.serviceAccount);
  const known = model.inventory.serviceAccounts.flatMap(({metadata}) =>
    metadata?.namespace === namespace ? (metadata.name ?? []) : [],
  );
  const names = [...new Set([...known, ...byAccount.keys()])].sort();
  return {
    columns: ['SERVICE ACCOUNT', 'PODS', 'BINDS TO', 'MAY USE'],
    empty: 'No service account here.',
    rows: names.map(account => {
      const verdicts = byAccount.get(account) ?? [];
      const bound = new Set(verdicts.map(({chosen, state}) => chosen?.policy.name ?? state));
      const usable = account === '' ? [] : model.usableBy(namespace, account);
      return {
        key: account,
        cells: [
          account === '' ? '(none: mirror pods)' : account,
          verdicts.length,
          {value: [...bound].sort().join(', '), tone: bound.has('denied') ? 'bad' : 'plain'},
          usable.join(', '),
        ],
        enter: {name: 'pods', namespace, account},
      };
    }),
  };
}

export function podTable({verdicts}: Model, view: Extract<View, {name: 'pods'}>): Table {
  const {namespace, account, policy} = view;
  const shown = verdicts.filter(
    ({item, chosen}) =>
      (namespace === undefined || item.namespace === namespace) &&
      (account === undefined || item.submission.serviceAccount === account) &&
      (policy === undefined || chosen?.policy.name === policy),
  );
  const withNamespace = namespace === undefined;
  return {
    columns: [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'STATE', 'POLICY', 'VIA'],
    empty: 'No pod and no idle workload here.',
    rows: shown.map(withNamespace ? podRowAnywhere : podRowHere),
  };
}

/** Of many thousands of rows, few change at once. */
const podRowHere = weaklyKeyed((verdict: Verdict) => makePodRow(verdict, false));
const podRowAnywhere = weaklyKeyed((verdict: Verdict) => makePodRow(verdict, true));

function makePodRow(verdict: Verdict, withNamespace: boolean): Row {
  const {item, state, chosen, via, isByAnnotation} = verdict;
  return {
    key: itemKey(item),
    cells: [
      ...(withNamespace ? [item.namespace] : []),
      nameOf(item),
      {value: restartWords[state], tone: stateTones[state]},
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
