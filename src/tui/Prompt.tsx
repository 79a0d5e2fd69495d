import {Box, Text, useApp, useInput} from 'ink';
import TextInput from 'ink-text-input';
import type {Deeds} from './deeds.ts';
import type {Action, Prompt as PromptState, View} from './session.ts';

interface Props {
  readonly prompt: PromptState;
  readonly filter: string;
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
  help: {name: 'help'},
};

/** The question at the bottom of the screen. Esc leaves it. */
export function Prompt({prompt, filter, dispatch, deeds}: Props) {
  const {exit} = useApp();
  const close = () => dispatch({type: 'prompt', prompt: undefined});
  const isYes = prompt.kind === 'overwrite' || prompt.kind === 'quit' || isYesOrNo(prompt);
  useInput((input, key) => {
    if (key.escape) {
      if (prompt.kind === 'filter') dispatch({type: 'filter', text: ''});
      close();
    } else if (isYes && /^[yn]$/i.test(input)) {
      close();
      if (input.toLowerCase() === 'n') return;
      if (prompt.kind === 'quit') exit();
      if (prompt.kind === 'overwrite') deeds.write(prompt.path, prompt.content, true);
      if (prompt.kind === 'apply') deeds.applyPolicy(prompt.policy);
      if (prompt.kind === 'applyAdvice') deeds.applyAdvice({...prompt, name: 'advice'});
    }
  });
  switch (prompt.kind) {
    case 'filter':
      return (
        <Line label="/">
          <TextInput
            value={filter}
            onChange={text => dispatch({type: 'filter', text})}
            onSubmit={close}
          />
        </Line>
      );
    case 'jump':
      return (
        <Line label=":">
          <TextInput
            value={prompt.text}
            onChange={text => dispatch({type: 'prompt', prompt: {...prompt, text}})}
            onSubmit={text => jump(text, dispatch, exit)}
          />
        </Line>
      );
    case 'write':
      return (
        <Line label="Write to: ">
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
      return <Line label={`${prompt.path} exists. Overwrite it? y/n`} />;
    case 'quit':
      return <Line label="There are edits that are not applied. Quit and lose them? y/n" />;
    case 'applyAdvice':
      return <Line label={`Create ${prompt.policy} and its grant? y/n`} />;
    case 'apply':
      if (!prompt.typed) return <Line label={`Apply ${prompt.policy}? y/n`} />;
      return (
        <Line label={`Type ${prompt.policy} to apply: `}>
          <TextInput
            value={prompt.text}
            onChange={text => dispatch({type: 'prompt', prompt: {...prompt, text}})}
            onSubmit={text => {
              close();
              if (text === prompt.policy) deeds.applyPolicy(prompt.policy);
              else
                dispatch({
                  type: 'notice',
                  notice: {tone: 'info', text: 'Not applied: the name was another one'},
                });
            }}
          />
        </Line>
      );
  }
}

function isYesOrNo(prompt: PromptState): boolean {
  return prompt.kind === 'applyAdvice' || (prompt.kind === 'apply' && !prompt.typed);
}

function jump(text: string, dispatch: (action: Action) => void, exit: () => void): void {
  const name = text.trim().toLowerCase();
  const view = jumps[name];
  dispatch({type: 'prompt', prompt: undefined});
  if (name === 'q' || name === 'quit') exit();
  else if (view !== undefined) dispatch({type: 'jump', view});
  else if (name !== '') {
    const known = 'namespaces, pods, policies, advise, help, quit';
    dispatch({type: 'notice', notice: {tone: 'bad', text: `No view ${name}; there are ${known}`}});
  }
}

function Line({label, children}: {readonly label: string; readonly children?: React.ReactNode}) {
  return (
    <Box height={1}>
      <Text bold wrap="truncate">
        {label}
      </Text>
      {children}
    </Box>
  );
}
