import type {Script} from 'node:vm';

/** What `require` is to a chunk: Node's own modules by name, chunks by `./NAME`. */
export type Require = (id: string) => unknown;

type Chunk = (exports: object, require: Require, module: {exports: object}) => void;

/**
 * A `require` that runs each chunk once, when it is first asked for. `scriptOf` gives a chunk's script,
 * whose value is a function of exports, require and module; `requireBuiltin` gives Node's own modules.
 */
export function chunkRequire(scriptOf: (name: string) => Script, requireBuiltin: Require): Require {
  const loaded = new Map<string, {exports: object}>();
  const requireChunk: Require = id => {
    if (!id.startsWith('./')) return requireBuiltin(id);
    const before = loaded.get(id);
    if (before !== undefined) return before.exports;
    const module = {exports: {}};
    loaded.set(id, module);
    const run = scriptOf(id.slice(2)).runInThisContext() as Chunk;
    run(module.exports, requireChunk, module);
    return module.exports;
  };
  return requireChunk;
}
