import {Text} from 'ink';
import {useContext} from 'react';
import {escapeText} from '../report/escape.ts';
import {ThemeContext} from './marks.ts';
import {type Look, type Piece, painted} from './paint.ts';
import type {RichLine} from './rich.ts';
import {beginningOf, fitWords, widthOf} from './text.ts';

interface Props {
  readonly spans: readonly Piece[];
  readonly width: number;
  /** What all of the line stands on, to its end. */
  readonly on?: Look['on'];
}

/** A line of just so many columns, cut or filled up at its end. The texts of its spans are safe. */
export function StyledLine({spans, width, on}: Props) {
  const theme = useContext(ThemeContext);
  const fitted = fitSpans(spans, width);
  const shown = on === undefined ? fitted : fitted.map(span => ({...span, on}));
  return <Text wrap="truncate">{painted(shown, theme)}</Text>;
}

/** A text from a cluster as a line in one look. */
export function TextLine({
  text,
  width,
  ...look
}: Look & {readonly text: string; readonly width: number}) {
  return <StyledLine spans={[{text: fitWords(text, width), ...look}]} width={width} />;
}

/** Spans of just so many columns together. */
function fitSpans(spans: readonly Piece[], width: number): readonly Piece[] {
  const fitted: Piece[] = [];
  let left = Math.max(0, width);
  for (const span of spans) {
    const wide = widthOf(span.text);
    const text = wide <= left ? span.text : beginningOf(span.text, left);
    fitted.push({...span, text});
    left -= widthOf(text);
    if (wide > widthOf(text)) break;
  }
  return left > 0 ? [...fitted, {text: ' '.repeat(left)}] : fitted;
}

/** Where there is no room for all, the quiet pieces go, from the end on, so that what stands out is in sight. */
function fitTabs(spans: readonly Piece[], width: number): readonly Piece[] {
  const used = spans.reduce((sum, {text}) => sum + widthOf(text), 0);
  if (used <= width) return spans;
  const last = spans.findLastIndex(({tone, bold}) => tone === 'dim' && bold !== true);
  return last < 0 ? spans : fitTabs(spans.toSpliced(last, 1), width);
}

/** A line of which parts look different; texts from a cluster are made safe. */
export function RichTextLine({line, width}: {readonly line: RichLine; readonly width: number}) {
  if (typeof line === 'string') return <TextLine text={line} width={width} />;
  const spans = fitTabs(
    line.map(span => ({...span, text: escapeText(span.text)})),
    width,
  );
  return <StyledLine spans={spans} width={width} />;
}
