import {Box, Text, useApp, useInput} from 'ink';
import TextInput from 'ink-text-input';
import type {ReactNode} from 'react';
import type {Deeds} from './deeds.ts';
import type {Action, Prompt as PromptState, View} from './session.ts';
import {fitTo} from './text.ts';

interface Props {
  readonly prompt: PromptState;
  readonly filter: string;
  readonly width: number;
  readonly hasEdits: boolean;
  dispatch(action: Action): void;
  readonly deeds: Deeds;
}

const jumps: Readonly<Record<string, View>> = {
  namespaces: {name: 'namespaces'},
  ns: {name: 'namespaces'},
  pods: {name: 'pods'},
  po: {name: 'pods'},
  policies: {name: 'policies'},
  psp: {name: 'policies'},
  podsecuritypolicies: {name: 'policies'},
  advise: {name: 'advise', scope: 'service-account'},
  gaps: {name: 'gaps'},
  help: {name: 'help'},
};

/** The question at the bottom of the screen. Esc leaves it. */
export function Prompt({prompt, filter, width, hasEdits, dispatch, deeds}: Props) {
  const {exit} = useApp();
  const close = () => dispatch({type: 'prompt', prompt: undefined});
  const decline = () => {
    close();
    if (!isApply(prompt)) return;
    const text = 'Not applied; your edit is kept';
    dispatch({type: 'notice', notice: {tone: 'info', text}});
  };
  const isYes = prompt.kind === 'overwrite' || prompt.kind === 'quit' || isYesOrNo(prompt);
  useInput((input, key) => {
    if (key.escape) {
      if (prompt.kind === 'filter') dispatch({type: 'filter', text: ''});
      decline();
    } else if (isYes && /^[yn]$/i.test(input)) {
      if (input.toLowerCase() === 'n') return decline();
      close();
      if (prompt.kind === 'quit') exit();
      if (prompt.kind === 'overwrite') deeds.write(prompt.path, prompt.content, true);
      if (prompt.kind === 'apply') deeds.applyPolicy(prompt.policy);
      if (prompt.kind === 'applyAdvice') deeds.applyAdvice({...prompt, name: 'advice'});
    }
  });
  switch (prompt.kind) {
    case 'filter':
      return (
        <Line label="/" width={width}>
          <TextInput
            value={filter}
            onChange={text => dispatch({type: 'filter', text})}
            onSubmit={close}
          />
        </Line>
      );
    case 'jump':
      return (
        <Line label=":" width={width} hint={`  ${views}`}>
          <TextInput
            value={prompt.text}
            onChange={text => dispatch({type: 'prompt', prompt: {...prompt, text}})}
            onSubmit={text => jump(text, dispatch, hasEdits, exit)}
          />
        </Line>
      );
    case 'write':
      return (
        <Line label="Write to: " width={width}>
          <TextInput
            value={prompt.text}
            onChange={text => dispatch({type: 'prompt', prompt: {...prompt, text}})}
            onSubmit={path => {
              close();
              if (path.trim() !== '') deeds.write(path.trim(), prompt.content, false);
            }}
          />
        </Line>
      );
    case 'overwrite':
      return <Line label={`${prompt.path} exists. Overwrite it? y/n`} width={width} />;
    case 'quit':
      return (
        <Line label="There are edits that are not applied. Quit and lose them? y/n" width={width} />
      );
    case 'applyAdvice':
      return <Line label={`Create ${prompt.policy} and its grant? y/n`} width={width} />;
    case 'apply':
      if (!prompt.typed) return <Line label={`Apply ${prompt.policy}? y/n`} width={width} />;
      return (
        <Line label={`Type ${prompt.policy} to apply: `} width={width}>
          <TextInput
            value={prompt.text}
            onChange={text => dispatch({type: 'prompt', prompt: {...prompt, text}})}
            onSubmit={text => {
              close();
              if (text === prompt.policy) deeds.applyPolicy(prompt.policy);
              else
                dispatch({
                  type: 'notice',
                  notice: {tone: 'info', text: 'Not applied: that was another name; p asks again'},
                });
            }}
          />
        </Line>
      );
  }
}

/** What `:` takes. */
const views = 'namespaces pods policies advise gaps help quit';

function isApply({kind}: PromptState): boolean {
  return kind === 'apply' || kind === 'applyAdvice';
}

function isYesOrNo(prompt: PromptState): boolean {
  return prompt.kind === 'applyAdvice' || (prompt.kind === 'apply' && !prompt.typed);
}

function jump(
  text: string,
  dispatch: (action: Action) => void,
  hasEdits: boolean,
  exit: () => void,
): void {
  const name = text.trim().toLowerCase();
  const view = jumps[name];
  dispatch({type: 'prompt', prompt: undefined});
  if (name === 'q' || name === 'quit') {
    if (hasEdits) dispatch({type: 'prompt', prompt: {kind: 'quit'}});
    else exit();
  } else if (view !== undefined) dispatch({type: 'jump', view});
  else if (name !== '') {
    dispatch({type: 'notice', notice: {tone: 'bad', text: `No view ${name}; there are: ${views}`}});
  }
}

interface LineProps {
  readonly label: string;
  readonly width: number;
  /** What stands behind what is typed, where there is room. */
  readonly hint?: string;
  readonly children?: ReactNode;
}

/** One line; of what is typed, the end stays in sight. */
function Line({label, width, hint, children}: LineProps) {
  return (
    <Box height={1} width={width}>
      <Box flexShrink={0}>
        <Text bold wrap="truncate">
          {fitTo(label, width).trimEnd()}
        </Text>
        {label.endsWith(' ') ? <Text> </Text> : null}
      </Box>
      <Box overflow="hidden" justifyContent="flex-end" flexShrink={1}>
        <Box flexShrink={0}>{children}</Box>
      </Box>
      {hint === undefined ? null : (
        <Text dimColor wrap="truncate">
          {hint}
        </Text>
      )}
    </Box>
  );
}
