import type {State, Verdict} from '../admission/judgement.ts';
import {validationReason} from '../admission/reasons.ts';
import type {LabelSummary} from '../effect/labelSummary.ts';
import {isByLabels} from '../inventory/regime.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {unreadPlaces} from '../inventory/unreadPlaces.ts';
import {laxest, type NamespaceLevel, type PodSecurityMode} from '../podSecurity/labels.ts';
import {nameOf} from '../report/place.ts';
import {askedCell, needsCell} from '../report/podSecurity/words.ts';
import {count} from '../text.ts';
import {stateParts, stateTones} from './bars.ts';
import {levelTones} from './levels.ts';
import type {Model} from './model.ts';
import {stateCell} from './rows.ts';
import type {View} from './session.ts';
import {type Cell, countCell, type Row, type Table} from './table.ts';
import {restartWords} from './tally.ts';
import {telling, workloadTableWith} from './workloadRows.ts';

/** The tables that are others where the labels of namespaces decide; undefined elsewhere. */
export function labelTableOf(view: View, model: Model): Table | undefined {
  if (!isByLabels(model.inventory)) return undefined;
  switch (view.name) {
    case 'namespaces':
      return namespaceTable(model, view.only);
    case 'accounts':
      return accountTable(model, view.namespace);
    case 'pods':
      return podTable(model, view);
    case 'workloads':
      return workloadTable(model, view);
    default:
      return undefined;
  }
}

/** A row for each namespace, or for one alone: what its labels ask for, what is needed there, what a restart does. */
function namespaceTable({labelled, inventory}: Model, only?: string): Table {
  const shown =
    only === undefined ? labelled : labelled.filter(({namespace}) => namespace === only);
  const isUnread = inventory.gaps.some(({resource}) => resource === 'namespaces');
  const hasUnknown = shown.some(({unknown}) => unknown > 0);
  return {
    columns: [
      ...['NAMESPACE', 'PODS', 'ENFORCED', 'WARN/AUDIT', 'NEEDED', 'DENIED'],
      ...(hasUnknown ? ['UNKNOWN'] : []),
    ],
    caption: captionOf(shown, inventory.podSecurity !== undefined),
    empty: isUnread ? 'The namespaces could not be read.' : 'No namespaces yet.',
    rows: shown.map(row => namespaceRow(row, hasUnknown)),
  };
}

/** What nobody can know from the API is said once, above all rows. */
function captionOf(rows: readonly LabelSummary[], isKnown: boolean): string | undefined {
  const open = rows.filter(({asked}) => asked?.enforce.levelFrom === 'default').length;
  return isKnown || open === 0
    ? undefined
    : `No label in ${count(open, 'namespace')}: the server's default decides, which no API shows`;
}

function namespaceRow(row: LabelSummary, hasUnknown: boolean): Row {
  const {namespace, asked, pods, idle, denied, unknown, warned, isPartial} = row;
  const number = (of: number) => countCell(of, isPartial);
  const counted = (state: State, of: number): Cell => ({
    value: number(of),
    tone: stateTones[state],
  });
  const ok = pods + idle - denied - unknown - warned;
  const states = {denied, unknown, warned, mutated: 0, drifted: 0, ok};
  return {
    key: namespace,
    cells: [
      namespace,
      number(pods + idle),
      levelCell(asked, 'enforce'),
      otherModes(asked),
      row.needs === undefined
        ? needsCell(row) || '-'
        : {value: needsCell(row), tone: levelTones[row.needs]},
      counted('denied', denied),
      ...(hasUnknown ? [counted('unknown', unknown)] : []),
    ],
    ...(pods + idle === 0 ? {} : {bar: stateParts(states)}),
    enter: {name: 'pods', namespace},
  };
}

function levelCell(asked: NamespaceLevel | undefined, mode: PodSecurityMode): Cell {
  return askedCell(asked, mode) || '-';
}

/** What is warned of and what is noted in the audit log, once if that is the same. */
function otherModes(asked: NamespaceLevel | undefined): string {
  const [warn, audit] = [askedCell(asked, 'warn') || '-', askedCell(asked, 'audit') || '-'];
  return warn === audit ? warn : `${warn}, ${audit}`;
}

/** A row for each service account of a namespace: what its pods need. */
function accountTable({verdicts, inventory}: Model, namespace: string): Table {
  const mine = verdicts.filter(({item}) => item.namespace === namespace);
  const byAccount = Map.groupBy(mine, ({item}) => item.submission.serviceAccount);
  const known = inventory.serviceAccounts.flatMap(({metadata}) =>
    metadata?.namespace === namespace ? (metadata.name ?? []) : [],
  );
  const names = [...new Set([...known, ...byAccount.keys()])].sort();
  const isPartial = unreadPlaces(inventory, new Set([namespace])) !== undefined;
  return {
    columns: ['SERVICE ACCOUNT', 'PODS', 'NEEDED', 'A RESTART'],
    empty: 'No service account here.',
    rows: names.map(account => {
      const own = byAccount.get(account) ?? [];
      return {
        key: account,
        cells: [
          account === '' ? '(none: mirror pods)' : account,
          countCell(own.length, isPartial),
          neededCell(own),
          restartCell(own),
        ],
        enter: {name: 'pods', namespace, account},
      };
    }),
  };
}

function neededCell(verdicts: readonly Verdict[]): Cell {
  const needs = laxest(verdicts.flatMap(({podSecurity}) => podSecurity?.needs ?? []));
  return needs === undefined ? '-' : {value: needs, tone: levelTones[needs]};
}

/** What a restart does to the pods, the worst first: `denied, warned`. */
function restartCell(verdicts: readonly Verdict[]): Cell {
  const states = new Set(verdicts.map(({state}) => restartWords[state]));
  return {value: [...states].sort().join(', '), tone: stateTones.denied, only: restartWords.denied};
}

/** A row for each pod, and workload without one: what becomes of it, what it needs, and what is against it. */
function podTable({parts, inventory}: Model, view: Extract<View, {name: 'pods'}>): Table {
  const {namespace, account} = view;
  const shown = parts
    .filter(part => namespace === undefined || part.namespace === namespace)
    .flatMap(({verdicts}) => verdicts)
    .filter(({item}) => account === undefined || item.submission.serviceAccount === account);
  const withNamespace = namespace === undefined;
  const places = namespace === undefined ? undefined : new Set([namespace]);
  const isPartial = unreadPlaces(inventory, places) !== undefined;
  return {
    columns: [...(withNamespace ? ['NAMESPACE'] : []), 'NAME', 'STATE', 'NEEDS', 'AGAINST IT'],
    empty: isPartial
      ? 'None that was read; not all could be.'
      : 'No pod and no idle workload here.',
    rows: shown.map(verdict => podRow(verdict, withNamespace)),
  };
}

function podRow(verdict: Verdict, withNamespace: boolean): Row {
  const {item, state} = verdict;
  return {
    key: itemKey(item),
    cells: [
      ...(withNamespace ? [item.namespace] : []),
      nameOf(item),
      stateCell(state),
      neededCell([verdict]),
      reasonsOf(verdict).join(', '),
    ],
    enter: {name: 'why', item: itemKey(item)},
  };
}

/** What decides about it has against it, in short; of an unknown one, what the strictest level would have. */
function reasonsOf({state, podSecurity, decision, item}: Verdict): readonly string[] {
  if (decision.kind === 'invalid') {
    const {view} = item.submission;
    return [`invalid: ${decision.errors.map(error => validationReason(error, view)).join(', ')}`];
  }
  if (podSecurity === undefined) return [];
  const {refusals, above} = podSecurity;
  const {enforce, warn, audit} = refusals;
  const found = state === 'unknown' ? above : [enforce, warn, audit].find(each => each.length > 0);
  return (found ?? []).map(({reason}) => reason);
}

/** A row for each workload, or pod of its own: its pods together, with the worst state among them. */
function workloadTable(model: Model, view: Extract<View, {name: 'workloads'}>): Table {
  return workloadTableWith(model, view, reasonsOfEach);
}

const reasonsOfEach = telling(['NEEDS', 'AGAINST IT'], ({verdicts}, worst) => [
  neededCell(verdicts),
  worst === undefined ? '' : reasonsOf(worst).join(', '),
]);
