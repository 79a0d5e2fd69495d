import type {Scope} from '../advice/scope.ts';
import type {PlannedChange} from '../apply/applyAll.ts';
import type {MadeChange} from '../apply/reverse.ts';
import type {ControlId} from '../controls/control.ts';
import type {ImpactKind} from '../effect/impact.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Policy} from '../kube/objects.ts';
import {change, type Draft, draftOf, isEdited, rebase, redo, undo} from './edit.ts';

/** Where the user is. One value, so that two views cannot be open at once. */
export type View =
  /** `only`: that one alone. */
  | {readonly name: 'namespaces'; readonly only?: string | undefined}
  | {readonly name: 'accounts'; readonly namespace: string}
  | {
      readonly name: 'pods';
      readonly namespace?: string | undefined;
      readonly account?: string | undefined;
      readonly policy?: string | undefined;
    }
  /** `after`: as it would be with the edit of this policy. */
  | {
      readonly name: 'why';
      readonly item: string;
      readonly after?: string | undefined;
      /** As it would be with the files of a change. */
      readonly trial?: Inventory | undefined;
    }
  | {readonly name: 'policies'}
  /** `item`: the pod or workload that it is edited for. */
  | {readonly name: 'policy'; readonly policy: string; readonly item?: string | undefined}
  /** The policies by which a pod that is not let in could be. */
  | {readonly name: 'waysIn'; readonly item: string}
  | {
      readonly name: 'values';
      readonly policy: string;
      readonly control: ControlId;
      /** What is picked and not yet accepted. */
      readonly picking?: Picking | undefined;
    }
  | {readonly name: 'walk'; readonly policy: string; readonly step: number}
  | {readonly name: 'impact'; readonly policy: string; readonly kind: ImpactKind}
  | {readonly name: 'diff'; readonly policy: string}
  | {readonly name: 'advise'; readonly scope: Scope; readonly namespace?: string | undefined}
  | {readonly name: 'advice'; readonly scope: Scope; readonly policy: string}
  /** Who may use a policy. */
  | {readonly name: 'subjects'; readonly policy: string}
  /** What a subject may use, as `sa:NS/NAME`, `group:NAME` or `user:NAME`. */
  | {readonly name: 'rights'; readonly subject: string}
  | {readonly name: 'grants'; readonly namespace?: string | undefined}
  | {
      readonly name: 'workloads';
      readonly namespace?: string | undefined;
      readonly kind?: string | undefined;
    }
  | {readonly name: 'findings'; readonly namespace?: string | undefined}
  | {readonly name: 'finding'; readonly id: string}
  /** The way off PodSecurityPolicy: of all namespaces, or of the workloads of one. */
  | {readonly name: 'migrate'; readonly namespace?: string | undefined}
  /** The same of one workload, or pod of its own. */
  | {readonly name: 'wayOff'; readonly item: string}
  /** What the files of a change would do. */
  | {readonly name: 'trial'; readonly path: string; readonly files: Inventory}
  | {
      readonly name: 'describe';
      readonly what: 'policy' | 'account' | 'item' | 'namespace' | 'binding';
      readonly key: string;
    }
  | {readonly name: 'text'; readonly title: string; readonly lines: readonly string[]}
  | {readonly name: 'gaps'}
  /** `of`: the view that it was called from. */
  | {readonly name: 'help'; readonly of?: View | undefined};

/** What was picked so far. Nothing of it counts before it is accepted. */
export interface Picking {
  /** The policy as it was when the picker was opened: it sets the order of the entries. */
  readonly opened: Policy;
  readonly pending: Policy;
  /** Which part of the control is in sight. */
  readonly part: number;
}

/** A view on the way here, with what the user did to it. */
export interface Frame {
  readonly view: View;
  /** The key of the chosen row; undefined is the first one. */
  readonly selected: string | undefined;
  /** Where the chosen row was last seen, for when it goes away. */
  readonly place: number;
  readonly filter: string;
  /** The column that the rows are sorted by; undefined leaves them as they come. */
  readonly sort: number | undefined;
  readonly descending: boolean;
  /** The first line shown of a text. */
  readonly scroll: number;
}

/** A question at the bottom of the screen that takes all keys. */
export type PromptState =
  | {readonly kind: 'filter'}
  | {readonly kind: 'jump'; readonly text: string}
  /** An entry for the picker. */
  | {readonly kind: 'add'; readonly view: Extract<View, {name: 'values'}>; readonly text: string}
  | {readonly kind: 'write'; readonly text: string; readonly content: string}
  | {readonly kind: 'overwrite'; readonly path: string; readonly content: string}
  /** Asks for the subject to let use a policy, or for the policy to let a subject use. */
  | {
      readonly kind: 'bind';
      readonly policy?: string | undefined;
      readonly subject?: string | undefined;
      readonly text: string;
    }
  /** Asks for one of the contexts of the kubeconfig. */
  | {readonly kind: 'context'; readonly names: readonly string[]}
  /** `isRepeated`: another name was typed before. */
  | {
      readonly kind: 'confirm';
      readonly proposal: Proposal;
      readonly text: string;
      readonly isRepeated?: boolean;
    }
  | {readonly kind: 'quit'};

/** Changes that the server has tried, and the question about them. */
export interface Proposal {
  readonly title: string;
  readonly question: string;
  /** What has to be typed, if y is not enough. */
  readonly name: string;
  readonly mustType: boolean;
  readonly changes: readonly PlannedChange[];
  /** What to say once it is applied. */
  readonly later?: readonly string[] | undefined;
  /** The policy whose edit this is; its draft is done with once it is applied. */
  readonly draft?: string | undefined;
}

/** An apply of this session, which can be taken back. */
export interface AppliedProposal {
  readonly title: string;
  readonly made: readonly MadeChange[];
}

export interface Notice {
  readonly tone: 'good' | 'bad' | 'info';
  readonly text: string;
}

/** All that the interactive session remembers. */
export interface Session {
  /** The views opened on the way here; the last one is shown. */
  readonly trail: readonly Frame[];
  /** Policies under the editor, by name. */
  readonly drafts: Readonly<Record<string, Draft>>;
  /** What was applied, the last one last. */
  readonly applied: readonly AppliedProposal[];
  readonly prompt: PromptState | undefined;
  readonly notice: Notice | undefined;
  /** What is going on in the background: "dry run". */
  readonly busy: string | undefined;
  /** The namespace that lists are limited to; what is judged is not. */
  readonly only: string | undefined;
}

export type Action =
  | {readonly type: 'open'; readonly view: View}
  | {readonly type: 'jump'; readonly view: View}
  | {readonly type: 'replace'; readonly view: View}
  | {readonly type: 'back'}
  | {readonly type: 'select'; readonly key: string | undefined; readonly place: number}
  | {readonly type: 'scroll'; readonly to: number}
  | {readonly type: 'filter'; readonly text: string}
  | {readonly type: 'sort'; readonly columns: number}
  | {readonly type: 'prompt'; readonly prompt: PromptState | undefined}
  | {readonly type: 'notice'; readonly notice: Notice | undefined}
  | {readonly type: 'busy'; readonly busy: string | undefined}
  | {readonly type: 'edit'; readonly base: Policy; readonly now: Policy}
  | {readonly type: 'undo' | 'redo' | 'discard'; readonly policy: string}
  | {readonly type: 'rebase'; readonly onto: Policy}
  | {readonly type: 'applied'; readonly applied: AppliedProposal};

/** What a session ends with if the user goes on to another context of the kubeconfig. */
export interface SessionEnd {
  readonly context: string;
}

function frameOf(view: View): Frame {
  return {
    view,
    selected: undefined,
    place: 0,
    filter: '',
    sort: undefined,
    descending: false,
    scroll: 0,
  };
}

export function startAt(views: readonly View[], only?: string): Session {
  return {
    trail: views.map(frameOf),
    drafts: {},
    applied: [],
    prompt: undefined,
    notice: undefined,
    busy: undefined,
    only,
  };
}

export function topOf({trail}: Session): Frame {
  return trail.at(-1) ?? frameOf({name: 'namespaces'});
}

/** The policies whose drafts say something else than the cluster. */
export function editedDrafts({drafts}: Session): readonly Draft[] {
  return Object.values(drafts).filter(isEdited);
}

export function reduce(session: Session, action: Action): Session {
  switch (action.type) {
    case 'open':
      return quiet({...session, trail: [...session.trail, frameOf(action.view)]});
    case 'jump':
      return quiet({...session, trail: [frameOf(limited(action.view, session.only))]});
    case 'replace':
      return inTop(session, {view: action.view});
    case 'back':
      return session.trail.length > 1
        ? quiet({...session, trail: session.trail.slice(0, -1)})
        : session;
    case 'select':
      return inTop(session, {selected: action.key, place: action.place});
    case 'scroll':
      return inTop(session, {scroll: action.to});
    case 'filter':
      return inTop(session, {filter: action.text});
    case 'sort':
      return inTop(session, nextSort(topOf(session), action.columns));
    case 'prompt':
      return {...session, prompt: action.prompt, notice: undefined};
    case 'notice':
      return {...session, notice: action.notice};
    case 'busy':
      return {...session, busy: action.busy};
    case 'applied':
      return {...session, applied: [...session.applied, action.applied]};
    case 'edit':
    case 'undo':
    case 'redo':
    case 'discard':
    case 'rebase':
      return {...session, drafts: editDrafts(session.drafts, action), notice: undefined};
  }
}

/** A list, limited to what the session is limited to. */
function limited(view: View, only: string | undefined): View {
  if (only === undefined) return view;
  if (view.name === 'namespaces') return {...view, only};
  const isList = view.name === 'pods' || view.name === 'advise' || view.name === 'migrate';
  return isList ? {...view, namespace: only} : view;
}

type DraftAction = Extract<
  Action,
  {readonly type: 'edit' | 'undo' | 'redo' | 'discard' | 'rebase'}
>;

function editDrafts(drafts: Session['drafts'], action: DraftAction): Session['drafts'] {
  if (action.type === 'edit') {
    const {name} = action.base.metadata;
    return {...drafts, [name]: change(drafts[name] ?? draftOf(action.base), action.now)};
  }
  if (action.type === 'rebase') {
    const {name} = action.onto.metadata;
    const draft = drafts[name];
    return draft === undefined ? drafts : {...drafts, [name]: rebase(draft, action.onto)};
  }
  const {[action.policy]: draft, ...others} = drafts;
  if (draft === undefined || action.type === 'discard') return others;
  return {...drafts, [action.policy]: action.type === 'undo' ? undo(draft) : redo(draft)};
}

/** By each column up and down, and at last unsorted again. */
function nextSort({sort, descending}: Frame, columns: number): Partial<Frame> {
  if (sort === undefined) return {sort: 0, descending: false};
  if (!descending) return {descending: true};
  return sort + 1 < columns
    ? {sort: sort + 1, descending: false}
    : {sort: undefined, descending: false};
}

function inTop(session: Session, changes: Partial<Frame>): Session {
  return {...session, trail: [...session.trail.slice(0, -1), {...topOf(session), ...changes}]};
}

function quiet(session: Session): Session {
  return {...session, notice: undefined, prompt: undefined};
}
