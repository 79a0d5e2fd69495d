import {type ExitCode, exitCodes} from '../../errors.ts';
import {flagName} from '../flags.ts';
import type {SourceRequest} from '../input/load.ts';
import type {World} from '../world.ts';
import {type CommandTable, type Line, understand} from './line.ts';
import {lookUp, type Suggestion} from './values.ts';

/**
 * What shells do with an answer: a sum of these. kubectl reads them too; they are cobra's
 * (completions.go, ShellCompDirective).
 */
const directives = {noSpace: 2, noFiles: 4} as const;

/** Milliseconds for looking things up: with the start of the program that makes about a second. */
const patienceMs = 800;

/**
 * Answers `ARGS... TOCOMPLETE` as kubectl wants it of a plugin: lines `value<TAB>description`, and
 * at last `:<directive>`. What fails, or takes too long, is just not there.
 */
export async function complete(
  words: readonly string[],
  world: World,
  table: CommandTable,
): Promise<ExitCode> {
  const line = understand(words, table);
  const {suggestions, isForFiles} = await suggest(line, {...world, warn: () => {}}, table);
  const fitting = distinct(suggestions).filter(({value}) => value.startsWith(line.typed));
  const goesOn = fitting.length > 0 && fitting.every(({value}) => /[/:]$/.test(value));
  const directive = (goesOn ? directives.noSpace : 0) + (isForFiles ? 0 : directives.noFiles);
  const lines = fitting.map(({value, help}) => (help === '' ? value : `${value}\t${help}`));
  world.print([...lines, `:${directive}`].map(text => `${text}\n`).join(''));
  return exitCodes.ok;
}

interface Answer {
  readonly suggestions: readonly Suggestion[];
  readonly isForFiles: boolean;
}

async function suggest(line: Line, world: World, table: CommandTable): Promise<Answer> {
  const {wanted} = line;
  if (wanted === 'command') return {suggestions: commandNames(table), isForFiles: false};
  if (wanted === 'flag') return {suggestions: flagNames(line), isForFiles: false};
  const suggestions: Suggestion[] = [];
  const add = (value: string, help = '') => {
    suggestions.push({value, help});
  };
  for (const word of wanted.flatMap(({words}) => words)) add(word);
  const lookUps = wanted.flatMap(({completes}) => completes ?? []);
  const lookup = {world, flags: requestOf(line), typed: line.typed, add};
  await Promise.race([
    Promise.allSettled(lookUps.map(wantedNames => lookUp(wantedNames, lookup))),
    new Promise(resolve => setTimeout(resolve, patienceMs)),
  ]);
  return {suggestions, isForFiles: lookUps.includes('files')};
}

function commandNames({commands}: CommandTable): readonly Suggestion[] {
  const own = commands.map(({name, summary}) => ({value: name, help: summary}));
  return [...own, {value: 'help', help: 'Show help for a command'}];
}

/** The flags that may still be given, by both their names. */
function flagNames({command, given}: Line): readonly Suggestion[] {
  const flags = Object.entries(command?.flags ?? {}).filter(
    ([key, {hidden, type}]) => !hidden && (type === 'list' || !given.has(key)),
  );
  const own = flags.flatMap(([key, {short, help}]) => [
    {value: `--${flagName(key)}`, help},
    ...(short === undefined ? [] : [{value: `-${short}`, help}]),
  ]);
  const help = 'show this help';
  return [...own, {value: '--help', help}, {value: '-h', help}];
}

/** The flags that say where to look things up. */
function requestOf({command, given}: Line): SourceRequest {
  const values = [...given].map(([key, list]) => {
    const type = command?.flags[key]?.type;
    return [key, type === 'list' ? list : type === 'string' ? list.at(-1) : true];
  });
  return Object.fromEntries(values);
}

/** Without what a shell would take for two lines, or show in another way than it is. */
function distinct(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  const byValue = new Map(suggestions.map(suggestion => [suggestion.value, suggestion]));
  return [...byValue.values()].filter(({value}) => !/\p{C}|\p{Zl}|\p{Zp}/u.test(value));
}
