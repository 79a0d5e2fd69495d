import type {Advice} from '../advice/advice.ts';
import {withAdvice} from '../advice/withAdvice.ts';
import {controls} from '../controls/index.ts';
import {effectOf} from '../effect/effect.ts';
import {impactText} from '../effect/impact.ts';
import {gapSummaries} from '../inventory/gaps.ts';
import {type UnreadPlaces, unreadText} from '../inventory/unreadPlaces.ts';
import {policyLevel} from '../policy/level.ts';
import {adviceYaml} from '../report/advice.ts';
import {effectTable, effectText} from '../report/effect.ts';
import {nameOf} from '../report/why.ts';
import type {Draft} from './edit.ts';
import {policyYaml} from './lines.ts';
import type {Model} from './model.ts';
import type {Services} from './services.ts';
import {impactOfDraft} from './state.ts';

/** What is shown before a change is made. */
export interface Proposal {
  readonly lines: readonly string[];
  /** Whether the policy's name has to be typed, as y is typed too easily. */
  readonly typed: boolean;
}

/** How many names of denied pods, or rows of what changes, are shown. */
const shown = 8;

/** An edited policy: what the server said to it, what it does to all that runs, and the difference. */
export function policyProposal(
  draft: Draft,
  model: Model,
  services: Services,
  tried: readonly string[],
): Proposal {
  const {base, now} = draft;
  const impact = impactOfDraft(model, now);
  const why = reasonsToType(draft, model);
  const denied = impact.denied.map(({before}) => `${before.item.namespace}/${nameOf(before.item)}`);
  const more = denied.length - shown;
  const lines = [
    ...tried,
    ...why,
    `Impact: ${impactText(impact)}`,
    ...denied.slice(0, shown).map(name => `  denied: ${name}`),
    ...(more > 0 ? [`  and ${more} more`] : []),
    ...incompleteLines(model),
    '',
    ...services.diff(policyYaml(base), policyYaml(now), now.metadata.name),
  ];
  return {lines, typed: why.length > 0};
}

/**
 * Why a person has to type the policy's name: a pod that runs would be denied, or could be, or the policy,
 * which is or becomes more permissive than the restricted standard, admits what it did not before.
 */
function reasonsToType({base, now}: Draft, model: Model): readonly string[] {
  const {denied, unknown, unread} = impactOfDraft(model, now);
  const looser =
    policyLevel(now) === 'restricted' ? [] : controls.filter(control => !control.covers(base, now));
  const names = looser.map(({title}) => title).join(', ');
  return [
    ...riskLines(denied.length, unknown.length, unread),
    ...(looser.length > 0 ? [`More permissive than restricted, and looser in: ${names}`] : []),
  ];
}

/** An advised policy and its grant: what the server said to them, what they do, and the objects. */
export function adviceProposal(advice: Advice, model: Model, tried: readonly string[]): Proposal {
  const {inventory} = model;
  const effect = effectOf(inventory, withAdvice(inventory, advice));
  const count = (wanted: string) => effect.shifts.filter(({kind}) => kind === wanted).length;
  const why = riskLines(count('denied'), count('unknown'), effect.unread);
  const more = effect.shifts.length - shown;
  const rows = effect.shifts.length === 0 ? '' : effectTable(effect.shifts.slice(0, shown));
  const lines = [
    ...tried,
    ...why,
    effectText(effect),
    ...rows.split('\n').filter(Boolean),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...incompleteLines(model),
    '',
    ...adviceYaml([advice], true).split('\n'),
  ];
  return {lines, typed: why.length > 0};
}

function riskLines(
  denied: number,
  unknown: number,
  unread: UnreadPlaces | undefined,
): readonly string[] {
  return [
    ...(denied > 0 ? [`Pods or workloads that would be denied: ${denied}`] : []),
    ...(unknown > 0
      ? [`Pods or workloads of which it is unknown whether they would be denied: ${unknown}`]
      : []),
    ...(unread === undefined ? [] : [`The impact is ${unreadText(unread)}`]),
  ];
}

function incompleteLines({inventory: {gaps}}: Model): readonly string[] {
  return gapSummaries(gaps).map(line => `incomplete: ${line}`);
}
