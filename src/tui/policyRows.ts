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
import {unreadPlaces, unreadText} from '../inventory/unreadPlaces.ts';
import type {Policy} from '../kube/objects.ts';
import type {PodView} from '../kube/podView.ts';
import {labelOf} from '../kube/reference.ts';
import type {Release} from '../kube/release.ts';
import {directionOf, effectiveDirection} from '../policy/direction.ts';
import {whyUnusable} from '../policy/evaluate.ts';
import {nearLevelText, policyLevel} from '../policy/level.ts';
import {deniersOf} from '../policy/loosen.ts';
import {nameOf} from '../report/place.ts';
import {impactTones, stateParts, stateTones} from './bars.ts';
import {levelCell, levelTones, nearLevelCell} from './levels.ts';
import type {Model} from './model.ts';
import type {Piece, Tone} from './paint.ts';
import type {View} from './session.ts';
import {type Cell, countCell, type Table} from './table.ts';
import {restartWords, statesOf} from './tally.ts';

export function policyTable(model: Model): Table {
  const {gaps, policyApi} = model.inventory;
  const isUnread = gaps.some(({resource}) => resource === 'podsecuritypolicies');
  const arePodsUnread = unreadPlaces(model.inventory) !== undefined;
  const rights = Map.groupBy(model.rights, ({policy}) => policy);
  return {
    columns: ['POLICY', 'LEVEL', 'PODS', 'SUBJECTS', 'STATE', 'NEXT LEVEL'],
    spare: ['NEXT LEVEL', 'SUBJECTS'],
    empty: isUnread
      ? 'The policies could not be read.'
      : policyApi === 'unknown'
        ? 'No policies yet.'
        : 'The cluster has no PodSecurityPolicy: :advise makes some.',
    rows: model.inventory.policies.map(policy => {
      const {name} = policy.metadata;
      const bound = model.boundTo.get(name) ?? [];
      const subjects = new Set(rights.get(name)?.map(right => labelOf(right.subject)));
      const state = policyState(policy, model, bound.length, subjects.size);
      return {
        key: name,
        cells: [
          name,
          levelCell(policy),
          countCell(bound.length, arePodsUnread || model.perhapsBound.has(name)),
          countCell(subjects.size, model.unread.isAny),
          {value: state, tone: policyTones[state]},
          nearLevelCell(policy),
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
  unknown: 'unknown',
} as const satisfies Readonly<Record<string, Tone>>;

/** Why a policy has no pods, if it has none; what was not read leaves that open. */
function policyState(
  policy: Policy,
  model: Model,
  pods: number,
  subjects: number,
): keyof typeof policyTones {
  const {name} = policy.metadata;
  if (whyUnusable(policy) !== undefined) return 'ignored';
  if (pods > 0) return 'in use';
  if (subjects === 0) return model.unread.isAny ? 'unknown' : 'granted to nobody';
  const isOpen = model.unread.isAny || unreadPlaces(model.inventory) !== undefined;
  if (isOpen || model.perhapsBound.has(name)) return 'unknown';
  return model.couldServe.has(name) ? 'shadowed' : 'unused';
}

/** What an edit of a control means: what lets more through is never good news. */
const editTones = {
  tighter: 'good',
  looser: 'warn',
  incomparable: 'moved',
  equal: 'plain',
} as const satisfies Readonly<Record<string, Tone>>;

/** `Level: privileged; baseline but for host network`. */
function levelCaption(policy: Policy): string {
  const [level, near] = [policyLevel(policy), nearLevelText(policy)];
  return `Level: ${level}${near === level ? '' : `; ${near}`}`;
}

/** What a policy is held against in the editor. */
interface EditorNeeds {
  readonly release: Release;
  /** What its pods need, or the one that it is edited for; undefined if nobody knows. */
  readonly least: Policy | undefined;
  /** The pod that it is edited for. */
  readonly pod?: PodView | undefined;
}

/** A row for each control: the value, what its pods need, the standard, and marks. */
export function editorTable(
  policy: Policy,
  base: Policy,
  {least, pod, release}: EditorNeeds,
): Table {
  const deniers = pod === undefined ? [] : deniersOf(policy, pod);
  return {
    caption: levelCaption(policy),
    columns: ['CONTROL', 'VALUE', 'PODS NEED', 'STANDARD', ''],
    spare: ['STANDARD'],
    empty: '',
    rows: controls.map(control => {
      const isDenier = deniers.includes(control);
      const isExcess =
        pod === undefined &&
        least !== undefined &&
        directionOf(control, policy, least, release) === 'tighter';
      const excess = isDenier ? 'denies it' : isExcess ? 'looser' : '';
      const edited = control.describe(policy) === control.describe(base) ? '' : 'edited';
      const tone = isDenier ? 'bad' : editTones[effectiveDirection(control, base, policy, release)];
      const markTone = isExcess ? editTones.looser : tone;
      const level = control.level(policy);
      return {
        key: control.id,
        cells: [
          control.title,
          {value: control.describeForPeople(policy), tone: edited === '' ? 'plain' : tone},
          least === undefined ? '-' : control.describeForPeople(least),
          level === undefined ? '-' : {value: level, tone: levelTones[level]},
          {
            value: [edited, excess].filter(Boolean).join(', '),
            ...(edited === '' || excess === '' ? {} : {short: `* ${excess}`}),
            tone: markTone,
          },
        ],
        enter: {name: 'values', policy: base.metadata.name, control: control.id},
      };
    }),
  };
}

export function impactTable(impact: Impact, kind: ImpactKind, policy: string): Table {
  return {
    caption: tabsOf(impact, kind).map((each): Piece => {
      const {length} = impact[each];
      const text = tabText(each, length);
      const look = {tone: length === 0 ? 'dim' : impactTones[each], bold: each === kind} as const;
      return {text: each === kind ? `[${text}] ` : ` ${text}  `, ...look};
    }),
    columns: ['NAMESPACE', 'NAME', 'BEFORE', 'AFTER'],
    empty:
      impact.unread === undefined
        ? `No pod or workload: ${impactTitles[kind]}.`
        : `None that was read: ${impactTitles[kind]}; ${unreadText(impact.unread)}.`,
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

/** `2 denied`; `1 stays`. */
function tabText(kind: ImpactKind, number: number): string {
  return `${number} ${impactTabs[kind][number === 1 ? 0 : 1]}`;
}

/** The lists of an impact that can be turned to, in their order; the one that is shown is among them. */
export function tabsOf(impact: Impact, shown: ImpactKind): readonly ImpactKind[] {
  return impactKinds.filter(each => each === shown || isTab(each, impact));
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
  const places = view.namespace === undefined ? undefined : new Set([view.namespace]);
  const isPartial = unreadPlaces(model.inventory, places) !== undefined;
  return {
    caption: [
      {text: 'One policy for each: ', tone: 'dim'},
      ...scopes.map(
        (scope): Piece =>
          scope === view.scope
            ? {text: `[${scope}] `, bold: true}
            : {text: ` ${scope}  `, tone: 'dim'},
      ),
    ],
    columns: ['POLICY', 'NAMESPACE', 'SUBJECTS', 'WORKLOADS', 'LEVEL', 'NEXT LEVEL'],
    spare: ['NEXT LEVEL', 'SUBJECTS', 'NAMESPACE'],
    empty: isPartial
      ? 'Nothing that was read needs a policy; not all could be.'
      : 'Nothing runs here that needs a policy.',
    rows: advices.map(({policy, namespace, grantees, items}) => ({
      key: policy.metadata.name,
      cells: [
        policy.metadata.name,
        namespace ?? '(cluster)',
        grantees.map(({name}) => name).join(', '),
        items.length,
        levelCell(policy),
        nearLevelCell(policy),
      ],
      enter: {name: 'advice', scope: view.scope, policy: policy.metadata.name},
    })),
  };
}
