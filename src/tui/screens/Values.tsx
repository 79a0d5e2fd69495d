import {Box, type Key, Text, useInput} from 'ink';
import {useReducer, useRef, useState} from 'react';
import {type Control, isProblem, type ValueField} from '../../controls/control.ts';
import {controlById} from '../../controls/index.ts';
import {fieldErrorText} from '../../kube/fieldError.ts';
import type {Policy} from '../../kube/objects.ts';
import {Input} from '../Input.tsx';
import {firstVisible} from '../List.tsx';
import {TextLine} from '../StyledLine.tsx';
import type {Action, View} from '../session.ts';
import {fitTo, widthOf} from '../text.ts';

interface Props {
  readonly view: Extract<View, {name: 'values'}>;
  /** The policy as it is at this moment, also between two drawings. */
  latest(): {readonly base: Policy; readonly now: Policy};
  readonly width: number;
  readonly height: number;
  dispatch(action: Action): void;
}

/** Where the user is among the parts and entries, and what was wrong with the last entry. */
interface Place {
  part: number;
  cursor: number;
  problem: string | undefined;
}

/** The exact values of one control: its parts, each a list of entries to choose from or to type. */
export function Values({view, latest, width, height, dispatch}: Props) {
  const control = controlById[view.control];
  // Not React's state: several keys may come before the next drawing.
  const at = useRef<Place>({part: 0, cursor: 0, problem: undefined}).current;
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const fieldNow = () => control.fields[at.part];
  const entriesNow = () => entriesOf(fieldNow(), latest().now);

  const set = (chosen: readonly string[]) => {
    const {base, now} = latest();
    const result = fieldNow()?.set(now, chosen);
    if (result === undefined) return;
    at.problem = isProblem(result) ? result.problem : undefined;
    if (!isProblem(result)) dispatch({type: 'edit', base, now: result});
  };
  const onKey = (input: string, key: Key) => {
    const entries = entriesNow();
    const field = fieldNow();
    const entry = entries[at.cursor];
    const parts = control.fields.length;
    if (key.escape) dispatch({type: 'back'});
    else if (key.tab && parts > 0) {
      Object.assign(at, {cursor: 0, problem: undefined});
      at.part = (at.part + (key.shift ? parts - 1 : 1)) % parts;
    } else if (key.upArrow || input === 'k') at.cursor = Math.max(0, at.cursor - 1);
    else if (key.downArrow || input === 'j') {
      at.cursor = Math.max(0, Math.min(entries.length - 1, at.cursor + 1));
    } else if (input === '+' && field?.kind === 'list') setTyped('');
    else if ((input === ' ' || key.return) && field !== undefined && entry !== undefined) {
      set(toggled(field, latest().now, entry));
    }
    redraw();
  };
  useInput(onKey, {isActive: typed === undefined});
  useInput((_input, key) => key.escape && setTyped(undefined), {isActive: typed !== undefined});

  const {now} = latest();
  const field = fieldNow();
  const onAdd = (text: string) => {
    setTyped(undefined);
    if (text.trim() !== '' && field) set([...field.get(latest().now), text.trim()]);
  };
  return (
    <Box flexDirection="column" height={height}>
      <Head {...{control, now, width}} part={at.part} />
      <Entries {...{field, now, width}} entries={entriesNow()} cursor={at.cursor} height={height} />
      {typed === undefined ? null : (
        <AddLine {...{typed, width}} hint={field?.hint ?? ''} onChange={setTyped} onAdd={onAdd} />
      )}
      <Problems {...{control, now, width}} problem={at.problem} />
    </Box>
  );
}

interface Shown {
  readonly control: Control;
  readonly now: Policy;
  readonly width: number;
}

/** The control, its value, and its parts. */
function Head({control, now, width, part}: Shown & {readonly part: number}) {
  const parts = control.fields.map(({label}, index) =>
    index === part ? `[${label}]` : ` ${label} `,
  );
  return (
    <>
      <TextLine
        text={`${control.title}: ${control.describeForPeople(now)}`}
        bold={true}
        width={width}
      />
      <TextLine text={control.allows} tone="dim" width={width} />
      <Text> </Text>
      <TextLine text={parts.join(' ')} width={width} />
    </>
  );
}

interface EntriesProps extends Pick<Shown, 'now' | 'width'> {
  readonly field: ValueField<Policy> | undefined;
  readonly entries: readonly string[];
  readonly cursor: number;
  readonly height: number;
}

/** The entries in sight, the set ones marked. */
function Entries({field, entries, now, cursor, width, height}: EntriesProps) {
  const page = Math.max(1, height - 8);
  const first = firstVisible(cursor, entries.length, page);
  return entries.slice(first, first + page).map((entry, index) => {
    const chosen = field?.get(now).includes(entry) ?? false;
    const mark = field?.kind === 'choice' ? (chosen ? '(x)' : '( )') : chosen ? '[x]' : '[ ]';
    const here = first + index === cursor;
    return (
      <TextLine
        key={entry}
        text={`${here ? '> ' : '  '}${mark} ${entry}`}
        width={width}
        {...(here ? {on: 'chosen'} : {})}
      />
    );
  });
}

interface AddLineProps {
  readonly typed: string;
  readonly hint: string;
  readonly width: number;
  onChange(text: string): void;
  onAdd(text: string): void;
}

/** Where an entry that is no choice is typed; its end stays in sight. */
function AddLine({typed, hint, width, onChange, onAdd}: AddLineProps) {
  const label = `${fitTo(`Add (${hint}):`, Math.floor(width / 2)).trimEnd()} `;
  return (
    <Box height={1}>
      <Text>{label}</Text>
      <Input value={typed} width={width - widthOf(label)} onChange={onChange} onSubmit={onAdd} />
    </Box>
  );
}

/** What is wrong with the last entry or with the value, two lines at most. */
function Problems({control, now, width, problem}: Shown & {readonly problem: string | undefined}) {
  const unusable = control.unusable(now);
  const ignored = unusable && `admission would ignore the policy: ${unusable}`;
  return [problem, ignored, ...control.validate(now).map(fieldErrorText)]
    .filter(text => text !== undefined)
    .slice(0, 2)
    .map(text => <TextLine key={text} text={`! ${text}`} tone="bad" width={width} />);
}

/** The choices, and what is set beside them. */
function entriesOf(field: ValueField<Policy> | undefined, now: Policy): readonly string[] {
  if (field === undefined) return [];
  return [...new Set([...field.get(now), ...field.choices])];
}

function toggled(field: ValueField<Policy>, now: Policy, entry: string): readonly string[] {
  const entries = field.get(now);
  if (field.kind === 'choice') return [entry];
  return entries.includes(entry) ? entries.filter(other => other !== entry) : [...entries, entry];
}
