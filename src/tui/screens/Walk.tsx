import {Box, Text, useInput} from 'ink';
import SelectInput from 'ink-select-input';
import type {Control} from '../../controls/control.ts';
import {controls} from '../../controls/index.ts';
import type {Policy} from '../../kube/objects.ts';
import {directionOf, nextStep} from '../edit.ts';
import {impactText} from '../impact.ts';
import type {Model} from '../model.ts';
import type {Action, View} from '../session.ts';
import {impactOfDraft} from '../state.ts';
import {wrap} from '../text.ts';

interface Props {
  readonly view: Extract<View, {name: 'walk'}>;
  readonly base: Policy;
  readonly now: Policy;
  readonly model: Model;
  readonly width: number;
  readonly height: number;
  dispatch(action: Action): void;
}

/** One control after another for people who don't know the fields; at last what came of it. */
export function Walk({view, base, now, model, width, height, dispatch}: Props) {
  const control = controls[view.step];
  useInput((_input, key) => {
    if (key.escape) dispatch({type: 'back'});
    if (key.leftArrow && view.step > 0) {
      dispatch({type: 'replace', view: {...view, step: view.step - 1}});
    }
  });
  if (control === undefined) return <Summary {...{base, now, model, width, height}} />;
  const options = optionsFor(control, now, model);
  const text = [
    ...[`${view.step + 1} of ${controls.length}: ${control.title}`, ''],
    `Now         ${control.describe(now)}`,
    `Pods need   ${neededText(control, now, model)}`,
    ...['', control.allows, `Needed by: ${control.neededBy}`, `Risk: ${control.risk}`, ''],
  ].flatMap(line => wrap(line, width));
  return (
    <Box flexDirection="column" height={height}>
      {text.slice(0, height - options.length).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <Text key={index} bold={index === 0} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
      <SelectInput
        key={control.id}
        items={options.map(({label}, index) => ({label, value: index}))}
        onSelect={({value}) => {
          const chosen = options[value]?.policy;
          if (chosen !== undefined) dispatch({type: 'edit', base, now: chosen});
          dispatch({type: 'replace', view: {...view, step: view.step + 1}});
        }}
      />
    </Box>
  );
}

interface Choice {
  readonly label: string;
  /** undefined keeps it as it is. */
  readonly policy: Policy | undefined;
}

/** The suggested step first: what the pods need, where that is tighter; else to keep it. */
function optionsFor(control: Control, now: Policy, model: Model): readonly Choice[] {
  const least = model.leastFor(now.metadata.name);
  const fitted = least && control.copy(least, now);
  const isLooser = fitted !== undefined && directionOf(control, now, fitted) === 'tighter';
  const keep: Choice = {label: 'keep it', policy: undefined};
  const steps = (['tighter', 'looser'] as const).flatMap(direction => {
    const step = nextStep(control, now, direction);
    if (step === undefined) return [];
    const effect = impactText(impactOfDraft(model, step.value));
    const verb = direction === 'tighter' ? 'tighten' : 'loosen';
    return [{label: `${verb}: ${step.label} (${effect})`, policy: step.value}];
  });
  const suggestion: Choice[] = isLooser
    ? [
        {
          label: `tighten to what pods need: ${control.describe(fitted)} (suggested)`,
          policy: fitted,
        },
      ]
    : [];
  return [...suggestion, keep, ...steps, {label: 'skip', policy: undefined}];
}

function neededText(control: Control, now: Policy, model: Model): string {
  const least = model.leastFor(now.metadata.name);
  return least === undefined ? 'unknown: no pod binds to it' : control.describe(least);
}

type SummaryProps = Pick<Props, 'base' | 'now' | 'model' | 'width' | 'height'>;

function Summary({base, now, model, width, height}: SummaryProps) {
  const changed = controls.filter(control => control.describe(base) !== control.describe(now));
  const lines = [
    'That was the last one. What you changed:',
    '',
    ...changed.map(
      control => `  ${control.title}: ${control.describe(base)} -> ${control.describe(now)}`,
    ),
    ...(changed.length === 0 ? ['  nothing'] : []),
    '',
    `Impact: ${impactText(impactOfDraft(model, now))}`,
    '',
    'Esc goes back to the editor: d shows the difference, w writes a file, p applies.',
  ].flatMap(line => wrap(line, width));
  return (
    <Box flexDirection="column" height={height}>
      {lines.slice(0, height).map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <Text key={index} wrap="truncate">
          {line === '' ? ' ' : line}
        </Text>
      ))}
    </Box>
  );
}
