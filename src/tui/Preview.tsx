import {Box} from 'ink';
import {useMemo} from 'react';
import {Lines} from './Lines.tsx';
import {List} from './List.tsx';
import {firstLinesOf} from './lines.ts';
import type {Model} from './model.ts';
import {RowsContext} from './rowsInSight.ts';
import {StyledLine} from './StyledLine.tsx';
import type {Services} from './services.ts';
import type {Session, View} from './session.ts';
import {type Shown, tableOf} from './state.ts';
import {fitWords, safeWidthOf, widthOf} from './text.ts';
import {titleOf} from './titles.ts';

/** In a view of so many lines a long list leaves some. */
const leastToShare = 30;
/** Of such a view, a list of many rows takes this much. */
const shareOfList = 0.6;
/** So many lines that a short list leaves say something: a title, and what is most important. */
const leastPreview = 8;
/** What a list has besides its rows: a caption, the titles, two lines for what is cut. */
const listChrome = 4;

/** How many of the lines of a view its list takes; what it leaves shows what the chosen row opens. */
export function listHeight(height: number, {rows, cursor}: Shown, view: View): number {
  if (rows[cursor]?.enter === undefined || hasOwnFooter(view)) return height;
  const whole = rows.length + listChrome;
  if (height >= leastToShare) return Math.min(whole, Math.floor(height * shareOfList));
  return whole + leastPreview <= height ? whole : height;
}

/** Whether a view says below what its chosen row is about. */
function hasOwnFooter({name}: View): boolean {
  return name === 'policy' || name === 'values' || name === 'walk';
}

interface Props {
  /** What Enter would open. */
  readonly view: View;
  readonly model: Model;
  readonly drafts: Session['drafts'];
  readonly services: Services;
  readonly width: number;
  readonly height: number;
}

/** The beginning of what Enter would open, so that a walk through the rows answers without opening each. */
export function Preview({view, model, drafts, services, width, height}: Props) {
  const size = {width, height: Math.max(1, height - 1)};
  const lines = useMemo(
    () => firstLinesOf(size.height, view, model, drafts, services),
    [size.height, view, model, drafts, services],
  );
  const table = useMemo(
    () => (lines === undefined ? tableOf(view, model, drafts) : undefined),
    [lines, view, model, drafts],
  );
  // The others are not looked at, not even for how wide columns have to be.
  const rows = useMemo(() => table?.rows.slice(0, size.height) ?? [], [table, size.height]);
  return (
    <Box flexDirection="column" height={height}>
      <Title title={titleOf(view, drafts)} width={width} />
      {/* Clicks are for the rows of the list, not for these. */}
      <RowsContext value={nowhere}>
        {lines !== undefined ? <Lines lines={lines} scroll={0} {...size} /> : null}
        {table !== undefined ? (
          <List
            table={table}
            rows={rows}
            cursor={-1}
            sort={undefined}
            descending={false}
            {...size}
          />
        ) : null}
      </RowsContext>
    </Box>
  );
}

const nowhere = {current: undefined};
const key = 'Enter';

/** The rule that parts it from the list, with the key that opens it. */
function Title({title, width}: {readonly title: string; readonly width: number}) {
  const shown = fitWords(title, Math.min(safeWidthOf(title), Math.max(0, width - key.length - 2)));
  const left = Math.max(0, width - widthOf(shown) - key.length - 2);
  return (
    <StyledLine
      spans={[
        {text: key, bold: true},
        {text: ` ${shown} `, tone: 'dim'},
        {text: '─'.repeat(left), tone: 'dim', isArea: true},
      ]}
      width={width}
    />
  );
}
