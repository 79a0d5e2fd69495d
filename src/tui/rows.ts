import type {Verdict} from '../admission/judgement.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {weaklyKeyed} from '../once.ts';
import {nameOf} from '../report/why.ts';
import type {Model} from './model.ts';
import type {View} from './session.ts';
import type {Row, Table} from './table.ts';

export function namespaceTable({namespaces}: Model): Table {
  const hasUnknown = namespaces.some(({unknown}) => unknown > 0);
  return {
    columns: [
      ...['NAMESPACE', 'PODS', 'IDLE', 'ACCOUNTS', 'DENIED'],
      ...(hasUnknown ? ['UNKNOWN'] : []),
      ...['MUTATED', 'DRIFTED', 'RISKIEST'],
    ],
    empty: 'No namespaces yet.',
    rows: namespaces.map(row => ({
      key: row.namespace,
      cells: [
        row.namespace,
        ...[row.pods, row.idle, row.serviceAccounts, row.denied].map(String),
        ...(hasUnknown ? [String(row.unknown)] : []),
        ...[row.mutated, row.drifted].map(String),
        row.policies[0]?.name ?? '',
      ],
      tone: row.denied > 0 ? 'bad' : row.unknown + row.mutated + row.drifted > 0 ? 'warn' : 'plain',
      enter: {name: 'accounts', namespace: row.namespace},
    })),
  };
}

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
          String(verdicts.length),
          [...bound].sort().join(', '),
          usable.join(', '),
        ],
        tone: bound.has('denied') ? 'bad' : 'plain',
        enter: {name: 'pods', namespace, account},
      };
    }),
  };
}

const stateTones = {
  denied: 'bad',
  unknown: 'warn',
  mutated: 'warn',
  drifted: 'warn',
  ok: 'plain',
} as const;

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
      state,
      chosen?.policy.name ?? '',
      via[0] === undefined
        ? isByAnnotation
          ? 'its annotation'
          : ''
        : `${via[0].right === 'serviceAccount' ? 'sa' : 'requester'}: ${via[0].binding?.name ?? 'granted by the API server (binding unknown)'}`,
    ],
    tone: stateTones[state],
    enter: {name: 'why', item: itemKey(item)},
  };
}
