import {Box, Text} from 'ink';
import {useMemo} from 'react';
import type {Control} from '../../controls/control.ts';
import {atRisk, impactHint, impactText} from '../../effect/impact.ts';
import type {Policy} from '../../kube/objects.ts';
import {nextStep} from '../edit.ts';
import {useToneColor} from '../marks.ts';
import type {Model} from '../model.ts';
import {impactOfDraft} from '../state.ts';
import {fitTo} from '../text.ts';

interface Props {
  readonly control: Control | undefined;
  readonly base: Policy;
  readonly now: Policy;
  readonly model: Model;
  readonly width: number;
}

/** How many lines the footer takes. */
export const editorFooterHeight = 4;

/** What the edit so far does, and what the next step either way would do. */
export function EditorFooter({control, base, now, model, width}: Props) {
  const colorOf = useToneColor();
  const step = (direction: 'tighter' | 'looser', arrow: string) => {
    const next = control && nextStep(control, now, direction);
    if (next === undefined) return {text: `${arrow} no ${direction} step`, denies: false};
    const impact = impactOfDraft(model, next.value);
    const denies = atRisk(impact) > atRisk(impactOfDraft(model, now));
    const mark = denies ? '! ' : '';
    return {text: `${arrow} ${mark}${direction}: ${next.label} (${impactHint(impact)})`, denies};
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `step` is made of these
  const steps = useMemo(() => [step('tighter', '←'), step('looser', '→')], [control, now, model]);
  const sum =
    base === now ? 'Nothing is edited yet' : `So far: ${impactText(impactOfDraft(model, now))}`;
  return (
    <Box flexDirection="column" height={editorFooterHeight}>
      <Text wrap="truncate">{fitTo(control?.risk ?? '', width)}</Text>
      {steps.map(({text, denies}) => (
        <Text key={text} wrap="truncate" {...colorOf(denies ? 'bad' : 'plain')}>
          {fitTo(text, width)}
        </Text>
      ))}
      <Text bold wrap="truncate">
        {fitTo(sum, width)}
      </Text>
    </Box>
  );
}
