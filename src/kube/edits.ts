import {byText} from '../text.ts';
import type {Json} from './json.ts';

/** One value that a policy writes into a gap of a pod. `at` are the keys from the pod down to it. */
export interface Edit {
  readonly at: readonly (string | number)[];
  readonly value: unknown;
}

/** One operation of RFC 6902. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

type Tree = {readonly [key: string | number]: unknown};

/** The object with the edits applied; objects on the way that were unset are created. */
export function applyEdits<T>(target: T, edits: readonly Edit[]): T {
  return edits.reduce((tree, {at, value}) => put(tree, at, value) as T, target);
}

function put(tree: unknown, [key, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(tree))
    return tree.map((item, i) => (i === key ? put(item, rest, value) : item));
  const branch = (tree ?? {}) as Tree;
  return {...branch, [key]: put(branch[key], rest, value)};
}

/**
 * The edits as an RFC 6902 patch of `target`: objects on the way that `target` lacks are added whole,
 * so that it applies to the object as it was submitted.
 */
export function patchOf(target: unknown, edits: readonly Edit[]): readonly PatchOperation[] {
  const operations = new Map<string, PatchOperation>();
  for (const {at, value} of edits) {
    const depth = existingDepth(target, at);
    const path = pointer(at.slice(0, depth + 1));
    const rest = at.slice(depth + 1);
    const before = operations.get(path)?.value;
    operations.set(path, {
      op: depth === at.length - 1 && read(target, at) !== undefined ? 'replace' : 'add',
      path,
      value: rest.length === 0 ? value : put(before, rest, value),
    });
  }
  return [...operations.values()].sort((a, b) => byText(a.path, b.path));
}

/** How many keys of `at` lead to something with contents: the next key is the one to add. */
function existingDepth(target: unknown, at: readonly (string | number)[]): number {
  let tree = target as Tree | undefined;
  for (let depth = 0; depth < at.length - 1; depth++) {
    tree = tree?.[at[depth] as string] as Tree | undefined;
    if (isEmpty(tree)) return depth;
  }
  return at.length - 1;
}

/** The API server drops some empty objects, so adding to one is not safe; adding it whole is. */
function isEmpty(tree: Tree | undefined | null): boolean {
  return (
    tree === undefined ||
    tree === null ||
    (!Array.isArray(tree) && Object.values(tree).every(item => item === undefined || item === null))
  );
}

function read(target: unknown, at: readonly (string | number)[]): unknown {
  return at.reduce((tree, key) => (tree as Tree | undefined)?.[key], target);
}

/** A JSON pointer (RFC 6901). */
export function pointer(keys: readonly (string | number)[]): string {
  let text = '';
  for (const key of keys) {
    const name = String(key);
    const isPlain = !name.includes('~') && !name.includes('/');
    text += `/${isPlain ? name : name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return text;
}

/** A value without its undefined fields, as it is printed. */
export function compact(value: unknown): Json {
  if (Array.isArray(value)) return value.map(compact);
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === undefined ? [] : [[key, compact(item)]],
    ),
  );
}
