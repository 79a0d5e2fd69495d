import {Box} from 'ink';
import {useMemo} from 'react';
import {foundIn, type RichLine, spansOfLine, wrapRich} from './rich.ts';
import {StyledLine} from './StyledLine.tsx';

interface Props {
  readonly lines: readonly RichLine[];
  readonly scroll: number;
  /** What is searched for; '' for nothing. */
  readonly find?: string;
  readonly width: number;
  readonly height: number;
}

/** A text of which only the lines in sight are drawn. */
export function Lines({lines, scroll, find = '', width, height}: Props) {
  const wrapped = useMemo(() => placedLines(lines, width), [lines, width]);
  const first = Math.max(0, Math.min(scroll, wrapped.length - height));
  return (
    <Box flexDirection="column" height={height}>
      {wrapped.slice(first, first + height).map(({place, line}) => (
        <StyledLine key={place} spans={foundIn(spansOfLine(line), find)} width={width} />
      ))}
    </Box>
  );
}

/** Lines have no other identity than their place. */
function placedLines(lines: readonly RichLine[], width: number) {
  return lines.flatMap(line => wrapRich(line, width)).map((line, place) => ({place, line}));
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Which lines are in sight, `Lines 1-18 of 40`; '' if all are. */
export function partInSight(lines: readonly RichLine[], scroll: number, size: Size): string {
  const last = lastScroll(lines, size.width, size.height);
  if (last === 0) return '';
  const first = Math.min(scroll, last);
  return `Lines ${first + 1}-${first + size.height} of ${last + size.height}`;
}

/** How far a text can be scrolled. */
export function lastScroll(lines: readonly RichLine[], width: number, height: number): number {
  return Math.max(0, lines.flatMap(line => wrapRich(line, width)).length - height);
}
