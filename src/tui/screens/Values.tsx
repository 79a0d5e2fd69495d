import {Box, Text, useInput} from 'ink';
import TextInput from 'ink-text-input';
import {type Dispatch, useState} from 'react';
import {isProblem, type ValueField} from '../../controls/control.ts';
import {controlById} from '../../controls/index.ts';
import {fieldErrorText} from '../../kube/fieldError.ts';
import type {Policy} from '../../kube/objects.ts';
import {firstVisible} from '../List.tsx';
import type {Action, View} from '../session.ts';
import {fitTo} from '../text.ts';

interface Props {
  readonly view: Extract<View, {name: 'values'}>;
  readonly base: Policy;
  readonly now: Policy;
  readonly width: number;
  readonly height: number;
  readonly dispatch: Dispatch<Action>;
}

/** The exact values of one control: its parts, each a list of entries to choose from or to type. */
export function Values({view, base, now, width, height, dispatch}: Props) {
  const control = controlById[view.control];
  const [part, setPart] = useState(0);
  const [cursor, setCursor] = useState(0);
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const field = control.fields[part];
  const entries = field === undefined ? [] : entriesOf(field, now);
  const errors = control.validate(now).map(fieldErrorText);
  const unusable = control.unusable(now);

  const set = (chosen: readonly string[]) => {
    if (field === undefined) return;
    const result = field.set(now, chosen);
    if (isProblem(result)) return setProblem(result.problem);
    setProblem(undefined);
    return dispatch({type: 'edit', base, now: result});
  };

  useInput(
    (input, key) => {
      if (key.escape) return dispatch({type: 'back'});
      if (key.tab && control.fields.length > 0) {
        setProblem(undefined);
        setCursor(0);
        return setPart(
          (part + (key.shift ? control.fields.length - 1 : 1)) % control.fields.length,
        );
      }
      if (key.upArrow || input === 'k') return setCursor(Math.max(0, cursor - 1));
      if (key.downArrow || input === 'j')
        return setCursor(Math.min(entries.length - 1, cursor + 1));
      if (input === '+' && field?.kind === 'list') return setTyped('');
      const entry = entries[cursor];
      if ((input === ' ' || key.return) && field !== undefined && entry !== undefined) {
        return set(toggled(field, now, entry));
      }
      return undefined;
    },
    {isActive: typed === undefined},
  );
  useInput(
    (_input, key) => {
      if (key.escape) setTyped(undefined);
    },
    {isActive: typed !== undefined},
  );

  const first = firstVisible(cursor, entries.length, Math.max(1, height - 8));
  return (
    <Box flexDirection="column" height={height}>
      <Text bold wrap="truncate">
        {fitTo(`${control.title}: ${control.describe(now)}`, width)}
      </Text>
      <Text wrap="truncate">{fitTo(control.allows, width)}</Text>
      <Text> </Text>
      <Text wrap="truncate">
        {control.fields
          .map(({label}, index) => (index === part ? `[${label}]` : ` ${label} `))
          .join(' ')}
      </Text>
      {entries.slice(first, first + Math.max(1, height - 8)).map((entry, index) => {
        const chosen = field?.get(now).includes(entry) ?? false;
        const mark = field?.kind === 'choice' ? (chosen ? '(x)' : '( )') : chosen ? '[x]' : '[ ]';
        const here = first + index === cursor;
        return (
          <Text key={entry} inverse={here} wrap="truncate">
            {fitTo(`${here ? '> ' : '  '}${mark} ${entry}`, width)}
          </Text>
        );
      })}
      {typed === undefined ? null : (
        <Box height={1}>
          <Text>{`Add (${field?.hint ?? ''}): `}</Text>
          <TextInput
            value={typed}
            onChange={setTyped}
            onSubmit={text => {
              setTyped(undefined);
              if (text.trim() !== '' && field) set([...field.get(now), text.trim()]);
            }}
          />
        </Box>
      )}
      {[problem, unusable && `admission would ignore the policy: ${unusable}`, ...errors]
        .filter(text => text !== undefined)
        .slice(0, 2)
        .map(text => (
          <Text key={text} color="red" wrap="truncate">
            {fitTo(`! ${text}`, width)}
          </Text>
        ))}
    </Box>
  );
}

/** The choices, and what is set beside them. */
function entriesOf(field: ValueField<Policy>, now: Policy): readonly string[] {
  return [...new Set([...field.get(now), ...field.choices])];
}

function toggled(field: ValueField<Policy>, now: Policy, entry: string): readonly string[] {
  const entries = field.get(now);
  if (field.kind === 'choice') return [entry];
  return entries.includes(entry) ? entries.filter(other => other !== entry) : [...entries, entry];
}
