/**
 * The main script of the released executables: runs the program from the executable's assets. An asset
 * NAME is a chunk, NAME.cache what V8 compiled of it; V8 takes no cache of another build or processor.
 */
import {getRawAsset} from 'node:sea';
import {Script} from 'node:vm';
import {chunkRequire, type Require} from '../bundle/chunkLoader.ts';

declare const require: Require;

chunkRequire(name => {
  const source = bytes(name)?.toString();
  if (source === undefined) throw new Error(`this executable has no part ${name}`);
  const cachedData = bytes(`${name}.cache`);
  return new Script(source, cachedData ? {filename: name, cachedData} : {filename: name});
}, require)('./kubectl-psp.mjs/kubectl-psp.mjs');

function bytes(asset: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(asset));
  } catch {
    return undefined;
  }
}
