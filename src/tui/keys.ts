import type {View} from './session.ts';

/** A key and what it does, as the bottom line and the help show it. */
export interface KeyHint {
  readonly key: string;
  readonly does: string;
}

const moving: readonly KeyHint[] = [
  {key: '↑↓', does: 'move'},
  {key: 'Enter', does: 'open'},
  {key: 'Esc', does: 'back'},
];
const lists: readonly KeyHint[] = [
  {key: '/', does: 'filter'},
  {key: 's', does: 'sort'},
];
const general: readonly KeyHint[] = [
  {key: ':', does: 'jump'},
  {key: '?', does: 'help'},
  {key: 'q', does: 'quit'},
];

const perView: Readonly<Record<View['name'], readonly KeyHint[]>> = {
  namespaces: [...moving, ...lists, {key: 'a', does: 'advise'}],
  accounts: [...moving, ...lists, {key: 'a', does: 'advise'}],
  pods: [...moving, ...lists],
  why: [
    {key: '↑↓', does: 'scroll'},
    {key: 'e', does: 'edit policy'},
    {key: 'Esc', does: 'back'},
  ],
  policies: [...moving, ...lists, {key: 'b', does: 'bound pods'}],
  policy: [
    {key: '←→', does: 'tighter/looser'},
    {key: 'Enter', does: 'values'},
    {key: 'p', does: 'apply'},
    {key: 'i', does: 'impact'},
    {key: 'a', does: 'least'},
    {key: 'g', does: 'guide'},
    {key: 'u/U', does: 'undo/redo'},
    {key: 'x', does: 'reset row'},
    {key: 'd', does: 'diff'},
    {key: 'w', does: 'write'},
    {key: 'Esc', does: 'back'},
  ],
  values: [
    {key: '↑↓', does: 'move'},
    {key: 'Space', does: 'choose'},
    {key: '+', does: 'add'},
    {key: 'Tab', does: 'next part'},
    {key: 'Esc', does: 'done'},
  ],
  walk: [
    {key: '↑↓', does: 'move'},
    {key: 'Enter', does: 'choose'},
    {key: '←', does: 'one back'},
    {key: 'Esc', does: 'end the guide'},
  ],
  impact: [{key: '←→ 1-6', does: 'other lists'}, ...moving, ...lists],
  diff: [
    {key: '↑↓', does: 'scroll'},
    {key: 'Esc', does: 'back'},
  ],
  advise: [{key: '←→', does: 'scope'}, ...moving, ...lists],
  advice: [
    {key: '↑↓', does: 'scroll'},
    {key: 'w', does: 'write'},
    {key: 'p', does: 'apply'},
    {key: 'Esc', does: 'back'},
  ],
  text: [
    {key: '↑↓', does: 'scroll'},
    {key: 'Esc', does: 'back'},
  ],
  gaps: [
    {key: '↑↓', does: 'scroll'},
    {key: 'Esc', does: 'back'},
  ],
  help: [
    {key: '↑↓', does: 'scroll'},
    {key: 'Esc', does: 'back'},
  ],
};

/** The keys that work in a view, the most useful ones first. */
export function keysOf(view: View): readonly KeyHint[] {
  return [...perView[view.name], ...(view.name === 'values' ? [] : general)];
}

/** The bottom lines, at most so many: as many keys as fit, and in any case how to find the others. */
export function keyLines(view: View, width: number, most: number): readonly (readonly KeyHint[])[] {
  const hints = keysOf(view);
  const whole = flow(hints, width);
  if (whole.length <= most) return whole;
  const help = hints.filter(({does}) => does === 'help');
  const others = hints.filter(({does}) => does !== 'help');
  for (let count = others.length; count > 0; count--) {
    const lines = flow([...others.slice(0, count), ...help], width);
    if (lines.length <= most) return lines;
  }
  return [help];
}

/** Keys side by side, on as many lines as they need. */
function flow(hints: readonly KeyHint[], width: number): readonly (readonly KeyHint[])[] {
  const lines: KeyHint[][] = [];
  let used = 0;
  for (const hint of hints) {
    const needs = hint.key.length + 1 + hint.does.length;
    const line = lines.at(-1);
    if (line !== undefined && used + 2 + needs <= width) {
      line.push(hint);
      used += 2 + needs;
    } else {
      lines.push([hint]);
      used = needs;
    }
  }
  return lines;
}

/** Everything about keys and words, for the help view. */
export function helpLines(): readonly string[] {
  const line = ({key, does}: KeyHint) => `  ${key.padEnd(11)}${does}`;
  return [
    'Enter goes in, Esc goes back. The bottom line shows the keys of a view.',
    '',
    'Everywhere',
    ...[...moving, ...lists, ...general, {key: 'r', does: 'read the cluster again'}].map(line),
    ...[
      {key: 'j k', does: 'down and up, as in vi'},
      {key: 'PgUp PgDn', does: 'a page; Home and End (or G) the ends'},
      {key: 'Ctrl-C', does: 'leave; asks if there are edits'},
      {key: 'Ctrl-Z', does: 'suspend; fg comes back'},
    ].map(line),
    '',
    'Jump with : and a name',
    '  namespaces (ns)   pods (po)   policies (psp)   advise   gaps   help   quit',
    '',
    'Editor of a policy',
    ...perView.policy.map(line),
    line({key: 'm', does: "put the edit on top of the cluster's policy, if that has changed"}),
    '',
    'States of a pod',
    '  as it is  a restart gives it the same policy, unchanged',
    '  moved     a restart gives it another policy than its annotation says',
    '  changed   the policy fills in fields that the pod leaves unset',
    '  unknown   it depends on what was not read, or on who creates it',
    '  denied    no policy that it may use admits it: a restart would fail',
  ];
}
