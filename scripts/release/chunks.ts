import {join} from 'node:path';
import type {Metafile} from 'esbuild';
import type {Commit} from '../bundle/commit.ts';
import {bundleStart, scriptChunks} from '../bundle/scriptChunks.ts';

/** What goes into an executable. */
export interface Program {
  /** The main script's file. */
  readonly main: string;
  /** The chunks' folder; each file is an asset of its name. */
  readonly chunks: string;
  /** What esbuild bundled from where. */
  readonly metafile: Metafile;
}

/** Bundles the program as a script that starts it, and chunks that it loads. */
export async function buildProgram(folder: string, commit: Commit): Promise<Program> {
  const chunks = join(folder, 'chunks');
  const main = join(folder, 'start.cjs');
  const metafile = await scriptChunks(chunks, commit);
  await bundleStart('scripts/release/start.ts', main);
  return {main, chunks, metafile};
}
