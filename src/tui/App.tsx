import {Box, Text, useWindowSize} from 'ink';
import {type ReactElement, useCallback, useMemo, useState, useSyncExternalStore} from 'react';
import {controlById, isControlId} from '../controls/index.ts';
import type {Inventory} from '../inventory/inventory.ts';
import type {Freshness, LiveInventory} from '../inventory/live.ts';
import {createDeeds, type Deeds} from './deeds.ts';
import {keyLine} from './keys.ts';
import {Lines, lastScroll} from './Lines.tsx';
import {List} from './List.tsx';
import {linesOf} from './lines.ts';
import {freshnessText} from './marks.ts';
import {modelOf} from './model.ts';
import {Prompt} from './Prompt.tsx';
import {EditorFooter, editorFooterHeight} from './screens/EditorFooter.tsx';
import {Values} from './screens/Values.tsx';
import {Walk} from './screens/Walk.tsx';
import type {Services} from './services.ts';
import {type Frame, type Session, topOf, type View} from './session.ts';
import {breadcrumb, policyOf, type Shown, shownOf} from './state.ts';
import {createStore} from './store.ts';
import {fitTo} from './text.ts';
import {type Context, useKeys} from './useKeys.ts';

interface Props {
  readonly live: LiveInventory;
  readonly services: Services;
  /** The views to begin with; Esc walks back through them. */
  readonly start: readonly View[];
  /** Whom the server knows us as, for the header. */
  readonly user: string;
}

/** Lines around the middle: two of header, one of status, one of keys. */
const chrome = 4;

/** The interactive session: one state, one view at a time, and the frame around it. */
export function App({live, services, start, user}: Props) {
  const {columns, rows: lines} = useWindowSize();
  const subscribe = useCallback((listener: () => void) => live.subscribe(listener), [live]);
  const {inventory, freshness} = useSyncExternalStore(subscribe, () => live.current());
  const [store] = useState(() => createStore(start));
  const session = useSyncExternalStore(store.subscribe, store.get);
  const {dispatch} = store;
  const refresh = useCallback(() => live.refresh(), [live]);
  const deeds = useMemo(
    () =>
      createDeeds({
        ...{services, refresh, dispatch: store.dispatch, session: store.get},
        model: () => modelOf(live.current().inventory),
      }),
    [services, refresh, store, live],
  );
  const size = {width: columns, height: Math.max(1, lines - chrome)};
  const contextNow = (): Context => {
    const now = store.get();
    const current = modelOf(live.current().inventory);
    const words = linesOf(topOf(now).view, current, now.drafts, services);
    return {
      ...{session: now, model: current, shown: shownOf(now, current)},
      ...{dispatch, deeds, services, refresh},
      page: Math.max(1, size.height - 2),
      lastScroll: words === undefined ? 0 : lastScroll(words, size.width, size.height),
    };
  };
  useKeys(contextNow);
  const frame = topOf(session);
  const model = modelOf(inventory);
  const shown = shownOf(session, model);
  const text = useMemo(
    () => linesOf(frame.view, model, session.drafts, services),
    [frame.view, model, session.drafts, services],
  );
  return (
    <Box flexDirection="column" width={columns} height={lines}>
      <Header inventory={inventory} freshness={freshness} user={user} width={columns} />
      <Text bold wrap="truncate">
        {fitTo(breadcrumb(session, session.drafts), columns)}
      </Text>
      {middleOf({...{session, model, shown, dispatch, text, size, frame}, contextNow})}
      <Status {...{session, freshness, dispatch, deeds, frame, shown}} width={columns} />
      <Text dimColor wrap="truncate">
        {fitTo(keyLine(frame.view, columns), columns)}
      </Text>
    </Box>
  );
}

interface Middle extends Pick<Context, 'session' | 'model' | 'shown' | 'dispatch'> {
  readonly text: readonly string[] | undefined;
  readonly size: {readonly width: number; readonly height: number};
  readonly frame: Frame;
  contextNow(): Context;
}

/** The view itself. */
function middleOf(middle: Middle): ReactElement {
  const {session, model, shown, dispatch, text, size, frame, contextNow} = middle;
  const {view} = frame;
  if (text !== undefined) return <Lines lines={text} scroll={frame.scroll} {...size} />;
  const policy =
    'policy' in view && view.policy
      ? policyOf(view.policy, session.drafts, model.inventory)
      : undefined;
  if (view.name === 'values' && policy) {
    const latest = () => {
      const {session: now, model: current} = contextNow();
      return policyOf(view.policy, now.drafts, current.inventory) ?? policy;
    };
    return <Values {...{view, dispatch, latest, ...size}} />;
  }
  if (view.name === 'walk' && policy) {
    return <Walk {...{view, model, dispatch, ...policy, ...size}} />;
  }
  if (shown.table === undefined) {
    return <Lines lines={['It is gone from the cluster.']} scroll={0} {...size} />;
  }
  const isEditor = view.name === 'policy' && policy !== undefined && size.height > 10;
  const height = isEditor ? size.height - editorFooterHeight : size.height;
  const id = shown.rows[shown.cursor]?.key ?? '';
  return (
    <Box flexDirection="column" height={size.height}>
      <List
        {...{table: shown.table, rows: shown.rows, cursor: shown.cursor, width: size.width, height}}
        sort={frame.sort}
        descending={frame.descending}
      />
      {isEditor ? (
        <EditorFooter
          control={isControlId(id) ? controlById[id] : undefined}
          {...{...policy, model, width: size.width}}
        />
      ) : null}
    </Box>
  );
}

interface HeaderProps {
  readonly inventory: Inventory;
  readonly freshness: Freshness;
  readonly user: string;
  readonly width: number;
}

/** Where the facts come from and how current they are. */
function Header({inventory, freshness, user, width}: HeaderProps) {
  const {source, serverVersion, policyApi} = inventory;
  const psp = policyApi === 'absent' ? 'gone' : policyApi === 'unknown' ? '?' : 'served';
  const right = freshnessText(freshness);
  const left = `kubectl psp  ${source}  ${serverVersion ?? ''}  PSP ${psp}  ${user}`;
  const isBad = freshness.state === 'stale';
  return (
    <Box height={1}>
      <Text wrap="truncate">{fitTo(left, Math.max(0, width - right.length - 1))} </Text>
      <Text bold={isBad} {...(isBad ? {color: 'red'} : {})}>
        {right}
      </Text>
    </Box>
  );
}

interface StatusProps {
  readonly session: Session;
  readonly freshness: Freshness;
  readonly dispatch: Context['dispatch'];
  readonly deeds: Deeds;
  readonly frame: Frame;
  readonly shown: Shown;
  readonly width: number;
}

/** The prompt, or what there is to say; else how many rows there are. */
function Status({session, freshness, dispatch, deeds, frame, shown, width}: StatusProps) {
  const {prompt, notice, busy} = session;
  if (prompt !== undefined) {
    return <Prompt {...{prompt, dispatch, deeds}} filter={frame.filter} />;
  }
  const {text, tone} = statusText(busy, notice, freshness, frame, shown);
  const color = tone === 'bad' ? 'red' : tone === 'good' ? 'green' : undefined;
  return (
    <Text wrap="truncate" {...(color === undefined ? {} : {color})}>
      {fitTo(text, width)}
    </Text>
  );
}

function statusText(
  busy: string | undefined,
  notice: Session['notice'],
  freshness: Freshness,
  frame: Frame,
  {table, rows}: Shown,
): {readonly text: string; readonly tone: 'good' | 'bad' | 'info'} {
  if (busy !== undefined) return {text: `${busy}…`, tone: 'info'};
  if (notice !== undefined) {
    const sign = notice.tone === 'bad' ? '! ' : '';
    return {...notice, text: sign + notice.text};
  }
  if (freshness.state === 'stale') {
    const wait = Math.round(freshness.retryInMs / 1000);
    return {text: `! ${freshness.reason}; next try in ${wait} s`, tone: 'bad'};
  }
  if (table === undefined) return {text: '', tone: 'info'};
  const filter = frame.filter === '' ? '' : ` of ${table.rows.length}, filter: ${frame.filter}`;
  return {text: `${rows.length}${filter} ${rows.length === 1 ? 'row' : 'rows'}`, tone: 'info'};
}
