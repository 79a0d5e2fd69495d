import type {Finding} from '../audit/finding.ts';
import {type Effect, effectOf, type Shift, shiftKinds} from '../effect/effect.ts';
import {UserError} from '../errors.ts';
import {afterChange} from '../grant/planDelete.ts';
import {gapSummaries, rbacKinds} from '../inventory/gaps.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {itemKey} from '../inventory/submissions/items.ts';
import {untriedNotes} from '../migrate/native/nativeDrift.ts';
import {bindingLines, deletionLines} from '../report/binding.ts';
import {effectText, shiftCells} from '../report/effect.ts';
import type {Model} from './model.ts';
import type {ProposalEffects} from './proposalEffects.ts';
import type {Remedy} from './remedy.ts';
import {
  bindingPlan,
  deletionPlan,
  grantsPlan,
  type RightsPlan,
  removalPlan,
  unbindingPlan,
} from './rightsPlans.ts';
import type {RightAt} from './rightsRows.ts';
import type {View} from './session.ts';
import type {Surroundings, Voice} from './voice.ts';

/** What the session does about who may use which policy. */
export interface RightsEffects {
  /** `subject` as `--to` of bind takes it, or `like:POLICY`. */
  proposeBind(policy: string, subject: string): void;
  proposeUnbind(right: RightAt): void;
  /** The policy, with the grants that it would leave behind. */
  proposeDeletion(policy: string): void;
  /** Does, or opens, what the remedy of a finding says. */
  remedy(finding: Finding, remedy: Remedy): void;
}

/** The side effects of the views of rights. */
export function rightsEffects(
  around: Surroundings,
  voice: Voice,
  proposals: ProposalEffects,
): RightsEffects {
  const inventory = () => around.model().inventory;
  /** A plan that can't be made is not a failure of the program: the user is told why. */
  const show = (plan: () => RightsPlan | undefined) => {
    try {
      const made = plan();
      if (made !== undefined) ask(made, around, voice, proposals);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      voice.say('bad', error.message);
    }
  };
  return {
    proposeBind: (policy, word) => show(() => bindingPlan(inventory(), policy, word, undefined)),
    proposeUnbind: right => show(() => unbindingPlan(inventory(), right)),
    proposeDeletion: policy => show(() => deletionPlan(inventory(), policy)),
    remedy(finding, remedy) {
      const view = viewOf(finding, remedy, around.model());
      if (view !== undefined) around.dispatch({type: 'open', view});
      else show(() => planOf(finding, remedy, inventory()));
    },
  };
}

/** Has the server try a plan and asks; where nothing can be changed, shows what it would do. */
function ask(
  {title, question, name, plan: wished, command, deleted}: RightsPlan,
  {model, services, dispatch}: Surroundings,
  voice: Voice,
  {propose}: ProposalEffects,
): void {
  const {inventory} = model();
  const change = {deleted, steps: wished.steps};
  const after = afterChange(inventory, change);
  const effect = effectOf(inventory, after);
  const plan = {...wished, notes: [...untriedNotes(inventory, after), ...wished.notes]};
  const unread = unreadLines(inventory);
  const isNothing = plan.steps.length === 0 && deleted === undefined;
  const shifts = shiftLines(effect);
  const typed = command === undefined ? [] : [`$ ${command}`];
  if (isNothing || services.readOnly !== undefined) {
    const steps = (deleted === undefined ? bindingLines : deletionLines)(plan, name);
    const lines = [...typed, ...unread, ...steps, '', effectText(effect), '', ...shifts];
    dispatch({type: 'open', view: {name: 'text', title, lines}});
    voice.say('info', isNothing ? 'Nothing to do' : `${services.readOnly}: only shown`);
    return;
  }
  const notes = [...plan.notes, ...plan.kept].map(note => `note: ${note}`);
  const wanted = {kind: 'grants', change} as const;
  propose({title, question, name, wanted, intro: [...typed, ...unread, ...notes], details: shifts});
}

/** Each pod and workload that is treated differently, the worst first. */
function shiftLines({shifts}: Effect): readonly string[] {
  const rank = ({kind}: Shift) => shiftKinds.indexOf(kind);
  return shifts
    .toSorted((one, other) => rank(one) - rank(other))
    .map(shift => {
      const [namespace, kind, name, before, after, change, reason] = shiftCells(shift);
      return `${change}: ${namespace}/${kind}/${name} (${before} -> ${after}): ${reason}`;
    });
}

/** The change that a remedy is; undefined if it is none. */
function planOf({object}: Finding, remedy: Remedy, inventory: Inventory): RightsPlan | undefined {
  switch (remedy.do) {
    case 'grants':
      return grantsPlan(inventory, remedy.grants);
    case 'delete':
      return deletionPlan(inventory, remedy.policy);
    case 'remove':
      return removalPlan(inventory, object);
    default:
      return undefined;
  }
}

/** The view that a remedy is about; undefined if it is a change. */
function viewOf({object}: Finding, remedy: Remedy, {groups}: Model): View | undefined {
  switch (remedy.do) {
    case 'edit':
      return {name: 'policy', policy: remedy.policy};
    case 'who-can':
      return {name: 'subjects', policy: remedy.policy};
    case 'advise':
      return {name: 'advise', scope: 'service-account', namespace: remedy.namespace};
    case 'why': {
      const {namespace, kind, name} = object;
      const item = groups.find(
        ({object: each}) =>
          each.namespace === namespace && each.kind === kind && each.name === name,
      )?.verdicts[0]?.item;
      return item && {name: 'why', item: itemKey(item)};
    }
    default:
      return undefined;
  }
}

/** What is not known of rights, before all that follows from them. */
function unreadLines({gaps}: Inventory): readonly string[] {
  const kinds: readonly string[] = rbacKinds.map(({plural}) => plural);
  return gapSummaries(gaps.filter(({resource}) => kinds.includes(resource))).map(
    line => `incomplete: ${line}`,
  );
}
