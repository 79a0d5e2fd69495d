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
import {directionOf} from '../policy/direction.ts';
import {preparePolicy} from '../policy/evaluate.ts';
import {policyLevel} from '../policy/level.ts';
import {nameOf} from '../report/why.ts';
import {stateParts, stateTones} from './bars.ts';
import type {Model} from './model.ts';
import type {Tone} from './paint.ts';
import {levelTones} from './rows.ts';
import type {View} from './session.ts';
import type {Cell, Table} from './table.ts';
import {restartWords, statesOf} from './tally.ts';

export function policyTable(model: Model): Table {
  return {
    columns: ['POLICY', 'LEVEL', 'PODS', 'SUBJECTS', 'STATE', 'OPEN CONTROLS'],
    empty: 'The cluster has no PodSecurityPolicy.',
    rows: model.inventory.policies.map(policy => {
      const {name} = policy.metadata;
      const bound = model.boundTo.get(name) ?? [];
      const subjects = new Set(
        model.rights.filter(right => right.policy === name).map(right => labelOf(right.subject)),
      );
      const level = policyLevel(policy);
      const state = policyState(policy, model, bound.length, subjects.size);
      return {
        key: name,
        cells: [
          name,
          {value: level, tone: levelTones[level]},
          ...[bound.length, subjects.size],
          {value: state, tone: policyTones[state]},
          openControls(policy),
        ],
        ...(bound.length === 0 ? {} : {bar: stateParts(statesOf(bound))}),
        enter: {name: 'policy', policy: name},
      };
    }),
  };
}

/** What becomes of a policy, and what that means. */
const policyTones = {
  ignored: 'bad',
  'in use': 'plain',
  'granted to nobody': 'dim',
  shadowed: 'dim',
  unused: 'dim',
} as const satisfies Readonly<Record<string, Tone>>;

/** Why a policy has no pods, if it has none. */
function policyState(
  policy: Policy,
  model: Model,
  pods: number,
  subjects: number,
): keyof typeof policyTones {
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

/** What an edit of a control means: what lets more through is never good news. */
const editTones = {
  tighter: 'good',
  looser: 'warn',
  incomparable: 'moved',
  equal: 'plain',
} as const satisfies Readonly<Record<string, Tone>>;

/** A row for each control: the value, what its pods need, the standard, and marks. */
export function editorTable(policy: Policy, base: Policy, least: Policy | undefined): Table {
  return {
    columns: ['CONTROL', 'VALUE', 'PODS NEED', 'STANDARD', ''],
    empty: '',
    rows: controls.map(control => {
      const excess =
        least !== undefined && directionOf(control, policy, least) === 'tighter' ? 'looser' : '';
      const edited = control.describe(policy) === control.describe(base) ? '' : 'edited';
      const tone =
        editTones[edited === '' && excess !== '' ? 'looser' : directionOf(control, base, policy)];
      const level = control.level(policy);
      return {
        key: control.id,
        cells: [
          control.title,
          {value: control.describeForPeople(policy), tone: edited === '' ? 'plain' : tone},
          least === undefined ? '-' : control.describeForPeople(least),
          level === undefined ? '-' : {value: level, tone: levelTones[level]},
          {value: [edited, excess].filter(Boolean).join(', '), tone},
        ],
        enter: {name: 'values', policy: base.metadata.name, control: control.id},
      };
    }),
  };
}

export function impactTable(impact: Impact, kind: ImpactKind, policy: string): Table {
  return {
    caption: impactKinds
      .flatMap((each, index) => {
        if (!isTab(each, impact) && each !== kind) return [];
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
        outcomeCell(moved.before),
        outcomeCell(moved.after),
      ],
      enter: {name: 'why', item: itemKey(moved.before.item), after: policy},
    })),
  };
}

/** Where not all is known, there are more lists than fit in a line: those with nothing are left out. */
function isTab(kind: ImpactKind, impact: Impact): boolean {
  const isAllKnown = impact.unknown.length + impact.known.length === 0;
  return isAllKnown ? kind !== 'unknown' && kind !== 'known' : impact[kind].length > 0;
}

function outcomeCell({chosen, state}: Verdict): Cell {
  if (chosen === undefined) return {value: restartWords[state], tone: stateTones[state]};
  const {name} = chosen.policy;
  return state === 'mutated' ? {value: `${name} (changed)`, tone: stateTones[state]} : name;
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
        items.length,
        {value: policyLevel(policy), tone: levelTones[policyLevel(policy)]},
      ],
      enter: {name: 'advice', scope: view.scope, policy: policy.metadata.name},
    })),
  };
}
