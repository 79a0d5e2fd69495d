import {Box, Text} from 'ink';
import {useContext} from 'react';
import {ThemeContext} from './marks.ts';
import {painted} from './paint.ts';
import {foundIn, spansOfLine} from './rich.ts';
import {StyledLine} from './StyledLine.tsx';
import {barColumns, drawnLines, type ShownLine} from './shownLines.ts';

interface Props {
  readonly lines: readonly ShownLine[];
  readonly scroll: number;
  /** What is searched for; '' for nothing. */
  readonly find?: string;
  readonly width: number;
  readonly height: number;
}

/** A text of which only the lines in sight are drawn, with a bar beside it if there are more. */
export function Lines({lines, scroll, find = '', width, height}: Props) {
  const all = drawnLines(lines, {width, height});
  const first = Math.max(0, Math.min(scroll, all.length - height));
  const isLong = all.length > height;
  return (
    <Box height={height}>
      <Box flexDirection="column">
        {placed(all.slice(first, first + height)).map(({place, line}) => (
          <StyledLine
            key={place}
            spans={foundIn(spansOfLine(line), find)}
            width={isLong ? width - barColumns : width}
          />
        ))}
      </Box>
      {isLong && width > barColumns ? <Bar first={first} height={height} all={all.length} /> : null}
    </Box>
  );
}

/** Lines have no other identity than their place. */
function placed<T>(lines: readonly T[]) {
  return lines.map((line, place) => ({place, line}));
}

/** Where in all of a text the lines in sight are. */
function Bar({first, height, all}: {readonly first: number; readonly height: number; all: number}) {
  const theme = useContext(ThemeContext);
  const length = Math.max(1, Math.floor((height * height) / all));
  const top = Math.round((first / (all - height)) * (height - length));
  const signs = Array.from({length: height}, (_, line) =>
    painted(
      [
        line >= top && line < top + length
          ? {text: ' ┃', tone: 'dim'}
          : {text: ' │', tone: 'dim', isArea: true},
      ],
      theme,
    ),
  );
  return <Text>{signs.join('\n')}</Text>;
}
