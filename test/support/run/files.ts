import {mkdirSync, mkdtempSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {printJson} from '../../../src/kube/json.ts';

/** A new folder with these files (paths below it and what is in them); gone after the run. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'psp-files-'));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, content);
  }
  return folder;
}

/** A new file with this in it, objects as one stream of JSON; gone after the run. */
export function fileOf(content: string | readonly object[], name = 'objects.yaml'): string {
  const text =
    typeof content === 'string'
      ? content
      : content.map(object => `${printJson(object)}\n`).join('');
  return join(folderOf({[name]: text}), name);
}
