import {render} from 'ink';
import type {SessionOptions} from '../commands/world.ts';
import {App} from '../tui/App.tsx';

/** Gives the terminal to the session until it ends; the alternate screen is left in any case. */
export async function openSession(options: SessionOptions, signal: AbortSignal): Promise<void> {
  const app = render(<App {...options} />, {
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    maxFps: 60,
  });
  const end = () => app.unmount();
  signal.addEventListener('abort', end, {once: true});
  process.once('SIGHUP', end);
  try {
    await app.waitUntilExit();
  } finally {
    signal.removeEventListener('abort', end);
    process.removeListener('SIGHUP', end);
  }
}
