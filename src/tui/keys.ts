import {controlById} from '../controls/index.ts';
import {isOfPolicies, nextPaneWords} from './panes.ts';
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
const describe: readonly KeyHint[] = [
  {key: 'd', does: 'describe'},
  {key: 'y', does: 'copy name'},
];
const texts: readonly KeyHint[] = [
  {key: '↑↓', does: 'scroll'},
  {key: '/ n N', does: 'search'},
  {key: 'y', does: 'copy'},
  {key: 'Esc', does: 'back'},
];
/** Of texts that show command lines. */
const withCommands: readonly KeyHint[] = [...texts, {key: 'Y', does: 'copy commands'}];
const bindings: readonly KeyHint[] = [
  {key: 'b', does: 'bind'},
  {key: 'B', does: 'unbind'},
];
const general: readonly KeyHint[] = [
  {key: ':', does: 'jump'},
  {key: '?', does: 'help'},
  {key: 'q', does: 'quit'},
];

const perView: Readonly<Record<View['name'], readonly KeyHint[]>> = {
  namespaces: [...moving, {key: 'a', does: 'advise'}, ...lists, ...describe],
  accounts: [
    ...moving,
    {key: 'w', does: 'what it may use'},
    {key: 'b', does: 'bind'},
    {key: 'a', does: 'advise'},
    ...lists,
    ...describe,
  ],
  pods: [...moving, ...lists, ...describe],
  why: [
    {key: 'e', does: 'edit policy, or the ways in'},
    {key: 'b', does: 'bind, if denied'},
    {key: 'w', does: 'who may use it'},
    {key: 'd', does: 'describe'},
    ...withCommands,
  ],
  policies: [
    ...moving,
    {key: 'w', does: 'who may use it'},
    {key: 'b', does: 'bind'},
    {key: 'D', does: 'delete'},
    {key: 'p', does: 'pods'},
    ...lists,
    ...describe,
  ],
  waysIn: [
    {key: 'Enter', does: 'edit for it'},
    {key: 'b', does: 'bind'},
    {key: '↑↓', does: 'move'},
    {key: 'Esc', does: 'back'},
    ...lists,
  ],
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
    {key: 'b', does: 'bind'},
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
    {key: '/', does: 'filter'},
  ],
  impact: [{key: '←→ 1-6', does: 'other lists'}, ...moving, ...lists],
  diff: texts,
  advise: [
    {key: 'p', does: 'apply all'},
    {key: 'o', does: 'old grants away'},
    {key: '←→', does: 'scope'},
    ...moving,
    ...lists,
  ],
  advice: [{key: 'w', does: 'write'}, {key: 'p', does: 'apply'}, ...texts],
  subjects: [...moving, ...bindings, ...lists, ...describe],
  rights: [...moving, ...bindings, ...lists, ...describe],
  grants: [...moving, ...lists, ...describe],
  workloads: [...moving, ...lists, ...describe],
  trial: [...moving, ...lists, {key: 'y', does: 'copy name'}],
  findings: [...moving, {key: 'f', does: 'fix'}, ...lists, {key: 'y', does: 'copy command'}],
  migrate: [
    ...moving,
    {key: 'w a e', does: 'warn, audit, enforce'},
    {key: 'x', does: 'a stage back'},
    ...lists,
    ...describe,
  ],
  wayOff: withCommands,
  finding: [{key: 'f', does: 'fix'}, ...withCommands],
  describe: texts,
  text: withCommands,
  gaps: texts,
  help: texts,
};

const labelOwn: readonly KeyHint[] = [
  {key: 'a', does: 'advise'},
  {key: 'm', does: 'policies for it'},
];

/** The keys of the views that have others where the labels of namespaces decide. */
const perViewByLabels: Partial<typeof perView> = {
  namespaces: [...moving, ...labelOwn, ...lists, ...describe],
  accounts: [...moving, ...labelOwn, ...lists, ...describe],
  pods: [...moving, ...labelOwn, ...lists, ...describe],
  why: [...labelOwn, {key: 'd', does: 'describe'}, ...withCommands],
  advise: [{key: '←→', does: 'scope'}, ...moving, ...lists],
  advice: [{key: 'w', does: 'write'}, ...texts],
};

function keysByLabels(view: View): readonly KeyHint[] {
  return isOfPolicies(view) ? withCommands : (perViewByLabels[view.name] ?? perView[view.name]);
}

/** The keys that work in a view, the most useful ones first. */
export function keysOf(view: View, byLabels = false): readonly KeyHint[] {
  const here = view.name === 'values' ? general.filter(({key}) => key !== 'q') : general;
  const pane = nextPaneWords(view, byLabels);
  const tab = pane === undefined ? [] : [{key: 'Tab', does: pane}];
  const keys = byLabels ? keysByLabels(view) : perView[view.name];
  const own = keys
    .filter(({key}) => hasUse(key, view))
    .map(hint =>
      view.name === 'policy' && view.item !== undefined && hint.key === 'a'
        ? {...hint, does: 'loosen for it'}
        : hint,
    );
  return [...own, ...tab, ...here];
}

/** Whether a key of a picker does anything there: one of a few cannot be added to, and has no other part. */
function hasUse(key: string, view: View): boolean {
  if (view.name !== 'values') return true;
  const {fields} = controlById[view.control];
  if (key === 'Tab') return fields.length > 1;
  return key !== '+' || fields[view.picking?.part ?? 0]?.kind === 'list';
}

/** How much room there is for keys, and which they are. */
export interface KeyRoom {
  readonly width: number;
  /** How many lines at most. */
  readonly most: number;
  /** Whether the labels of namespaces decide. */
  readonly byLabels: boolean;
}

/** The bottom lines, at most so many: as many keys as fit, and in any case how to find the others. */
export function keyLines(
  view: View,
  {width, most, byLabels}: KeyRoom,
): readonly (readonly KeyHint[])[] {
  const hints = keysOf(view, byLabels);
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
export function flow(hints: readonly KeyHint[], width: number): readonly (readonly KeyHint[])[] {
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

/** What works everywhere, beside what the bottom line has. */
const everywhere: readonly KeyHint[] = [
  {key: 'j k', does: 'down and up, as in vi'},
  {key: 'PgUp PgDn', does: 'a page; Home and End, or g and G, the ends'},
  {key: 'u', does: 'take back what was applied last; it asks first'},
  {key: 'Tab', does: 'the next view of the same thing; Shift-Tab the one before'},
  {key: 'd', does: 'describe: what an object means here, and its YAML'},
  {key: 'y', does: 'copy the name, the text or the YAML to the clipboard of the terminal'},
  {key: 'Y', does: 'copy the command lines that a text shows'},
  {key: '/ n N', does: 'in a text: search, the next match, the one before'},
  {
    key: 'wheel',
    does: 'of a mouse: move or scroll; a click chooses, a second one opens',
  },
  {key: 'Ctrl-C', does: 'leave; asks if there are edits'},
  {key: 'Ctrl-Z', does: 'suspend; fg comes back'},
];

/** Everything about keys and words, for the help view. */
export function helpLines(of?: View, byLabels = false): readonly string[] {
  const line = ({key, does}: KeyHint) => `  ${key.padEnd(11)}${does}`;
  return [
    ...(of === undefined ? [] : ['Here', ...keysOf(of, byLabels).map(line), '']),
    'Enter goes in, Esc goes back. The bottom line shows the keys of a view.',
    '',
    'Everywhere',
    ...[...moving, ...lists, ...general, {key: 'r', does: 'read the cluster again'}].map(line),
    ...everywhere.map(line),
    '',
    'Jump with : and a word, and a namespace or policy if you like; Tab completes',
    '  :ns shop  :po shop  :deploy shop (any workload)  :sa shop  :psp web  :who-can web',
    '  :grants  :findings  :advise  :migrate  :gaps  :help  :quit  :ctx NAME',
    '  :try FILE        what the files of a change would do to all that runs',
    '  :snapshot FILE   all that is known of the cluster, for later',
    '',
    'Rights: policies, accounts, and what w shows of them',
    line({key: 'w', does: 'who may use a policy; what an account may use'}),
    ...bindings.map(line),
    line({key: 'D', does: 'delete a policy and the grants that it would leave behind'}),
    line({key: 'f', does: 'on a finding: the step that fixes it, with its impact'}),
    '',
    'The way off PodSecurityPolicy (:migrate)',
    line({
      key: 'w a e',
      does: 'label a namespace: warn, audit, enforce, after a look at the impact',
    }),
    line({key: 'x', does: 'take its last stage back'}),
    '',
    'Editor of a policy',
    ...perView.policy.map(line),
    '',
    'States of a pod',
    '  as it is  a restart gives it the same policy, unchanged',
    '  moved     a restart gives it another policy than its annotation says',
    '  changed   the policy fills in fields that the pod leaves unset',
    '  unknown   it depends on what was not read, or on who creates it',
    '  denied    no policy that it may use admits it: a restart would fail',
    '',
    'Where there are no policies, the labels of namespaces decide (1.25 and later)',
    line({key: 'a', does: 'the policies that the workloads would need'}),
    line({key: 'm', does: 'how policies come to such a cluster'}),
    '  warned    it gets in, with a warning or a note in the audit log',
    '  denied    the level that is enforced does not let it in',
  ];
}
