import type {Advice} from '../advice/advice.ts';
import {type OldGrants, oldGrantCommand, oldGrantsOf} from '../advice/oldGrants.ts';
import {hasCreated} from '../effect/afterChanges.ts';
import {adviceYaml} from '../report/advice.ts';
import {count} from '../text.ts';
import {adviceNamed} from './lines.ts';
import type {Model} from './model.ts';
import type {ProposalEffects} from './proposalEffects.ts';
import type {AppliedProposal, View} from './session.ts';
import type {Surroundings, Voice} from './voice.ts';

type AdviceView = Extract<View, {name: 'advice'}>;
type AdviseView = Extract<View, {name: 'advise'}>;

/** What the session does about advice. */
export interface AdviceEffects {
  writeAdvice(view: AdviceView): void;
  proposeAdvice(view: AdviceView): void;
  /** All of these policies of the view at once, with their grants. */
  proposeAllAdvice(view: AdviseView, policies: readonly string[]): void;
  /** Takes away the grants of wider policies that nobody needs now that advice is applied. */
  proposeOldGrants(view: AdviseView): void;
}

/** The side effects of the views of advice. */
export function adviceEffects(
  {model, session}: Surroundings,
  {askForFile, say}: Voice,
  {propose}: ProposalEffects,
): AdviceEffects {
  const apply = (advices: readonly Advice[], name: string, question: string) =>
    propose({
      title: `Apply ${name}`,
      question,
      name,
      wanted: {kind: 'advice', advices},
      later: laterLines(model(), advices),
      details: adviceYaml(advices, true).trimEnd().split('\n'),
    });
  return {
    writeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice !== undefined) askForFile(view.policy, adviceYaml([advice], true));
    },
    proposeAdvice(view) {
      const advice = adviceNamed(model(), view);
      if (advice !== undefined) {
        apply([advice], view.policy, `Create ${view.policy} and its grant?`);
      }
    },
    proposeAllAdvice({scope, namespace}, policies) {
      const advices = model()
        .advice(scope, false)
        .filter(({policy}) => policies.includes(policy.metadata.name));
      if (advices.length === 0) return say('info', 'Nothing here needs a policy');
      const what = count(advices.length, 'policy', 'policies');
      return apply(advices, namespace ?? 'all', `Create ${what} with the grants?`);
    },
    proposeOldGrants(view) {
      const isBehind = isBehindOf(model(), session().applied.at(-1));
      if (isBehind) say('info', 'What was applied last is not seen in the cluster yet: try again');
      else proposeOld(model(), view, say, propose);
    },
  };
}

const whole = {isWhole: true} as const;

function proposeOld(
  model: Model,
  view: AdviseView,
  say: Voice['say'],
  propose: ProposalEffects['propose'],
): void {
  const {grants, steps} = oldGrantsOf(model.inventory, appliedAdvice(model, view), whole);
  if (grants.length === 0) {
    say('info', 'No grant of a wider policy is known to be needed no longer');
    return;
  }
  propose({
    title: 'Take old grants away',
    question: 'Take these grants away?',
    name: view.namespace ?? 'all',
    wanted: {kind: 'grants', change: {deleted: undefined, steps}},
    intro: grants.map(grant => `$ ${oldGrantCommand(grant)}`),
  });
}

/** Whether what was just made is not known of yet: what it spares can't be told then. */
function isBehindOf({inventory, unread}: Model, applied: AppliedProposal | undefined): boolean {
  if (applied === undefined || unread.isAny) return false;
  return !hasCreated(
    inventory,
    applied.made.map(({change}) => change),
  );
}

/** The advice of a view whose policies are there. */
function appliedAdvice({advice, inventory}: Model, {scope, namespace}: AdviseView) {
  const there = new Set(inventory.policies.map(({metadata}) => metadata.name));
  return advice(scope, false).filter(
    each =>
      there.has(each.policy.metadata.name) &&
      (namespace === undefined || each.namespace === namespace),
  );
}

/** What can be taken away once advice is applied, for after it. */
function laterLines({inventory}: Model, advices: readonly Advice[]): readonly string[] {
  const {grants}: OldGrants = oldGrantsOf(inventory, advices, whole);
  if (grants.length === 0) return [];
  return [
    'These grants of wider policies are no longer needed; o in the view of advice takes them away:',
    ...grants.map(grant => `  ${oldGrantCommand(grant)}`),
  ];
}
