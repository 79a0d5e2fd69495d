import {Box, Text} from 'ink';
import {useMemo} from 'react';
import {useToneColor} from './marks.ts';
import {wrapLine} from './text.ts';

interface Props {
  readonly lines: readonly string[];
  readonly scroll: number;
  readonly width: number;
  readonly height: number;
}

/** A text of which only the lines in sight are drawn. Lines of a diff are coloured. */
export function Lines({lines, scroll, width, height}: Props) {
  const wrapped = useMemo(() => lines.flatMap(line => wrapLine(line, width)), [lines, width]);
  const colorOf = useToneColor();
  const first = Math.max(0, Math.min(scroll, wrapped.length - height));
  return (
    <Box flexDirection="column" height={height}>
      {wrapped.slice(first, first + height).map((line, index) => {
        const tone = line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'plain';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
          <Text key={first + index} wrap="truncate" {...colorOf(tone)}>
            {line === '' ? ' ' : line}
          </Text>
        );
      })}
    </Box>
  );
}

/** How far a text can be scrolled. */
export function lastScroll(lines: readonly string[], width: number, height: number): number {
  return Math.max(0, lines.flatMap(line => wrapLine(line, width)).length - height);
}
