import type {Key} from 'ink';
import {expect, test} from 'vitest';
import type {Context} from '../../src/tui/context.ts';
import {commandsFrom, describedBy} from '../../src/tui/copy.ts';
import {keysOf} from '../../src/tui/keys.ts';
import {rememberedLinesOf} from '../../src/tui/lines.ts';
import {modelOf} from '../../src/tui/model.ts';
import type {View} from '../../src/tui/session.ts';
import {shownOf} from '../../src/tui/state.ts';
import {createStore} from '../../src/tui/store.ts';
import {viewKey} from '../../src/tui/viewKeys.ts';
import {anyViews} from './anyView.ts';
import {agreeing, demo} from './standIns.ts';

const letters = Array.from({length: 95}, (_, index) => String.fromCharCode(32 + index));
const noKey = {} as Key;

/** A view of the demo, and what a key of it did: each action and side effect, but for mere notices. */
function opened(view: View): {readonly context: Context; readonly done: string[]} {
  const done: string[] = [];
  const {get} = createStore([{name: 'policies'}, view]);
  const model = modelOf(demo);
  const services = agreeing();
  const sideEffects = new Proxy({} as Context['sideEffects'], {
    get: (_, name) => () => done.push(String(name)),
  });
  const shown = shownOf(get(), model);
  const dispatch: Context['dispatch'] = ({type}) => {
    if (type !== 'notice') done.push(type);
  };
  const text = {textLines: () => [], lastScroll: 0, page: 10};
  const context = {session: get(), model, shown, dispatch, sideEffects, services, ...text};
  return {context: {...context, refresh: () => done.push('refresh')}, done};
}

/** `u/U` is two keys, `w a e` three, `1-6` six. */
function keysIn(text: string): readonly string[] {
  if (text === '/' || text === '/ n N') return text.split(' ');
  return text
    .split(/[ /]/)
    .flatMap(key => (key === '1-6' ? ['1', '2', '3', '4', '5', '6'] : key === 'Space' ? ' ' : key));
}

test('every key that a view has of its own is among those that it shows', () => {
  for (const view of anyViews) {
    const known = keysOf(view).flatMap(({key}) => keysIn(key));
    const {context, done} = opened(view);
    for (const letter of letters) {
      done.length = 0;
      viewKey(letter, noKey, context, view);
      if (done.length > 0) expect(known, `${view.name}: ${letter} does ${done}`).toContain(letter);
    }
  }
});

/** Keys that no view has of its own. */
const general = new Set(['/', 's', 'y', 'Y', 'n', 'N', ':', '?', 'q', 'r']);

test('every letter that a view shows does something there, or says why not', () => {
  for (const view of anyViews) {
    const {context} = opened(view);
    const {shown, model, session, services} = context;
    const isText = rememberedLinesOf(view, model, session.drafts, services) !== undefined;
    for (const letter of keysOf(view).flatMap(({key}) => keysIn(key))) {
      if (letter.length > 1 || /[↑↓←→]/.test(letter)) continue;
      const where = `${view.name}: ${letter}`;
      if (letter === 's') expect(shown.table, where).toBeDefined();
      else if (letter === 'n' || letter === 'N') expect(isText, where).toBe(true);
      else if (general.has(letter)) continue;
      else if (letter === 'd' && view.name !== 'policy') {
        if (shown.rows.length > 0 || isText) expect(describedBy(context), where).toBeDefined();
      } else {
        let isSaid = false;
        const heard: Context = {
          ...context,
          dispatch: () => {
            isSaid = true;
          },
        };
        const isKnown = viewKey(letter, noKey, heard, view);
        const isLater = view.name === 'policy' && letter === 'm';
        if (!isLater) expect(isKnown || isSaid, where).toBe(true);
      }
    }
  }
});

test('Y copies the command lines of a text, and nothing else of it', () => {
  const copied = (view: View) => commandsFrom(opened(view).context)?.text;
  expect(copied({name: 'finding', id: 'denied-now/Deployment/payments/invoice-render'})).toBe(
    'kubectl psp bind baseline --to sa:payments/default\n',
  );
  expect(copied({name: 'why', item: 'ci/CronJob/nightly-e2e'})).toMatch(
    /^(kubectl psp bind \S+ --to sa:ci\/e2e\n){5}$/,
  );
  const lines = ['kubectl is used by', '', 'Use: kubectl psp why', '$ kubectl psp check -o json'];
  expect(copied({name: 'text', title: 'any', lines})).toBe('kubectl psp check -o json\n');
  expect(copied({name: 'gaps'})).toBeUndefined();
});
