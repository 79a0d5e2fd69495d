import type {ExitCode} from '../errors.ts';
import type {Flags, ValuesOf} from './flags.ts';
import type {World} from './world.ts';

export interface Example {
  /** What it does, as a sentence without a full stop. */
  readonly says: string;
  /** The command line. */
  readonly types: string;
}

interface Description {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More about it, in paragraphs. */
  readonly description: string;
  readonly examples: readonly Example[];
  /** The positional arguments as the usage line shows them: `[POD | KIND/NAME]...`. */
  readonly positionals?: string;
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

export function defineCommand<const F extends Flags>(definition: CommandDefinition<F>): Command {
  return {
    ...definition,
    run: input => definition.run(input as CommandInput<F>),
  };
}
