import type {Native} from '../../migrate/native/nativeObjects.ts';
import {configurationFile, staticFiles} from '../../migrate/native/staticFiles.ts';
import {escapeText} from '../../report/escape.ts';
import type {World} from '../world.ts';

/** Where a folder that is named without its place goes on the machine of an API server. */
const usualPlace = '/etc/kubernetes';

/** Writes what API servers read by themselves into a folder, and says what to do with it. */
export async function writeStatic(
  world: World,
  folder: string,
  {objects}: Pick<Native, 'objects'>,
): Promise<void> {
  const place = placeOf(folder);
  for (const {path, text} of staticFiles(objects, place)) {
    const file = `${folder}/${path}`;
    await world.makeFolder(file.slice(0, file.lastIndexOf('/')));
    await world.writeFile(file, text, false);
    world.print(`${escapeText(file)}\n`);
  }
  const lines = [
    `Have the folder as ${place} on each machine with an API server, where that can read it, and start the server with`,
    `  --admission-control-config-file=${place}/${configurationFile}`,
    'If it has such a file already, add these plugins to it. Later changes of the folder are taken up within a minute.',
  ];
  for (const line of lines) world.print(`${escapeText(line)}\n`);
}

/** The absolute path of the folder on a server's machine. */
function placeOf(folder: string): string {
  const path = folder.replace(/\/+$/, '');
  if (path.startsWith('/')) return path;
  const name = path.split('/').findLast(part => part !== '' && part !== '.' && part !== '..');
  return `${usualPlace}/${name ?? 'psp'}`;
}
