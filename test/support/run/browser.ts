import {delimiter, join} from 'node:path';
import {type Browser, chromium} from 'playwright-core';
import {isThorough} from '../kubernetes/reference.ts';
import {isExecutable} from './executables.ts';

const missing =
  'chromium not found; install it (apt-get install chromium) or set CHROMIUM to its path';

/** The path of a Chromium: `$CHROMIUM`, or the first in `$PATH`; undefined if there is none. */
function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = folders.flatMap(folder => names.map(name => join(folder, name))).find(isExecutable);
  return process.env.CHROMIUM || found;
}

/**
 * Whether there is a Chromium; for `describe.runIf(hasChromium())`. If not, it says so in one line on
 * stderr; or throws it, if the environment has `PSP_REQUIRE_REFERENCE=1`.
 */
export function hasChromium(): boolean {
  if (findChromium() !== undefined) return true;
  if (isThorough) throw new Error(missing);
  process.stderr.write(`skipped: ${missing}\n`);
  return false;
}

/** Starts it, without a window and without anything that it would do of its own on the network. */
export function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(missing);
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-sync',
      '--disable-background-networking',
      '--disable-component-update',
    ],
  });
}
