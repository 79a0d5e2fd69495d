import {Box} from 'ink';
import {useMemo} from 'react';
import type {Control} from '../../controls/control.ts';
import {atRisk, impactText} from '../../effect/impact.ts';
import type {Policy} from '../../kube/objects.ts';
import {nextStep} from '../edit.ts';
import type {Model} from '../model.ts';
import {TextLine} from '../StyledLine.tsx';
import {impactOfDraft} from '../state.ts';

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
  const steps = useMemo(() => stepsOf(control, now, model), [control, now, model]);
  const sum =
    base === now ? 'Nothing is edited yet' : `So far: ${impactText(impactOfDraft(model, now))}`;
  return (
    <Box flexDirection="column" height={editorFooterHeight}>
      <TextLine text={control?.risk ?? ''} tone="dim" width={width} />
      {steps.map(({text, denies}) => (
        <TextLine key={text} text={text} tone={denies ? 'bad' : 'plain'} width={width} />
      ))}
      <TextLine text={sum} bold={true} width={width} />
    </Box>
  );
}

/** What the next step either way is, and what it would do. */
function stepsOf(control: Control | undefined, now: Policy, model: Model) {
  const step = (direction: 'tighter' | 'looser', arrow: string) => {
    const next = control && nextStep(control, now, direction);
    if (next === undefined) return {text: `${arrow} no ${direction} step`, denies: false};
    const impact = impactOfDraft(model, next.value);
    const denies = atRisk(impact) > atRisk(impactOfDraft(model, now));
    const mark = denies ? '! ' : '';
    return {text: `${arrow} ${mark}${direction}: ${next.label} (${impactText(impact)})`, denies};
  };
  return [step('tighter', '←'), step('looser', '→')];
}
