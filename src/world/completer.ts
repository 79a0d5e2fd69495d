import {access, constants, readFile, realpath, stat, symlink, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {InstalledCompleter} from '../commands/world.ts';
import {UserError} from '../errors.ts';

/** The name under which kubectl asks a plugin for completions (kubectl 1.26, plugin_completion.go). */
const completer = 'kubectl_complete-psp';
const plugin = 'kubectl-psp';

/** What replaces the link on Windows, where creating one takes rights that few have. */
const windowsScript = `@"%~dp0${plugin}.exe" __complete %*\r\n`;

/**
 * Puts `kubectl_complete-psp` next to the first `kubectl-psp` on `path` (the variable PATH). It leads to
 * the plugin by its name, so that it outlives updates. Throws a UserError if something else has
 * the name, there is no plugin, or the folder can't be written to.
 */
export async function installCompleter(
  path: string,
  platform: NodeJS.Platform,
): Promise<InstalledCompleter> {
  const isWindows = platform === 'win32';
  const name = isWindows ? `${plugin}.exe` : plugin;
  const folder = await folderWith(name, path.split(isWindows ? ';' : ':'));
  if (folder === undefined) {
    throw new UserError(
      `${name} is not in any folder of PATH: install it there, then run this again`,
    );
  }
  const target = join(folder, name);
  const link = join(folder, isWindows ? `${completer}.cmd` : completer);
  try {
    if (isWindows) await writeFile(link, windowsScript, {flag: 'wx'});
    else await symlink(plugin, link);
    return {path: link, target, isOld: false};
  } catch (error) {
    const {code} = error as {readonly code?: string};
    if (code !== 'EEXIST') {
      throw new UserError(`${link} can't be created: ${code ?? String(error)}`, undefined, {
        cause: error,
      });
    }
  }
  const isOurs = isWindows ? await holds(link, windowsScript) : await isSameFile(link, target);
  if (isOurs) return {path: link, target, isOld: true};
  throw new UserError(`${link} exists and is something else: move it away, then run this again`);
}

/** The first folder that has an executable of this name. */
async function folderWith(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    if (folder !== '' && (await isExecutable(join(folder, name)))) return folder;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function holds(file: string, text: string): Promise<boolean> {
  try {
    return (await readFile(file, 'utf8')) === text;
  } catch {
    return false;
  }
}

async function isSameFile(link: string, target: string): Promise<boolean> {
  try {
    return (await realpath(link)) === (await realpath(target));
  } catch {
    return false;
  }
}
