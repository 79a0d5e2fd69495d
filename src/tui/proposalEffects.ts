import type {PlannedChange} from '../apply/applyAll.ts';
import {objectLabels, withoutServerOwned} from '../apply/change.ts';
import {afterChanges, whenPlanned} from '../effect/afterChanges.ts';
import {effectOf} from '../effect/effect.ts';
import {impactKinds, impactText} from '../effect/impact.ts';
import {questionFor} from '../effect/question.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {decodePolicy} from '../kube/objects.ts';
import {labelOf} from '../kube/reference.ts';
import {isDaring, labelImpact} from '../migrate/labelImpact.ts';
import {effectText} from '../report/effect.ts';
import {labelImpactLines} from '../report/migrateLabels.ts';
import {questionLines} from '../report/question.ts';
import {printYaml} from '../yaml/documents.ts';
import {impactOfDraft} from './draftImpact.ts';
import {policyYaml} from './lines.ts';
import type {Model} from './model.ts';
import type {ApplyResult, Services, Wanted} from './services.ts';
import type {AppliedProposal, Proposal} from './session.ts';
import type {Surroundings, Voice} from './voice.ts';

/** Something to ask the user for. */
export interface ProposalRequest
  extends Pick<Proposal, 'title' | 'question' | 'name' | 'draft' | 'later'> {
  readonly wanted: Wanted;
  /** What to read before all else. */
  readonly intro?: readonly string[] | undefined;
  /** What to show of the changes; without it, the objects or what differs in them. */
  readonly details?: readonly string[] | undefined;
}

/** How the session asks before it changes the cluster, and does it. */
export interface ProposalEffects {
  /** Plans it, judges it, has the server try it, and asks. */
  propose(request: ProposalRequest): void;
  /** Makes what was agreed to. */
  carryOut(proposal: Proposal): void;
  /** Asks whether to take back what was applied. */
  proposeUndo(applied: AppliedProposal): void;
}

/** The side effects of questions about changes. */
export function proposalEffects(around: Surroundings, voice: Voice): ProposalEffects {
  const {services, dispatch, refresh} = around;
  const propose = (request: ProposalRequest) => {
    if (voice.isReadOnly()) return;
    voice.run('dry run', async () => {
      const {title, question, name, draft, later} = request;
      const changes = await services.plan(request.wanted);
      if (changes.length === 0) {
        return voice.say('info', 'The cluster has all of it already: there is nothing to apply');
      }
      const judged = judgeChanges(around, changes);
      const tried = await services.dryRun(changes);
      // What it does is read before what it is made of, which may take pages.
      const [first, second] = tried.ok ? [judged, tried] : [tried, judged];
      const details = request.details ?? changes.flatMap(change => detailsOf(change, services));
      const lines = [...(request.intro ?? []), ...first.lines, '', ...second.lines, '', ...details];
      dispatch({type: 'open', view: {name: 'text', title, lines}});
      if (!tried.ok) return voice.say('bad', refusalText(draft));
      const proposal = {title, question, name, draft, later, changes, mustType: judged.mustType};
      dispatch({type: 'prompt', prompt: {kind: 'confirm', proposal, text: ''}});
    });
  };
  return {
    propose,
    carryOut: proposal =>
      voice.run('applying', async () => {
        const {title, changes, draft, later = []} = proposal;
        dispatch({type: 'back'});
        const result = await services.apply(changes);
        if (result.ok) {
          if (draft !== undefined) dispatch({type: 'discard', policy: draft});
          dispatch({type: 'applied', applied: {title, made: result.made}});
          refresh();
        }
        voice.showResult({...result, lines: resultLines(result, later)});
      }),
    proposeUndo: ({title, made}) =>
      propose({
        title: `Undo: ${title}`,
        question: 'Take it back?',
        name: made[0]?.change.name ?? '',
        wanted: {kind: 'undo', made},
        intro: [`This takes back: ${title}`, ...made.map(madeText), ''],
      }),
  };
}

/** What became of an apply, and what can be done next. */
function resultLines({ok, lines, made}: ApplyResult, later: readonly string[]): readonly string[] {
  return [
    ...lines,
    ...(ok && later.length > 0 ? ['', ...later] : []),
    ...(made.length > 0 ? ['', 'u takes it back; it asks first.'] : []),
  ];
}

function refusalText(draft: string | undefined): string {
  return `The server would refuse this${draft === undefined ? '' : '; your edit is kept'}`;
}

function madeText({change, backup}: AppliedProposal['made'][number]): string {
  const from = backup === undefined ? '' : ` (as it was: ${backup})`;
  return `  ${change.action}d ${labelOf(change)}${from}`;
}

interface Judged {
  readonly lines: readonly string[];
  readonly mustType: boolean;
}

/** What the changes do to everything, and how to ask for them. */
function judgeChanges({model, isPartial}: Surroundings, changes: readonly PlannedChange[]): Judged {
  const judged = judgedBy(model(), changes);
  if (!isPartial()) return judged;
  const line = 'The cluster is still being read: the impact is not all known';
  return {lines: [line, ...judged.lines], mustType: true};
}

function judgedBy(model: Model, changes: readonly PlannedChange[]): Judged {
  const before = whenPlanned(model.inventory, changes);
  const after = afterChanges(before, changes);
  const [only, ...others] = changes;
  const isEdit = only?.kind === 'PodSecurityPolicy' && only.action === 'update';
  // Of the edit of a policy the impact is known already, or soon found.
  if (isEdit && others.length === 0 && before === model.inventory) {
    const impact = impactOfDraft(model, decodePolicy(only.desired));
    const treated = impactKinds
      .flatMap(kind => impact[kind])
      .map(moved => ({item: moved.before.item, before: moved.before, after: moved.after}));
    const question = questionFor({before, after, treated});
    const lines = [`Impact: ${impactText(impact)}`, ...questionLines(question)];
    return {lines, mustType: question.mustType};
  }
  if (changes.every(({kind}) => kind === 'Namespace')) return judgedLabels(before, changes);
  const effect = effectOf(before, after);
  const question = questionFor({before, after, treated: effect.shifts});
  return {lines: [effectText(effect), ...questionLines(question)], mustType: question.mustType};
}

/** Labels do nothing to PodSecurityPolicy; a name is typed where they refuse what runs, or may. */
function judgedLabels(inventory: Inventory, changes: readonly PlannedChange[]): Judged {
  const impacts = changes.map(({name, before, desired}) =>
    labelImpact(inventory, name, {before: objectLabels(before), after: objectLabels(desired)}),
  );
  return {lines: impacts.flatMap(labelImpactLines), mustType: impacts.some(isDaring)};
}

/** The objects of a change, or what differs in them. */
function detailsOf(change: PlannedChange, {diff}: Services): readonly string[] {
  const {action, kind, desired, before = {}} = change;
  const yamlOf = (object: typeof desired) =>
    kind === 'PodSecurityPolicy'
      ? policyYaml(decodePolicy(object))
      : printYaml(withoutServerOwned(object));
  if (action === 'delete') return [`delete ${labelOf(change)}`, ''];
  if (action === 'create') return ['---', ...yamlOf(desired).trimEnd().split('\n')];
  return [...diff(yamlOf(before), yamlOf(desired), change.name), ''];
}
