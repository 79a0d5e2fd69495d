import {realWorld} from './world/index.ts';

const interrupted = new AbortController();
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    interrupted.abort(new Error(signal));
    // A session saves its edits first, and then exits by itself.
    if (signal !== 'SIGTERM' || !world.isInSession()) process.exit(code);
  });
}

// kubectl asks for completions by this name; the launcher of a checkout adds the word itself.
const isCompleter = /(^|[\\/])kubectl_complete-[^\\/]*$/.test(process.argv0);
const args = [...(isCompleter ? ['__complete'] : []), ...process.argv.slice(2)];

const world = realWorld(interrupted.signal);

// No top-level await: in the released executables this is a script.
run(args).then(exitCode => {
  process.exitCode = exitCode;
  if (args[0] === '__complete') {
    interrupted.abort(new Error('too late')); // what is still being read, and programs that log in
  }
  // Everything is written; closing what is open would only take time. A session closes its own terminal.
  if (!world.hadSession()) process.exit();
});

async function run(args: readonly string[]) {
  if (args.length === 1 && args[0] === 'version') {
    // The command that scripts run most often needs neither the parser nor the other commands.
    const {version} = await import('./commands/version/version.ts');
    return version.run({flags: {}, args: [], world});
  }
  const {main} = await import('./cli.ts');
  return main(args, world);
}
