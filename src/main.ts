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

// No top-level await: in the released executables this is a script.
main(process.argv.slice(2), realWorld(interrupted.signal)).then(exitCode => {
  process.exitCode = exitCode;
});
