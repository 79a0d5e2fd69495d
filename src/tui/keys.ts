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
    {key: 'a', does: 'least'},
    {key: 'u/U', does: 'undo/redo'},
    {key: 'x', does: 'reset'},
    {key: 'g', does: 'guide'},
    {key: 'i', does: 'impact'},
    {key: 'd', does: 'diff'},
    {key: 'w', does: 'write'},
    {key: 'p', does: 'apply'},
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
    {key: 'Esc', does: 'end the walk'},
  ],
  impact: [...moving, ...lists, {key: '←→', does: 'other lists'}],
  diff: [
    {key: '↑↓', does: 'scroll'},
    {key: 'Esc', does: 'back'},
  ],
  advise: [...moving, ...lists, {key: '←→', does: 'scope'}],
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
  help: [{key: 'Esc', does: 'back'}],
};

/** The keys that work in a view, the most useful ones first. */
export function keysOf(view: View): readonly KeyHint[] {
  return [...perView[view.name], ...(view.name === 'values' ? [] : general)];
}

/** The bottom line: as many keys as fit, and in any case how to find the others. */
export function keyLine(view: View, width: number): string {
  const texts = keysOf(view).map(({key, does}) => `${key} ${does}`);
  const whole = texts.join('  ');
  if (whole.length <= width) return whole;
  const last = '? help';
  const shown: string[] = [];
  for (const text of texts) {
    if ([...shown, text, last].join('  ').length > width) break;
    if (text !== last) shown.push(text);
  }
  return [...shown, last].join('  ');
}

/** Everything about keys and words, for the help view. */
export function helpLines(): readonly string[] {
  const line = ({key, does}: KeyHint) => `  ${key.padEnd(8)}${does}`;
  return [
    'Views: Enter goes in, Esc goes back. The line at the bottom shows the keys of a view.',
    '',
    'Everywhere',
    ...[...moving, ...lists, ...general, {key: 'r', does: 'read the cluster again'}].map(line),
    ...[
      {key: 'j k', does: 'down and up, as in vi'},
      {key: 'PgUp PgDn', does: ' a page; Home and End (or g, G in lists) the ends'},
      {key: 'Ctrl-Z', does: 'suspend; fg comes back'},
    ].map(line),
    '',
    'Jump with : and a name',
    '  namespaces (ns)   pods (po)   policies (psp)   advise   help   quit',
    '',
    'Editor of a policy',
    ...perView.policy.map(line),
    '',
    'States of a pod',
    '  ok        a restart gives it the same policy, unchanged',
    '  drifted   a restart gives it another policy than its annotation says',
    '  mutated   the policy fills in fields that the pod leaves unset',
    '  denied    no policy that it may use lets it in: a restart would fail',
  ];
}
