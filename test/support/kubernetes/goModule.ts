import {execFileSync} from 'node:child_process';
import {isThorough} from './reference.ts';

/**
 * The folder of a Go module (`PATH@VERSION`) in Go's module cache, downloaded if it is not there. If
 * there is no Go to get it: undefined, and a line on stderr that says that `what` is missing; or throws
 * that line, if the environment has `PSP_REQUIRE_REFERENCE=1`.
 */
export function goModule(module: string, what: string): string | undefined {
  try {
    const answer = execFileSync('go', ['mod', 'download', '-json', module], {
      encoding: 'utf8',
      env: {...process.env, GOFLAGS: '-mod=mod'},
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return (JSON.parse(answer) as {readonly Dir: string}).Dir;
  } catch (error) {
    const line = `${what} not found: it takes Go to download ${module}`;
    if (isThorough) throw new Error(line, {cause: error});
    process.stderr.write(`skipped: ${line}\n`);
    return undefined;
  }
}
