import type {Services} from './services.ts';
import type {Surroundings, Voice} from './voice.ts';

/** What the session does with files and the clipboard. */
export interface FileEffects {
  /** Writes a file; asks before it overwrites one. */
  write(path: string, content: string, force: boolean): void;
  /** Opens what the files of a change would do. */
  tryFiles(path: string): void;
  /** Writes all that is known to a file. */
  snapshot(path: string): void;
  /** Puts a text into the clipboard of the terminal. */
  copy(text: string, what: string): void;
}

/** The side effects on files. */
export function fileEffects({services, dispatch}: Surroundings, voice: Voice): FileEffects {
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
        dispatch({type: 'open', view: {name: 'trial', path, files}});
      }),
    snapshot: path =>
      voice.run('reading all for the snapshot', async () =>
        write(path, await services.snapshot(), false),
      ),
    copy(text, what) {
      services.copy(text);
      voice.say('good', `Copied ${what}, if the terminal lets programs copy (OSC 52)`);
    },
  };
}
