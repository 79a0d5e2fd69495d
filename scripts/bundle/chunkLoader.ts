import type {Script} from 'node:vm';

/** What `require` is to a chunk: Node's own modules by name, chunks by `./PACK/NAME`. */
export type Require = (id: string) => unknown;

type Chunk = (exports: object, require: Require, module: {exports: object}) => void;

/** The value of a pack's script: its chunks by their names. */
type Pack = Readonly<Record<string, Chunk>>;

/**
 * A `require` that runs each chunk once, when it is first asked for. `scriptOf` gives the script of a pack;
 * `requireBuiltin` gives Node's own modules.
 */
export function chunkRequire(scriptOf: (pack: string) => Script, requireBuiltin: Require): Require {
  const packs = new Map<string, Pack>();
  const loaded = new Map<string, {exports: object}>();
  const packNamed = (name: string): Pack => {
    const before = packs.get(name);
    if (before !== undefined) return before;
    const pack = scriptOf(name).runInThisContext() as Pack;
    packs.set(name, pack);
    return pack;
  };
  const requireChunk: Require = id => {
    if (!id.startsWith('./')) return requireBuiltin(id);
    const before = loaded.get(id);
    if (before !== undefined) return before.exports;
    const module = {exports: {}};
    loaded.set(id, module);
    const [, pack = '', name = ''] = id.split('/');
    packNamed(pack)[name]?.(module.exports, requireChunk, module);
    return module.exports;
  };
  return requireChunk;
}
