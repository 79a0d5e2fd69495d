import {Box, useApp, useWindowSize} from 'ink';
import {type ReactElement, useCallback, useEffect, useMemo, useSyncExternalStore} from 'react';
import {controlById, isControlId} from '../controls/index.ts';
import type {LiveInventory} from '../inventory/follow/followCluster.ts';
import {isByLabels} from '../inventory/regime.ts';
import type {Policy} from '../kube/objects.ts';
import type {Context} from './context.ts';
import {Footer} from './frame/Footer.tsx';
import {Crumbs, Divider, Header, StateLine} from './frame/Header.tsx';
import {Status} from './frame/Status.tsx';
import {Lines} from './Lines.tsx';
import {List} from './List.tsx';
import {rememberedLinesOf} from './lines.ts';
import {ThemeContext} from './marks.ts';
import {modelOf} from './model.ts';
import type {Mouse} from './mouse.ts';
import {listHeight, Preview} from './Preview.tsx';
import {promptHeight} from './Prompt.tsx';
import {plainTheme, type Theme} from './paint.ts';
import {footerLines} from './promptKeys.ts';
import {plainWordsOf} from './rich.ts';
import {RowsContext} from './rowsInSight.ts';
import {
  EditorFooter,
  editorFooterHeight,
  hasEditorFooter,
  soFarText,
} from './screens/EditorFooter.tsx';
import {Values} from './screens/Values.tsx';
import {Walk} from './screens/Walk.tsx';
import type {Services} from './services.ts';
import {type Frame, topOf} from './session.ts';
import {drawnLines, lastScroll, partInSight, type ShownLine} from './shownLines.ts';
import {createSideEffects} from './sideEffects.ts';
import {crumbsOf, policyOf, shownOf} from './state.ts';
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
    const shown = shownOf(now, current);
    return {
      session: now,
      model: current,
      shown,
      dispatch,
      sideEffects,
      services,
      refresh,
      page: Math.max(1, listHeight(size.height, shown, topOf(now).view) - 2),
      textLines: () => drawnLines(words ?? [], size).map(plainWordsOf),
      lastScroll: words === undefined ? 0 : lastScroll(words, size),
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
          {middleOf({session, model, shown, text, size, frame, services})}
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
          said={saidOf({session, model, text, size, frame})}
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

interface Middle extends Pick<Context, 'session' | 'model' | 'shown' | 'services'> {
  readonly text: readonly ShownLine[] | undefined;
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
    const values = {view, shown, frame, release};
    return <Values {...values} now={policy.now} {...size} />;
  }
  const {table} = shown;
  if (table === undefined) {
    return <Lines lines={['It is gone from the cluster.']} scroll={0} {...size} />;
  }
  if (view.name === 'walk' && policy) {
    const walk = {view, table, shown, frame, model};
    return <Walk {...walk} {...policy} {...size} />;
  }
  const isEditor = view.name === 'policy' && policy !== undefined && hasEditorFooter(size.height);
  const height = isEditor ? size.height - editorFooterHeight : listHeight(size.height, shown, view);
  return (
    <Box flexDirection="column" height={size.height}>
      <List
        table={table}
        rows={shown.rows}
        cursor={shown.cursor}
        width={size.width}
        height={height}
        isWhole={!isEditor && height < size.height}
        sort={frame.sort}
        descending={frame.descending}
      />
      {isEditor ? belowEditor(middle, policy) : belowList(middle, size.height - height)}
    </Box>
  );
}

/** What the control of the chosen row is about, and what its next steps would do. */
function belowEditor(
  {shown, model, size}: Middle,
  policy: {readonly base: Policy; readonly now: Policy},
): ReactElement {
  const id = shown.rows[shown.cursor]?.key ?? '';
  const control = isControlId(id) ? controlById[id] : undefined;
  return <EditorFooter control={control} model={model} {...policy} width={size.width} />;
}

/** What Enter would open, in the lines that the list leaves. */
function belowList(
  {session: {drafts}, shown, model, size, services}: Middle,
  height: number,
): ReactElement | null {
  const view = shown.rows[shown.cursor]?.enter;
  if (view === undefined || height <= 0) return null;
  return (
    <Preview
      view={view}
      drafts={drafts}
      model={model}
      services={services}
      width={size.width}
      height={height}
    />
  );
}

/** What a view says of itself below: where one is in a text, and what an edit does if nothing above says it. */
function saidOf({
  session,
  model,
  text,
  size,
  frame,
}: Omit<Middle, 'shown' | 'services'>): string | undefined {
  if (text !== undefined) return partInSight(text, frame.scroll, size);
  const {view} = frame;
  if (view.name !== 'policy' || hasEditorFooter(size.height)) return undefined;
  const policy = policyOf(view.policy, session.drafts, model.inventory);
  return policy && soFarText(policy, model, size.width);
}
