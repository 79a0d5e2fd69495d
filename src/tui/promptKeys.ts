import {flow, type KeyHint, type KeyRoom, keyLines} from './keys.ts';
import type {PromptState, View} from './session.ts';

/** The bottom lines of a view, or of what is asked in it, on as many lines. */
export function footerLines(
  view: View,
  prompt: PromptState | undefined,
  room: KeyRoom,
): readonly (readonly KeyHint[])[] {
  const lines = keyLines(view, room);
  if (prompt === undefined) return lines;
  const [asked = []] = flow(promptKeys(prompt), room.width);
  return lines.map((_, index) => (index === lines.length - 1 ? asked : []));
}

const answers: readonly KeyHint[] = [
  {key: 'y', does: 'yes'},
  {key: 'n', does: 'no'},
  {key: 'Esc', does: 'cancel'},
];
const complete: KeyHint = {key: 'Tab', does: 'complete'};
const reading: KeyHint = {key: '↑↓ PgDn', does: 'scroll'};

/** Whether what is typed goes on with the name of a file, which nothing here completes. */
function namesFile(text: string): boolean {
  return /^\s*(?:try|snapshot)\s/.test(text);
}

/** The keys that work while something is asked, which are not those of the view. */
function promptKeys(prompt: PromptState): readonly KeyHint[] {
  const typing = (does: string): readonly KeyHint[] => [
    {key: 'Enter', does},
    {key: 'Esc', does: 'cancel'},
  ];
  switch (prompt.kind) {
    case 'filter':
      return [
        {key: 'Enter', does: 'keep'},
        {key: 'Esc', does: 'clear'},
      ];
    case 'jump':
      return [...typing('go'), ...(namesFile(prompt.text) ? [] : [complete])];
    case 'context':
      return [{key: '↑↓', does: 'move'}, ...typing('choose')];
    case 'confirm':
      return prompt.proposal.mustType
        ? [...typing('apply, once the name is typed'), reading]
        : [...answers, reading];
    case 'overwrite':
    case 'quit':
      return answers;
    case 'add':
      return typing('add');
    case 'write':
      return typing('write');
    case 'bind':
      return prompt.policy === undefined
        ? [...typing('see what it does'), complete]
        : typing('see what it does');
  }
}
