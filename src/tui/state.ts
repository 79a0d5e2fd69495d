import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import {sameSettings} from '../policy/direction.ts';
import {deniersOf} from '../policy/loosen.ts';
import {isVoid} from './byLabels.ts';
import {impactOfDraft} from './draftImpact.ts';
import {type Draft, isEdited} from './edit.ts';
import {findingTable} from './findingRows.ts';
import {walkTable} from './guide.ts';
import {labelTableOf} from './labelRows.ts';
import {migrationTable} from './migrationRows.ts';
import type {Model} from './model.ts';
import {valuesTable} from './picker.ts';
import {editorTable, impactTable, policyTable, proposalTable} from './policyRows.ts';
import {grantTable, rightTable, subjectTable} from './rightsRows.ts';
import {accountTable, namespaceTable, podTable} from './rows.ts';
import {type Frame, type Session, topOf, type View} from './session.ts';
import {remember} from './store.ts';
import {arrange, type Row, type Table} from './table.ts';
import {titleOf} from './titles.ts';
import {trialTable} from './trialRows.ts';
import {leastOf, podOf, verdictNamed, wayInText, waysInTable} from './waysIn.ts';
import {workloadTable} from './workloadRows.ts';

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

/** The table of a view; undefined for views that are something else. */
export function tableOf(view: View, model: Model, drafts: Session['drafts']): Table | undefined {
  if (isVoid(view, model.inventory)) return undefined;
  return labelTableOf(view, model) ?? policyTableOf(view, model, drafts);
}

/** The same where policies decide, and of views that are the same everywhere. */
function policyTableOf(view: View, model: Model, drafts: Session['drafts']): Table | undefined {
  switch (view.name) {
    case 'namespaces':
      return namespaceTable(model, view.only);
    case 'accounts':
      return accountTable(model, view.namespace);
    case 'pods':
      return podTable(model, view);
    case 'policies':
      return policyTable(model);
    case 'policy': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && editorFor(view, policy, model);
    }
    case 'values': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && valuesTable(view, policy.now);
    }
    case 'walk': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && walkTable(view, {...policy, model});
    }
    case 'impact': {
      const policy = policyOf(view.policy, drafts, model.inventory);
      return policy && impactTable(impactOfDraft(model, policy.now), view.kind, view.policy);
    }
    case 'waysIn':
      return waysInTable(model, view.item);
    case 'advise':
      return proposalTable(model, view);
    case 'subjects':
      return subjectTable(model, view.policy);
    case 'rights':
      return rightTable(model, view.subject);
    case 'grants':
      return grantTable(model, view.namespace);
    case 'workloads':
      return workloadTable(model, view);
    case 'trial':
      return trialTable(model, view);
    case 'findings':
      return findingTable(model, view.namespace);
    case 'migrate':
      return migrationTable(model, view.namespace);
    default:
      return undefined;
  }
}

/** The editor, for a pod if there is one that it is about. */
function editorFor(
  {policy: name, item}: Extract<View, {name: 'policy'}>,
  {base, now}: {readonly base: Policy; readonly now: Policy},
  model: Model,
): Table {
  const {release} = model.inventory;
  const verdict = item === undefined ? undefined : verdictNamed(model, item);
  if (verdict === undefined) return editorTable(now, base, {least: model.leastFor(name), release});
  const pod = podOf(verdict.item);
  const table = editorTable(now, base, {least: leastOf(verdict.item), pod, release});
  const start = deniersOf(base, pod)[0]?.id;
  return {...table, caption: wayInText(now, verdict, name), start};
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
  const first = frame.selected ?? table?.start;
  return {table, rows, cursor: cursorOf({...frame, selected: first}, rows)};
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
