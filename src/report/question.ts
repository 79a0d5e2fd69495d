import type {Gain} from '../effect/gains.ts';
import type {ChangeQuestion} from '../effect/question.ts';
import type {Rewrite} from '../effect/rewrites.ts';
import {gapSummaries} from '../inventory/gaps.ts';
import type {Item} from '../inventory/submissions/items.ts';
import {unreadText} from '../inventory/unreadPlaces.ts';
import type {Edit} from '../kube/edits.ts';
import {labelOf} from '../kube/reference.ts';
import {escapeText} from './escape.ts';
import {nameOf} from './place.ts';

/** How many pods and workloads are named before it says how many more there are. */
const shown = 8;

/** What a person should read before answering, a line each; nothing where nothing is at stake. */
export function questionLines(question: ChangeQuestion): readonly string[] {
  const {denied, unknown, unread, gaps, gains, rewrites} = question;
  return [
    ...listed('Pods or workloads that would be denied', denied),
    ...listed('Pods or workloads of which it is unknown whether they would be denied', unknown),
    ...(unread === undefined ? [] : [`The impact is ${unreadText(unread)}`]),
    ...gapSummaries(gaps).map(line => `incomplete: ${line}`),
    ...gains.map(gainText),
    ...rewriteLines(rewrites),
  ].map(escapeText);
}

function listed(title: string, items: readonly Item[]): readonly string[] {
  if (items.length === 0) return [];
  return [`${title}: ${items.length}`, ...limited(items.map(placeOfItem))];
}

function limited(lines: readonly string[]): readonly string[] {
  const more = lines.length - shown;
  const list = lines.slice(0, shown).map(line => `  ${line}`);
  return more > 0 ? [...list, `  and ${more} more`] : list;
}

function placeOfItem(item: Item): string {
  return `${item.namespace}/${nameOf(item)}`;
}

function gainText({policy, controls, openedTo}: Gain): string {
  const titles = controls.map(({title}) => title).join(', ');
  return openedTo === undefined
    ? `${policy} goes beyond restricted, and becomes looser in: ${titles}`
    : `${policy} goes beyond restricted (${titles}), and is opened to: ${openedTo.map(labelOf).join(', ')}`;
}

/** What is written into pods, and what that does to a container whose image runs as root. */
function rewriteLines(rewrites: readonly Rewrite[]): readonly string[] {
  if (rewrites.length === 0) return [];
  const written = new Set(rewrites.flatMap(({edits}) => edits.map(fieldText)));
  const perhapsRoot = rewrites.flatMap(each => each.perhapsRoot);
  const effects = new Set(
    perhapsRoot.flatMap(({edits}) => edits.flatMap(edit => rootText(edit) ?? [])),
  );
  const head = `Pods or workloads that would be changed: ${rewrites.length}, which get ${[...written].join(', ')}`;
  if (effects.size === 0) return [head];
  const names = rewrites
    .filter(rewrite => rewrite.perhapsRoot.some(({edits}) => edits.some(rootText)))
    .map(
      ({item, perhapsRoot: containers}) =>
        `${placeOfItem(item)}: ${containers.map(({container}) => container).join(', ')}`,
    );
  return [
    head,
    'What that does to a container whose image runs as root:',
    ...[...effects].map(effect => `  ${effect}`),
    'Containers whose user is not set in the pod, so that the image decides:',
    ...limited(names),
  ];
}

function fieldText({at, value}: Edit): string {
  const key = String(at.at(-1));
  return typeof value === 'object' ? key : `${key}: ${String(value)}`;
}

/** What a field does to a process that is root; undefined for those that are all the same to it. */
function rootText({at, value}: Edit): string | undefined {
  switch (at.at(-1)) {
    case 'runAsNonRoot':
      return 'runAsNonRoot: it does not start';
    case 'runAsUser':
      return `runAsUser: it runs as user ${String(value)}, and what only root may read or write is closed to it`;
    case 'capabilities':
      return 'capabilities: root is left without those that are dropped';
    case 'readOnlyRootFilesystem':
      return "readOnlyRootFilesystem: it can't write to the files of its image";
    case 'allowPrivilegeEscalation':
      return "allowPrivilegeEscalation: programs that it starts as another user can't become root again";
    default:
      return undefined;
  }
}
