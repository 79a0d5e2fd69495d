import type {Command, Positional} from '../command.ts';
import {type Completes, type Flag, flagName} from '../flags.ts';

/** The commands, as cli.ts has them. */
export interface CommandTable {
  readonly root: Command;
  readonly commands: readonly Command[];
}

/** What may stand in one place of a command line. */
export interface Slot {
  readonly words: readonly string[];
  readonly completes: Completes | undefined;
}

/** A command line up to the word that is being typed. */
export interface Line {
  /** undefined: the first word is not a command. */
  readonly command: Command | undefined;
  /** The values of flags by their keys, each as often as it stands there; '' for switches. */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** What is wanted: the name of a command, of a flag, or one of what fits. */
  readonly wanted: 'command' | 'flag' | readonly Slot[];
  /** What is typed of it already. */
  readonly typed: string;
}

/** Understands the words after `kubectl psp`; the last one is being typed, and may be empty. */
export function understand(words: readonly string[], table: CommandTable): Line {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const reader = createReader(table);
  for (const word of before) reader.read(word);
  return reader.end(last);
}

interface FlagOf {
  readonly key: string;
  readonly flag: Flag;
}

/** Reads a command line word by word. */
function createReader({root, commands}: CommandTable) {
  const given = new Map<string, readonly string[]>();
  const args: string[] = [];
  let command: Command | undefined = root;
  let isHelp = false;
  let pending: FlagOf | undefined;
  let isOver = false; // after `--` there are no flags

  const give = ({key}: FlagOf, value: string) => {
    given.set(key, [...(given.get(key) ?? []), value]);
  };
  const readFlag = (word: string): void => {
    const [, name = word, value] = withValue.exec(word) ?? [];
    const found = command && flagNamed(command, name);
    if (found === undefined) return;
    if (found.flag.type === 'boolean') {
      if (value !== 'false') give(found, '');
    } else if (value !== undefined) give(found, value);
    else pending = found;
  };
  const readArgument = (word: string): void => {
    if (command !== root) args.push(word);
    else if (word === 'help' && !isHelp) isHelp = true;
    else command = isHelp ? undefined : commands.find(({name}) => name === word);
  };

  return {
    read(word: string): void {
      if (pending !== undefined && isSpare(pending, word)) {
        give(pending, pending.flag.implied ?? '');
        pending = undefined;
      }
      if (pending !== undefined) {
        give(pending, word);
        pending = undefined;
      } else if (isOver || word === '-' || !word.startsWith('-')) readArgument(word);
      else if (word === '--') isOver = true;
      else readFlag(word);
    },
    end(last: string): Line {
      const line = {command, given, typed: last};
      if (pending !== undefined && !isSpare(pending, last)) {
        return {...line, wanted: [slotOf(pending)]};
      }
      if (last.startsWith('-') && !isOver) return {...line, ...wantedOfFlag(last, command)};
      if (command === root) return {...line, wanted: 'command'};
      return {...line, wanted: command ? slotsAfter(args, command) : []};
    },
  };
}

/** What is wanted where a flag is being typed: its name, or after `=` its value. */
function wantedOfFlag(word: string, command: Command | undefined): Pick<Line, 'wanted' | 'typed'> {
  const [, name = '', value] = withValue.exec(word) ?? [];
  if (value === undefined) return {wanted: 'flag', typed: word};
  const flag = command && flagNamed(command, name);
  return {wanted: flag ? [slotOf(flag)] : [], typed: value};
}

/** Whether a flag that needs no value is followed by the next flag. */
function isSpare({flag}: FlagOf, next: string): boolean {
  return flag.implied !== undefined && next.startsWith('-');
}

const withValue = /^(-[A-Za-z]|--[a-z-]+)=(.*)$/s;

function slotOf({flag: {choices = [], completes}}: FlagOf): Slot {
  return {words: choices, completes};
}

function flagNamed(command: Command, name: string): FlagOf | undefined {
  const found = Object.entries(command.flags).find(
    ([key, {short}]) => name === `--${flagName(key)}` || name === `-${short}`,
  );
  return found && {key: found[0], flag: found[1]};
}

/** What fits after these arguments, as the command describes its own. */
function slotsAfter(args: readonly string[], {positionals = []}: Command): readonly Slot[] {
  let rest = positionals;
  for (const arg of args) {
    const index = rest.findIndex(
      ({words = [], completes}) => completes !== undefined || words.includes(arg),
    );
    const place = rest[index];
    if (place === undefined) return [];
    rest = rest.slice(place.isRepeated ? index : index + 1);
  }
  const first = rest.findIndex(({isOptional}) => !isOptional);
  return (first < 0 ? rest : rest.slice(0, first + 1)).map(slotOfPositional);
}

function slotOfPositional({words = [], completes}: Positional): Slot {
  return {words, completes};
}
