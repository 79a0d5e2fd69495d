import type {Control} from '../controls/control.ts';
import {controls} from '../controls/index.ts';
import {atRisk, impactHint, impactText} from '../effect/impact.ts';
import type {Policy} from '../kube/objects.ts';
import {directionOf} from '../policy/direction.ts';
import {impactOfDraft} from './draftImpact.ts';
import {nextStep} from './edit.ts';
import type {Model} from './model.ts';
import type {RichLine} from './rich.ts';
import type {View} from './session.ts';
import type {Cell, Table} from './table.ts';
import {wrapLine} from './text.ts';

/** The view that goes through all controls of a policy; after the last one it sums up. */
export type WalkView = Extract<View, {name: 'walk'}>;

/** The policy that is walked through, and what it is held against. */
export interface Walked {
  readonly base: Policy;
  readonly now: Policy;
  readonly model: Model;
}

/** One way to go on from a control. */
export interface Choice {
  readonly key: 'fit' | 'keep' | 'tighter' | 'looser' | 'skip';
  readonly label: string;
  /** What the control would be, in words; empty where it stays. */
  readonly value: string;
  /** The policy with it; undefined keeps it as it is. */
  readonly policy?: Policy;
}

/** What setting a control to what the pods need comes to, by where that lies from its value. */
const fitVerbs = {tighter: 'tighten to', looser: 'loosen to', incomparable: 'set it to'} as const;

/** The suggested way first: what the pods need; to keep it if that is what it is, or unknown. */
export function choicesOf(control: Control, {now, model}: Walked): readonly Choice[] {
  const {release} = model.inventory;
  const least = model.leastFor(now.metadata.name);
  const fitted = least && control.copy(least, now);
  const way = fitted === undefined ? 'equal' : directionOf(control, now, fitted, release);
  const suggested = ' (suggested)';
  const steps = (['tighter', 'looser'] as const).flatMap((direction): Choice[] => {
    const step = nextStep(control, now, direction, release);
    if (step === undefined) return [];
    const label = direction === 'tighter' ? 'tighten' : 'loosen';
    return [{key: direction, label, value: step.label, policy: step.value}];
  });
  const fit: readonly Choice[] =
    fitted === undefined || way === 'equal'
      ? []
      : [
          {
            key: 'fit',
            label: `${fitVerbs[way]} what pods need${suggested}`,
            value: control.describeForPeople(fitted),
            policy: fitted,
          },
        ];
  const keep = `keep it${way === 'equal' ? suggested : ''}`;
  return [
    ...fit,
    {key: 'keep', label: keep, value: ''},
    ...steps,
    {key: 'skip', label: 'skip the rest', value: ''},
  ];
}

/** A row for each way to go on, with its impact; undefined after the last control. */
export function walkTable({step}: WalkView, walked: Walked): Table | undefined {
  const control = controls[step];
  if (control === undefined) return undefined;
  const {now, model} = walked;
  const riskNow = atRisk(impactOfDraft(model, now));
  const impactCell = (policy: Policy | undefined): Cell => {
    if (policy === undefined) return '';
    const impact = impactOfDraft(model, policy);
    return {value: impactHint(impact), tone: atRisk(impact) > riskNow ? 'bad' : 'plain'};
  };
  return {
    columns: ['CHOICE', 'VALUE', 'IMPACT'],
    empty: '',
    rows: choicesOf(control, walked).map(({key, label, value, policy}) => ({
      key,
      cells: [label, value, impactCell(policy)],
      enter: undefined,
    })),
  };
}

/**
 * What to say of a control in so many lines. Where there are too few, the empty lines go first, then who
 * needs it, then what it allows: the value, the need and the risk stay as long as they can.
 */
export function walkLines(
  step: number,
  control: Control,
  {now, model}: Walked,
  {width, height}: {readonly width: number; readonly height: number},
): readonly string[] {
  const least = model.leastFor(now.metadata.name);
  const need =
    least === undefined ? 'unknown: no pod is known to use it' : control.describeForPeople(least);
  const parts: readonly (readonly [rank: number, text: string])[] = [
    [0, `${step + 1} of ${controls.length}: ${control.title}`],
    [4, ''],
    [1, `Now         ${control.describeForPeople(now)}`],
    [1, `Pods need   ${need}`],
    [4, ''],
    [2, control.allows],
    [3, `Needed by: ${control.neededBy}`],
    [1, `Risk: ${control.risk}`],
    [4, ''],
  ];
  for (let most = 4; ; most--) {
    const lines = parts
      .filter(([rank]) => rank <= most)
      .flatMap(([, text]) => wrapLine(text, width));
    if (lines.length <= height || most === 0) return lines.slice(0, Math.max(0, height));
  }
}

/** What was changed in the whole guide, and its impact; undefined before its end. */
export function walkSummary(
  {step}: WalkView,
  {base, now, model}: Walked,
): readonly RichLine[] | undefined {
  if (step < controls.length) return undefined;
  const changed = controls.filter(control => control.describe(base) !== control.describe(now));
  return [
    [{text: 'That was the last one. What you changed:', bold: true}],
    ...changed.map(
      control =>
        `  ${control.title}: ${control.describeForPeople(base)} -> ${control.describeForPeople(now)}`,
    ),
    ...(changed.length === 0 ? ['  nothing'] : []),
    '',
    `Impact: ${impactText(impactOfDraft(model, now))}`,
    'Esc goes back to the editor: d shows the difference, w writes a file, p applies.',
  ];
}
