import {
  containerText,
  groundsText,
  isContainer,
  type Objection,
  placeText,
} from '../controls/objection.ts';
import {type FieldError, fieldErrorText} from '../kube/fieldError.ts';
import type {PodView} from '../kube/podView.ts';
import type {Missing} from './admit.ts';

/** Something that is to be said of a part of a pod. */
export interface Remark {
  readonly at: Objection['at'];
  readonly says: string;
}

/**
 * Why a policy denies a pod, in as few lines as say it all: the containers or volumes that share a reason in
 * one, and all the values that are wrong in one place. Each has the field to look at.
 */
export function reasonLines(objections: readonly Objection[]): readonly string[] {
  const alike = Map.groupBy(objections, each => JSON.stringify(commonParts(each)));
  const merged = [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [withValues(first, others)],
  );
  const shared = Map.groupBy(merged, each => `${kindOfPlace(each.at)} ${generalText(each)}`);
  return remarkLines(
    merged.map(each => {
      const same = shared.get(`${kindOfPlace(each.at)} ${generalText(each)}`) ?? [];
      return {at: each.at, says: same.length > 1 ? generalText(each) : reasonOf(each)};
    }),
  );
}

/** One reason by itself. */
export function reasonText(objection: Objection): string {
  return `${placeText(objection.at)}: ${reasonOf(objection)}`;
}

/** Remarks as lines, those that are said of several parts of the pod once. */
export function remarkLines(remarks: readonly Remark[]): readonly string[] {
  const bySays = Map.groupBy(remarks, ({at, says}) => `${kindOfPlace(at)} ${says}`);
  return [...bySays.values()].map(same => {
    const [first] = same;
    const says = first?.says ?? '';
    const names = [...new Set(same.map(({at}) => nameOfPlace(at)))];
    return names.length > 1
      ? `${kindOfPlace(first?.at)}s ${names.join(', ')}: ${ofEach(says)}`
      : `${placeText(first?.at)}: ${says}`;
  });
}

/** What the API server's validation says, in words that name the container or volume instead of its number. */
export function validationReason(error: FieldError, pod: PodView): string {
  const {field, detail} = error;
  const container = pod.containers.find(({path}) => field.startsWith(`${path}.`));
  const volume = pod.volumes.find(({path}) => field === path || field.startsWith(`${path}.`));
  const at = container ?? volume;
  const last = field.slice(field.lastIndexOf('.') + 1);
  if (at === undefined || detail === '') return fieldErrorText(error);
  return `${placeText(at)}: ${detail} (${container === undefined ? field : last})`;
}

/** Why a pod is refused that names what is not there. */
export function missingText({kind, name}: Missing): string {
  return `there is no ${kind} ${name}`;
}

/** What is said of one, of each of several; imperatives stay as they are. */
function ofEach(says: string): string {
  return /^(adds|claims|has|is|may|names|runs|sets|shows|uses)\b/.test(says)
    ? `each ${says}`
    : says;
}

function withValues(first: Objection, others: readonly Objection[]): Objection {
  const values = [...new Set([first, ...others].map(({value}) => value))];
  if (values.length === 1) return first;
  const {type, field, badValue, detail, at, does, allowed, fix} = first;
  const [value, where] = [values.join(', '), generalized(first)];
  return {type, field, badValue, detail, at, where, does: ofSeveral(does), value, allowed, fix};
}

/** `adds capability`, for several: `adds capabilities`. */
function ofSeveral(does: string): string {
  if (does.endsWith('capability')) return does.replace(/y$/, 'ies');
  return /\b(driver|group|path|port|sysctl|user)$/.test(does) ? `${does}s` : does;
}

function commonParts(objection: Objection): readonly string[] {
  const {at, does, allowed} = objection;
  return [placeText(at), generalized(objection), does, allowed];
}

function reasonOf(objection: Objection): string {
  return `${groundsText(objection)} (${relative(objection)})`;
}

/** The same for the like field of any container or volume. */
function generalText(objection: Objection): string {
  return `${groundsText(objection)} (${generalized(objection)})`;
}

/** The field without what the place says already. */
function relative({at, where}: Objection): string {
  if (at === undefined || !isContainer(at)) return where;
  return where.startsWith(`${at.path}.`) ? where.slice(at.path.length + 1) : where;
}

/** The same field of any item of a list within the container or pod. */
function generalized(objection: Objection): string {
  return relative(objection).replaceAll(/\[\d+\]/g, '[*]');
}

function kindOfPlace(at: Objection['at']): string {
  if (at === undefined) return 'pod';
  return isContainer(at) ? 'container' : 'volume';
}

function nameOfPlace(at: Objection['at']): string {
  if (at === undefined) return '';
  return isContainer(at) ? containerText(at) : at.name;
}
