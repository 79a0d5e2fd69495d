import {goQuote} from '../../kube/goQuote.ts';
import {type EntryProblem, isProblem, type ValueField} from '../control.ts';

interface ChoiceParts<Value> {
  readonly label: string;
  readonly choices: readonly string[];
  get(value: Value): string;
  set(value: Value, choice: string): Value | EntryProblem;
}

/** A field with exactly one of the choices. What is set now may stay even if it is none of them. */
export function choiceField<Value>(parts: ChoiceParts<Value>): ValueField<Value> {
  const {label, choices} = parts;
  const hint = choices.join(', ');
  return {
    label,
    kind: 'choice',
    choices,
    hint,
    get: value => [entryOf(parts.get(value))],
    set(value, entries) {
      const [choice, ...others] = entries;
      if (choice === undefined || others.length > 0) return {problem: `choose one of ${hint}`};
      if (choice === entryOf(parts.get(value))) return value;
      if (!choices.includes(choice)) return {problem: `${goQuote(choice)} is not one of ${hint}`};
      return parts.set(value, choice);
    },
  };
}

/** The one field of a value that is true or false, with a word for each. */
export function flagField(label: string, no: string, yes: string): ValueField<boolean> {
  return choiceField({
    label,
    choices: [no, yes],
    get: value => (value ? yes : no),
    set: (_, choice) => choice === yes,
  });
}

interface ListParts<Value, Item> {
  readonly label: string;
  readonly choices?: readonly string[];
  readonly hint: string;
  /** How many items there can be; any number if absent. */
  readonly most?: number;
  items(value: Value): readonly Item[];
  /** How an item is shown. */
  entry(item: Item): string;
  /** Never sees an empty text, spaces at its ends, or control characters. */
  parse(text: string): Item | EntryProblem;
  set(value: Value, items: readonly Item[]): Value | EntryProblem;
}

/** A field with any number of entries. Those that are there now may stay, whatever parse() says about them. */
export function listField<Value, Item>(parts: ListParts<Value, Item>): ValueField<Value> {
  const {label, choices = [], hint, most = Number.POSITIVE_INFINITY} = parts;
  return {
    label,
    kind: 'list',
    choices,
    hint,
    get: value => parts.items(value).map(parts.entry),
    set(value, entries) {
      const items = itemsFor(parts, parts.items(value), entries);
      if (isProblem(items)) return items;
      if (items.length > most) return {problem: `only ${most} can be here: remove the other first`};
      return parts.set(value, items);
    },
  };
}

function itemsFor<Value, Item>(
  parts: ListParts<Value, Item>,
  present: readonly Item[],
  entries: readonly string[],
): readonly Item[] | EntryProblem {
  const {entry, hint} = parts;
  const spare = [...present];
  const items: Item[] = [];
  const added: string[] = [];
  for (const text of entries) {
    const place = spare.findIndex(item => entry(item) === text);
    if (place >= 0) {
      items.push(...spare.splice(place, 1));
      continue;
    }
    const problem = problemOf(text, hint);
    if (problem !== undefined) return {problem};
    const item = parts.parse(text.trim());
    if (isProblem(item)) return item;
    items.push(item);
    added.push(entry(item));
  }
  const all = items.map(entry);
  const twice = added.find(text => all.indexOf(text) !== all.lastIndexOf(text));
  return twice === undefined ? items : {problem: `${goQuote(twice)} is already in the list`};
}

function problemOf(text: string, hint: string): string | undefined {
  if (['', noName].includes(text.trim())) return `nothing typed: type ${hint}`;
  return /\p{Cc}/u.test(text) ? `${goQuote(text)} has characters that can't be shown` : undefined;
}

interface NamesParts<Value> extends Omit<ListParts<Value, string>, 'entry' | 'parse'> {
  /** What is wrong with the form of a name; undefined if nothing is. */
  problem?(name: string): string | undefined;
}

/** A list of names. The API server accepts empty ones in some lists; they are shown as `(empty)`. */
export function namesField<Value>({problem, ...parts}: NamesParts<Value>): ValueField<Value> {
  return listField<Value, string>({
    ...parts,
    entry: entryOf,
    parse(name) {
      const wrong = problem?.(name);
      return wrong === undefined ? name : {problem: wrong};
    },
  });
}

/** The only field of a value that is a list of names. */
export function plainNamesField(
  parts: Omit<NamesParts<readonly string[]>, 'items' | 'set'>,
): ValueField<readonly string[]> {
  return namesField<readonly string[]>({...parts, items: names => names, set: (_, names) => names});
}

const noName = '(empty)';

function entryOf(name: string): string {
  return name === '' ? noName : name;
}
