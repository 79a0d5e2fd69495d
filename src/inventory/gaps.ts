import {notAmongFiles} from '../rbac/unreadRbac.ts';
import {byText} from '../text.ts';
import type {Gap, Inventory} from './inventory.ts';
import {persistentVolumes, resources, workloadResources} from './kinds/resources.ts';

/** Whether the gap is a kind of which the files hold no object, rather than something that could not be read. */
export function isAbsence({reason}: Gap): boolean {
  return reason === notAmongFiles;
}

/** The resource of a gap about admission policies that were read, and do something that is not known. */
export const nativeEffect = 'what admission policies do';

/** Whether it is such a gap. */
export function isOfEffect({resource}: Pick<Gap, 'resource'>): boolean {
  return resource === nativeEffect;
}

export const roleKinds = [resources.clusterRoles, resources.roles] as const;
export const bindingKinds = [resources.clusterRoleBindings, resources.roleBindings] as const;

/** The kinds of RBAC. */
export const rbacKinds = [...roleKinds, ...bindingKinds] as const;

/** Who may use what; undefined if that is not known everywhere. */
export function wholeRbac({gaps, rbac}: Pick<Inventory, 'gaps' | 'rbac'>) {
  const isUnread = gaps.some(({resource}) => rbacKinds.some(({plural}) => plural === resource));
  return isUnread ? undefined : rbac;
}

/** Pods, and all kinds of workloads that are read. */
export const runningKinds = [resources.pods, ...workloadResources] as const;

/** A gap with its whole reason, in a line. */
export function gapText(gap: Gap): string {
  const {resource, reason} = gap;
  if (isAbsence(gap)) return `no ${resource} among the files`;
  if (isOfEffect(gap)) return `${resource} is unknown: ${reason}`;
  return `could not read ${resource}${placeText(placesOf(gap))}: ${reason}`;
}

/** The kinds of which the files hold nothing: `no RBAC objects, pods or workloads`; undefined if there is none. */
export function absenceText(gaps: readonly Gap[]): string | undefined {
  const absent = new Set(gaps.filter(isAbsence).map(({resource}) => resource));
  const has = (kinds: readonly {readonly plural: string}[]) =>
    kinds.some(({plural}) => absent.has(plural));
  const rbac = [...(has(roleKinds) ? ['roles'] : []), ...(has(bindingKinds) ? ['bindings'] : [])];
  const words = [
    ...(rbac.length === 2 ? ['RBAC objects'] : rbac),
    ...(has(runningKinds) ? ['pods or workloads'] : []),
  ];
  return words.length === 0 ? undefined : `no ${words.join(', ')}`;
}

/** All gaps, in one line for each kind of problem: what can't be listed, in how many namespaces, and why. */
export function gapSummaries(gaps: readonly Gap[]): readonly string[] {
  const absence = absenceText(gaps);
  const byCause = Map.groupBy(
    gaps.filter(gap => !isAbsence(gap)),
    gap => `${verbOf(gap)}\0${causeOf(gap)}`,
  );
  return [
    ...[...byCause].map(([key, same]) => {
      const [verb = '', cause = ''] = key.split('\0');
      const what = verb === '' ? "can't ask what you may use" : verb + listText(same);
      return `${what} (${cause})`;
    }),
    ...(absence === undefined ? [] : [`${absence} among the files`]),
  ].map(text => `${text}; affected answers say unknown`);
}

/** What could not be done; nothing where the server was asked, and there is no kind to name. */
function verbOf(gap: Gap): string {
  if (isQuestion(gap)) return '';
  return isOfEffect(gap) ? "can't tell " : "can't list ";
}

/** Whether the server was asked what the caller may do, rather than for a list. */
function isQuestion({resource}: Gap): boolean {
  return resource === 'selfsubjectaccessreviews';
}

/** The API server's reasons name user and namespace; what they amount to is mostly the same. */
function causeOf({reason}: Gap): string {
  return /\bforbidden\b/i.test(reason) ? 'forbidden' : reason;
}

/** The order in which kinds are named. */
const toldOrder = [...Object.values(resources), ...workloadResources, persistentVolumes].map(
  ({plural}) => plural,
);

/** `clusterroles; roles, rolebindings in 14 namespaces`. */
function listText(gaps: readonly Gap[]): string {
  const inOrder = gaps.toSorted(
    (one, other) => toldOrder.indexOf(one.resource) - toldOrder.indexOf(other.resource),
  );
  const gapsOf = Map.groupBy(inOrder, ({resource}) => resource);
  const byPlaces = Map.groupBy(gapsOf, ([, same]) => placeText(jointPlaces(same)));
  return [...byPlaces]
    .sort(([one], [other]) => Number(one !== '') - Number(other !== '') || byText(one, other))
    .map(([where, entries]) => `${entries.map(([resource]) => resource).join(', ')}${where}`)
    .join('; ');
}

/** Where a kind could not be read: everywhere, everywhere but in some namespaces, or in some. */
type Places =
  | {readonly kind: 'everywhere'; readonly except: readonly string[]}
  | {readonly kind: 'in'; readonly namespaces: readonly string[]};

function placesOf({namespace, except = []}: Gap): Places {
  return namespace === undefined
    ? {kind: 'everywhere', except}
    : {kind: 'in', namespaces: [namespace]};
}

function jointPlaces(gaps: readonly Gap[]): Places {
  const everywhere = gaps.find(({namespace}) => namespace === undefined);
  if (everywhere !== undefined) return placesOf(everywhere);
  const namespaces = gaps.map(({namespace}) => namespace ?? '').sort(byText);
  return {kind: 'in', namespaces};
}

function placeText(places: Places): string {
  if (places.kind === 'everywhere') {
    const {except} = places;
    return except.length === 0 ? '' : ` outside of namespace ${except.join(', ')}`;
  }
  const {namespaces} = places;
  return namespaces.length > 1
    ? ` in ${namespaces.length} namespaces`
    : ` in namespace ${namespaces.join('')}`;
}
