import {Box, useApp, useWindowSize} from 'ink';
import {type ReactElement, useCallback, useEffect, useMemo, useSyncExternalStore} from 'react';
import {controlById, isControlId} from '../controls/index.ts';
import type {Freshness, LiveInventory} from '../inventory/follow/followCluster.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {isByLabels} from '../inventory/regime.ts';
import type {Context} from './context.ts';
import {Footer} from './frame/Footer.tsx';
import {Crumbs, Divider, Header, StateLine} from './frame/Header.tsx';
import {Lines, lastScroll, partInSight} from './Lines.tsx';
import {List} from './List.tsx';
import {rememberedLinesOf} from './lines.ts';
import {gapsText, ThemeContext} from './marks.ts';
import {modelOf} from './model.ts';
import type {Mouse} from './mouse.ts';
import {Prompt, promptHeight} from './Prompt.tsx';
import {plainTheme, type Theme, type Tone} from './paint.ts';
import {footerLines} from './promptKeys.ts';
import type {RichLine} from './rich.ts';
import {plainWordsOf, wrapRich} from './rich.ts';
import {RowsContext} from './rowsInSight.ts';
import {TextLine} from './StyledLine.tsx';
import {EditorFooter, editorFooterHeight} from './screens/EditorFooter.tsx';
import {Values} from './screens/Values.tsx';
import {Walk} from './screens/Walk.tsx';
import type {Services} from './services.ts';
import {editedDrafts, type Frame, type Session, topOf} from './session.ts';
import {createSideEffects, type SideEffects} from './sideEffects.ts';
import {crumbsOf, driftOf, policyOf, type Shown, shownOf} from './state.ts';
import type {SessionStore} from './store.ts';
import {useKeys} from './useKeys.ts';
import {useMouse} from './useMouse.ts';

/** How the session can be stopped and continued by the shell (Ctrl-Z, fg). */
export interface JobControl {
  /** Stops the process; resolves when it goes on. */
  stop(): Promise<void>;
  /** Calls back when somebody else asks for a stop, or the process goes on after one. */
  onSignal(listener: (signal: 'stop' | 'continue') => void): () => void;
}

interface Props {
  readonly live: LiveInventory;
  readonly services: Services;
  /** What the session remembers, with the views that it begins with. */
  readonly store: SessionStore;
  /** The user name that the server sees, for the header. */
  readonly user: string;
  readonly jobs?: JobControl | undefined;
  /** Where what the mouse does comes from, if it is listened to. */
  readonly mouse?: Mouse | undefined;
  /** Colours, if any; where it changes, the screen is drawn again. */
  readonly theme?: Theme;
}

/** Lines around the middle beside the status: the header, the way here; more where there is room. */
const leastChrome = 2;
/** From so many lines on, one says the state of the whole. */
const notShort = 12;
/** From so many lines on, two of them may show keys, and there are rules. */
const tall = 20;
/** From so many lines on, one is a rule above the status. */
const roomy = 30;

/** The interactive session: one state, one view at a time, and the frame around it. */
export function App({live, services, store, user, jobs, mouse, theme = plainTheme}: Props) {
  const {columns, rows: lines} = useWindowSize();
  const subscribe = useCallback((listener: () => void) => live.subscribe(listener), [live]);
  const {inventory, freshness} = useSyncExternalStore(subscribe, () => live.current());
  const {dispatch} = store;
  const refresh = useCallback(() => live.refresh(), [live]);
  const sideEffects = useMemo(
    () =>
      createSideEffects({
        services,
        refresh,
        dispatch: store.dispatch,
        session: store.get,
        model: () => modelOf(live.current().inventory),
        isPartial: () => live.current().isPartial === true,
      }),
    [services, refresh, store, live],
  );
  const session = useSyncExternalStore(store.subscribe, store.get);
  const frame = topOf(session);
  const most = frame.view.name === 'policy' && lines >= tall ? 2 : 1;
  const {view} = frame;
  const {prompt} = session;
  const byLabels = isByLabels(inventory);
  const keys = useMemo(
    () => footerLines(view, prompt, {width: columns, most, byLabels}),
    [view, prompt, columns, most, byLabels],
  );
  const hasState = lines >= notShort;
  const top = 1 + Number(hasState);
  const bottom = promptHeight(prompt) + keys.length;
  const chrome = leastChrome + Number(hasState) + Number(lines >= roomy) + bottom;
  const size = {width: columns, height: Math.max(1, lines - chrome)};
  const contextNow = (): Context => {
    const now = store.get();
    const current = modelOf(live.current().inventory);
    const words = rememberedLinesOf(topOf(now).view, current, now.drafts, services);
    return {
      session: now,
      model: current,
      shown: shownOf(now, current),
      dispatch,
      sideEffects,
      services,
      refresh,
      page: Math.max(1, size.height - 2),
      textLines: () => (words ?? []).flatMap(line => wrapRich(line, size.width)).map(plainWordsOf),
      lastScroll: words === undefined ? 0 : lastScroll(words, size.width, size.height),
    };
  };
  useKeys(contextNow, useSuspension(jobs));
  const inSight = useMouse(mouse, contextNow, {line: top, width: columns});
  const model = modelOf(inventory);
  const shown = shownOf(session, model);
  const text = rememberedLinesOf(frame.view, model, session.drafts, services);
  return (
    <ThemeContext value={theme}>
      <Box flexDirection="column" width={columns} height={lines}>
        <Header inventory={inventory} freshness={freshness} user={user} width={columns} />
        {hasState ? (
          <StateLine model={model} isLoading={freshness.state === 'loading'} width={columns} />
        ) : null}
        <Crumbs
          crumbs={crumbsOf(session, session.drafts)}
          hasRule={lines >= tall}
          width={columns}
        />
        <RowsContext value={inSight}>
          {middleOf({session, model, shown, text, size, frame})}
        </RowsContext>
        {lines >= roomy ? <Divider width={columns} /> : null}
        <Status
          session={session}
          inventory={inventory}
          freshness={freshness}
          dispatch={dispatch}
          sideEffects={sideEffects}
          frame={frame}
          shown={shown}
          part={text === undefined ? '' : partInSight(text, frame.scroll, size)}
          width={columns}
        />
        <Footer lines={keys} width={columns} />
      </Box>
    </ThemeContext>
  );
}

/** Hands the terminal to the shell and back, when a key or a signal asks for it. */
function useSuspension(jobs: JobControl | undefined): () => void {
  const {suspendTerminal} = useApp();
  const suspend = useCallback(() => {
    if (jobs !== undefined) void suspendTerminal(() => jobs.stop());
  }, [jobs, suspendTerminal]);
  useEffect(
    () =>
      jobs?.onSignal(signal => {
        if (signal === 'stop') suspend();
        // Somebody stopped us without asking: the screen and the terminal's mode are no longer ours.
        else void suspendTerminal(() => {});
      }),
    [jobs, suspend, suspendTerminal],
  );
  return suspend;
}

interface Middle extends Pick<Context, 'session' | 'model' | 'shown'> {
  readonly text: readonly RichLine[] | undefined;
  readonly size: {readonly width: number; readonly height: number};
  readonly frame: Frame;
}

/** The view itself. */
function middleOf(middle: Middle): ReactElement {
  const {session, model, shown, text, size, frame} = middle;
  const {view} = frame;
  if (text !== undefined)
    return <Lines lines={text} scroll={frame.scroll} find={frame.filter} {...size} />;
  const policy =
    'policy' in view && view.policy
      ? policyOf(view.policy, session.drafts, model.inventory)
      : undefined;
  if (view.name === 'values' && policy) {
    const {release} = model.inventory;
    return <Values {...{view, now: policy.now, release, shown, frame}} {...size} />;
  }
  const {table} = shown;
  if (table === undefined) {
    return <Lines lines={['It is gone from the cluster.']} scroll={0} {...size} />;
  }
  if (view.name === 'walk' && policy) {
    return <Walk {...{view, table, shown, frame, model}} {...policy} {...size} />;
  }
  const isEditor = view.name === 'policy' && policy !== undefined && size.height > 10;
  const height = isEditor ? size.height - editorFooterHeight : size.height;
  const id = shown.rows[shown.cursor]?.key ?? '';
  return (
    <Box flexDirection="column" height={size.height}>
      <List
        table={table}
        rows={shown.rows}
        cursor={shown.cursor}
        width={size.width}
        height={height}
        sort={frame.sort}
        descending={frame.descending}
      />
      {isEditor ? (
        <EditorFooter
          control={isControlId(id) ? controlById[id] : undefined}
          {...policy}
          model={model}
          width={size.width}
        />
      ) : null}
    </Box>
  );
}

interface StatusProps {
  readonly session: Session;
  readonly inventory: Inventory;
  readonly freshness: Freshness;
  readonly dispatch: Context['dispatch'];
  readonly sideEffects: SideEffects;
  readonly frame: Frame;
  readonly shown: Shown;
  /** Which lines of a text are in sight; '' if all are. */
  readonly part: string;
  readonly width: number;
}

/** The prompt, or what there is to say; else how many rows there are. */
function Status(props: StatusProps) {
  const {session, inventory, dispatch, sideEffects, frame, width} = props;
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
function statusText({session, inventory, freshness, frame, shown, part}: StatusProps): StatusText {
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
  const {table, rows} = shown;
  const filter = frame.filter === '' ? '' : ` of ${table?.rows.length}, filter: ${frame.filter}`;
  const count = `${rows.length}${filter} ${rows.length === 1 ? 'row' : 'rows'}`;
  const loading = freshness.state === 'loading' ? 'still reading, so not final' : undefined;
  const parts = [table ? count : part, loading, gapsText(inventory.gaps)];
  return {text: parts.filter(Boolean).join('; '), tone: 'plain'};
}
