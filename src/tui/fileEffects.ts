import {policiesInVain} from '../effect/changeNotes.ts';
import {nearNames} from '../kube/nearNames.ts';
import type {Services} from './services.ts';
import {editedDrafts, type SessionEnd} from './session.ts';
import type {Surroundings, Voice} from './voice.ts';

/** What the session does with files and the clipboard. */
export interface FileEffects {
  /** Writes a file; asks before it overwrites one. */
  write(path: string, content: string, force: boolean): void;
  /** Opens what the files of a change would do. */
  tryFiles(path: string): void;
  /** Writes all that is known to a file. */
  snapshot(path: string): void;
  /** Ends the session for one on another context of the kubeconfig; without a name, asks which. */
  goToContext(name: string | undefined, exit: (end: SessionEnd) => void): void;
  /** Puts a text into the clipboard of the terminal. */
  copy(text: string, what: string): void;
}

/** The side effects on files. */
export function fileEffects(around: Surroundings, voice: Voice): FileEffects {
  const {session, services, dispatch} = around;
  const write = async (path: string, content: string, force: boolean) => {
    const outcome: Awaited<ReturnType<Services['writeFile']>> = await services.writeFile(
      path,
      content,
      force,
    );
    if (outcome === 'written') voice.say('good', `Wrote ${path}`);
    else dispatch({type: 'prompt', prompt: {kind: 'overwrite', path, content}});
  };
  return {
    write: (path, content, force) => voice.run('writing', () => write(path, content, force)),
    tryFiles: path =>
      voice.run(`reading ${path}`, async () => {
        const files = await services.readChange(path);
        const problem = policiesInVain(around.model().inventory, files);
        if (problem !== undefined) return voice.fail(`Try ${path}`, [problem]);
        return dispatch({type: 'open', view: {name: 'trial', path, files}});
      }),
    snapshot: path =>
      voice.run('reading all for the snapshot', async () =>
        write(path, await services.snapshot(), false),
      ),
    goToContext: (context, exit) =>
      voice.run('reading the kubeconfig', async () => {
        const names = await services.contexts();
        if (context === undefined) {
          if (names.length > 0) dispatch({type: 'prompt', prompt: {kind: 'context', names}});
          else voice.say('info', 'There is no context to go on to');
        } else if (!names.includes(context)) {
          voice.say('bad', `No context ${context}: ${nearNames(context, names, 'contexts')}`);
        } else if (editedDrafts(session()).length > 0) {
          voice.say(
            'bad',
            'There are edits that are not applied: apply them, or take them back (u)',
          );
        } else exit({context});
      }),
    copy(text, what) {
      services.copy(text);
      voice.say('good', `Copied ${what}, if the terminal lets programs copy (OSC 52)`);
    },
  };
}
