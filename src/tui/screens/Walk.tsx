import {Box} from 'ink';
import {useMemo} from 'react';
import {controls} from '../../controls/index.ts';
import {type Walked, type WalkView, walkLines} from '../guide.ts';
import {List} from '../List.tsx';
import {TextLine} from '../StyledLine.tsx';
import type {Frame} from '../session.ts';
import type {Shown} from '../state.ts';
import type {Table} from '../table.ts';

interface Props extends Walked {
  readonly view: WalkView;
  readonly table: Table;
  readonly shown: Shown;
  readonly frame: Frame;
  readonly width: number;
  readonly height: number;
}

/** The titles of the choices, and a line for what of the chosen one is cut. */
const listChrome = 2;

/** One control after another for people who don't know the fields: what it is, and the choices. */
export function Walk({view, table, shown, frame, base, now, model, width, height}: Props) {
  const control = controls[view.step];
  const room = height - table.rows.length - listChrome;
  const lines = useMemo(
    () =>
      control === undefined
        ? []
        : walkLines(view.step, control, {base, now, model}, {width, height: room}),
    [view.step, control, base, now, model, width, room],
  );
  return (
    <Box flexDirection="column" height={height}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity
        <TextLine key={index} text={line} width={width} bold={index === 0} />
      ))}
      <List
        table={table}
        rows={shown.rows}
        cursor={shown.cursor}
        width={width}
        sort={frame.sort}
        descending={frame.descending}
        height={Math.max(1, height - lines.length)}
      />
    </Box>
  );
}
