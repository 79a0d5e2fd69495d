import {Box, Text, useApp, useInput} from 'ink';
import {useState} from 'react';
import {controlById} from '../controls/index.ts';
import type {Inventory} from '../inventory/inventory.ts';
import {escapeText} from '../report/escape.ts';
import {Contexts, contextsHeight} from './Contexts.tsx';
import {Input} from './Input.tsx';
import {completedFrom, completedJump, jumpHint, namesFrom} from './jumpHints.ts';
import {type Jump, jumpOf} from './jumps.ts';
import type {ValuesView} from './picker.ts';
import type {Action, PromptState, Proposal, SessionEnd} from './session.ts';
import type {SideEffects} from './sideEffects.ts';
import {fitTo, widthOf} from './text.ts';
import {mostColumns} from './typing.ts';

interface Props {
  readonly prompt: PromptState;
  readonly filter: string;
  /** How many rows of a table have what the filter says. */
  readonly found: string | undefined;
  readonly width: number;
  readonly hasEdits: boolean;
  readonly inventory: Inventory;
  dispatch(action: Action): void;
  readonly sideEffects: SideEffects;
}

/** How many lines the question takes, or what is said where there is none. */
export function promptHeight(prompt: PromptState | undefined): number {
  return prompt?.kind === 'context' ? contextsHeight(prompt.names) : 1;
}

/** The question at the bottom of the screen. Esc leaves it. */
export function Prompt(props: Props) {
  const {prompt, width, dispatch, sideEffects} = props;
  const {exit} = useApp();
  const close = () => dispatch({type: 'prompt', prompt: undefined});
  const decline = () => {
    close();
    if (prompt.kind === 'confirm') inform(dispatch, notApplied(prompt.proposal));
  };
  const [hasStrayed, setHasStrayed] = useState(false);
  useInput((input, key) => {
    if (key.escape) {
      if (prompt.kind === 'filter') dispatch({type: 'filter', text: ''});
      decline();
    } else if (questionOf(prompt) !== undefined && /\S/.test(input)) {
      // Who types anything else, as the name that is asked for elsewhere, means neither the y nor the n in it; nor does
      // the rest of it belong to the view below.
      if (hasStrayed || !/^[yn]$/i.test(input)) return setHasStrayed(true);
      if (input.toLowerCase() === 'n') return decline();
      close();
      if (prompt.kind === 'quit') exit();
      if (prompt.kind === 'overwrite') sideEffects.write(prompt.path, prompt.content, true);
      if (prompt.kind === 'confirm') sideEffects.carryOut(prompt.proposal);
    }
  });
  if (prompt.kind === 'context') {
    const choose = (context: string) => jump({to: 'context', context}, props, exit);
    return <Contexts names={prompt.names} width={width} onChoose={choose} />;
  }
  const question = questionOf(prompt);
  if (question !== undefined) {
    const answer = hasStrayed ? 'not y or n: Esc, and ask again' : 'y/n';
    return <Line label={`${question} ${answer}`} width={width} />;
  }
  const typing = typingOf(props, close, exit);
  if (typing === undefined) return null;
  return <TypingLine {...typing} width={width} />;
}

function inform(dispatch: Props['dispatch'], text: string): void {
  dispatch({type: 'notice', notice: {tone: 'info', text}});
}

/** What is to be answered by y or n; undefined where something is to be typed. */
function questionOf(prompt: PromptState): string | undefined {
  switch (prompt.kind) {
    case 'overwrite':
      return `${prompt.path} exists. Overwrite it?`;
    case 'quit':
      return 'There are edits that are not applied. Quit and lose them?';
    case 'confirm':
      return prompt.proposal.mustType ? undefined : prompt.proposal.question;
    default:
      return undefined;
  }
}

interface Typing {
  readonly label: string;
  readonly value: string;
  readonly hint?: string;
  /** What Tab makes of it. */
  readonly complete?: (text: string) => string;
  onChange(text: string): void;
  onSubmit(text: string): void;
}

/** What is to be typed, and what becomes of it. */
function typingOf(
  props: Props,
  close: () => void,
  exit: (end?: SessionEnd) => void,
): Typing | undefined {
  const {prompt, filter, found, inventory, dispatch} = props;
  switch (prompt.kind) {
    case 'filter':
      return {
        label: '/',
        value: filter,
        ...(found === undefined ? {} : {hint: `  ${found}`}),
        onSubmit: close,
        onChange: text => dispatch({type: 'filter', text}),
      };
    case 'jump':
      return {
        label: ':',
        value: prompt.text,
        hint: `  ${jumpHint(prompt.text, inventory)}`,
        complete: text => completedJump(text, inventory),
        onChange: text => dispatch({type: 'prompt', prompt: {...prompt, text}}),
        onSubmit: text => jump(jumpOf(text, inventory), props, exit),
      };
    case 'add':
      return addTyping(prompt, props, close);
    case 'write':
      return writeTyping(prompt, props, close);
    case 'bind':
      return bindTyping(prompt, props, close);
    case 'confirm':
      return nameTyping(prompt, props, close);
    default:
      return undefined;
  }
}

/** The name of what is to be changed; another one changes nothing, and the question stays. */
function nameTyping(
  prompt: Extract<PromptState, {kind: 'confirm'}>,
  {dispatch, sideEffects}: Props,
  close: () => void,
): Typing {
  const {proposal, isRepeated} = prompt;
  return {
    label: `${isRepeated ? 'Not applied: that was another name. ' : ''}Type ${proposal.name} to apply: `,
    value: prompt.text,
    onChange: text => dispatch({type: 'prompt', prompt: {...prompt, text}}),
    onSubmit(text) {
      if (text !== proposal.name) {
        dispatch({type: 'prompt', prompt: {...prompt, text: '', isRepeated: true}});
        return;
      }
      close();
      sideEffects.carryOut(proposal);
    },
  };
}

function writeTyping(
  prompt: Extract<PromptState, {kind: 'write'}>,
  {dispatch, sideEffects}: Props,
  close: () => void,
): Typing {
  return {
    label: 'Write to: ',
    value: prompt.text,
    onChange: text => dispatch({type: 'prompt', prompt: {...prompt, text}}),
    onSubmit(path) {
      close();
      if (path.trim() !== '') sideEffects.write(path.trim(), prompt.content, false);
    },
  };
}

function addTyping(
  prompt: Extract<PromptState, {kind: 'add'}>,
  {dispatch, sideEffects}: Props,
  close: () => void,
): Typing {
  return {
    label: 'Add: ',
    value: prompt.text,
    hint: `  ${hintFor(prompt.view)}`,
    onChange: text => dispatch({type: 'prompt', prompt: {...prompt, text}}),
    onSubmit(text) {
      close();
      if (text.trim() !== '') sideEffects.addEntry(prompt.view, text.trim());
    },
  };
}

/** What an entry of the picker looks like. */
function hintFor({control, picking}: ValuesView): string {
  return controlById[control].fields[picking?.part ?? 0]?.hint ?? '';
}

function bindTyping(
  prompt: Extract<PromptState, {kind: 'bind'}>,
  {dispatch, sideEffects, inventory}: Props,
  close: () => void,
): Typing {
  const {policy, subject} = prompt;
  const names = inventory.policies.map(({metadata}) => metadata.name).sort();
  return {
    label: policy === undefined ? `Let ${subject} use the policy: ` : `Let use ${policy}: `,
    value: prompt.text,
    hint:
      policy === undefined
        ? `  ${namesFrom(names, prompt.text).join(' ')}`
        : '  sa:NS/NAME ns:NS group:NAME user:NAME like:POLICY',
    ...(policy === undefined ? {complete: (text: string) => completedFrom(names, text)} : {}),
    onChange: text => dispatch({type: 'prompt', prompt: {...prompt, text}}),
    onSubmit(text) {
      close();
      const typed = text.trim();
      if (typed !== '') sideEffects.proposeBind(policy ?? typed, subject ?? typed);
    },
  };
}

function notApplied({draft}: Proposal): string {
  return draft === undefined ? 'Not applied' : 'Not applied; your edit is kept';
}

/** Goes where what was typed after `:` leads. */
function jump(
  to: Jump,
  {dispatch, hasEdits, sideEffects}: Props,
  exit: (end?: SessionEnd) => void,
): void {
  dispatch({type: 'prompt', prompt: undefined});
  switch (to.to) {
    case 'view':
      dispatch({type: 'jump', view: to.view});
      break;
    case 'quit':
      if (hasEdits) dispatch({type: 'prompt', prompt: {kind: 'quit'}});
      else exit();
      break;
    case 'try':
      sideEffects.tryFiles(to.file);
      break;
    case 'snapshot':
      sideEffects.snapshot(to.file);
      break;
    case 'context':
      sideEffects.goToContext(to.context, exit);
      break;
    case 'problem':
      dispatch({type: 'notice', notice: {tone: 'bad', text: to.text}});
      break;
    case 'nothing':
      break;
  }
}

interface LineProps {
  readonly label: string;
  readonly width: number;
}

/** A question of one line. */
function Line({label, width}: LineProps) {
  return (
    <Box height={1} width={width}>
      <Text bold wrap="truncate">
        {fitTo(label, width).trimEnd()}
      </Text>
    </Box>
  );
}

/** Columns that a line keeps for what is typed. */
const leastTyping = 8;

/** One line to type into, and a hint behind what is typed where there is room. */
function TypingLine({label, hint = '', width, ...typing}: Typing & LineProps) {
  const name = widthOf(label) <= width - leastTyping ? label : fitTo(label, width - leastTyping);
  const room = width - widthOf(name);
  const rest = room - mostColumns(escapeText(typing.value)) - 1;
  return (
    <Box height={1} width={width}>
      <Text bold>{name}</Text>
      <Input {...typing} width={room} />
      {rest > 0 && hint !== '' ? <Text dimColor>{fitTo(hint, rest)}</Text> : null}
    </Box>
  );
}
