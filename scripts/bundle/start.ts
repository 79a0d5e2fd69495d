/**
 * What the launcher of a checkout runs, as dist/start.cjs: the program from the files in dist/chunks. NAME is
 * a chunk, NAME.cache what V8 compiled of it; V8 takes no cache of another build or processor.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Script} from 'node:vm';
import {chunkRequire, type Require} from './chunkLoader.ts';

declare const require: Require;
declare const __dirname: string;

const chunks = join(__dirname, 'chunks');

chunkRequire(name => {
  const file = join(chunks, name);
  const cachedData = cacheOf(file);
  return new Script(readFileSync(file, 'utf8'), {filename: file, ...(cachedData && {cachedData})});
}, require)('./kubectl-psp.mjs/kubectl-psp.mjs');

/** Most chunks that a usual command loads have one. */
function cacheOf(file: string): Buffer | undefined {
  try {
    return readFileSync(`${file}.cache`);
  } catch {
    return undefined;
  }
}
