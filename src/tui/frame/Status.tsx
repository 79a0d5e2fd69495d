import type {Freshness} from '../../inventory/follow/followCluster.ts';
import type {Inventory} from '../../inventory/inventory.ts';
import type {Context} from '../context.ts';
import {gapsText} from '../marks.ts';
import {Prompt} from '../Prompt.tsx';
import type {Tone} from '../paint.ts';
import {TextLine} from '../StyledLine.tsx';
import {editedDrafts, type Frame, type Session} from '../session.ts';
import type {SideEffects} from '../sideEffects.ts';
import {driftOf, type Shown} from '../state.ts';

interface StatusProps {
  readonly session: Session;
  readonly inventory: Inventory;
  readonly freshness: Freshness;
  readonly dispatch: Context['dispatch'];
  readonly sideEffects: SideEffects;
  readonly frame: Frame;
  readonly shown: Shown;
  /** What the view says of itself, instead of how many rows it has. */
  readonly said: string | undefined;
  readonly width: number;
}

/** The prompt, or what there is to say; else how many rows there are. */
export function Status(props: StatusProps) {
  const {session, inventory, dispatch, sideEffects, frame, shown, width} = props;
  const {prompt} = session;
  if (prompt !== undefined) {
    const hasEdits = editedDrafts(session).length > 0;
    return (
      <Prompt
        prompt={prompt}
        inventory={inventory}
        dispatch={dispatch}
        sideEffects={sideEffects}
        width={width}
        hasEdits={hasEdits}
        filter={frame.filter}
        found={shown.table && `${shown.rows.length} of ${shown.table.rows.length}`}
      />
    );
  }
  const {text, tone} = statusText(props);
  return <TextLine text={text} tone={tone} width={width} />;
}

interface StatusText {
  readonly text: string;
  readonly tone: Tone;
}

/** What matters most of all that could be said. */
function statusText({session, inventory, freshness, frame, shown, said}: StatusProps): StatusText {
  const {busy, notice, drafts} = session;
  if (busy !== undefined) return {text: `${busy}…`, tone: 'plain'};
  if (notice !== undefined) {
    const {tone, text} = notice;
    return {text: tone === 'bad' ? `! ${text}` : text, tone: tone === 'info' ? 'plain' : tone};
  }
  const drift =
    'policy' in frame.view && frame.view.policy !== undefined
      ? driftOf(frame.view.policy, drafts, inventory)
      : undefined;
  if (drift === 'changed') {
    const text = '! It was changed in the cluster since your edit began: m puts your edit on top';
    return {text, tone: 'bad'};
  }
  if (drift === 'gone') {
    return {text: '! It was deleted in the cluster: your edit is kept, w writes it', tone: 'bad'};
  }
  if (freshness.state === 'stale') {
    const wait = Math.round(freshness.retryInMs / 1000);
    return {text: `! next try in ${wait} s: ${freshness.reason}`, tone: 'bad'};
  }
  const loading = freshness.state === 'loading' ? 'still reading, so not final' : undefined;
  const parts = [said ?? rowText(shown, frame.filter), loading, gapsText(inventory.gaps)];
  return {text: parts.filter(Boolean).join('; '), tone: 'plain'};
}

/** Where one is in a table; of a filtered one, how many rows there would be without. */
function rowText({table, rows, cursor}: Shown, filter: string): string | undefined {
  if (table === undefined) return undefined;
  const kept = `${rows.length} of ${table.rows.length}, filter: ${filter}`;
  if (rows.length === 0) return filter === '' ? '0 rows' : kept;
  return `Row ${cursor + 1} of ${rows.length}${filter === '' ? '' : ` (${kept})`}`;
}
