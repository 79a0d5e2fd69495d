import {type Impact, impactOf} from '../effect/impact.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import {sameSettings} from '../policy/direction.ts';
import {type Draft, isEdited} from './edit.ts';
import type {Model} from './model.ts';
import {editorTable, impactTable, policyTable, proposalTable} from './policyRows.ts';
import {accountTable, namespaceTable, podTable} from './rows.ts';
import {type Frame, type Session, topOf, type View} from './session.ts';
import {remember} from './store.ts';
import {arrange, type Row, type Table} from './table.ts';

/** The policy that a view is about, as it is now: the draft if there is one. */
export function policyOf(
  name: string,
  drafts: Session['drafts'],
  {policies}: Inventory,
): {readonly base: Policy; readonly now: Policy} | undefined {
  const draft = drafts[name];
  if (draft !== undefined) return draft;
  const base = policies.find(({metadata}) => metadata.name === name);
  return base && {base, now: base};
}

/** What happened in the cluster to a policy since its edit began; undefined if nothing that matters. */
export function driftOf(
  name: string,
  drafts: Session['drafts'],
  {policies}: Inventory,
): 'changed' | 'gone' | undefined {
  const draft = drafts[name];
  if (draft === undefined || !isEdited(draft)) return undefined;
  const current = policies.find(({metadata}) => metadata.name === name);
  if (current === undefined) return 'gone';
  return sameSettings(current, draft.base) ? undefined : 'changed';
}

const impacts = new WeakMap<Model, WeakMap<Policy, Impact>>();

/** What a policy as edited does to everything; computed once for each state of it. */
export function impactOfDraft(model: Model, now: Policy): Impact {
  const known = impacts.get(model) ?? new WeakMap<Policy, Impact>();
  impacts.set(model, known);
  const impact = known.get(now) ?? impactOf(model, [now]);
  known.set(now, impact);
  return impact;
}

/** Whether a view says nothing true of a cluster that has no policies to begin with. */
export function isVoid({name}: View, {policyApi}: Inventory): boolean {
  return policyApi === 'absent' && !['help', 'gaps', 'text', 'advise', 'advice'].includes(name);
}

/** The table of a view; undefined for views that are something else. */
export function tableOf(view: View, model: Model, drafts: Session['drafts']): Table | undefined {
  if (isVoid(view, model.inventory)) return undefined;
  switch (view.name) {
    case 'namespaces':
      return namespaceTable(model);
    case 'accounts':
      return accountTable(model, view.namespace);
    case 'pods':
      return podTable(model, view);
    case 'policies':
      return policyTable(model);
    case 'policy': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && editorTable(policy.now, policy.base, model.leastFor(view.policy));
    }
    case 'impact': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && impactTable(impactOfDraft(model, policy.now), view.kind, view.policy);
    }
    case 'advise':
      return proposalTable(model, view);
    default:
      return undefined;
  }
}

export interface Shown {
  readonly table: Table | undefined;
  readonly rows: readonly Row[];
  /** The place of the chosen row. */
  readonly cursor: number;
}

const tableFor = remember((view: View, model: Model, drafts: Session['drafts']) =>
  tableOf(view, model, drafts),
);
const noRows: readonly Row[] = [];
const rowsFor = remember(
  (table: Table | undefined, filter: string, sort: number | undefined, descending: boolean) =>
    table === undefined ? noRows : arrange(table, filter, sort, descending),
);

/** The rows in sight of the filter, and where the cursor is; the chosen row keeps it when rows move. */
export function shownOf(session: Session, model: Model): Shown {
  const frame = topOf(session);
  const table = tableFor(frame.view, model, session.drafts);
  const rows = rowsFor(table, frame.filter, frame.sort, frame.descending);
  return {table, rows, cursor: cursorOf(frame, rows)};
}

export function cursorOf({selected, place}: Frame, rows: readonly Row[]): number {
  const found = selected === undefined ? -1 : rows.findIndex(({key}) => key === selected);
  if (found >= 0) return found;
  return Math.max(0, Math.min(selected === undefined ? 0 : place, rows.length - 1));
}

/** The way here, in words: Namespaces, shop, web. */
export function crumbsOf(
  {trail}: Session,
  drafts: Readonly<Record<string, Draft>>,
): readonly string[] {
  return trail.map(({view}) => titleOf(view, drafts));
}

function titleOf(view: View, drafts: Readonly<Record<string, Draft>>): string {
  switch (view.name) {
    case 'namespaces':
      return 'Namespaces';
    case 'accounts':
      return view.namespace;
    case 'pods':
      return view.account ?? view.policy ?? (view.namespace ? `Pods of ${view.namespace}` : 'Pods');
    case 'why':
      return `Why ${view.item.split('/').at(-1)}${view.after === undefined ? '' : ' (after the edit)'}`;
    case 'policies':
      return 'Policies';
    case 'policy': {
      const draft = drafts[view.policy];
      return `${view.policy}${draft !== undefined && isEdited(draft) ? '*' : ''}`;
    }
    case 'values':
      return view.control;
    case 'walk':
      return 'Guide';
    case 'impact':
      return 'Impact';
    case 'diff':
      return 'Diff';
    case 'advise':
      return `Advise for each ${view.scope}`;
    case 'advice':
      return view.policy;
    case 'text':
      return view.title;
    case 'gaps':
      return 'Not readable';
    case 'help':
      return 'Help';
  }
}
