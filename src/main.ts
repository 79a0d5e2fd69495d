import {main} from './cli.ts';
import {realWorld} from './world/index.ts';

const interrupted = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    interrupted.abort(new Error(signal));
    process.exit(code);
  });
}

process.exitCode = await main(process.argv.slice(2), realWorld(interrupted.signal));
