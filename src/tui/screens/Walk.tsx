import {Box, Text, useInput} from 'ink';
import SelectInput from 'ink-select-input';
import {useMemo, useState} from 'react';
import type {Control} from '../../controls/control.ts';
import {controls} from '../../controls/index.ts';
import {atRisk, impactHint, impactText} from '../../effect/impact.ts';
import type {Policy} from '../../kube/objects.ts';
import {directionOf} from '../../policy/direction.ts';
import {nextStep} from '../edit.ts';
import type {Model} from '../model.ts';
import {TextLine} from '../StyledLine.tsx';
import type {Action, View} from '../session.ts';
import {impactOfDraft} from '../state.ts';
import {wrapLine} from '../text.ts';

interface Props {
  readonly view: Extract<View, {name: 'walk'}>;
  readonly base: Policy;
  readonly now: Policy;
  readonly model: Model;
  readonly width: number;
  readonly height: number;
  dispatch(action: Action): void;
}

/** One control after another for people who don't know the fields; then what you changed. */
export function Walk({view, base, now, model, width, height, dispatch}: Props) {
  const control = controls[view.step];
  // The list of choices knows no keys for its ends: it is made again with its cursor there.
  const [end, setEnd] = useState({isLast: false, times: 0});
  useInput((input, key) => {
    if (key.escape) dispatch({type: 'back'});
    if (key.home || key.pageUp || input === 'g') setEnd(endOf(false));
    if (key.end || key.pageDown || input === 'G') setEnd(endOf(true));
    if (key.leftArrow && view.step > 0) {
      dispatch({type: 'replace', view: {...view, step: view.step - 1}});
    }
  });
  const options = useMemo(
    () => (control === undefined ? [] : optionsFor(control, now, model)),
    [control, now, model],
  );
  if (control === undefined)
    return <Summary base={base} now={now} model={model} width={width} height={height} />;
  const lines = walkLines(control, {now, model, step: view.step}, width, height - options.length);
  return (
    <Box flexDirection="column" height={height}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <Text key={index} bold={index === 0} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
      <SelectInput
        key={`${control.id} ${end.times}`}
        initialIndex={end.isLast ? options.length - 1 : 0}
        items={options.map(({label}, index) => ({label, value: index}))}
        indicatorComponent={Indicator}
        itemComponent={({label, isSelected = false}) => (
          <TextLine
            text={label}
            width={Math.max(1, width - 2)}
            {...(isSelected ? {on: 'chosen'} : {})}
          />
        )}
        onSelect={({value}) => {
          const {policy, step = view.step + 1} = options[value] ?? {};
          if (policy !== undefined) dispatch({type: 'edit', base, now: policy});
          dispatch({type: 'replace', view: {...view, step}});
          setEnd(endOf(false));
        }}
      />
    </Box>
  );
}

/** The next state of the choices, with the cursor on the first or the last one. */
function endOf(isLast: boolean) {
  return ({times}: {readonly times: number}) => ({isLast, times: times + 1});
}

function Indicator({isSelected = false}: {readonly isSelected?: boolean}) {
  return <Text>{isSelected ? '> ' : '  '}</Text>;
}

interface Now {
  readonly now: Policy;
  readonly model: Model;
  readonly step: number;
}

/**
 * What to say of a control in so many lines. Where there are too few, the empty lines go first, then who
 * needs it, then what it allows: the value, the need and the risk stay as long as they can.
 */
function walkLines(
  control: Control,
  {now, model, step}: Now,
  width: number,
  height: number,
): readonly string[] {
  const parts: readonly (readonly [rank: number, text: string])[] = [
    [0, `${step + 1} of ${controls.length}: ${control.title}`],
    [4, ''],
    [1, `Now         ${control.describeForPeople(now)}`],
    [1, `Pods need   ${neededText(control, now, model)}`],
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

interface Choice {
  readonly label: string;
  /** undefined keeps it as it is. */
  readonly policy?: Policy;
  /** Where to go on; undefined is the next control. */
  readonly step?: number;
}

/** What setting a control to what the pods need comes to, by where that lies from its value. */
const fitVerbs = {tighter: 'tighten to', looser: 'loosen to', incomparable: 'set it to'} as const;

/** The suggested step first: what the pods need; to keep it if that is what it is, or unknown. */
function optionsFor(control: Control, now: Policy, model: Model): readonly Choice[] {
  const least = model.leastFor(now.metadata.name);
  const fitted = least && control.copy(least, now);
  const way = fitted === undefined ? 'equal' : directionOf(control, now, fitted);
  const riskNow = atRisk(impactOfDraft(model, now));
  const steps = (['tighter', 'looser'] as const).flatMap((direction): Choice[] => {
    const step = nextStep(control, now, direction);
    if (step === undefined) return [];
    const impact = impactOfDraft(model, step.value);
    const mark = atRisk(impact) > riskNow ? '! ' : '';
    const verb = direction === 'tighter' ? 'tighten' : 'loosen';
    const label = `${mark}${verb}: ${step.label} (${impactHint(impact)})`;
    return [{label, policy: step.value}];
  });
  const suggested = ' (suggested)';
  return [
    ...(fitted === undefined || way === 'equal'
      ? []
      : [
          {
            label: `${fitVerbs[way]} what pods need${suggested}: ${control.describeForPeople(fitted)}`,
            policy: fitted,
          },
        ]),
    {label: `keep it${way === 'equal' ? suggested : ''}`},
    ...steps,
    {label: 'skip the rest', step: controls.length},
  ];
}

function neededText(control: Control, now: Policy, model: Model): string {
  const least = model.leastFor(now.metadata.name);
  return least === undefined
    ? 'unknown: no pod is known to use it'
    : control.describeForPeople(least);
}

type SummaryProps = Pick<Props, 'base' | 'now' | 'model' | 'width' | 'height'>;

/** What was changed in the whole guide, and its impact. */
function Summary({base, now, model, width, height}: SummaryProps) {
  const changed = controls.filter(control => control.describe(base) !== control.describe(now));
  const lines = [
    'That was the last one. What you changed:',
    ...changed.map(
      control =>
        `  ${control.title}: ${control.describeForPeople(base)} -> ${control.describeForPeople(now)}`,
    ),
    ...(changed.length === 0 ? ['  nothing'] : []),
  ].flatMap(line => wrapLine(line, width));
  const end = [
    `Impact: ${impactText(impactOfDraft(model, now))}`,
    'Esc goes back to the editor: d shows the difference, w writes a file, p applies.',
  ].flatMap(line => wrapLine(line, width));
  const room = Math.max(1, height - end.length);
  const shown = lines.length <= room ? lines : [...lines.slice(0, room - 1), '  and more'];
  return (
    <Box flexDirection="column" height={height}>
      {[...shown, ...end].map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <Text key={index} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}
