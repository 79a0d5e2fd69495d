import {join} from 'node:path';
import {main} from '../../src/cli.ts';
import type {World} from '../../src/commands/world.ts';
import {type ExitCode, UserError} from '../../src/errors.ts';
import {readFiles} from '../../src/world/files.ts';
import {realWorld} from '../../src/world/index.ts';

/** What a command printed to either stream, as a terminal shows it. */
export interface Ran {
  readonly output: string;
  readonly exitCode: ExitCode;
}

/** Runs `kubectl psp` with these arguments in this folder, which has no kubeconfig. */
export async function runCommand(args: readonly string[], folder: string): Promise<Ran> {
  let output = '';
  const world: World = {
    ...realWorld(new AbortController().signal),
    print: text => {
      output += text;
    },
    warn: line => {
      output += `${line}\n`;
    },
    noSession: 'no terminal',
    ask: async () => undefined,
    fileExists: async () => false,
    temporaryFolder: () => '/',
    openSession: async () => {},
    defaultNamespace: async () => 'default',
    connect: refuse,
    async readDocuments(paths) {
      const documents = await readFiles(paths.map(path => join(folder, path)));
      return documents.map(document => ({
        ...document,
        file: document.file.slice(folder.length + 1),
      }));
    },
  };
  const exitCode = await main(args, world);
  return {output, exitCode};
}

/**
 * The exit code of a command line where nothing can be read: 2 if the command line is wrong, 0 or 3 if
 * it is right.
 */
export async function parseCommand(args: readonly string[]): Promise<Ran> {
  let output = '';
  const note = (text: string) => {
    output += `${text}\n`;
  };
  const exitCode = await main(args, {
    print: note,
    warn: note,
    noSession: 'no terminal',
    ask: refuse,
    fileExists: async () => false,
    temporaryFolder: () => '/',
    openSession: async () => {},
    now: () => '2022-01-01T00:00:00.000Z',
    readDocuments: refuse,
    writeFile: refuse,
    demo: refuse,
    defaultNamespace: async () => 'default',
    connect: refuse,
    kubeconfigNames: refuse,
    installCompleter: refuse,
    renderKustomization: refuse,
  });
  return {output, exitCode};
}

async function refuse(): Promise<never> {
  throw new UserError('there is nothing to read here');
}
