import {type Key, Text, useInput, usePaste} from 'ink';
import {useState} from 'react';
import {erased, inserted, movedCursor, sightOf} from './typing.ts';

interface Props {
  readonly value: string;
  /** How many columns it may take; the text around the cursor stays in sight. */
  readonly width: number;
  /** What Tab makes of the text, if anything. */
  readonly complete?: ((text: string) => string) | undefined;
  onChange(text: string): void;
  onSubmit(text: string): void;
}

/** A line to type into. What is pasted comes as text, whatever keys it would be. */
export function Input({value, width, complete, onChange, onSubmit}: Props) {
  const [fromEnd, setFromEnd] = useState(0);
  const typed = {text: value, fromEnd};
  const change = (text: string) => {
    if (text !== value) onChange(text);
  };
  useInput((input, key) => {
    const step = stepOf(key);
    if (key.return) onSubmit(value);
    else if (key.tab && complete !== undefined) {
      setFromEnd(0);
      change(complete(value));
    } else if (step !== undefined) setFromEnd(movedCursor(typed, step));
    else if (key.backspace || key.delete) change(erased(typed));
    else if (!isCommand(key) && input !== '') change(inserted(typed, input));
  });
  usePaste(text => change(inserted(typed, text)));
  const {before, at, after} = sightOf(typed, width);
  return (
    <Text wrap="truncate">
      {before}
      <Text inverse>{at}</Text>
      {after}
    </Text>
  );
}

/** How far the cursor is to move; undefined if this is not a key for that. */
function stepOf({leftArrow, rightArrow, home, end}: Key): number | undefined {
  if (leftArrow) return -1;
  if (rightArrow) return 1;
  if (home) return -Infinity;
  return end ? Infinity : undefined;
}

function isCommand(key: Key): boolean {
  const {ctrl, meta, tab, upArrow, downArrow, pageUp, pageDown} = key;
  return ctrl || meta || key.escape || tab || upArrow || downArrow || pageUp || pageDown;
}
