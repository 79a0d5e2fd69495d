import type {ExitCode} from '../errors.ts';
import type {Completes, Flags, ValuesOf} from './flags.ts';
import type {World} from './world.ts';

export interface Example {
  /** What it does, as a sentence without a full stop. */
  readonly says: string;
  /** The command line. */
  readonly types: string;
}

/** One positional argument, as data: usage and completion come from it. */
export interface Positional {
  /** What stands for it in the usage line: POLICY; if absent, its words. */
  readonly placeholder?: string;
  /** Words that may stand there. */
  readonly words?: readonly string[];
  /** What completion looks up besides the words. */
  readonly completes?: Completes;
  readonly isOptional?: boolean;
  readonly isRepeated?: boolean;
}

interface Description {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More about it, in paragraphs. */
  readonly description: string;
  readonly examples: readonly Example[];
  readonly positionals?: readonly Positional[];
}

interface CommandDefinition<F extends Flags> extends Description {
  readonly flags: F;
  run(input: CommandInput<F>): Promise<ExitCode>;
}

export interface CommandInput<F extends Flags> {
  readonly flags: ValuesOf<F>;
  readonly args: readonly string[];
  readonly world: World;
}

/** A command whose flag types are sealed inside, so that commands of all kinds fit in one list. */
export interface Command extends Description {
  readonly flags: Flags;
  run(input: CommandInput<Flags>): Promise<ExitCode>;
}

/** What follows the command's name in its usage line: `[flags] [POD | KIND/NAME]...`. */
export function argumentsUsage({positionals = []}: Command): string {
  const shown = positionals.map(({placeholder, words = [], isOptional, isRepeated}) => {
    const name = placeholder ?? words.join(' | ');
    return `${isOptional ? `[${name}]` : name}${isRepeated ? '...' : ''}`;
  });
  return ['[flags]', ...shown].join(' ');
}

/** Seals a command's types of flags. */
export function defineCommand<const F extends Flags>(definition: CommandDefinition<F>): Command {
  return {
    ...definition,
    run: input => definition.run(input as CommandInput<F>),
  };
}
