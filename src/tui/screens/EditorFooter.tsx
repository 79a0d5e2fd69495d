import {Box} from 'ink';
import {useContext, useMemo} from 'react';
import type {Control} from '../../controls/control.ts';
import {atRisk, impactHint, impactText} from '../../effect/impact.ts';
import type {Policy} from '../../kube/objects.ts';
import {barSpans, impactParts, type Part} from '../bars.ts';
import {impactOfDraft} from '../draftImpact.ts';
import {nextStep} from '../edit.ts';
import {ThemeContext} from '../marks.ts';
import type {Model} from '../model.ts';
import type {Look, Piece, Theme} from '../paint.ts';
import {StyledLine, TextLine} from '../StyledLine.tsx';
import {fitTo, safeWidthOf} from '../text.ts';

interface Props {
  readonly control: Control | undefined;
  readonly base: Policy;
  readonly now: Policy;
  readonly model: Model;
  readonly width: number;
}

/** How many lines the footer takes. */
export const editorFooterHeight = 5;

/** Whether a view of so many lines has room for it, with rows enough above. */
export function hasEditorFooter(height: number): boolean {
  return height > 10;
}

/** How wide the bar of a step is. */
const barWidth = 14;

/** What the edit so far does, and what the next step either way would do, each with a bar of the pods after it. */
export function EditorFooter({control, base, now, model, width}: Props) {
  const theme = useContext(ThemeContext);
  const {steps, before, after} = useMemo(
    () => ({
      steps: stepsOf(control, now, model),
      before: impactParts(impactOfDraft(model, base)),
      after: impactParts(impactOfDraft(model, now)),
    }),
    [control, base, now, model],
  );
  const sum = soFarText({base, now}, model, width);
  return (
    <Box flexDirection="column" height={editorFooterHeight}>
      <TextLine text={control?.risk ?? ''} tone="dim" width={width} />
      {steps.map(({text, denies, parts}) => (
        <BarLine
          key={text}
          text={text}
          look={{tone: denies ? 'bad' : 'plain'}}
          bar={parts === undefined ? [] : barSpans(parts, barWidth, theme)}
          width={width}
        />
      ))}
      <TextLine text={sum} bold={true} width={width} />
      <StyledLine
        spans={
          twoBars(before, base === now ? undefined : after, width, theme) ?? noneText(base, model)
        }
        width={width}
      />
    </Box>
  );
}

/** What the edit does, in fewer words where there is no room for more: what is unknown is told in any case. */
export function soFarText(
  {base, now}: Pick<Props, 'base' | 'now'>,
  model: Model,
  width: number,
): string {
  if (base === now) return 'Nothing is edited yet';
  const impact = impactOfDraft(model, now);
  const text = `So far: ${impactText(impact)}`;
  return safeWidthOf(text) <= width ? text : `So far: ${impactHint(impact)}`;
}

function noneText(base: Policy, model: Model): readonly Piece[] {
  const text = model.perhapsBound.has(base.metadata.name)
    ? 'Whether a pod would use it is unknown'
    : 'No pod that was read would use it';
  return [{text, tone: 'dim'}];
}

/** The pods of the policy before the edit and after it, side by side; undefined if there are none. */
function twoBars(
  before: readonly Part[],
  after: readonly Part[] | undefined,
  width: number,
  theme: Theme,
): readonly Piece[] | undefined {
  if ([...before, ...(after ?? [])].every(({count}) => count === 0)) return undefined;
  const labels = ['Before ', '  After '] as const;
  const room = Math.floor((width - labels.join('').length) / 2);
  return [
    {text: labels[0], tone: 'dim'},
    ...barSpans(before, room, theme),
    ...(after === undefined ? [] : [{text: labels[1], tone: 'dim'} as const]),
    ...(after === undefined ? [] : barSpans(after, room, theme)),
  ];
}

interface BarLineProps {
  readonly text: string;
  readonly look: Look;
  readonly bar: readonly Piece[];
  readonly width: number;
}

/** A text, and a bar at the end of its line if it leaves room for that. */
function BarLine({text, look, bar, width}: BarLineProps) {
  const room = width - barWidth - 2;
  if (bar.length === 0 || safeWidthOf(text) > room)
    return <TextLine text={text} width={width} {...look} />;
  return <StyledLine spans={[{text: `${fitTo(text, room)}  `, ...look}, ...bar]} width={width} />;
}

/** What the next step either way is, and what it would do. */
function stepsOf(control: Control | undefined, now: Policy, model: Model) {
  const step = (direction: 'tighter' | 'looser', arrow: string) => {
    const next = control && nextStep(control, now, direction, model.inventory.release);
    if (next === undefined)
      return {text: `${arrow} no ${direction} step`, denies: false, parts: undefined};
    const impact = impactOfDraft(model, next.value);
    const denies = atRisk(impact) > atRisk(impactOfDraft(model, now));
    const mark = denies ? '! ' : '';
    const text = `${arrow} ${mark}${direction}: ${next.label} (${impactHint(impact)})`;
    return {text, denies, parts: impactParts(impact)};
  };
  return [step('tighter', '←'), step('looser', '→')];
}
