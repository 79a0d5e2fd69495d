import {join} from 'node:path';
import {writePrivateFile} from '../../../src/world/files.ts';

/** What `applyAll` needs beside a client: old objects go to this folder, and no try waits for the next. */
export function savingTo(folder: string) {
  return {
    now: () => new Date().toISOString(),
    async backup(name: string, text: string) {
      const path = join(folder, name);
      await writePrivateFile(path, text, false);
      return path;
    },
    pause: async () => undefined,
  };
}
