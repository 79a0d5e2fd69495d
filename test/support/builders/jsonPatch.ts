import type {Json, JsonObject} from '../../../src/kube/json.ts';
import {objectOf} from '../run/output.ts';

/** The value after a patch (RFC 6902; of its operations those that occur: add, replace, remove). */
export function patched(value: Json, patch: readonly JsonObject[]): Json {
  return patch.reduce((tree: Json, operation) => {
    const keys = String(operation.path)
      .split('/')
      .slice(1)
      .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    return change(tree, keys, operation);
  }, value);
}

function change(tree: Json, [key = '', ...rest]: readonly string[], operation: JsonObject): Json {
  const {op, value = null} = operation;
  if (Array.isArray(tree)) {
    const index = key === '-' ? tree.length : Number(key);
    if (rest.length > 0) return tree.with(index, change(tree[index], rest, operation));
    if (op === 'remove') return tree.toSpliced(index, 1);
    return op === 'add' ? tree.toSpliced(index, 0, value) : tree.with(index, value);
  }
  const {[key]: item, ...others} = objectOf(tree);
  if (rest.length > 0) return {...others, [key]: change(item ?? null, rest, operation)};
  return op === 'remove' ? others : {...others, [key]: value};
}
