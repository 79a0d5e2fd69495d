import {CommanderError, Option, Command as Program} from 'commander';
import {argumentsUsage, type Command, type CommandInput} from './commands/command.ts';
import {connectionFlags, type Flag, type Flags, flagName} from './commands/flags.ts';
import {commands, rootCommand} from './commands/index.ts';
import type {World} from './commands/world.ts';
import {type ExitCode, exitCodes, messageOf, UserError} from './errors.ts';
import {similarName} from './kube/nearNames.ts';

/** What the exit codes mean; the end of every help. */
export const exitCodeHelp = `Exit codes:
  0   success, including empty namespaces and (marked) partial answers
  1   the answer is no, or different (check, diff, migrate, try, unbind; else --fail-on..., --verify)
  2   the command line is wrong
  3   a file or server can't be read or reached, files hold no workload, or check or migrate can't tell
  4   the server refused something that the answer depends on
  70  a bug of kubectl psp`;

/** The first word of a command line that asks for completions: `__complete ARGS... TOCOMPLETE`. */
const completionRequest = '__complete';

/**
 * Runs one command line. Errors that the user can fix become one line on standard error; the
 * result is the exit code.
 */
export async function main(argv: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const done = (code: ExitCode) => {
    exitCode = code;
  };
  try {
    const [first, topic] = argv;
    // Most command lines name their command first: then the flags of the others need not be loaded.
    const named = commands.find(({name}) => name === first);
    if (named !== undefined) {
      refuseForeign(named, argv.slice(1));
      const program = new Program(`kubectl psp ${named.name}`);
      configure(program, named, world, done);
      await program.parseAsync([...plainArguments(argv.slice(1))], {from: 'user'});
      return exitCode;
    }
    if (first === completionRequest) {
      const {complete} = await import('./commands/completion/complete.ts');
      return await complete(argv.slice(1), world, {root: rootCommand, commands});
    }
    if (first === 'help' && topic !== undefined && !commands.some(({name}) => name === topic)) {
      throw unknownCommand(topic);
    }
    await programOf(world, done).parseAsync([...plainArguments(argv)], {from: 'user'});
    return exitCode;
  } catch (error) {
    return explain(error, world);
  }
}

function explain(error: unknown, world: World): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
  if (error instanceof UserError) {
    world.warn(`error: ${error.message}`);
    return error.exitCode;
  }
  world.warn(`error: this is a bug of kubectl psp, please report it: ${messageOf(error)}`);
  if (error instanceof Error && error.stack) {
    for (const line of error.stack.split('\n').slice(1)) world.warn(line);
  }
  return exitCodes.bug;
}

/** All commands, as the parser wants them; flags may stand before them. */
function programOf(world: World, done: (code: ExitCode) => void): Program {
  const program = new Program('kubectl psp');
  configure(program, rootCommand, world, done);
  program.addHelpCommand('help [command]', 'Show help for a command');
  for (const command of commands) {
    configure(program.command(command.name), command, world, done);
  }
  return program;
}

function configure(
  program: Program,
  command: Command,
  world: World,
  done: (code: ExitCode) => void,
): void {
  program
    .summary(command.summary)
    .description(reflowed(command.description))
    .usage(argumentsUsage(command))
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', `${connectionHelp(command)}\n${examplesText(command)}\n\n${exitCodeHelp}`)
    .argument('[arguments...]')
    .enablePositionalOptions()
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureHelp({visibleArguments: () => [], subcommandTerm: each => each.name()})
    .configureOutput({
      writeOut: text => world.print(text),
      writeErr: text =>
        world.warn(text.trimEnd().replace(/\n\(Did you mean (.*)\?\)$/, ': did you mean $1?')),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    })
    .action(async (args: readonly string[], own: Readonly<Record<string, unknown>>) => {
      if (command === rootCommand && args[0] !== undefined) throw unknownCommand(args[0]);
      const values = {...program.parent?.opts(), ...own}; // flags may also stand before the command
      const flags = defaults(command.flags, values);
      done(await runPicking(command, {flags, args, world}));
    });
  for (const [key, flag] of Object.entries(command.flags)) program.addOption(optionFor(key, flag));
}

/** Runs a command. With `-o jsonpath=` or `custom-columns=` it prints what that picks from its JSON. */
async function runPicking(
  command: Command,
  {
    flags,
    args,
    world,
  }: {flags: Readonly<Record<string, unknown>>} & Omit<CommandInput<Flags>, 'flags'>,
): Promise<ExitCode> {
  const {output, watch, noHeaders} = flags;
  const asked = /^(?:jsonpath|custom-columns)=/.test(String(output));
  if (!asked || !command.flags.output?.choices?.includes('json')) {
    return command.run({flags: flags as never, args, world});
  }
  if (watch)
    throw new UserError('-w goes on for ever: leave it out, or take a table', exitCodes.usage);
  const {picked, pickFormatOf} = await import('./report/template/templated.ts');
  const format = pickFormatOf(String(output));
  if (format === undefined)
    throw new UserError(`-o ${output}: a template is missing`, exitCodes.usage);
  // What is wrong with a template is said before anything is read.
  picked(format, '{}', false);
  const printed: string[] = [];
  const code = await command.run({
    flags: {...flags, output: 'json'} as never,
    args,
    world: {...world, print: text => void printed.push(text)},
  });
  if (printed.length > 0) world.print(picked(format, printed.join(''), noHeaders !== true));
  return code;
}

/** Flags by which kubectl takes files, given to a command that takes them otherwise: with the line that does it. */
function refuseForeign({name, flags}: Command, argv: readonly string[]): void {
  if (!Object.hasOwn(flags, 'from') || Object.hasOwn(flags, 'filename')) return;
  const given = new Set(argv.map(argument => argument.split('=')[0]));
  const isGiven = (...names: readonly string[]) => names.some(each => given.has(each));
  const hint =
    (isGiven('-k', '--kustomize') && `-k: kubectl kustomize DIR | kubectl psp ${name} --from -`) ||
    (isGiven('-f', '--filename') && `-f: manifests are read by --from FILE here`) ||
    (isGiven('-R', '--recursive') && '-R: folders are always read with those below them');
  if (hint) throw new UserError(`${name} has no ${hint}`, exitCodes.usage);
}

function unknownCommand(name: string): UserError {
  const near = similarName(name, [...commands.map(command => command.name), 'help']);
  const hint =
    (Object.hasOwn(otherwise, name) && otherwise[name]) ||
    (near && `did you mean ${JSON.stringify(near)}?`) ||
    'see kubectl psp --help';
  return new UserError(`unknown command ${JSON.stringify(name)}: ${hint}`, exitCodes.usage);
}

const inSession = 'policies are edited in the session: kubectl psp, or kubectl psp --open psp/NAME';

/** What does the work of kubectl's own commands here. */
const otherwise: Readonly<Record<string, string>> = {
  edit: inSession,
  patch: inSession,
  list: 'get prints the policies of a cluster: kubectl psp get',
  summary: 'it is what kubectl psp prints without a command, as kubectl psp -o table',
  describe: 'why tells all about a pod, who-can about a policy: kubectl psp why POD',
  explain: 'why tells all about a pod: kubectl psp why POD',
  auth: 'who-can tells who may use a policy: kubectl psp who-can POLICY',
  'can-i': 'who-can tells who may use a policy: kubectl psp who-can POLICY',
  create: 'bind makes grants and advise writes policies: kubectl psp advise --grant',
};

function optionFor(key: string, flag: Flag): Option {
  const {short, type, placeholder = 'VALUE', help, implied} = flag;
  const hidden = flag.hidden === true || Object.hasOwn(connectionFlags, key);
  const names = `${short === undefined ? '' : `-${short}, `}--${flagName(key)}`;
  const value = implied === undefined ? `<${placeholder}>` : `[${placeholder}]`;
  const option = new Option(type === 'boolean' ? names : `${names} ${value}`, help);
  if (implied !== undefined) option.preset(implied);
  if (type === 'list') option.argParser(append);
  return option.hideHelp(hidden);
}

/** A repeated flag: its values one after another. */
function append(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The values of flags that were not given: false, an empty list, or undefined. */
function defaults(flags: Flags, values: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(flags).map(([key, {type}]) => [
      key,
      givenValue(key, values) ?? (type === 'boolean' ? false : type === 'list' ? [] : undefined),
    ]),
  );
}

/** The parser takes `--no-headers` for the negation of a flag `--headers`. */
function givenValue(key: string, values: Readonly<Record<string, unknown>>): unknown {
  if (!/^no[A-Z]/.test(key)) return values[key];
  return values[key.charAt(2).toLowerCase() + key.slice(3)] === false;
}

/**
 * As kubectl has it, `-o=json` is `-o json`, and `--all-namespaces=true` sets a flag that takes no
 * value, `=false` leaves it.
 */
function plainArguments(argv: readonly string[]): readonly string[] {
  const switches = new Set(
    [rootCommand, ...commands].flatMap(({flags}) =>
      Object.entries(flags).flatMap(([key, {type, short}]) =>
        type === 'boolean' ? [`--${flagName(key)}`, `-${short}`] : [],
      ),
    ),
  );
  return argv.flatMap(argument => {
    const [, name = '', value = ''] = /^(-[A-Za-z]|--[a-z-]+)=(.*)$/s.exec(argument) ?? [];
    if (switches.has(name) && /^(true|false)$/.test(value)) return value === 'true' ? [name] : [];
    return name.length === 2 ? [name, value] : [argument];
  });
}

/** Where the flags are told that all commands share which ask a cluster. */
function connectionHelp({flags}: Command): string {
  if (!Object.hasOwn(flags, 'kubeconfig')) return '';
  return "\n  and kubectl's flags for reaching a cluster (--context, --as, -s, ...): kubectl psp options\n";
}

/** Each paragraph as one line: the help wraps them to the width of the terminal. */
function reflowed(text: string): string {
  return text.replaceAll(/(?<!\n)\n(?!\n)/g, ' ');
}

function examplesText({examples}: Command): string {
  const lines = examples.flatMap(({says, types}) => [`  # ${says}`, `  ${types}`, '']);
  return ['Examples:', ...lines].join('\n').trimEnd();
}
