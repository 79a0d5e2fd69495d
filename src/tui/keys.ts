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
    {key: 't', does: 'guide'},
    {key: 'u/U', does: 'undo/redo'},
    {key: 'x', does: 'reset row'},
    {key: 'd', does: 'diff'},
    {key: 'w', does: 'write'},
    {key: 'Esc', does: 'back'},
    {key: 'm', does: "put on top of the cluster's"},
  ],
  values: [
    {key: 'Enter', does: 'accept'},
    {key: 'Esc', does: 'cancel'},
    {key: '↑↓', does: 'move'},
    {key: 'Space', does: 'mark'},
    {key: '+', does: 'add'},
    {key: 'Tab', does: 'next part'},
    {key: '/', does: 'filter'},
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
  const here = view.name === 'values' ? general.filter(({key}) => key !== 'q') : general;
  return [...perView[view.name], ...here];
}

/** The bottom lines, at most so many: as many keys as fit, and in any case how to find the others. */
export function keyLines(view: View, width: number, most: number): readonly string[] {
  const texts = keysOf(view).map(({key, does}) => `${key} ${does}`);
  const last = texts.filter(text => text === helpText);
  const whole = flow(texts, width);
  if (whole.length <= most) return whole;
  const others = texts.filter(text => text !== helpText);
  for (let count = others.length; count > 0; count--) {
    const lines = flow([...others.slice(0, count), ...last], width);
    if (lines.length <= most) return lines;
  }
  return last;
}

const helpText = '? help';

/** Texts side by side, on as many lines as they need. */
function flow(texts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const line = lines.at(-1);
    const longer = `${line}  ${text}`;
    if (line !== undefined && longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(text);
  }
  return lines;
}

/** Everything about keys and words, for the help view. */
export function helpLines(of?: View): readonly string[] {
  const line = ({key, does}: KeyHint) => `  ${key.padEnd(11)}${does}`;
  return [
    ...(of === undefined ? [] : ['Here', ...perView[of.name].map(line), '']),
    'Enter goes in, Esc goes back. The bottom line shows the keys of a view.',
    '',
    'Everywhere',
    ...[...moving, ...lists, ...general, {key: 'r', does: 'read the cluster again'}].map(line),
    ...[
      {key: 'j k', does: 'down and up, as in vi'},
      {key: 'PgUp PgDn', does: 'a page; Home and End, or g and G, the ends'},
      {key: 'u', does: 'take back what was applied last; it asks first'},
      {key: 'Ctrl-C', does: 'leave; asks if there are edits'},
      {key: 'Ctrl-Z', does: 'suspend; fg comes back'},
    ].map(line),
    '',
    'Jump with : and a name',
    '  namespaces (ns)   pods (po)   policies (psp)   advise   gaps   help   quit',
    '',
    'Editor of a policy',
    ...perView.policy.map(line),
    '',
    'States of a pod',
    '  ok        a restart gives it the same policy, unchanged',
    '  drifted   a restart gives it another policy than its annotation says',
    '  mutated   the policy fills in fields that the pod leaves unset',
    '  unknown   it depends on what was not read, or on who creates it',
    '  denied    no policy that it may use admits it: a restart would fail',
  ];
}
