import {isUsable} from '../admission/admit.ts';
import type {Verdict} from '../admission/judgement.ts';
import {scopes} from '../advice/scope.ts';
import {controls} from '../controls/index.ts';
import {
  type Impact,
  type ImpactKind,
  impactKinds,
  impactTabs,
  impactTitles,
} from '../effect/impact.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import type {Policy} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {weaklyKeyed} from '../once.ts';
import {directionOf} from '../policy/direction.ts';
import {preparePolicy} from '../policy/evaluate.ts';
import {policyLevel} from '../policy/level.ts';

import {nameOf} from '../report/why.ts';
import {byText} from '../text.ts';
import type {Model} from './model.ts';
import type {View} from './session.ts';

export type RowTone = 'plain' | 'good' | 'warn' | 'bad' | 'dim';

export interface Row {
  /** Identifies it among the others, also after the inventory has changed. */
  readonly key: string;
  readonly cells: readonly string[];
  readonly tone: RowTone;
  /** What Enter opens. */
  readonly enter: View | undefined;
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  /** What the rows are, and what else there is, above them. */
  readonly caption?: string | undefined;
  /** What to say if there are no rows. */
  readonly empty: string;
}

export function namespaceTable({namespaces}: Model): Table {
  return {
    columns: ['NAMESPACE', 'PODS', 'IDLE', 'ACCOUNTS', 'DENIED', 'MUTATED', 'DRIFTED', 'RISKIEST'],
    empty: 'No namespaces yet.',
    rows: namespaces.map(row => ({
      key: row.namespace,
      cells: [
        row.namespace,
        ...[row.pods, row.idle, row.serviceAccounts].map(String),
        ...[row.denied, row.mutated, row.drifted].map(String),
        row.policies[0]?.name ?? '',
      ],
      tone: row.denied > 0 ? 'bad' : row.mutated + row.drifted > 0 ? 'warn' : 'plain',
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
      const bound = new Set(verdicts.map(({chosen}) => chosen?.policy.name ?? 'denied'));
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

const stateTones = {denied: 'bad', mutated: 'warn', drifted: 'warn', ok: 'plain'} as const;

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
  const {item, state, chosen, via} = verdict;
  return {
    key: itemKey(item),
    cells: [
      ...(withNamespace ? [item.namespace] : []),
      nameOf(item),
      state,
      chosen?.policy.name ?? '',
      via[0] === undefined
        ? ''
        : `${via[0].right === 'serviceAccount' ? 'sa' : 'requester'}: ${via[0].binding?.name ?? 'granted by the API server (binding unknown)'}`,
    ],
    tone: stateTones[state],
    enter: {name: 'why', item: itemKey(item)},
  };
}

export function policyTable(model: Model): Table {
  return {
    columns: ['POLICY', 'LEVEL', 'PODS', 'SUBJECTS', 'STATE', 'OPEN CONTROLS'],
    empty: 'The cluster has no PodSecurityPolicy.',
    rows: model.inventory.policies.map(policy => {
      const {name} = policy.metadata;
      const pods = model.boundTo.get(name)?.length ?? 0;
      const subjects = new Set(
        model.rights.filter(right => right.policy === name).map(right => labelOf(right.subject)),
      );
      const level = policyLevel(policy);
      const state = policyState(policy, model, pods, subjects.size);
      return {
        key: name,
        cells: [name, level, String(pods), String(subjects.size), state, openControls(policy)],
        tone: state === 'ignored' ? 'bad' : level === 'privileged' ? 'warn' : 'plain',
        enter: {name: 'policy', policy: name},
      };
    }),
  };
}

/** Why a policy has no pods, if it has none. */
function policyState(policy: Policy, model: Model, pods: number, subjects: number): string {
  if (preparePolicy(policy).unusable !== undefined) return 'ignored';
  if (pods > 0) return 'in use';
  if (subjects === 0) return 'granted to nobody';
  const couldServe = model.verdicts.some(({candidates}) =>
    candidates.some(
      ({policy: {name}, allowed, rights}) =>
        name === policy.metadata.name && allowed && isUsable(rights),
    ),
  );
  return couldServe ? 'shadowed' : 'unused';
}

function openControls(policy: Policy): string {
  const open = controls.filter(control => control.level(policy) === 'privileged');
  return open.map(({title}) => title).join(', ');
}

/** A row for each control: the value, what its pods need, the standard, and marks. */
export function editorTable(policy: Policy, base: Policy, least: Policy | undefined): Table {
  return {
    columns: ['CONTROL', 'VALUE', 'PODS NEED', 'STANDARD', ''],
    empty: '',
    rows: controls.map(control => {
      const excess =
        least !== undefined && directionOf(control, policy, least) === 'tighter' ? 'looser' : '';
      const edited = control.describe(policy) === control.describe(base) ? '' : 'edited';
      return {
        key: control.id,
        cells: [
          control.title,
          control.describeForPeople(policy),
          least === undefined ? '-' : control.describeForPeople(least),
          control.level(policy) ?? '-',
          [edited, excess].filter(Boolean).join(', '),
        ],
        tone: edited === '' ? (excess === '' ? 'plain' : 'warn') : 'good',
        enter: {name: 'values', policy: base.metadata.name, control: control.id},
      };
    }),
  };
}

export function impactTable(impact: Impact, kind: ImpactKind, policy: string): Table {
  return {
    caption: impactKinds
      .map((each, index) => {
        const text = `${index + 1}:${impactTabs[each]} ${impact[each].length}`;
        return each === kind ? `[${text}]` : ` ${text} `;
      })
      .join(' '),
    columns: ['NAMESPACE', 'NAME', 'BEFORE', 'AFTER'],
    empty: `No pod or workload: ${impactTitles[kind]}.`,
    rows: impact[kind].map(moved => ({
      key: itemKey(moved.before.item),
      cells: [
        moved.before.item.namespace,
        nameOf(moved.before.item),
        outcomeText(moved.before),
        outcomeText(moved.after),
      ],
      tone: kind === 'denied' ? 'bad' : 'plain',
      enter: {name: 'why', item: itemKey(moved.before.item), after: policy},
    })),
  };
}

function outcomeText({chosen, state}: Verdict): string {
  if (chosen === undefined) return 'denied';
  return state === 'mutated' ? `${chosen.policy.name} (changed)` : chosen.policy.name;
}

export function proposalTable(model: Model, view: Extract<View, {name: 'advise'}>): Table {
  const advices = model
    .advice(view.scope, false)
    .filter(({namespace}) => view.namespace === undefined || namespace === view.namespace);
  return {
    caption: `One policy for each: ${scopes
      .map(scope => (scope === view.scope ? `[${scope}]` : ` ${scope} `))
      .join(' ')}`,
    columns: ['POLICY', 'NAMESPACE', 'SUBJECTS', 'WORKLOADS', 'LEVEL'],
    empty: 'Nothing runs here that needs a policy.',
    rows: advices.map(({policy, namespace, grantees, items}) => ({
      key: policy.metadata.name,
      cells: [
        policy.metadata.name,
        namespace ?? '(cluster)',
        grantees.map(({name}) => name).join(', '),
        String(items.length),
        policyLevel(policy),
      ],
      tone: 'plain',
      enter: {name: 'advice', scope: view.scope, policy: policy.metadata.name},
    })),
  };
}

/** Rows that have the filter's words in some cell, sorted as asked. */
export function arrange(
  {rows}: Table,
  filter: string,
  sort: number | undefined,
  descending: boolean,
): readonly Row[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const kept =
    words.length === 0
      ? rows
      : rows.filter(({cells}) => {
          const text = cells.join(' ').toLowerCase();
          return words.every(word => text.includes(word));
        });
  if (sort === undefined) return kept;
  const sorted = [...kept].sort((a, b) => compareCells(a.cells[sort] ?? '', b.cells[sort] ?? ''));
  return descending ? sorted.reverse() : sorted;
}

function compareCells(a: string, b: string): number {
  const [one, other] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(one) && !Number.isNaN(other)) return one - other;
  return byText(a, b);
}
