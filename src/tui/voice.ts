import {messageOf} from '../errors.ts';
import type {Model} from './model.ts';
import type {Result, Services} from './services.ts';
import {type Action, editedDrafts, type Session} from './session.ts';

/** What the side effects need; asked for when one begins, so that it is current. */
export interface Surroundings {
  session(): Session;
  model(): Model;
  /** Whether some of the cluster has not been read even once. */
  isPartial(): boolean;
  readonly services: Services;
  dispatch(action: Action): void;
  refresh(): void;
}

/** How side effects report progress and results. */
export interface Voice {
  say(tone: 'good' | 'bad' | 'info', text: string): void;
  fail(title: string, lines: readonly string[]): void;
  showResult(result: Result): void;
  /** Asks for the file to write to. */
  askForFile(name: string, content: string): void;
  /** Runs something that takes time; what it throws is shown, all of it. */
  run(what: string, task: () => Promise<void>): void;
  /** Whether nothing can be applied; then it says why. */
  isReadOnly(): boolean;
}

/** The voice of side effects in these surroundings. */
export function voiceOf({session, dispatch, services}: Surroundings): Voice {
  const say: Voice['say'] = (tone, text) => dispatch({type: 'notice', notice: {tone, text}});
  const fail: Voice['fail'] = (title, lines) => {
    dispatch({type: 'open', view: {name: 'text', title, lines}});
    const hasEdits = editedDrafts(session()).length > 0;
    say('bad', `Failed${hasEdits ? '; your edit is kept' : ''}: Esc goes back`);
  };
  return {
    say,
    fail,
    showResult({ok, lines}) {
      if (!ok) return fail('Not applied', lines);
      dispatch({type: 'open', view: {name: 'text', title: 'Applied', lines}});
      return say('good', lines[0] ?? 'done');
    },
    askForFile: (name, content) =>
      dispatch({type: 'prompt', prompt: {kind: 'write', text: `${name}.yaml`, content}}),
    run(what, task) {
      dispatch({type: 'busy', busy: what});
      void task()
        .catch((error: unknown) => fail(`Failed: ${what}`, [messageOf(error)]))
        .finally(() => dispatch({type: 'busy', busy: undefined}));
    },
    isReadOnly() {
      if (services.readOnly === undefined) return false;
      say('bad', `${services.readOnly}; w writes a file instead`);
      return true;
    },
  };
}
